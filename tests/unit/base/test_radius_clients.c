/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/radius_clients.h"

static char path[] = "/tmp/sekisho-clients-XXXXXX";
static char err[512];

static int set_up(void **state)
{
	(void)state;
	return mkstemp(path) >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(path);
}

static struct radius_clients *load(const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
	err[0] = '\0';
	return radius_clients_load(path, err, sizeof(err));
}

static int find(const struct radius_clients *c, const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return radius_clients_find(c, &a);
}

static void the_longest_prefix_wins(void **state)
{
	static const struct {
		const char *addr, *secret;
	} rows[] = {{"192.0.2.1", "one"}, {"192.0.2.2", "net"},
	    {"198.51.100.200", "v4 all of it"}, {"2001:db8::1", "six"},
	    {"2001:db8:1::5", "six-one"}, {"2001:db9::1", NULL},
	    {"::ffff:192.0.2.1", "one"}};
	struct radius_clients *c = load("# NAS\n\n"
					"  192.0.2.0/24\tnet\r\n"
					"0.0.0.0/0 v4 all of it  \n"
					"2001:db8::/32 six\n"
					"192.0.2.1 one\n"
					"2001:db8:1::/48 six-one\n",
	    0640);

	(void)state;
	assert_non_null(c);
	assert_int_equal(radius_clients_count(c), 5);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int k = find(c, rows[i].addr);
		struct radius_secret s;

		if ((k >= 0) != (rows[i].secret != NULL))
			fail_msg("%s", rows[i].addr);
		if (k < 0)
			continue;
		s = radius_clients_secret(c, k);
		assert_int_equal(s.len, strlen(rows[i].secret));
		assert_memory_equal(s.bytes, rows[i].secret, s.len);
	}
	radius_clients_free(c);
}

static void a_bad_file_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *why;
	} rows[] = {
	    {"192.0.2.1 s\n", 0644, "chmod"},
	    {"192.0.2.1 s\n", 0602, "chmod"},
	    {"", 0600, "no client"},
	    {"# only\n", 0600, "no client"},
	    {"192.0.2.1 a\n192.0.2.3\n", 0600, ":2: no secret"},
	    {"192.0.2.1 a\nnas1 b\n", 0600, ":2: no prefix"},
	    {"192.0.2.1/24 a\n", 0600, ":1: bits"},
	    {"192.0.2.1 a\n192.0.2.9 b\n192.0.2.1/32 c\n", 0600,
		"lines 1 and 3"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct radius_clients *c = load(rows[i].text, rows[i].mode);

		if (c != NULL)
			radius_clients_free(c);
		if (c != NULL || strstr(err, rows[i].why) == NULL)
			/* qsort may give the lines in either order. */
			if (c != NULL || strstr(err, "lines 3 and 1") == NULL)
				fail_msg("row %zu: %s", i, err);
	}
	assert_null(radius_clients_load("/nonexistent", err, sizeof(err)));
	assert_non_null(strstr(err, "cannot be read"));
}

static void a_secret_is_never_told(void **state)
{
	char text[400];

	(void)state;
	memset(text, 's', sizeof(text));
	memcpy(text, "192.0.2.1 ", 10);
	text[399] = '\0';
	assert_null(load(text, 0600));
	assert_null(strstr(err, "sss"));
	assert_null(load("hunter2 192.0.2.1\n", 0600));
	assert_null(strstr(err, "hunter2"));
}

static void thousands_are_found(void **state)
{
	size_t cap = 1 << 20, n = 0;
	char *text = malloc(cap);
	struct radius_clients *c;

	(void)state;
	for (int i = 0; i < 20000; i++)
		n += (size_t)snprintf(text + n, cap - n, "10.%d.%d.%d s%d\n",
		    i >> 12, (i >> 4) & 255, i & 15, i);
	c = load(text, 0600);
	assert_non_null(c);
	for (int i = 0; i < 20000; i++) {
		char want[16], addr[32];
		struct radius_secret s;
		int k;

		snprintf(addr, sizeof(addr), "10.%d.%d.%d", i >> 12,
		    (i >> 4) & 255, i & 15);
		snprintf(want, sizeof(want), "s%d", i);
		k = find(c, addr);
		assert_true(k >= 0);
		s = radius_clients_secret(c, k);
		assert_memory_equal(s.bytes, want, s.len);
	}
	assert_int_equal(find(c, "10.0.0.16"), -1);
	radius_clients_free(c);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_longest_prefix_wins),
	    cmocka_unit_test(a_bad_file_is_refused_with_its_line),
	    cmocka_unit_test(a_secret_is_never_told),
	    cmocka_unit_test(thousands_are_found),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
