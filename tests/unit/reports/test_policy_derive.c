/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include "reports/mix.h"

static void put_rows(struct db *db, const char *customer, int day, int n,
    enum label label, int32_t weight_milli)
{
	for (int i = 0; i < n; i++) {
		struct observation o = {.kind = OBS_TRANSACTION,
		    .ts_us = DAY_US + day * 24 * HOUR_US + i * US_PER_S,
		    .line_class = CLASS_DYNAMIC,
		    .traffic_case = 2,
		    .server_port = 25};

		o.start_us = o.ts_us;
		snprintf(o.customer, sizeof(o.customer), "%s", customer);
		must_write(db, write_observation(db, &o));
		o.label = label;
		o.weight_milli = weight_milli;
		o.applied_no = o.obs_no;
		must_write(db, write_applied(db, &o));
	}
}

/* C1 and C2 are innocent; C3 is held for a bot; C4 was, by mistake. */
static void fill(void)
{
	struct db *db = open_fixture(DB_WRITE);
	struct incident i[2] = {
	    fixed_incident(1, "C3"), fixed_incident(2, "C4")};

	i[1].state = INCIDENT_CLOSED;
	i[1].closed_as = CLOSED_FALSE_POSITIVE;
	i[1].closed_us = i[1].last_us;
	must_write(db, db_begin(db));
	put_rows(db, "C1", 0, 400, LABEL_DELIVERED, -865);
	put_rows(db, "C1", 1, 400, LABEL_DELIVERED, -865);
	put_rows(db, "C2", 0, 150, LABEL_DEFERRED, 100);
	put_rows(db, "C2", 0, 50, LABEL_DELIVERED, 0); /* not counted */
	put_rows(db, "C3", 0, 500, LABEL_UNKNOWN_USER, 2485);
	put_rows(db, "C4", 1, 50, LABEL_REJECTED, 1000);
	for (int n = 0; n < 2; n++)
		must_write(db, write_incident(db, &i[n]));
	must_write(db, db_commit(db));
	db_close(db);
}

static void innocent_customers_are_counted(void **state)
{
	struct mix m[CLASS_COUNT];
	struct derive_mix d;
	struct db *db;

	(void)state;
	fill();
	db = open_fixture(DB_READ);
	assert_int_equal(mix_read(db, 0, 0, m), 0);
	assert_int_equal(m[CLASS_DYNAMIC].labels[LABEL_DELIVERED], 800);
	assert_int_equal(m[CLASS_DYNAMIC].labels[LABEL_DEFERRED], 150);
	assert_int_equal(m[CLASS_DYNAMIC].labels[LABEL_UNKNOWN_USER], 0);
	assert_int_equal(m[CLASS_DYNAMIC].labels[LABEL_REJECTED], 50);
	assert_int_equal(m[CLASS_DYNAMIC].days, 4);
	assert_int_equal(m[CLASS_STATIC].days, 0);
	assert_true(mix_take(&m[CLASS_DYNAMIC], &d));
	assert_true(d.per_day > 249 && d.per_day < 251);
	assert_false(mix_take(&m[CLASS_STATIC], &d));
	/* the first day alone is too little to go by */
	assert_int_equal(mix_read(db, 0, DAY_US + 24 * HOUR_US, m), 0);
	assert_int_equal(m[CLASS_DYNAMIC].days, 2);
	assert_false(mix_take(&m[CLASS_DYNAMIC], &d));
	db_close(db);
}

/* Rows are in the order of the classes' names. */
static json_t *row_of(const json_t *j, const char *class)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(j, "items"), i,
	    row) if (strcmp(json_string_value(json_object_get(row, "class")),
			 class) == 0) return row;
	fail_msg("no row of %s", class);
	return NULL;
}

static void thresholds_are_printed(void **state)
{
	json_t *j, *row;
	int64_t assumed;

	(void)state;
	fill();
	/* (sekisho() adds --db of the fixture) */
	assert_code(sekisho("policy derive --blocks 1 --customers 1e6 -o json "
			    "--until 2026-11-25"),
	    CLI_OK);
	j = parsed(fx->out);
	row = row_of(j, "dynamic");
	assert_string_equal(
	    json_string_value(json_object_get(row, "labels")), "assumed");
	assumed = json_integer_value(json_object_get(row, "threshold"));
	assert_true(assumed > 9200);
	json_decref(j);
	assert_code(sekisho("policy derive --blocks 1 --customers 1e6 -o json"),
	    CLI_OK);
	j = parsed(fx->out);
	row = row_of(j, "dynamic");
	assert_string_equal(
	    json_string_value(json_object_get(row, "labels")), "measured");
	assert_true(
	    json_integer_value(json_object_get(row, "threshold")) < assumed);
	json_decref(j);
}

/* docs/DETECTION.md shows what the default policy gives. */
static void the_page_has_these_numbers(void **state)
{
	FILE *f = fopen("docs/DETECTION.md", "r");
	static char page[1 << 17];
	json_t *j;

	(void)state;
	if (f == NULL) {
		print_message("not run from the source tree: skipped\n");
		skip();
	}
	assert_true(fread(page, 1, sizeof(page) - 1, f) > 0);
	fclose(f);
	assert_code(sekisho("policy derive --blocks 1 --customers 1e6 -o json"),
	    CLI_OK);
	j = parsed(fx->out);
	for (size_t i = 0; i < json_array_size(json_object_get(j, "items"));
	     i++) {
		json_t *row = json_array_get(json_object_get(j, "items"), i);
		int64_t h =
		    json_integer_value(json_object_get(row, "threshold"));
		char cell[64];

		snprintf(cell, sizeof(cell), "| %s | %d,%03d |",
		    json_string_value(json_object_get(row, "class")),
		    (int)(h / 1000), (int)(h % 1000));
		if (strstr(page, cell) == NULL)
			fail_msg("docs/DETECTION.md lacks \"%s\"", cell);
	}
	json_decref(j);
}

static void a_budget_is_two_numbers(void **state)
{
	static const char *const bad[] = {"policy derive",
	    "policy derive --blocks 1", "policy derive --customers 5",
	    "policy derive --blocks 0 --customers 5",
	    "policy derive --blocks -1 --customers 5",
	    "policy derive --blocks 1x --customers 5",
	    "policy derive --blocks nan --customers 5",
	    "policy derive --blocks inf --customers 5",
	    "policy derive --blocks 1 --customers 1e99"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_code(sekisho(bad[i]), CLI_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(innocent_customers_are_counted),
	    REPORTS_TEST(thresholds_are_printed),
	    REPORTS_TEST(the_page_has_these_numbers),
	    REPORTS_TEST(a_budget_is_two_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
