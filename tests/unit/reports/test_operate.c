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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(without_an_analyzer_we_apply_it),
	    REPORTS_TEST(what_is_applied_can_be_verified),
	    REPORTS_TEST(targets_are_one_customers),
	    REPORTS_TEST(a_silent_analyzer_leaves_it_waiting),
	    REPORTS_TEST(a_running_analyzer_applies_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
