/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include <sys/wait.h>

#include "analyzer/applier.h"
#include "base/log.h"

static json_t *first_item(const char *line, size_t want)
{
	char words[256];
	json_t *j, *items, *first;

	snprintf(words, sizeof(words), "%s -o json", line);
	assert_code(sekisho(words), CLI_OK);
	j = parsed(fx->out);
	items = json_object_get(j, "items");
	assert_int_equal(json_array_size(items), want);
	first = want > 0 ? json_incref(json_array_get(items, 0)) : NULL;
	json_decref(j);
	return first;
}

static void assert_field(json_t *j, const char *key, const char *want)
{
	assert_string_equal(json_string_value(json_object_get(j, key)), want);
}

static void without_an_analyzer_we_apply_it(void **state)
{
	json_t *d;

	(void)state;
	d = first_item("block C1 --ttl 1h --reason by~hand", 1);
	assert_field(d, "customer", "C1");
	assert_field(d, "action", "block");
	assert_field(d, "cause", "manual");
	assert_field(d, "reason", "by hand");
	assert_true(json_is_string(json_object_get(d, "until")));
	json_decref(d);
	/* An address means its customer; an allow goes before the block. */
	d = first_item("allow 192.0.2.7 --reason server", 1);
	assert_field(d, "customer", "C1");
	assert_field(d, "action", "allow");
	assert_true(json_is_null(json_object_get(d, "until")));
	json_decref(d);
	json_decref(first_item("decision list --in-force --customer C1", 1));
	/* Release ends both. */
	d = first_item("release C1 --reason done", 2);
	assert_field(d, "cause", "released");
	json_decref(d);
	assert_null(first_item("release C1 --reason again", 0));
	assert_has(fx->err, "nothing was in force for C1");
	assert_null(first_item("decision list --in-force", 0));
	assert_code(sekisho("explain D1"), CLI_OK);
	assert_has(fx->out, "by hand");
	assert_has(fx->out, "D1  ");
}

static void what_is_applied_can_be_verified(void **state)
{
	char line[160];

	(void)state;
	json_decref(first_item("block 2001:db8:1::/56 --reason x", 1));
	snprintf(line, sizeof(line), "replay --verify %s", fx->db);
	assert_code(sekisho_line(line, 0), CLI_OK);
	assert_has(fx->out, "0 differences");
}

