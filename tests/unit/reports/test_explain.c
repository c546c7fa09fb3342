/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

static const char hash[] = "0123456789abcdef";

static void write_policy(struct db *db)
{
	char err[CONF_ERROR_BYTES];
	struct conf c;
	char *text;

	assert_int_equal(conf_load(&c, NULL, err), 0);
	text = conf_policy_text(&c);
	assert_non_null(text);
	must_write(db, write_meta(db, "policy:0123456789abcdef", text));
	free(text);
	conf_free(&c);
}

/* Rows 1 to 4 of C1, between them one of somebody else; row 3 blocks. */
static void fill(void)
{
	struct db *db = open_fixture(DB_WRITE);
	struct incident i = fixed_incident(1, "C1");
	struct decision d =
	    fixed_decision(1, "C1", DAY_US + 3, DAY_US + HOUR_US);

	must_write(db, db_begin(db));
	write_policy(db);
	for (int n = 1; n <= 5; n++) {
		struct observation o = {.kind = OBS_TRANSACTION,
		    .ts_us = DAY_US + n,
		    .start_us = DAY_US + n,
		    .label = LABEL_REJECTED,
		    .weight_milli = 1000,
		    .score_milli = 1000 * n,
		    .reply_code = 553};

		strcpy(o.customer, n == 2 ? "C2" : "C1");
		strcpy(o.mail_from, "\033[5mblink.example");
		must_write(db, write_observation(db, &o));
		o.applied_no = n;
		must_write(db, write_applied(db, &o));
	}
	strcpy(i.policy_hash, hash);
	i.first_obs = 1;
	i.last_obs = 5;
	strcpy(d.policy_hash, hash);
	strcpy(d.reason, "too much \033[5m of it");
	d.incident_id = 1;
	d.obs_no = 3;
	must_write(db, write_incident(db, &i));
	must_write(db, write_decision(db, &d));
	must_write(db, db_commit(db));
	db_close(db);
}

static void an_incident_shows_every_row_and_its_decision(void **state)
{
	static const char *const parts[] = {
	    "I1 spam_bot, customer C1 (dynamic line), open\n",
	    "policy 0123456789abcdef: alarm at score 17.300",
	    "score against threshold 17.300",
	    "2026-11-24T00:00:00Z  rejected       1.000    3.000  ",
	    "    -> D1 block\n",
	    "ladder step 1, mode enforce\n    too much \\x1b[5m of it\n",
	    "lines: 192.0.2.7/32\n",
	};

	(void)state;
	fill();
	assert_code(sekisho("explain I1"), CLI_OK);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_has(fx->out, parts[i]);
	assert_null(strchr(fx->out, '\033'));
	/* Row 2 is another customer's. */
	assert_null(strstr(fx->out, "2.000  "));
}

static void what_no_driver_could_do_is_told(void **state)
{
	struct delivery d = {.decision_seq = 1, .created_us = DAY_US};
	struct db *db;

	(void)state;
	fill();
	db = open_fixture(DB_WRITE);
	strcpy(d.driver, "edge");
	strcpy(d.op, "block");
	strcpy(d.event, "new");
	strcpy(d.state, "dead");
	strcpy(d.error, "refused: no port \033sets");
	must_write(db, write_delivery(db, &d));
	db_close(db);
	assert_code(sekisho("explain I1"), CLI_OK);
	assert_has(fx->out, "not enforced by driver edge: D1 block: refused: "
			    "no port \\x1bsets\n");
}

static void a_decision_shows_what_came_before_it(void **state)
{
	json_t *j, *rows;

	(void)state;
	fill();
	assert_code(sekisho("explain D1 -o json"), CLI_OK);
	j = parsed(fx->out);
	rows = json_object_get(j, "evidence");
	assert_int_equal(json_array_size(rows), 2);
	assert_int_equal(json_integer_value(json_object_get(
			     json_array_get(rows, 1), "obs_no")),
	    3);
	assert_int_equal(
	    json_integer_value(json_object_get(j, "threshold_milli")), 17300);
	assert_string_equal(
	    json_string_value(json_object_get(j, "policy_hash")), hash);
	assert_int_equal(json_array_size(json_object_get(j, "decisions")), 1);
	assert_true(json_is_null(json_object_get(j, "operator")));
	json_decref(j);
}

static void a_limit_and_a_wrong_form_are_told(void **state)
{
	(void)state;
	fill();
	assert_code(sekisho("explain I1 --limit 2"), CLI_OK);
	assert_string_equal(fx->err, "showing 2 of 4 (--limit 0: all)\n");
	assert_code(sekisho("explain I1 -o csv"), CLI_USAGE);
}

static void observations_are_filtered(void **state)
{
	json_t *j;

	(void)state;
	fill();
	assert_code(sekisho("observation list --customer C1 --label rejected "
			    "--kind transaction -o json"),
	    CLI_OK);
	j = parsed(fx->out);
	assert_int_equal(json_integer_value(json_object_get(j, "total")), 4);
	json_decref(j);
	assert_code(
	    sekisho("observation list --label delivered -o json"), CLI_OK);
	j = parsed(fx->out);
	assert_int_equal(json_integer_value(json_object_get(j, "total")), 0);
	json_decref(j);
}

static json_t *member(json_t *list, const char *name)
{
	json_t *rows = json_object_get(list, "items");

	return json_object_get(json_array_get(rows, 0), name);
}

/* It has a client, no server, and numbers of its own. */
static void a_summary_is_listed_with_its_numbers(void **state)
{
	struct observation o = {.kind = OBS_SUMMARY,
	    .ts_us = DAY_US + 9 * HOUR_US,
	    .customer = "C1",
	    .server_port = 25,
	    .attempts = 480,
	    .servers = 400};
	struct db *db;
	json_t *j;

	(void)state;
	fill();
	assert_int_equal(addr_parse(&o.client, "192.0.2.7"), 0);
	db = open_fixture(DB_WRITE);
	must_write(db, db_begin(db));
	must_write(db, write_observation(db, &o));
	must_write(db, db_commit(db));
	db_close(db);
	assert_code(sekisho("observation list --kind summary -o json"), CLI_OK);
	j = parsed(fx->out);
	assert_int_equal(json_integer_value(json_object_get(j, "total")), 1);
	assert_string_equal(
	    json_string_value(member(j, "client")), "192.0.2.7");
	assert_true(json_is_null(member(j, "server")));
	assert_int_equal(json_integer_value(member(j, "attempts")), 480);
	assert_int_equal(json_integer_value(member(j, "servers")), 400);
	json_decref(j);
	assert_code(
	    sekisho("observation list --kind transaction -o json"), CLI_OK);
	j = parsed(fx->out);
	assert_true(json_is_null(member(j, "attempts")));
	json_decref(j);
}

static void a_lost_policy_is_named(void **state)
{
	struct db *db;

	(void)state;
	fill();
	db = open_fixture(DB_WRITE);
	must_write(db, db_begin(db));
	must_write(db, write_meta(db, "policy:0123456789abcdef", ""));
	must_write(db, db_commit(db));
	db_close(db);
	assert_code(sekisho("explain I1"), CLI_FAILED);
	assert_has(fx->err, hash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(an_incident_shows_every_row_and_its_decision),
	    REPORTS_TEST(what_no_driver_could_do_is_told),
	    REPORTS_TEST(a_decision_shows_what_came_before_it),
	    REPORTS_TEST(a_limit_and_a_wrong_form_are_told),
	    REPORTS_TEST(observations_are_filtered),
	    REPORTS_TEST(a_summary_is_listed_with_its_numbers),
	    REPORTS_TEST(a_lost_policy_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
