/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/rows.h"

#include "analyzer/ready.h"
#include "base/clock.h"
#include "store/read.h"
#include "store/write.h"
#include "tests/unit/analyzer/logins/files.h"

#define T0 (INT64_C(1795650000) * US_PER_S)

static struct db *db;
static struct applier *applier;
static struct login_accounts *accounts;
static struct login_rows rows;

static int up(void **state)
{
	char err[512], text[512];

	files_up(state);
	conf_free(&conf);
	put("subs.csv", "w",
	    "prefix,customer,class,own_domains\n"
	    "192.0.2.7,C1,static,\n192.0.2.8,C2,dynamic,\n");
	put("accounts.csv", "w", "account,customer\nfoo,C1\ngone,C9\n");
	snprintf(text, sizeof(text),
	    "hash_key_file = \"%s/key\"\ndb = \"%s/x.db\"\n"
	    "network { own_networks = {\"192.0.2.0/24\"} }\n"
	    "analyzer { subscribers = \"%s/subs.csv\" }\n"
	    "logins { accounts_file = \"%s/accounts.csv\" }\n",
	    dir, dir, dir, dir);
	put("conf", "w", text);
	if (conf_load(&conf, in_dir("conf"), err) != 0 ||
	    (db = ready_store(&conf, err, sizeof(err))) == NULL ||
	    (applier = applier_open(db, &conf, err, sizeof(err))) == NULL ||
	    (accounts = login_accounts_new(&conf, err, sizeof(err))) == NULL) {
		print_error("%s\n", err);
		return -1;
	}
	rows = (struct login_rows){
	    .conf = &conf, .applier = applier, .tally = tally_new()};
	return 0;
}

static int down(void **state)
{
	tally_free(rows.tally);
	login_accounts_free(accounts);
	applier_close(applier);
	db_close(db);
	return files_down(state);
}

static struct login_sum sum(
    const char *account, const char *client, enum login_result result)
{
	struct login_sum m = {.first_us = T0,
	    .last_us = T0 + US_PER_S,
	    .attempts = 3,
	    .messages = 2,
	    .key = {.minute = 1, .result = result}};

	assert_true(login_accounts_id(accounts, account, m.key.account));
	assert_int_equal(addr_parse(&m.client, client), 0);
	return m;
}

static void a_row_says_whose_and_from_where(void **state)
{
	static const struct {
		const char *account, *client, *customer;
		int traffic_case;
		bool own_line;
		enum line_class line_class;
	} cases[] = {
	    {"foo", "192.0.2.7", "C1", 1, true, CLASS_STATIC},
	    {"foo", "192.0.2.8", "C1", 1, false, CLASS_STATIC},
	    {"foo", "203.0.113.9", "C1", 3, false, CLASS_STATIC},
	    {"gone", "203.0.113.9", "C9", 3, false, CLASS_UNKNOWN},
	    {"nobody", "203.0.113.9", "account:", 3, false, CLASS_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct login_sum m =
		    sum(cases[i].account, cases[i].client, LOGIN_SUCCESS);
		struct observation o;

		assert_true(login_row(&rows, accounts, &m, &o));
		assert_int_equal(o.kind, OBS_LOGIN);
		assert_int_equal(strncmp(o.customer, cases[i].customer,
				     strlen(cases[i].customer)),
		    0);
		assert_int_equal(o.traffic_case, cases[i].traffic_case);
		assert_int_equal(o.own_line, cases[i].own_line);
		assert_int_equal(o.line_class, cases[i].line_class);
		assert_int_equal(o.attempts, 3);
		assert_int_equal(o.messages, 2);
		assert_int_equal(o.start_us, T0);
		assert_int_equal(o.ts_us, T0 + US_PER_S);
		assert_memory_equal(
		    o.account_hash, m.key.account, sizeof(o.account_hash));
	}
}

static void nobodys_account_has_sixteen_digits(void **state)
{
	struct login_sum m = sum("nobody", "203.0.113.9", LOGIN_SUCCESS);
	struct observation o;

	(void)state;
	assert_true(login_row(&rows, accounts, &m, &o));
	assert_int_equal(strlen(o.customer), strlen("account:") + 16);
	assert_int_equal(strspn(o.customer + 8, "0123456789abcdef"), 16);
	assert_null(strstr(o.customer, "nobody"));
}

static void guesses_at_unknown_accounts_are_no_rows(void **state)
{
	struct login_sum m = sum("nobody", "203.0.113.9", LOGIN_FAILURE);
	struct observation o;

	(void)state;
	assert_false(login_row(&rows, accounts, &m, &o));
	m = sum("foo", "203.0.113.9", LOGIN_FAILURE);
	assert_true(login_row(&rows, accounts, &m, &o));
	/* once somebody has logged in to it, it is one */
	m = sum("nobody", "203.0.113.9", LOGIN_SUCCESS);
	assert_true(login_row(&rows, accounts, &m, &o));
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(write_observation(db, &o), 0);
	assert_int_equal(applier_apply(applier, &o), 0);
	assert_int_equal(db_commit(db), 0);
	m = sum("nobody", "203.0.113.9", LOGIN_FAILURE);
	assert_true(login_row(&rows, accounts, &m, &o));
}

static int find_counter(void *arg, int day, const char *name, int64_t value)
{
	(void)day;
	if (strcmp(name, "login_failures_over") == 0)
		*(int64_t *)arg += value;
	return 0;
}

static void a_minute_has_so_many_failures(void **state)
{
	struct login_sum m = sum("foo", "203.0.113.9", LOGIN_FAILURE);
	struct observation o;
	int64_t over = 0;
	int n = 0;

	(void)state;
	for (int i = 0; i < LOGIN_FAILURES_A_MINUTE + 5; i++)
		n += login_row(&rows, accounts, &m, &o);
	assert_int_equal(n, LOGIN_FAILURES_A_MINUTE);
	m.key.minute++;
	assert_true(login_row(&rows, accounts, &m, &o));
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(tally_write(rows.tally, db), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(
	    read_counters(db, 0, 99991231, find_counter, &over), 0);
	assert_int_equal(over, 5 * 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_row_says_whose_and_from_where),
	    TEST(nobodys_account_has_sixteen_digits),
	    TEST(guesses_at_unknown_accounts_are_no_rows),
	    TEST(a_minute_has_so_many_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
