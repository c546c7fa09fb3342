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
#define MORE "prefix,customer,class,own_domains,ports,contact,language\n"

static struct static_faults faults;

static int load(const char *text, struct subscribers *s)
{
	char path[] = "/tmp/sekisho-static-XXXXXX";
	int fd = mkstemp(path), rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	rc = static_load(path, s, &faults);
	unlink(path);
	return rc;
}

static void good_files(void **state)
{
	struct subscribers s;
	const struct lease *l;

	(void)state;
	assert_int_equal(load("\xef\xbb\xbf" HEAD "198.51.100.7,C1,dynamic,\r\n"
			      "\"2001:db8:1::/56\",\"C,2\",static,"
			      "\"a.example b.example\"\n"
			      "\n"
			      "198.51.100.8/32,C3,static,x.example",
			     &s),
	    0);
	l = s.leases;
	assert_int_equal(s.n_leases, 3);
	assert_int_equal(s.n_customers, 0);
	assert_string_equal(l[0].customer, "C1");
	assert_int_equal(l[0].prefix.len, 128);
	assert_int_equal(l[0].line_class, CLASS_DYNAMIC);
	assert_string_equal(l[1].customer, "C,2");
	assert_string_equal(l[1].own_domains, "a.example b.example");
	assert_true(l[2].until_us == INT64_MAX);
	subscribers_free(&s);
}

