/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "analyzer/budget.h"
#include "base/clock.h"

#define HOUR (3600 * US_PER_S)

static void a_subscriber_cannot_spend_more_than_its_share(void **state)
{
	struct budget *b = budget_new(2, 100);

	(void)state;
	assert_true(budget_take(b, "C1", 5 * HOUR));
	assert_true(budget_take(b, "C1", 5 * HOUR + 1));
	assert_false(budget_take(b, "C1", 6 * HOUR - 1));
	assert_true(budget_take(b, "C2", 6 * HOUR - 1));
	assert_true(budget_take(b, "C1", 6 * HOUR));
	budget_free(b);
}

static void all_together_cannot_spend_more_than_the_total(void **state)
{
	struct budget *b = budget_new(10, 3);
	char name[16];

	(void)state;
	for (int i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "C%d", i);
		assert_int_equal(budget_take(b, name, HOUR + i), i < 3);
	}
	assert_true(budget_take(b, "C5", 2 * HOUR));
	budget_free(b);
}

static void time_that_steps_back_opens_no_new_hour(void **state)
{
	struct budget *b = budget_new(1, 100);

	(void)state;
	assert_true(budget_take(b, "C1", 5 * HOUR));
	assert_false(budget_take(b, "C1", 4 * HOUR));
	assert_false(budget_take(b, "C1", 5 * HOUR));
	budget_free(b);
}

static void what_the_log_holds_counts_after_a_restart(void **state)
{
	struct budget *b = budget_new(2, 100);

	(void)state;
	budget_restore(b, "C1", 5 * HOUR);
	assert_true(budget_take(b, "C1", 5 * HOUR + 9));
	assert_false(budget_take(b, "C1", 5 * HOUR + 10));
	budget_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_subscriber_cannot_spend_more_than_its_share),
	    cmocka_unit_test(all_together_cannot_spend_more_than_the_total),
	    cmocka_unit_test(time_that_steps_back_opens_no_new_hour),
	    cmocka_unit_test(what_the_log_holds_counts_after_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
