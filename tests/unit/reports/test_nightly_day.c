/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to the day of a report, and what lies before the log. */
#include "tests/unit/reports/nightly.h"

/* C1 has an incident of the day before, C2 one of the day. */
static void fill(void)
{
	struct db *db = open_fixture(DB_WRITE);
	struct incident i[] = {
	    fixed_incident(1, "C1"), fixed_incident(2, "C2")};
	struct observation o = {.kind = OBS_TRANSACTION, .ts_us = DAY_US + 1};

	i[0].opened_us = DAY_US - HOUR_US;
	must_write(db, db_begin(db));
	must_write(db, write_incident(db, &i[0]));
	must_write(db, write_incident(db, &i[1]));
	must_write(db, write_observation(db, &o));
	must_write(db, db_commit(db));
	db_close(db);
}

static void write_letter(struct db *db, const char *customer, int64_t at_us)
{
	struct audit a = {.at_us = at_us, .verb = "incident letter"};

	strcpy(a.operator, "aiko");
	strcpy(a.object, "I2");
	strcpy(a.outcome, "done");
	snprintf(a.detail, sizeof(a.detail),
	    "letter bot in ja to customer %s, to standard output", customer);
	must_write(db, write_audit(db, &a));
}

static int64_t number(const json_t *report, const char *name)
{
	const json_t *v = json_object_get(
	    json_object_get(
		json_object_get(json_object_get(report, "sections"), "numbers"),
		"values"),
	    name);

	return json_integer_value(json_object_get(v, "value"));
}

static void a_letter_of_the_morning_behind_is_about_the_day(void **state)
{
	static const struct {
		const char *customer;
		int64_t at_us;
		int notified, of_day;
	} steps[] = {
	    {"C1", DAY_US + HOUR_US, 0, 1},
	    {"C2", DAY_US - 1, 0, 1},
	    {"C2", DAY_US + 48 * HOUR_US, 0, 1},
	    {"C2", DAY_US + 48 * HOUR_US - 1, 1, 1},
	    {"C2", DAY_US + 24 * HOUR_US - 1, 1, 2},
	};
	struct db *db;

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		char *s;
		json_t *j;

		db = open_fixture(DB_WRITE);
		write_letter(db, steps[i].customer, steps[i].at_us);
		db_close(db);
		s = report("2026-11-24", "json");
		j = parsed(s);
		assert_int_equal(number(j, "new_customers"), 1);
		assert_int_equal(
		    number(j, "new_customers_notified"), steps[i].notified);
		assert_int_equal(
		    number(j, "customers_notified"), steps[i].of_day);
		json_decref(j);
		free(s);
	}
}

static void before_the_log_nothing_was_missed(void **state)
{
	char *s;

	(void)state;
	fill();
	s = report("2026-11-23", "txt");
	assert_has(s, "The log begins at 2026-11-24");
	assert_null(strstr(s, "No traffic was captured"));
	free(s);
	/* Behind it is another matter. */
	s = report("2026-11-25", "txt");
	assert_has(s, "No traffic was");
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(a_letter_of_the_morning_behind_is_about_the_day),
	    REPORTS_TEST(before_the_log_nothing_was_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
