/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void lines_are_split(void **state)
{
	static const struct {
		const char *line;
		int n;
		const char *last;
	} rows[] = {
	    {"", 1, ""},
	    {"a", 1, "a"},
	    {"a,b", 2, "b"},
	    {"a,", 2, ""},
	    {"\"a,b\",\"c\"\"d\"", 2, "c\"d"},
	    {"\"\"", 1, ""},
	    {"a \"b\"", 1, "a \"b\""},
	    {"\"a\"b", -1, NULL},
	    {"\"a", -1, NULL},
	    {"a,\"b\nc\"", 2, "b\nc"},
	};
	char *f[CSV_FIELDS_MAX], line[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(line, sizeof(line), "%s", rows[i].line);
		assert_int_equal(csv_split(line, f), rows[i].n);
		if (rows[i].n > 0)
			assert_string_equal(f[rows[i].n - 1], rows[i].last);
	}
}

static void more_fields_than_there_is_room(void **state)
{
	char *f[CSV_FIELDS_MAX], line[101];

	(void)state;
	memset(line, ',', 100);
	line[100] = '\0';
	assert_int_equal(csv_split(line, f), 101);
	assert_string_equal(f[CSV_FIELDS_MAX - 1], "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_split),
	    cmocka_unit_test(more_fields_than_there_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