static void bad_lines_are_named(void **state)
{
	static const struct {
		const char *text, *line, *word;
	} rows[] = {
	    {"", ":1:", "empty"},
	    {"prefix;customer\n", ":1:", "column"},
	    {"prefix,customer,class\n", ":1:", "header"},
	    {"prefix,customer,class,own_domains,class\n", ":1:", "twice"},
	    {HEAD "198.51.100.300,C1,dynamic,\n", ":2:", "prefix"},
	    {HEAD "198.51.100.1/24,C1,dynamic,\n", ":2:", "behind"},
	    {HEAD "198.51.100.1,,dynamic,\n", ":2:", "customer"},
	    {HEAD "198.51.100.1,a b,dynamic,\n", ":2:", "customer"},
	    {HEAD "198.51.100.1,C1,unknown,\n", ":2:", "class"},
	    {HEAD "198.51.100.1,C1,dynamic\n", ":2:", "fields are needed"},
	    {HEAD "198.51.100.1,C1,dynamic,,\n", ":2:", "fields are needed"},
	    {HEAD "\n\n198.51.100.1,\"C1,dynamic,\n",
		":4:", "fields are needed"},
	    {HEAD "198.51.100.1,\"C1\"x,dynamic,\n",
		":2:", "fields are needed"},
	    {HEAD "198.51.100.0/28,C1,dynamic,\n198.51.100.4,C2,dynamic,\n",
		"2 and 3", "overlap"},
	    {HEAD "198.51.100.4,C1,dynamic,\n198.51.100.4,C1,dynamic,\n",
		"2 and 3", "overlap"},
	    {MORE "198.51.100.4,C1,dynamic,,5-4,,\n", ":2:", "ports"},
	    {MORE "198.51.100.4,C1,dynamic,,1-65536,,\n", ":2:", "ports"},
	    {MORE "198.51.100.4,C1,dynamic,,1-,,\n", ":2:", "ports"},
	    {MORE "198.51.100.4,C1,dynamic,,-1-5,,\n", ":2:", "ports"},
	    {MORE "198.51.100.4,C1,dynamic,,,,j_a\n", ":2:", "language"},
	    {MORE "198.51.100.4,C1,dynamic,,,,ja-\n", ":2:", "language"},
	    {MORE ",C1,dynamic,,1-5,,\n", ":2:", "prefix"},
	    {MORE ",C1,dynamic,,,,\n,C1,static,,,,\n", ":3:", "line 2"},
	    {MORE "198.51.100.4,C1,dynamic,,1-9,,\n"
		  "198.51.100.4,C2,dynamic,,9-12,,\n",
		"2 and 3", "overlap"},
	    {MORE "198.51.100.4,C1,dynamic,,1-9,,\n"
		  "198.51.100.4,C2,dynamic,,,,\n",
		"2 and 3", "overlap"},
	    {MORE "198.51.100.4,C1,dynamic,,1-9,,\n"
		  "198.51.100.0/24,C2,dynamic,,10-12,,\n",
		"2 and 3", "overlap"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct subscribers s;

		assert_int_equal(load(rows[i].text, &s), -1);
		assert_null(s.leases);
		assert_int_equal(faults.n, 1);
		if (!strstr(faults.text[0], rows[i].line) ||
		    !strstr(faults.text[0], rows[i].word))
			fail_msg("row %zu: %s", i, faults.text[0]);
	}
}

static void further_columns(void **state)
{
	struct subscribers s;

	(void)state;
	assert_int_equal(
	    load("language,class,customer,prefix,ports,own_domains,contact\n"
		 "ja,dynamic,C1,203.0.113.7,1024-2047,,desk 12\n"
		 ",dynamic,C2,203.0.113.7,2048-3071,,\n"
		 "pt-BR,static,C3,,,own.example,\n",
		&s),
	    0);
	assert_int_equal(s.n_leases, 2);
	assert_int_equal(s.leases[0].first_port, 1024);
	assert_int_equal(s.leases[0].last_port, 2047);
	assert_string_equal(s.leases[1].customer, "C2");
	assert_int_equal(s.n_customers, 2);
	assert_string_equal(s.customers[0].id, "C1");
	assert_string_equal(s.customers[0].contact, "desk 12");
	assert_string_equal(s.customers[0].language, "ja");
	assert_string_equal(s.customers[1].id, "C3");
	assert_int_equal(s.customers[1].line_class, CLASS_STATIC);
	assert_string_equal(s.customers[1].own_domains, "own.example");
	subscribers_free(&s);
}

static void each_bad_line_is_named(void **state)
{
	struct subscribers s;
	char text[4096] = HEAD, line[64];

	(void)state;
	assert_int_equal(load(HEAD "198.51.100.1,C1,dynamic,\nx,C2,dynamic,\n"
				   "198.51.100.2,C3,what,\n"
				   "198.51.100.1,C4,dynamic,\n",
			     &s),
	    -1);
	assert_int_equal(faults.n, 3);
	assert_non_null(strstr(faults.text[0], ":3: prefix"));
	assert_non_null(strstr(faults.text[1], ":4: class"));
	assert_non_null(strstr(faults.text[2], "lines 2 and 5 overlap"));
	for (int i = 0; i < 50; i++) {
		snprintf(line, sizeof(line), "x%d,C1,dynamic,\n", i);
		strcat(text, line);
	}
	assert_int_equal(load(text, &s), -1);
	assert_int_equal(faults.n, STATIC_FAULTS_MAX);
	assert_int_equal(faults.more, 50 - STATIC_FAULTS_MAX);
}

static void a_missing_file_is_named(void **state)
{
	struct subscribers s;

	(void)state;
	assert_int_equal(static_load("/nonexistent/subs.csv", &s, &faults), -1);
	assert_non_null(strstr(faults.text[0], "/nonexistent/subs.csv"));
}

static void an_endless_line_is_refused(void **state)
{
	char *text = malloc(20000);
	struct subscribers s;

	(void)state;
	strcpy(text, HEAD "198.51.100.1,C1,dynamic,");
	memset(text + strlen(text), 'a', 15000);
	text[15000] = '\0';
	assert_int_equal(load(text, &s), -1);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_files),
	    cmocka_unit_test(bad_lines_are_named),
	    cmocka_unit_test(further_columns),
	    cmocka_unit_test(each_bad_line_is_named),
	    cmocka_unit_test(a_missing_file_is_named),
	    cmocka_unit_test(an_endless_line_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
