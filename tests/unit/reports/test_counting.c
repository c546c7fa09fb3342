/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cli/counting.h"

static char *text;
static size_t size;

static void step_often(struct counting *p, int n)
{
	while (n-- > 0)
		counting_step(p);
}

static void a_short_task_says_nothing(void **state)
{
	FILE *f = open_memstream(&text, &size);
	struct counting p;

	(void)state;
	counting_begin(&p, f, "rows", 5000);
	step_often(&p, 5000);
	counting_end(&p);
	fclose(f);
	assert_string_equal(text, "");
	assert_int_equal(p.n, 5000);
	free(text);
}

/* As if ten seconds were over. */
static void a_long_one_says_how_far_it_is(void **state)
{
	FILE *f = open_memstream(&text, &size);
	struct counting p;

	(void)state;
	counting_begin(&p, f, "policy test: rows", 4096);
	p.next_us = 0;
	step_often(&p, 1024);
	assert_true(p.next_us > p.start_us);
	p.next_us = 0;
	p.total = 0;
	step_often(&p, 1024);
	counting_end(&p);
	fclose(f);
	assert_non_null(
	    strstr(text, "policy test: rows: 1,024 of 4,096, 25 %, "));
	assert_non_null(strstr(text, "left\npolicy test: rows: 2,048\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_short_task_says_nothing),
	    cmocka_unit_test(a_long_one_says_how_far_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
