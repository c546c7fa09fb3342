/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/incident.h"

#include "desk.h"

static void say_of(
    struct feed *f, int64_t t_ms, enum op_verb verb, int64_t incident)
{
	struct observation o = row_operator("C1", t_ms, verb, 0);

	o.op_incident = incident;
	feed_row(f, &o);
}

static void test_what_an_operator_says_of_an_incident(void **state)
{
	static const struct {
		enum op_verb verb;
		enum incident_state state;
		enum closed_as closed_as;
		bool released;
		int next_step; /* of a burst after it */
	} cases[] = {
	    {OP_ACK, INCIDENT_ACKNOWLEDGED, CLOSED_NOT, false, 2},
	    {OP_NOTE, INCIDENT_OPEN, CLOSED_NOT, false, 2},
	    {OP_CLOSE_FIXED, INCIDENT_CLOSED, CLOSED_FIXED, false, 2},
	    {OP_CLOSE_DUPLICATE, INCIDENT_CLOSED, CLOSED_DUPLICATE, false, 2},
	    {OP_CLOSE_FALSE_POSITIVE, INCIDENT_CLOSED, CLOSED_FALSE_POSITIVE,
		true, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct feed *f = feed_new();

		feed_burst(f, "C1", 0, 15);
		assert_int_equal(f->n_decisions, 1);
		say_of(f, 5000, cases[i].verb, 1);
		assert_int_equal(f->incidents[0].state, cases[i].state);
		assert_int_equal(f->incidents[0].closed_as, cases[i].closed_as);
		assert_int_equal(f->n_decisions, cases[i].released ? 2 : 1);
		if (cases[i].released) {
			assert_int_equal(feed_last(f)->cause, CAUSE_RELEASED);
			assert_int_equal(feed_last(f)->ends_seq, 1);
			assert_int_equal(feed_last(f)->op_id, 5001);
		}
		feed_until(f, 700000);
		feed_burst(f, "C1", 700000, 15);
		assert_int_equal(feed_last(f)->action, ACTION_BLOCK);
		assert_int_equal(feed_last(f)->step, cases[i].next_step);
		feed_free(f);
	}
}

static void test_a_closed_incident_gets_another_name(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	feed_burst(f, "C1", 0, 15);
	feed_until(f, 90000000);
	assert_int_equal(f->incidents[0].closed_as, CLOSED_QUIET);
	{
		struct observation o =
		    row_operator("C1", 90000001, OP_CLOSE_FALSE_POSITIVE, 0);

		o.op_incident = 1;
		o.obs_no = ++f->obs;
		assert_int_equal(engine_apply(f->engine, &o, &f->fx), 0);
	}
	assert_int_equal(f->fx.n, 1);
	assert_int_equal(f->fx.v[0].kind, EFFECT_RENAMED);
	assert_int_equal(f->fx.v[0].u.renamed.incident_id, 1);
	assert_int_equal(f->fx.v[0].u.renamed.closed_as, CLOSED_FALSE_POSITIVE);
	feed_burst(f, "C1", 90100000, 15);
	assert_int_equal(feed_last(f)->step, 1);
	feed_free(f);
}

static void test_a_false_positive_leaves_other_blocks(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	feed_burst(f, "C1", 0, 15);
	operate(f, 3000, OP_BLOCK, 0);
	say_of(f, 5000, OP_CLOSE_FALSE_POSITIVE, 1);
	assert_int_equal(viewed(f), ACTION_BLOCK);
	assert_int_equal(followed(f), ACTION_BLOCK);
	say_of(f, 6000, OP_CLOSE_FALSE_POSITIVE, 99);
	assert_int_equal(viewed(f), ACTION_BLOCK);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_an_operator_says_of_an_incident),
	    cmocka_unit_test(test_a_closed_incident_gets_another_name),
	    cmocka_unit_test(test_a_false_positive_leaves_other_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
