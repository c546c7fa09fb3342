/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/derive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/conf.h"

static struct derive_question question(const struct derive_mix *mix)
{
	struct derive_question q = {.normal = *mix,
	    .blocks = 1,
	    .customers = 1e6,
	    .threshold_milli = 9200};
	char err[CONF_ERROR_BYTES];
	struct conf c;

	assert_int_equal(conf_load(&c, NULL, err), 0);
	for (int i = 0; i < LABEL_COUNT; i++)
		q.weight_milli[i] = (int32_t)c.weight_milli[i];
	conf_free(&c);
	return q;
}

static void the_threshold_keeps_the_budget(void **state)
{
	static const double budgets[] = {.1, 1, 100, 1e5};
	const struct derive_mix *mixes[] = {&derive_closed, &derive_open};
	struct derived d, tighter = {0};

	(void)state;
	for (size_t m = 0; m < 2; m++)
		for (size_t i = 0; i < 4; i++) {
			struct derive_question q = question(mixes[m]);

			q.blocks = budgets[i];
			assert_int_equal(derive(&q, &d), 0);
			assert_true(d.threshold_milli > 0);
			assert_true(d.blocks_then <= q.blocks);
			assert_true(d.blocks_now > 0);
			assert_true(d.bot > 1 && d.bot < d.mixed_bot);
			/* one milli less breaks it */
			q.threshold_milli = d.threshold_milli - 1;
			if (i > 0)
				assert_true(d.threshold_milli <
					    tighter.threshold_milli);
			tighter = d;
			assert_int_equal(derive(&q, &d), 0);
			assert_true(d.blocks_now > q.blocks);
		}
}

static void what_no_threshold_can_do(void **state)
{
	struct derive_question q = question(&derive_open);
	struct derived d;

	(void)state;
	/* a class whose innocent customers drift upward */
	memset(q.normal.share, 0, sizeof(q.normal.share));
	q.normal.share[LABEL_UNKNOWN_USER] = .5;
	q.normal.share[LABEL_DELIVERED] = .5;
	assert_int_equal(derive(&q, &d), 0);
	assert_int_equal(d.threshold_milli, 0);
	assert_true(d.blocks_then == d.blocks_now && d.blocks_now > 1e6);
	memset(q.normal.share, 0, sizeof(q.normal.share));
	assert_int_equal(derive(&q, &d), -1);
	/* nothing bad ever happens: any threshold will do */
	q.normal.share[LABEL_DELIVERED] = 1;
	assert_int_equal(derive(&q, &d), 0);
	assert_int_equal(d.threshold_milli, 1);
	assert_true(d.blocks_now == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_threshold_keeps_the_budget),
	    cmocka_unit_test(what_no_threshold_can_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
