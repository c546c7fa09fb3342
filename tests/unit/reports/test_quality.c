/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include <math.h>

#include "reports/quality.h"

#define MIN_US (60 * US_PER_S)

static const struct quality_budget budget = {1, 1000};

/* A mail of C1 to C4 each on the 24th, and of C1 on the 25th, too. obs_no is
 * 1 to 5. */
static void add_mails(struct db *db)
{
	static const char *const who[] = {"C1", "C2", "C3", "C4", "C1"};

	for (int i = 0; i < 5; i++) {
		struct observation o = {.kind = OBS_TRANSACTION,
		    .ts_us = DAY_US + i * MIN_US,
		    .server_port = 25,
		    .traffic_case = 2};

		if (i == 4)
			o.ts_us += 24 * HOUR_US;
		snprintf(o.customer, sizeof(o.customer), "%s", who[i]);
		must_write(db, write_observation(db, &o));
		assert_int_equal(o.obs_no, i + 1);
	}
}

static void add_incident(struct db *db, int64_t id, const char *customer,
    int64_t first_obs, int64_t opened_us, enum closed_as as)
{
	struct incident i = fixed_incident(id, customer);

	i.first_obs = i.last_obs = first_obs;
	i.opened_us = i.last_us = opened_us;
	i.closed_as = as;
	i.state = as == CLOSED_NOT ? INCIDENT_OPEN : INCIDENT_CLOSED;
	must_write(db, write_incident(db, &i));
}

static void add_block(
    struct db *db, int64_t seq, const char *customer, int64_t incident_id)
{
	struct decision d = fixed_decision(seq, customer, DAY_US + HOUR_US, 0);

	d.incident_id = incident_id;
	must_write(db, write_decision(db, &d));
}

static void add_complaint(struct db *db, int key, const char *customer,
    const char *type, int64_t at_us, int64_t received_us)
{
	struct complaint c = {.received_us = received_us,
	    .at_us = at_us,
	    .format = "arf",
	    .reporter = "example.net"};

	c.key[0] = (uint8_t)key;
	snprintf(c.type, sizeof(c.type), "%s", type);
	snprintf(c.customer, sizeof(c.customer), "%s", customer);
	assert_int_equal(write_complaint(db, &c), 1);
}

static struct quality of(struct db *db, int64_t since_us, int64_t until_us)
{
	struct quality q;

	must_write(db, quality_read(db, since_us, until_us, &budget, &q));
	return q;
}

static void an_empty_store_has_no_figures(void **state)
{
	struct db *db = open_fixture(DB_READ);
	struct quality q = of(db, 0, 0);

	(void)state;
	assert_int_equal(q.incidents.opened, 0);
	assert_true(isnan(q.incidents.precision.value));
	assert_int_equal(q.detect.median_us, -1);
	assert_true(isnan(q.wrong_rate) && isnan(q.budget_used));
	db_close(db);
}

static void labels_give_precision(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	struct quality q;

	(void)state;
	add_mails(db);
	add_incident(db, 1, "C1", 1, DAY_US + 2 * MIN_US, CLOSED_FIXED);
	add_incident(
	    db, 2, "C2", 2, DAY_US + 3 * MIN_US, CLOSED_FALSE_POSITIVE);
	add_incident(db, 3, "C3", 3, DAY_US + 12 * MIN_US, CLOSED_QUIET);
	add_incident(db, 4, "C4", 4, DAY_US + 4 * MIN_US, CLOSED_DUPLICATE);
	add_block(db, 1, "C1", 1);
	add_block(db, 2, "C2", 2);
	add_block(db, 3, "C3", 3);
	q = of(db, 0, 0);
	assert_int_equal(q.incidents.opened, 4);
	assert_int_equal(q.incidents.right, 1);
	assert_int_equal(q.incidents.wrong, 1);
	assert_int_equal(q.incidents.duplicate, 1);
	assert_int_equal(q.incidents.unlabelled, 1);
	assert_true(q.incidents.precision.value == .5);
	assert_true(
	    q.incidents.precision.low > .01 && q.incidents.precision.low < .02);
	assert_int_equal(q.kinds[INCIDENT_SPAM_BOT].right, 1);
	assert_int_equal(q.kinds[INCIDENT_BOT_BURST].opened, 0);
	/* I1 after 2 min, I3 after 10: the others say nothing. */
	assert_int_equal(q.detect.n, 2);
	assert_int_equal(q.detect.median_us, 2 * MIN_US);
	assert_int_equal(q.detect.p90_us, 10 * MIN_US);
	assert_int_equal(q.blocks.all, 3);
	assert_int_equal(q.blocks.enforced, 3);
	assert_int_equal(q.blocks.wrong, 1);
	assert_int_equal(q.blocks.unlabelled, 1);
	assert_int_equal(q.customer_days, 5);
	assert_true(fabs(q.wrong_rate - 2e5) < 1e-6);
	assert_true(fabs(q.wrong_rate_low - .0253178 * 2e5) < 1);
	assert_true(fabs(q.wrong_rate_high - 5.5716434 * 2e5) < 1);
	/* One a day for a thousand, of whom five customer-days were seen. */
	assert_true(fabs(q.budget_used - 200) < 1e-9);
	db_close(db);
}

