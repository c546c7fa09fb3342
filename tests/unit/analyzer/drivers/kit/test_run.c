/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/drivers/kit/run.h"

static int sh(struct run *r, const char *script)
{
	char *argv[] = {
	    (char *)"sh", (char *)"-c", (char *)(uintptr_t)script, NULL};
	int rc;

	r->argv = argv;
	if (r->timeout_s == 0)
		r->timeout_s = 10;
	rc = run_program(r);
	r->argv = NULL;
	return rc;
}

static void the_output_is_kept(void **state)
{
	struct run r = {.output_max = 1000};

	(void)state;
	assert_int_equal(sh(&r, "echo a; echo no >&2; echo b"), 0);
	assert_string_equal(r.output, "a\nb\n");
	assert_int_equal(r.n_output, 4);
	free(r.output);
	assert_int_equal(sh(&r, ":"), 0);
	assert_string_equal(r.output != NULL ? r.output : "", "");
	free(r.output);
}

static void large_input_and_output_pass(void **state)
{
	size_t n = 3000000;
	char *input = malloc(n);
	struct run r = {.output_max = n, .input = input, .n_input = n};

	(void)state;
	assert_non_null(input);
	for (size_t i = 0; i < n; i++)
		input[i] = (char)('a' + i % 26);
	assert_int_equal(sh(&r, "cat"), 0);
	assert_int_equal(r.n_output, n);
	assert_memory_equal(r.output, input, n);
	free(r.output);
	r.output_max = n - 1;
	assert_int_equal(sh(&r, "cat"), -1);
	assert_null(r.output);
	free(input);
}

static void why_it_failed(void **state)
{
	static const struct {
		const char *script, *last, *first;
	} cases[] = {
	    {"exit 3", "exit status 3", "exit status 3"},
	    {"echo a >&2; echo b >&2; exit 1", "exit status 1: b",
		"exit status 1: a"},
	    {"echo >&2; echo a >&2; echo >&2; exit 1", "exit status 1: a",
		"exit status 1: a"},
	    {"kill -9 $$", "signal 9", "signal 9"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run r = {.output_max = 10};

		assert_int_equal(sh(&r, cases[i].script), -1);
		assert_string_equal(r.why, cases[i].last);
		r.first_line = true;
		assert_int_equal(sh(&r, cases[i].script), -1);
		assert_string_equal(r.why, cases[i].first);
		assert_int_equal(r.exited, cases[i].script[0] == 'e');
	}
}

static void a_program_that_is_not_there(void **state)
{
	char *argv[] = {(char *)"/no/such/program", NULL};
	struct run r = {.argv = argv, .timeout_s = 10};

	(void)state;
	assert_int_equal(run_program(&r), -1);
	assert_true(r.exited);
	assert_int_equal(r.status, 127);
	assert_non_null(strstr(r.why, "No such file"));
}

static void one_that_hangs_is_killed_with_its_children(void **state)
{
	struct run r = {.timeout_s = 1, .output_max = 100};

	(void)state;
	assert_int_equal(sh(&r, "sleep 600 & sleep 600"), -1);
	assert_string_equal(r.why, "killed after 1 s");
	assert_false(r.exited);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_output_is_kept),
	    cmocka_unit_test(large_input_and_output_pass),
	    cmocka_unit_test(why_it_failed),
	    cmocka_unit_test(a_program_that_is_not_there),
	    cmocka_unit_test(one_that_hangs_is_killed_with_its_children),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
