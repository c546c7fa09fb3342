/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include "base/record.pb-c.h"

static void fill(int n)
{
	struct db *db = open_fixture(DB_WRITE);
	struct decision d =
	    fixed_decision(1, "C1", DAY_US + HOUR_US, DAY_US + 3 * HOUR_US);
	struct customer_row row = {.id = "C1",
	    .line_class = CLASS_DYNAMIC,
	    .contact = "山田 太郎",
	    .language = "ja"};

	must_write(db, db_begin(db));
	for (int i = 1; i <= n; i++) {
		struct incident in = fixed_incident(i, "C1");

		strcpy(in.summary, "\x1b[2Jgone");
		must_write(db, write_incident(db, &in));
	}
	must_write(db, write_decision(db, &d));
	must_write(db, write_customers(db, &row, 1));
	must_write(db, db_commit(db));
	db_close(db);
}

static void it_is_shown_by_name_or_address(void **state)
{
	json_t *j;

	(void)state;
	fill(2);
	assert_code(sekisho("customer show 192.0.2.7 -o json --at "
			    "2026-11-24T02:00:00Z"),
	    CLI_OK);
	j = parsed(fx->out);
	assert_string_equal(json_string_value(json_object_get(j, "id")), "C1");
	assert_string_equal(
	    json_string_value(json_object_get(j, "decision")), "D1");
	assert_string_equal(
	    json_string_value(json_object_get(j, "contact")), "山田 太郎");
	assert_int_equal(json_array_size(json_object_get(j, "leases")), 1);
	assert_int_equal(json_array_size(json_object_get(j, "incidents")), 2);
	assert_int_equal(json_array_size(json_object_get(j, "decisions")), 1);
	json_decref(j);
	/* Later the block is over. */
	assert_code(
	    sekisho("customer show C1 -o json --at 2026-11-24T04:00:00Z"),
	    CLI_OK);
	j = parsed(fx->out);
	assert_true(json_is_null(json_object_get(j, "decision")));
	json_decref(j);
}

static void a_text_is_bounded_and_safe(void **state)
{
	(void)state;
	fill(12);
	assert_code(sekisho("customer show C1"), CLI_OK);
	assert_has(fx->out, "I12 ");
	assert_has(fx->out, "10 of 12");
	assert_null(strstr(fx->out, "I2 "));
	assert_null(strchr(fx->out, '\x1b'));
	assert_has(fx->out, "\\x1b[2Jgone");
	assert_code(sekisho("customer show C4"), CLI_OK);
	assert_has(fx->out, "2001:db8:1::/56");
	assert_has(fx->out, "none");
}

static void refuse(struct db *db, const char *domain, int code,
    const char *enhanced, int reply_class, bool names_client)
{
	static int64_t n;
	struct observation o = {.kind = OBS_TRANSACTION,
	    .ts_us = DAY_US + ++n * 1000,
	    .traffic_case = 2,
	    .server_port = 25,
	    .reply_code = code,
	    .reply_class = reply_class,
	    .reply_stage = SEKISHO__STAGE__STAGE_MAIL,
	    .names_client = names_client,
	    .tier = PRIVACY_DOMAINS};

	strcpy(o.customer, "C1");
	strcpy(o.agent, "tap0");
	o.seq = (uint64_t)n;
	addr_parse(&o.server, "203.0.113.9");
	strcpy(o.rcpt_domains, domain);
	strcpy(o.reply_enhanced, enhanced);
	must_write(db, write_observation(db, &o));
}

/* By receiver and reason; what is about a recipient is not among them. */
static void receivers_that_refused_are_listed(void **state)
{
	static const struct {
		const char *receiver, *why;
		int mails;
	} rows[] = {{"spf.example", "spf", 2}, {"203.0.113.9", "policy", 1},
	    {"big.example", "size", 1}, {"list.example", "listed", 1},
	    {"range.example", "range_listed", 1}};
	struct db *db;
	json_t *j, *all;

	(void)state;
	fill(0);
	db = open_fixture(DB_WRITE);
	must_write(db, db_begin(db));
	refuse(db, "spf.example other.example", 550, "5.7.23",
	    SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY, false);
	refuse(db, "spf.example", 550, "5.7.23",
	    SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY, false);
	refuse(db, "", 554, "5.7.1", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY,
	    false);
	refuse(db, "big.example", 552, "5.3.4",
	    SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE, false);
	refuse(db, "list.example", 554, "5.7.1",
	    SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED, true);
	refuse(db, "range.example", 554, "5.7.1",
	    SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED, false);
	refuse(db, "user.example", 550, "5.1.1",
	    SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER, false);
	refuse(db, "fine.example", 250, "2.0.0",
	    SEKISHO__REPLY_CLASS__REPLY_CLASS_OK, false);
	must_write(db, db_commit(db));
	db_close(db);
	assert_code(
	    sekisho("customer show C1 -o json --at 2026-11-24T02:00:00Z"),
	    CLI_OK);
	j = parsed(fx->out);
	all = json_object_get(j, "refused_by");
	assert_int_equal(json_array_size(all), 5);
	for (size_t i = 0; i < 5; i++) {
		json_t *r = json_array_get(all, i);

		assert_string_equal(
		    json_string_value(json_object_get(r, "receiver")),
		    rows[i].receiver);
		assert_string_equal(
		    json_string_value(json_object_get(r, "why")), rows[i].why);
		assert_int_equal(
		    json_integer_value(json_object_get(r, "mails")),
		    rows[i].mails);
	}
	json_decref(j);
	assert_code(
	    sekisho("customer show C1 --at 2026-11-24T02:00:00Z"), CLI_OK);
	assert_has(fx->out, "SPF of the sender domain does not allow this");
	assert_has(fx->out, "nothing that the customer did");
	/* A week later they are gone. */
	assert_code(
	    sekisho("customer show C1 -o json --at 2026-12-02T02:00:00Z"),
	    CLI_OK);
	j = parsed(fx->out);
	assert_int_equal(json_array_size(json_object_get(j, "refused_by")), 0);
	json_decref(j);
}

static void nobody_is_said(void **state)
{
	(void)state;
	assert_code(sekisho("customer show nobody"), CLI_NOT_FOUND);
	assert_code(sekisho("customer show 203.0.113.9"), CLI_NOT_FOUND);
	assert_code(sekisho("customer show"), CLI_USAGE);
}

static void they_are_listed(void **state)
{
	(void)state;
	fill(0);
	assert_code(sekisho("customer list -o ids"), CLI_OK);
	assert_string_equal(fx->out, "C1\n");
	assert_code(sekisho("customer list --class static -o ids"), CLI_OK);
	assert_string_equal(fx->out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(it_is_shown_by_name_or_address),
	    REPORTS_TEST(a_text_is_bounded_and_safe),
	    REPORTS_TEST(receivers_that_refused_are_listed),
	    REPORTS_TEST(nobody_is_said),
	    REPORTS_TEST(they_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
