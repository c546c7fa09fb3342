/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FFFD     "\xef\xbf\xbd"

static void strings_are_escaped_and_made_utf8(void **state)
{
	static const struct {
		const char *s;
		size_t n;
		const char *want;
	} cases[] = {
	    {"", 0, "\"\""},
	    {"plain", 5, "\"plain\""},
	    {"a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\""},
	    {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
	    {"\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\\u007f\""},
	    {"\xc3\xa9", 2, "\"\xc3\xa9\""},
	    {"\xe9\x96\xa2\xe6\x89\x80", 6, "\"\xe9\x96\xa2\xe6\x89\x80\""},
	    {"\xf0\x9f\x93\xa7", 4, "\"\xf0\x9f\x93\xa7\""},
	    {"\xf4\x8f\xbf\xbf", 4, "\"\xf4\x8f\xbf\xbf\""},
	    /* a lone continuation, a lone lead, overlong forms, surrogates,
	     * beyond U+10FFFF, cut at the end */
	    {"\x80", 1, "\"" FFFD "\""},
	    {"\xc3", 1, "\"" FFFD "\""},
	    {"\xc3x", 2, "\"" FFFD "x\""},
	    {"\xc0\x80", 2, "\"" FFFD FFFD "\""},
	    {"\xc1\xbf", 2, "\"" FFFD FFFD "\""},
	    {"\xe0\x9f\xbf", 3, "\"" FFFD FFFD FFFD "\""},
	    {"\xed\xa0\x80", 3, "\"" FFFD FFFD FFFD "\""},
	    {"\xf0\x8f\xbf\xbf", 4, "\"" FFFD FFFD FFFD FFFD "\""},
	    {"\xf4\x90\x80\x80", 4, "\"" FFFD FFFD FFFD FFFD "\""},
	    {"\xf5\x80\x80\x80", 4, "\"" FFFD FFFD FFFD FFFD "\""},
	    {"\xff\xfe", 2, "\"" FFFD FFFD "\""},
	    {"\xe9\x96", 2, "\"" FFFD FFFD "\""},
	    {"\xe9\x96\xa2", 2, "\"" FFFD FFFD "\""},
	    {"a\xe9\"", 3, "\"a" FFFD "\\\"\""},
	};
	struct jsonw j;

	(void)state;
	jsonw_init(&j, NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		jsonw_stringn(&j, cases[i].s, cases[i].n);
		assert_string_equal(jsonw_take(&j), cases[i].want);
	}
	jsonw_free(&j);
}

static void write_sample(struct jsonw *j)
{
	jsonw_object_begin(j);
	jsonw_kstring(j, "s", "x");
	jsonw_kstring(j, "no", NULL);
	jsonw_kint(j, "i", INT64_MIN);
	jsonw_kuint(j, "u", UINT64_MAX);
	jsonw_kbool(j, "t", true);
	jsonw_kbool(j, "f", false);
	jsonw_ktime(j, "at", INT64_C(1795509015123456));
	jsonw_ktime(j, "never", 0);
	jsonw_key(j, "empty");
	jsonw_array_begin(j);
	jsonw_array_end(j);
	jsonw_key(j, "list");
	jsonw_array_begin(j);
	jsonw_int(j, 1);
	jsonw_uint(j, 2);
	jsonw_bool(j, false);
	jsonw_null(j);
	jsonw_hex(j, "\x00\xff\x1a", 3);
	jsonw_raw(j, "{\"k\":[]}");
	jsonw_object_begin(j);
	jsonw_object_end(j);
	jsonw_array_begin(j);
	jsonw_string(j, "deep");
	jsonw_array_end(j);
	jsonw_array_end(j);
	jsonw_kint(j, "last\n", 0);
	jsonw_object_end(j);
	jsonw_newline(j);
}

static const char sample[] =
    "{\"s\":\"x\",\"no\":null,\"i\":-9223372036854775808,"
    "\"u\":18446744073709551615,\"t\":true,\"f\":false,"
    "\"at\":\"2026-11-24T08:30:15.123456Z\",\"never\":null,\"empty\":[],"
    "\"list\":[1,2,false,null,\"00ff1a\",{\"k\":[]},{},[\"deep\"]],"
    "\"last\\n\":0}\n";

static void values_are_separated(void **state)
{
	struct jsonw j;

	(void)state;
	jsonw_init(&j, NULL);
	write_sample(&j);
	assert_string_equal(jsonw_take(&j), sample);
	write_sample(&j);
	assert_string_equal(jsonw_take(&j), sample);
	assert_string_equal(jsonw_take(&j), "");
	jsonw_free(&j);
}

static void a_file_gets_the_same_bytes(void **state)
{
	char *text = NULL;
	struct jsonw j;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(f);
	jsonw_init(&j, f);
	write_sample(&j);
	assert_false(j.failed);
	jsonw_free(&j);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, sample);
	free(text);
}

static void a_full_disk_is_told(void **state)
{
	FILE *f = fopen("/dev/full", "w");
	struct jsonw j;

	(void)state;
	assert_non_null(f);
	setvbuf(f, NULL, _IONBF, 0);
	jsonw_init(&j, f);
	jsonw_string(&j, "x");
	assert_true(j.failed);
	jsonw_free(&j);
	fclose(f);
}

static void nesting_goes_to_thirty_one(void **state)
{
	struct jsonw j;

	(void)state;
	jsonw_init(&j, NULL);
	for (int i = 0; i < 31; i++)
		jsonw_array_begin(&j);
	jsonw_int(&j, 1);
	for (int i = 0; i < 31; i++)
		jsonw_array_end(&j);
	assert_int_equal(strlen(jsonw_take(&j)), 63);
	jsonw_free(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(strings_are_escaped_and_made_utf8),
	    cmocka_unit_test(values_are_separated),
	    cmocka_unit_test(a_file_gets_the_same_bytes),
	    cmocka_unit_test(a_full_disk_is_told),
	    cmocka_unit_test(nesting_goes_to_thirty_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