static void targets_are_one_customers(void **state)
{
	static const struct {
		const char *target;
		int code;
		const char *says;
	} cases[] = {
	    {"nobody", CLI_NOT_FOUND, "nobody"},
	    {"203.0.113.9", CLI_NOT_FOUND, "203.0.113.9"},
	    {"192.0.2.0/24", CLI_REFUSED, "3 customers"},
	    {"192.0.2.0/28", CLI_REFUSED, "2 customers"},
	    {"192.0.2.128/28", CLI_REFUSED, "1 customer, C3"},
	    {"192.0.2.1/24", CLI_USAGE, "behind the length"},
	    {"2001:db8::/32", CLI_REFUSED, "C4"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char line[128];

		snprintf(
		    line, sizeof(line), "block %s --reason x", cases[i].target);
		assert_code(sekisho(line), cases[i].code);
		assert_has(fx->err, cases[i].says);
	}
	assert_null(first_item("decision list", 0));
	/* Inside of one customer's prefix is that customer. */
	json_decref(first_item("block 192.0.2.130 --reason x", 1));
	json_decref(first_item("block 2001:db8:1:0:5::1 --reason x", 1));
}

/* A process that holds the lock, as an analyzer does, until every writer of
 * go is gone. It applies nothing. */
static pid_t hold_lock(int *ready, int *go)
{
	int up[2], down[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char err[DB_ERROR_BYTES];
		struct db *db = db_open(fx->db, DB_WRITE, err);

		close(up[0]);
		close(down[1]);
		if (!db || db_lock_apply(db) != 0 || write(up[1], "x", 1) != 1)
			_exit(1);
		(void)!read(down[0], &c, 1);
		db_close(db);
		_exit(0);
	}
	close(up[1]);
	close(down[0]);
	*ready = up[0];
	*go = down[1];
	assert_int_equal(read(*ready, &c, 1), 1);
	return pid;
}

static void a_silent_analyzer_leaves_it_waiting(void **state)
{
	int ready, go, status;
	pid_t pid = hold_lock(&ready, &go);

	(void)state;
	assert_code(sekisho("block C1 --reason x"), CLI_UNREACHABLE);
	assert_has(fx->err, "not applied it");
	close(go);
	close(ready);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_null(first_item("decision list", 0));
	/* The next one applies both, in their order. */
	json_decref(first_item("allow C2 --reason x", 1));
	json_decref(first_item("decision list", 2));
}

/* What a running analyzer does twice a second. */
static void apply_in_child(void)
{
	char err[512];
	struct db *db = db_open(fx->db, DB_WRITE, err);
	struct applier *a = NULL;
	struct conf c;
	int n = 0;

	if (!db || db_lock_apply(db) != 0 || conf_load(&c, NULL, err) != 0)
		_exit(1);
	a = applier_open(db, &c, err, sizeof(err));
	log_set_level(LOG_LEVEL_ERROR);
	puts("");
	fflush(stdout);
	for (int i = 0; a && n == 0 && i < 500; i++) {
		(void)usleep(10000);
		n = applier_operator(a);
	}
	applier_close(a);
	conf_free(&c);
	db_close(db);
	_exit(n == 1 ? 0 : 2);
}

static void a_running_analyzer_applies_it(void **state)
{
	int up[2], status;
	json_t *d;
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(pipe(up), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)dup2(up[1], STDOUT_FILENO);
		apply_in_child();
	}
	close(up[1]);
	assert_int_equal(read(up[0], &c, 1), 1);
	d = first_item("block C1 --reason x", 1);
	assert_field(d, "cause", "manual");
	/* Its mode, not ours: it was the one who applied it. */
	assert_field(d, "mode", "monitor");
	json_decref(d);
	close(up[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_dry_run_counts_and_changes_nothing(void **state)
{
	(void)state;
	json_decref(first_item("allow C2 --reason server", 1));
	assert_code(sekisho("block C1 192.0.2.8 192.0.2.7 192.0.2.0/24 "
			    "nobody --reason x --dry-run -o csv"),
	    CLI_REFUSED);
	assert_string_equal(fx->out, "target,customer,outcome\r\n"
				     "C1,C1,would be done\r\n"
				     "192.0.2.8,C2,on the allow list\r\n"
				     "192.0.2.7,C1,named before\r\n"
				     "192.0.2.0/24,,refused\r\n"
				     "nobody,,not found\r\n");
	assert_has(fx->err, "shared by 3 customers");
	assert_has(fx->err,
	    "2 customers, 1 of them on the allow list; 1 refused, 1 not "
	    "found");
	json_decref(first_item("decision list", 1));
	/* Nothing was asked for: the audit log has the allow alone. */
	assert_code(sekisho("audit list -o ids"), CLI_OK);
	assert_string_equal(fx->out, "A1\n");
}

static void several_are_done_and_named_once(void **state)
{
	(void)state;
	assert_code(
	    sekisho("block C1 C2 192.0.2.7 --reason x --ticket T-9"), CLI_OK);
	json_decref(first_item("decision list", 2));
	assert_code(sekisho("decision list --fields customer,reason"), 0);
	assert_string_equal(fx->out,
	    "customer\treason\nC1\tx (ticket T-9)\nC2\tx (ticket T-9)\n");
	assert_code(sekisho("audit list -o ids"), CLI_OK);
	assert_string_equal(fx->out, "A2\nA1\n");
	assert_code(sekisho("release C1 nobody --reason x"), CLI_NOT_FOUND);
	json_decref(first_item("decision list --in-force", 1));
}

static void above_the_cap_it_takes_a_word(void **state)
{
	char line[512] = "block";
	struct lease l[30];
	struct db *db = open_fixture(DB_WRITE);

	(void)state;
	memset(l, 0, sizeof(l));
	for (int i = 0; i < 30; i++) {
		char prefix[32], name[16];

		snprintf(prefix, sizeof(prefix), "198.51.100.%d/32", i);
		assert_int_equal(prefix_parse(&l[i].prefix, prefix), 0);
		snprintf(l[i].customer, ROW_ID_LEN, "K%d", i);
		l[i].line_class = CLASS_DYNAMIC;
		l[i].until_us = INT64_MAX;
		strcpy(l[i].source, "static");
		snprintf(name, sizeof(name), " K%d", i);
		strcat(line, name);
	}
	must_write(db, db_begin(db));
	must_write(db, write_leases(db, "static", l, 30, DAY_US));
	must_write(db, db_commit(db));
	db_close(db);
	strcat(line, " --reason x");
	assert_code(sekisho(line), CLI_REFUSED);
	assert_has(fx->err, "30 customers are more than 25; nobody was");
	assert_null(first_item("decision list", 0));
	assert_code(sekisho("audit list --fields outcome,detail"), CLI_OK);
	assert_string_equal(fx->out,
	    "outcome\tdetail\nrefused\t30 customers are more than 25\n");
	strcat(line, " --yes");
	assert_code(sekisho(line), CLI_OK);
	json_decref(first_item("decision list", 30));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(without_an_analyzer_we_apply_it),
	    REPORTS_TEST(what_is_applied_can_be_verified),
	    REPORTS_TEST(targets_are_one_customers),
	    REPORTS_TEST(a_silent_analyzer_leaves_it_waiting),
	    REPORTS_TEST(a_running_analyzer_applies_it),
	    REPORTS_TEST(a_dry_run_counts_and_changes_nothing),
	    REPORTS_TEST(several_are_done_and_named_once),
	    REPORTS_TEST(above_the_cap_it_takes_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
