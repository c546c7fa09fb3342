/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

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
	    REPORTS_TEST(nobody_is_said),
	    REPORTS_TEST(they_are_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
