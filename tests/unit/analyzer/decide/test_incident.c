/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/incident.h"

#include "../detect/feed.h"

static const struct incident *incident_of(
    const struct feed *f, const char *customer, enum incident_kind kind)
{
	for (size_t i = 0; i < f->n_incidents; i++)
		if (f->incidents[i].kind == kind &&
		    strcmp(f->incidents[i].customer, customer) == 0)
			return &f->incidents[i];
	return NULL;
}

static void feed_attempts(struct feed *f, const char *customer, int64_t t_ms,
    int n, int outcome, bool validated)
{
	for (int i = 0; i < n; i++) {
		struct observation o =
		    row_attempt(customer, t_ms + i * 100, i, outcome);

		o.source_validated = validated;
		feed_row(f, &o);
	}
}

static void test_incidents_fall_quiet_on_their_own_time(void **state)
{
	struct feed *f = feed_new();
	const struct incident *i;
	int64_t due_us = 3000000 + FEED_T0 + 86400 * FEED_S;

	(void)state;
	feed_attempts(f, "C1", 0, 31, UNANSWERED, false);
	assert_int_equal(engine_next_due(f->engine), due_us);
	assert_int_equal(feed_until(f, 3000 + 86400 * 1000 - 1), 0);
	assert_int_equal(feed_until(f, 3000 + 86400 * 1000 + 5000000), 1);
	i = incident_of(f, "C1", INCIDENT_BLOCKED_ATTEMPTS);
	assert_int_equal(i->state, INCIDENT_CLOSED);
	assert_int_equal(i->closed_as, CLOSED_QUIET);
	assert_int_equal(i->closed_us, due_us);
	assert_int_equal(engine_next_due(f->engine), INT64_MAX);
	/* A new one opens after it. */
	feed_attempts(f, "C1", 90000000, 31, UNANSWERED, false);
	assert_int_equal(f->n_incidents, 2);
	assert_int_equal(f->incidents[1].state, INCIDENT_OPEN);
	feed_free(f);
}

static void test_one_open_incident_for_each_kind(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int n = 0; n < 40; n++) {
		struct observation o = row_attempt("C1", n, n, ANSWERED);

		feed_row(f, &o);
		o = row_unknown("C1", n, n);
		feed_row(f, &o);
		o = row_attempt("C1", n, n, REFUSED);
		feed_row(f, &o);
		o = row_attempt("C2", n, n, ANSWERED);
		feed_row(f, &o);
	}
	assert_int_equal(f->n_incidents, 4);
	assert_non_null(incident_of(f, "C1", INCIDENT_BOT_BURST));
	assert_non_null(incident_of(f, "C1", INCIDENT_SPAM_BOT));
	assert_non_null(incident_of(f, "C1", INCIDENT_BLOCKED_ATTEMPTS));
	assert_non_null(incident_of(f, "C2", INCIDENT_BOT_BURST));
	assert_int_equal(f->n_decisions, 2);
	feed_free(f);
}

static void test_servers_are_counted_up_to_the_limit(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	feed_attempts(f, "C1", 0, 1500, UNANSWERED, false);
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->incidents[0].observations, 1500);
	assert_int_equal(f->incidents[0].servers, INCIDENT_SERVERS_MAX);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_incidents_fall_quiet_on_their_own_time),
	    cmocka_unit_test(test_one_open_incident_for_each_kind),
	    cmocka_unit_test(test_servers_are_counted_up_to_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
