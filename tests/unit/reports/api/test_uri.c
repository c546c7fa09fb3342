/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "reports/api/uri.h"

static struct uri u;

static void a_target_is_taken_apart(void **state)
{
	(void)state;
	assert_int_equal(
	    uri_parse(&u, "/api/v1/x%2Fy?q=a%20b+c&limit=5&flag&e="), 0);
	assert_string_equal(u.path, "/api/v1/x/y");
	assert_int_equal(u.n, 4);
	assert_string_equal(uri_get(&u, "q"), "a b c");
	assert_string_equal(uri_get(&u, "limit"), "5");
	assert_string_equal(uri_get(&u, "flag"), "");
	assert_string_equal(uri_get(&u, "e"), "");
	assert_null(uri_get(&u, "nix"));
}

static void the_absolute_form_is_the_same(void **state)
{
	(void)state;
	assert_int_equal(uri_parse(&u, "http://h.example:80/livez?a=/b"), 0);
	assert_string_equal(u.path, "/livez");
	assert_string_equal(uri_get(&u, "a"), "/b");
	assert_int_equal(uri_parse(&u, "HTTPS://h.example"), 0);
	assert_string_equal(u.path, "/");
}

static void letters_of_all_scripts_pass(void **state)
{
	(void)state;
	assert_int_equal(uri_parse(&u, "/?q=%E8%8B%A6%F0%9F%90%99"), 0);
	assert_string_equal(uri_get(&u, "q"), "\xE8\x8B\xA6\xF0\x9F\x90\x99");
}

static void a_plus_is_a_space_in_queries_only(void **state)
{
	(void)state;
	assert_int_equal(uri_parse(&u, "/a+b?c+d=e%2Bf"), 0);
	assert_string_equal(u.path, "/a+b");
	assert_string_equal(uri_get(&u, "c d"), "e+f");
}

static void what_is_broken_is_refused(void **state)
{
	static const char *const bad[] = {"", "x", "ftp://x/", "*", "/%", "/%4",
	    "/%zz", "/%00", "/?a=%00", "/?a=%0a", "/%7f", "/?a=1&a=2",
	    "/?a=1&%61=2", "/?q=%ff", "/?q=%c0%ae", "/?q=%ed%a0%80",
	    "/?q=%f4%90%80%80", "/?q=%e8%8b", "/?q=%80"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (uri_parse(&u, bad[i]) == 0)
			print_error("%s passed\n", bad[i]);
		assert_int_not_equal(uri_parse(&u, bad[i]), 0);
	}
}

static void there_is_an_end_of_length_and_of_pairs(void **state)
{
	static char text[URI_BYTES + 2];
	size_t n = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[URI_BYTES] = '\0';
	assert_int_equal(uri_parse(&u, text), -1);
	text[URI_BYTES - 1] = '\0';
	assert_int_equal(uri_parse(&u, text), 0);
	for (int i = 0; i <= URI_PAIRS; i++) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%d=x",
		    i == 0 ? "/?" : "&", i);
		assert_int_equal(uri_parse(&u, text), i < URI_PAIRS ? 0 : -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_target_is_taken_apart),
	    cmocka_unit_test(the_absolute_form_is_the_same),
	    cmocka_unit_test(letters_of_all_scripts_pass),
	    cmocka_unit_test(a_plus_is_a_space_in_queries_only),
	    cmocka_unit_test(what_is_broken_is_refused),
	    cmocka_unit_test(there_is_an_end_of_length_and_of_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
