/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/line_class.h"

static void the_names_every_program_knows_have_fixed_numbers(void **state)
{
	static const char *const names[] = {
	    "unknown", "dynamic", "static", "business", "wholesale"};

	(void)state;
	for (int i = 0; i < CLASS_OWN; i++) {
		assert_string_equal(line_class_name(i), names[i]);
		assert_int_equal(line_class_parse(names[i]), i);
		assert_int_equal(line_class_add(names[i]), i);
	}
	assert_int_equal(line_class_count(), CLASS_OWN);
}

static void what_is_no_name_gets_no_number(void **state)
{
	static const char *const bad[] = {"", "A", "aB", "1a", "_a", "-a",
	    "a b", "a.b", "a=b", "\xc3\xa9", "a\n", "abcdefghijklmnopqrstuvwx"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(line_class_is_name(bad[i]));
		assert_int_equal(line_class_add(bad[i]), -1);
	}
	assert_int_equal(line_class_add(NULL), -1);
	assert_int_equal(line_class_parse(NULL), -1);
	assert_true(line_class_is_name("abcdefghijklmnopqrstuvw"));
	assert_true(line_class_is_name("a"));
	assert_true(line_class_is_name("f0-_"));
}

static void asking_makes_no_name(void **state)
{
	int n = line_class_count();

	(void)state;
	assert_int_equal(line_class_parse("fibre"), -1);
	assert_int_equal(line_class_count(), n);
	assert_string_equal(line_class_name(n), "?");
	assert_string_equal(line_class_name((enum line_class) - 1), "?");
	assert_string_equal(line_class_name(CLASS_COUNT), "?");
	assert_int_equal(line_class_add("fibre"), n);
	assert_int_equal(line_class_add("fibre"), n);
	assert_int_equal(line_class_parse("fibre"), n);
	assert_string_equal(line_class_name(n), "fibre");
}

static void the_table_has_an_end(void **state)
{
	char name[CLASS_NAME_LEN];

	(void)state;
	for (int i = line_class_count(); i < CLASS_COUNT; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(line_class_add(name), i);
	}
	assert_int_equal(line_class_add("one-more"), -1);
	assert_int_equal(line_class_parse("one-more"), -1);
	assert_int_equal(line_class_count(), CLASS_COUNT);
	assert_int_equal(line_class_parse("n63"), 63);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_names_every_program_knows_have_fixed_numbers),
	    cmocka_unit_test(what_is_no_name_gets_no_number),
	    cmocka_unit_test(asking_makes_no_name),
	    cmocka_unit_test(the_table_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
