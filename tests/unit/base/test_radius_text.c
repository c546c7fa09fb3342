/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/radius_text.h"

#define T63 "0123456789012345678901234567890123456789012345678901234567890ab"

static void ids_are_taken_whole_or_not(void **state)
{
	static const struct {
		const char *text;
		size_t n;         /* 0: strlen */
		const char *want; /* NULL: refused */
	} rows[] = {
	    {"cust-1", 0, "cust-1"},
	    {"cust-1\0", 7, "cust-1"},
	    {T63, 0, T63},
	    {T63 "c", 0, NULL},
	    {"a b", 0, NULL},
	    {"a\nb", 0, NULL},
	    {"a\x7f", 0, NULL},
	    {"a\0b", 3, NULL},
	    {"\0", 1, NULL},
	    {"kunde-\xc3\xbc", 0, "kunde-\xc3\xbc"},
	    {"\xe9\x96\xa2\xe6\x89\x80", 0, "\xe9\x96\xa2\xe6\x89\x80"},
	    {"\xc3", 0, NULL},
	    {"\xc0\xaf", 0, NULL},
	    {"\xed\xa0\x80", 0, NULL},
	    {"\xf4\x90\x80\x80", 0, NULL},
	    {"\xc2\x85", 0, NULL},
	    {"\xff", 0, NULL},
	};
	char out[RADIUS_ID_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = rows[i].n ? rows[i].n : strlen(rows[i].text);
		bool ok = radius_text_id(out, (const void *)rows[i].text, n);

		if (ok != (rows[i].want != NULL) ||
		    strcmp(out, ok ? rows[i].want : "") != 0)
			fail_msg("row %zu: %s", i, out);
	}
}

static void only_named_realms_are_cut(void **state)
{
	static const struct {
		const char *text, *realms, *want;
	} rows[] = {
	    {"bob@isp.example", "", "bob@isp.example"},
	    {"bob@isp.example", "isp.example", "bob"},
	    {"bob@ISP.example", "other.example isp.example", "bob"},
	    {"bob@isp.example", "isp.exampl", "bob@isp.example"},
	    {"bob@isp.example.org", "isp.example", "bob@isp.example.org"},
	    {"bob@a@isp.example", "isp.example", "bob@a"},
	    {"bob@x.example", "*", "bob"},
	    {"bob", "*", "bob"},
	    {"@isp.example", "*", NULL},
	    {"bob@", "*", "bob"},
	    {"bob@", "isp.example", "bob@"},
	    {"bob@isp.example", "  isp.example", "bob"},
	};
	char out[RADIUS_ID_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool ok = radius_text_customer(out, (const void *)rows[i].text,
		    strlen(rows[i].text), rows[i].realms);

		if (ok != (rows[i].want != NULL) ||
		    (ok && strcmp(out, rows[i].want) != 0))
			fail_msg("row %zu: %s", i, out);
	}
}

static void a_class_is_a_plain_word(void **state)
{
	char out[RADIUS_ID_LEN];

	(void)state;
	assert_true(radius_text_word(out, (const uint8_t *)"static", 6));
	assert_string_equal(out, "static");
	assert_false(radius_text_word(out, (const uint8_t *)"a/b", 3));
	assert_string_equal(out, "");
	assert_false(radius_text_word(out, (const uint8_t *)"\xc3\xbc", 2));
}

static void sessions_keep_all_of_their_bytes(void **state)
{
	char out[RADIUS_SESSION_LEN];
	uint8_t long_one[253];

	(void)state;
	assert_true(radius_text_session(out, (const uint8_t *)"0a 1b", 5));
	assert_string_equal(out, "0a 1b");
	assert_true(radius_text_session(out, (const uint8_t *)"\1\xff", 2));
	assert_string_equal(out, "0x01ff");
	assert_false(radius_text_session(out, long_one, 0));
	memset(long_one, 'x', sizeof(long_one));
	assert_true(radius_text_session(out, long_one, sizeof(long_one)));
	assert_int_equal(strlen(out), 253);
	long_one[0] = 1;
	assert_true(radius_text_session(out, long_one, 126));
	assert_int_equal(strlen(out), 254);
	assert_false(radius_text_session(out, long_one, 127));
	assert_false(radius_text_session(out, long_one, 253));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ids_are_taken_whole_or_not),
	    cmocka_unit_test(only_named_realms_are_cut),
	    cmocka_unit_test(a_class_is_a_plain_word),
	    cmocka_unit_test(sessions_keep_all_of_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
