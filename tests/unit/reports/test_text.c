/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "reports/out/text.h"

static void what_a_terminal_obeys_is_spelt_out(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	    {"plain", "plain"},
	    {"", ""},
	    {"a\033[31mb", "a\\x1b[31mb"},
	    {"a\nb\tc\x7f", "a\\x0ab\\x09c\\x7f"},
	    {"\xc2\x9b"
	     "31m",
		"\\xc2\\x9b31m"},                          /* C1 CSI */
	    {"\xe2\x80\xae evil", "\\xe2\\x80\\xae evil"}, /* U+202E */
	    {"\xff\xc0\x80", "\\xff\\xc0\\x80"},           /* no UTF-8 */
	    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},           /* surrogate */
	    {"\xe9\x96\xa2", "\xe9\x96\xa2"},
	    {"cut\xe9\x96", "cut\\xe9\\x96"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *s = text_safe_dup(cases[i].in);

		assert_string_equal(s, cases[i].out);
		free(s);
	}
}

static void a_short_buffer_is_cut_at_a_character(void **state)
{
	char buf[6];

	(void)state;
	for (size_t size = 1; size <= sizeof(buf); size++) {
		text_safe("\xe9\x96\xa2\xe9\x96\xa2\033", buf, size);
		assert_int_equal(strlen(buf), size >= 4 ? 3 : 0);
	}
}

static void numbers_are_grouped(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(text_grouped(0, buf), "0");
	assert_string_equal(text_grouped(999, buf), "999");
	assert_string_equal(text_grouped(1234, buf), "1,234");
	assert_string_equal(text_grouped(-1234567, buf), "-1,234,567");
	assert_string_equal(
	    text_grouped(INT64_MIN, buf), "-9,223,372,036,854,775,808");
	assert_string_equal(text_milli(-1865, buf), "-1.865");
	assert_string_equal(text_milli(9200, buf), "9.200");
	assert_string_equal(text_milli(-5, buf), "-0.005");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_a_terminal_obeys_is_spelt_out),
	    cmocka_unit_test(a_short_buffer_is_cut_at_a_character),
	    cmocka_unit_test(numbers_are_grouped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
