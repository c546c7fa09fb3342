/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "analyzer/auth/asking.h"
#include "tests/unit/analyzer/auth/fake_resolver.h"

/* Asks for a.example and b.example, then for c.example. */
struct check {
	struct asking asking; /* first */
	int *steps, *finished, *late;
	bool cancel_in_finish;
};

static bool known(struct asking *a, const char *name)
{
	const struct spf_answer *answer;

	return spf_lookup(&a->lookups, name, RR_TXT, &answer) ==
	       SPF_LOOKUP_KNOWN;
}

static bool step(struct asking *a)
{
	struct check *c = (struct check *)a;
	bool one = known(a, "a.example"), other = known(a, "b.example");

	++*c->steps;
	if (!one || !other || !known(a, "c.example"))
		return false;
	++*c->finished;
	if (c->cancel_in_finish)
		asking_cancel(a);
	return true;
}

static void late(struct asking *a)
{
	struct check *c = (struct check *)a;

	++*c->late;
	if (c->cancel_in_finish)
		asking_cancel(a);
}

static int steps, finished, lates;
static struct fake fake;
static uv_loop_t loop;

static struct check *start(void)
{
	static const struct asking_ops ops = {step, late};
	struct check *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	steps = finished = lates = 0;
	uv_loop_init(&loop);
	fake_init(&fake, &loop, NULL, 0);
	c->steps = &steps;
	c->finished = &finished;
	c->late = &lates;
	c->asking.timeout_ms = 60000;
	asking_start(&c->asking, &ops, &loop, &fake.r);
	assert_int_equal(steps, 0);
	return c;
}

static void end(int want_finished)
{
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(finished, want_finished);
	assert_int_equal(fake.in_flight, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_step_runs_when_nothing_is_waited_for(void **state)
{
	(void)state;
	start();
	end(1);
	assert_int_equal(steps, 3);
	assert_int_equal(fake.asked, 3);
	assert_int_equal(fake.most_in_flight, 2);
}

static void cancelled_before_during_and_after(void **state)
{
	struct check *c;

	(void)state;
	c = start();
	asking_cancel(&c->asking);
	asking_cancel(&c->asking);
	end(0);
	assert_int_equal(steps, 0);
	c = start();
	fake.late_ms = 5;
	while (fake.asked == 0)
		uv_run(&loop, UV_RUN_ONCE);
	asking_cancel(&c->asking);
	end(0);
	c = start();
	c->cancel_in_finish = true;
	end(1);
}

/* Answers that come too late are not waited for, and told nobody. */
static void too_late_is_told_once(void **state)
{
	(void)state;
	for (int cancel = 0; cancel < 2; cancel++) {
		struct check *c = start();

		c->asking.timeout_ms = 5;
		c->cancel_in_finish = cancel;
		fake.late_ms = 100000;
		end(0);
		assert_int_equal(lates, 1);
		assert_int_equal(steps, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_step_runs_when_nothing_is_waited_for),
	    cmocka_unit_test(cancelled_before_during_and_after),
	    cmocka_unit_test(too_late_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
