/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/identity/static.h"

#define HEAD "prefix,customer,class,own_domains\n"

static char err[512];

static int load(const char *text, struct lease **l, size_t *n)
{
	char path[] = "/tmp/sekisho-static-XXXXXX";
	int fd = mkstemp(path), rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	rc = static_load(path, l, n, err, sizeof(err));
	unlink(path);
	return rc;
}

static void good_files(void **state)
{
	struct lease *l;
	size_t n;

	(void)state;
	assert_int_equal(load("\xef\xbb\xbf" HEAD "198.51.100.7,C1,dynamic,\r\n"
			      "\"2001:db8:1::/56\",\"C,2\",static,"
			      "\"a.example b.example\"\n"
			      "\n"
			      "198.51.100.8/32,C3,static,x.example",
			     &l, &n),
	    0);
	assert_int_equal(n, 3);
	assert_string_equal(l[0].customer, "C1");
	assert_int_equal(l[0].prefix.len, 128);
	assert_int_equal(l[0].line_class, CLASS_DYNAMIC);
	assert_string_equal(l[1].customer, "C,2");
	assert_string_equal(l[1].own_domains, "a.example b.example");
	assert_true(l[2].until_us == INT64_MAX);
	free(l);
}

static void bad_lines_are_named(void **state)
{
	static const struct {
		const char *text, *line, *word;
	} rows[] = {
	    {"", ":1:", "empty"},
	    {"prefix;customer\n", ":1:", "header"},
	    {HEAD "198.51.100.300,C1,dynamic,\n", ":2:", "prefix"},
	    {HEAD "198.51.100.1/24,C1,dynamic,\n", ":2:", "behind"},
	    {HEAD "198.51.100.1,,dynamic,\n", ":2:", "customer"},
	    {HEAD "198.51.100.1,a b,dynamic,\n", ":2:", "customer"},
	    {HEAD "198.51.100.1,C1,unknown,\n", ":2:", "class"},
	    {HEAD "198.51.100.1,C1,dynamic\n", ":2:", "4 fields"},
	    {HEAD "198.51.100.1,C1,dynamic,,\n", ":2:", "4 fields"},
	    {HEAD "\n\n198.51.100.1,\"C1,dynamic,\n", ":4:", "4 fields"},
	    {HEAD "198.51.100.1,\"C1\"x,dynamic,\n", ":2:", "4 fields"},
	    {HEAD "198.51.100.0/28,C1,dynamic,\n198.51.100.4,C2,dynamic,\n",
		"2 and 3", "overlap"},
	    {HEAD "198.51.100.4,C1,dynamic,\n198.51.100.4,C1,dynamic,\n",
		"2 and 3", "overlap"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lease *l;
		size_t n;

		assert_int_equal(load(rows[i].text, &l, &n), -1);
		assert_null(l);
		if (!strstr(err, rows[i].line) || !strstr(err, rows[i].word))
			fail_msg("row %zu: %s", i, err);
	}
}

static void a_missing_file_is_named(void **state)
{
	struct lease *l;
	size_t n;

	(void)state;
	assert_int_equal(
	    static_load("/nonexistent/subs.csv", &l, &n, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "/nonexistent/subs.csv"));
}

static void an_endless_line_is_refused(void **state)
{
	char *text = malloc(20000);
	struct lease *l;
	size_t n;

	(void)state;
	strcpy(text, HEAD "198.51.100.1,C1,dynamic,");
	memset(text + strlen(text), 'a', 15000);
	text[15000] = '\0';
	assert_int_equal(load(text, &l, &n), -1);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_files),
	    cmocka_unit_test(bad_lines_are_named),
	    cmocka_unit_test(a_missing_file_is_named),
	    cmocka_unit_test(an_endless_line_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