static void complaints_are_labels_and_find_what_was_missed(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	int64_t at_us = DAY_US + MIN_US, came_us = DAY_US + HOUR_US;
	struct quality q;

	(void)state;
	add_mails(db);
	add_incident(db, 1, "C1", 1, DAY_US + 2 * MIN_US, CLOSED_NOT);
	add_incident(
	    db, 2, "C2", 2, DAY_US + 3 * MIN_US, CLOSED_FALSE_POSITIVE);
	add_complaint(db, 1, "C1", "abuse", at_us, came_us);
	add_complaint(db, 2, "C2", "abuse", at_us, came_us);
	add_complaint(db, 3, "C3", "messaging/spam", at_us, came_us);
	add_complaint(db, 4, "", "abuse", at_us, came_us);
	add_complaint(db, 5, "C3", "not-spam", at_us, came_us);
	add_complaint(db, 6, "C3", "auth-failure", at_us, came_us);
	/* Two days after the last evidence. */
	add_complaint(db, 7, "C1", "abuse", at_us + 48 * HOUR_US, came_us);
	q = of(db, 0, 0);
	assert_int_equal(q.complaints.all, 7);
	assert_int_equal(q.complaints.counted, 5);
	assert_int_equal(q.complaints.unmatched, 1);
	assert_int_equal(q.complaints.covered, 1);
	assert_int_equal(q.complaints.before, 1);
	assert_int_equal(q.complaints.disputed, 1);
	assert_int_equal(q.complaints.missed, 2);
	assert_int_equal(q.incidents.right, 1);
	assert_int_equal(q.detect_complained.n, 1);
	assert_int_equal(q.detect_complained.median_us, MIN_US);
	/* C1 was found, C3 was not. */
	assert_int_equal(q.recall_complained.n, 1);
	assert_int_equal(q.recall_complained.total, 2);
	assert_int_equal(q.recall_bound.n, 1);
	assert_int_equal(q.recall_bound.total, 2);
	db_close(db);
}

static void only_the_period_counts(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	struct quality q;

	(void)state;
	add_mails(db);
	add_incident(db, 1, "C1", 1, DAY_US + 2 * MIN_US, CLOSED_FIXED);
	add_incident(db, 2, "C2", 2, DAY_US + 24 * HOUR_US, CLOSED_FIXED);
	add_complaint(db, 1, "C1", "abuse", DAY_US, DAY_US);
	q = of(db, DAY_US + 24 * HOUR_US, 0);
	assert_int_equal(q.incidents.opened, 1);
	assert_int_equal(q.complaints.all, 0);
	assert_int_equal(q.customer_days, 1);
	q = of(db, 0, DAY_US + 24 * HOUR_US);
	assert_int_equal(q.incidents.opened, 1);
	assert_int_equal(q.complaints.covered, 1);
	assert_int_equal(q.customer_days, 4);
	db_close(db);
}

/* A block that follows its customer, or comes back, is one block. */
static void a_block_that_is_stated_anew_counts_once(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	struct decision d = fixed_decision(2, "C1", DAY_US + 2 * HOUR_US, 0);
	struct quality q;

	(void)state;
	add_incident(db, 1, "C1", 1, DAY_US, CLOSED_FALSE_POSITIVE);
	add_block(db, 1, "C1", 1);
	d.incident_id = 1;
	d.ends_seq = 1;
	must_write(db, write_decision(db, &d));
	q = of(db, 0, 0);
	assert_int_equal(q.blocks.all, 1);
	assert_int_equal(q.blocks.wrong, 1);
	db_close(db);
}

static void the_verb_prints_every_form(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	json_t *j, *items, *row;
	size_t i;
	int seen = 0;

	(void)state;
	add_mails(db);
	add_incident(db, 1, "C1", 1, DAY_US, CLOSED_FIXED);
	db_close(db);
	assert_code(sekisho("report quality -o json"), CLI_OK);
	j = parsed(fx->out);
	items = json_object_get(j, "items");
	json_array_foreach(items, i, row)
	{
		const char *name =
		    json_string_value(json_object_get(row, "figure"));

		if (strcmp(name, "precision") != 0)
			continue;
		seen++;
		assert_string_equal(
		    json_string_value(json_object_get(row, "value")), "1");
		assert_string_equal(
		    json_string_value(json_object_get(row, "low")), "0.025");
	}
	assert_int_equal(seen, 1);
	json_decref(j);
	assert_code(
	    sekisho("report quality -o csv --since 2027-01-01"), CLI_OK);
	assert_has(fx->out, "precision,,,,0,0,");
	assert_code(sekisho("report quality --blocks 0"), CLI_USAGE);
	assert_code(sekisho("report quality --customers many"), CLI_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(an_empty_store_has_no_figures),
	    REPORTS_TEST(labels_give_precision),
	    REPORTS_TEST(complaints_are_labels_and_find_what_was_missed),
	    REPORTS_TEST(only_the_period_counts),
	    REPORTS_TEST(a_block_that_is_stated_anew_counts_once),
	    REPORTS_TEST(the_verb_prints_every_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
