/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/taglist.h"

static void a_list_is_whole_or_nothing(void **state)
{
	static const struct {
		const char *text;
		int tags; /* -1: no list */
	} rows[] = {
	    {"v=1", 1},
	    {"v=1;", 1},
	    {" v = 1 ;\r\n\t a_1=b = c; \r\n ", 2},
	    {"a=;b=", 2},
	    {"a=1;A=2", 2},
	    {"", -1},
	    {" ", -1},
	    {";", -1},
	    {"a=1;;", -1},
	    {"a=1; ;b=2", -1},
	    {";a=1", -1},
	    {"a=1;b", -1},
	    {"=1", -1},
	    {"1a=1", -1},
	    {"a b=1", -1},
	    {"a=1;a=2", -1},
	};
	struct taglist l;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool good =
		    taglist_parse(&l, rows[i].text, strlen(rows[i].text));

		if ((good ? (int)l.n : -1) != rows[i].tags)
			fail_msg("row %zu: %d tags", i, good ? (int)l.n : -1);
	}
}

static void values_are_found_by_their_name(void **state)
{
	static const char text[] = " v = 1 ;\r\n\t a_1= b = c ; \r\n ";
	struct taglist l;
	const struct tag *t;

	(void)state;
	assert_true(taglist_parse(&l, text, sizeof(text) - 1));
	t = taglist_get(&l, "a_1");
	assert_non_null(t);
	assert_true(span_is(t->value, "B = C"));
	assert_int_equal(t->raw.len, strlen(" b = c "));
	assert_null(taglist_get(&l, "A_1"));
	assert_null(taglist_get(&l, "a"));
}

static void no_more_tags_than_the_table_holds(void **state)
{
	char text[TAGLIST_MAX * 8 + 8];
	size_t n = 0;
	struct taglist l;

	(void)state;
	for (int i = 0; i < TAGLIST_MAX; i++)
		n += (size_t)sprintf(text + n, "t%d=;", i);
	assert_true(taglist_parse(&l, text, n));
	assert_int_equal(l.n, TAGLIST_MAX);
	n += (size_t)sprintf(text + n, "x=;");
	assert_false(taglist_parse(&l, text, n));
}

static void what_is_bad_can_be_passed_over(void **state)
{
	static const char text[] = "a=1;?;;b=2";
	struct span rest = {text, sizeof(text) - 1};
	struct tag t;

	(void)state;
	assert_int_equal(taglist_next(&rest, &t), TAGLIST_TAG);
	assert_int_equal(taglist_next(&rest, &t), TAGLIST_BAD);
	assert_int_equal(taglist_next(&rest, &t), TAGLIST_BAD);
	assert_int_equal(taglist_next(&rest, &t), TAGLIST_TAG);
	assert_true(span_is(t.name, "b"));
	assert_int_equal(taglist_next(&rest, &t), TAGLIST_END);
}

static void a_list_has_one_item_more_than_separators(void **state)
{
	static const char text[] = " a :b::";
	static const char *const want[] = {"a", "b", "", ""};
	struct span list = {text, sizeof(text) - 1}, item;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_true(span_next(&list, ':', &item));
		assert_true(span_is(item, want[i]));
	}
	assert_false(span_next(&list, ':', &item));
	list = (struct span){"", 0};
	assert_true(span_next(&list, ':', &item));
	assert_false(span_next(&list, ':', &item));
}

static void base64_is_read(void **state)
{
	static const struct {
		const char *text;
		const char *want; /* NULL: bad */
	} rows[] = {
	    {"TWFu", "Man"}, {" T W\r\n\tFu ", "Man"}, {"TWE=", "Ma"},
	    {"TQ==", "M"}, {"T Q = =", "M"}, {"////", "\377\377\377"},
	    {"", NULL}, {"====", NULL}, {"TWFuT", NULL}, {"TQ=", NULL},
	    {"TQ", NULL}, {"TQ==TQ==", NULL}, {"TW-u", NULL},
	    {"TWFuTWFu", NULL}, /* more than there is room for */
	};
	uint8_t out[4];
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span s = {rows[i].text, strlen(rows[i].text)};
		bool good = span_base64(s, out, sizeof(out), &n);

		if (good != (rows[i].want != NULL))
			fail_msg("row %zu", i);
		if (good && (n != strlen(rows[i].want) ||
				memcmp(out, rows[i].want, n) != 0))
			fail_msg("row %zu: other bytes", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_is_whole_or_nothing),
	    cmocka_unit_test(values_are_found_by_their_name),
	    cmocka_unit_test(no_more_tags_than_the_table_holds),
	    cmocka_unit_test(what_is_bad_can_be_passed_over),
	    cmocka_unit_test(a_list_has_one_item_more_than_separators),
	    cmocka_unit_test(base64_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
