/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/analyzer/detect/feed.h"

/* The customer's last one of the kind; NULL: none. */
static const struct incident *incident_of(
    const struct feed *f, const char *customer, enum incident_kind kind)
{
	const struct incident *found = NULL;

	for (size_t i = 0; i < f->n_incidents; i++)
		if (f->incidents[i].kind == kind &&
		    strcmp(f->incidents[i].customer, customer) == 0)
			found = &f->incidents[i];
	return found;
}

static void test_a_leak_is_told_after_the_grace_time(void **state)
{
	struct feed *f = feed_new();
	struct observation o = row_at(OBS_OPERATOR, "C1", 0, 1);
	const struct incident *i;

	(void)state;
	o.op = OP_BLOCK;
	o.op_id = 1;
	feed_row(f, &o);
	assert_int_equal(f->n_decisions, 1);
	o = row_attempt("C1", 60000, 1, ANSWERED);
	feed_row(f, &o); /* within the grace time */
	o = row_attempt("C1", 90000, 1, ANSWERED);
	o.start_us = FEED_T0 + 59000 * 1000;
	feed_row(f, &o); /* begun within it */
	o = row_attempt("C1", 91000, 1, UNANSWERED);
	feed_row(f, &o);
	o = row_attempt("C1", 92000, 1, HALF_OPEN); /* maybe forged */
	feed_row(f, &o);
	o = row_attempt("C2", 93000, 1, ANSWERED);
	feed_row(f, &o); /* nobody closed it */
	assert_null(incident_of(f, "C1", INCIDENT_ENFORCEMENT_LEAK));
	o = row_attempt("C1", 7200000, 3, ANSWERED);
	feed_row(f, &o);
	i = incident_of(f, "C1", INCIDENT_ENFORCEMENT_LEAK);
	assert_non_null(i);
	assert_string_equal(i->summary,
	    "1 connection to port 25 answered in less than a second by one "
	    "mail server, although a block was in force since 2 h");
	o = row_attempt("C1", 7201000, 4, HALF_OPEN);
	o.source_validated = true;
	feed_row(f, &o);
	assert_int_equal(
	    incident_of(f, "C1", INCIDENT_ENFORCEMENT_LEAK)->observations, 2);
	assert_null(incident_of(f, "C2", INCIDENT_ENFORCEMENT_LEAK));
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_leak_is_told_after_the_grace_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
