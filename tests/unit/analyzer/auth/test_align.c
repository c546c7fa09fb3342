/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/auth/align.h"

#define CORPUS "../shared/corpus/psl/"

static struct align *a;

static int set_up(void **state)
{
	static const char list[] = "com\nexample\nco.example\n*.ck\n!www.ck\n";
	char path[] = "/tmp/sekisho-psl-XXXXXX", err[256];
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || write(fd, list, sizeof(list) - 1) != sizeof(list) - 1)
		return -1;
	close(fd);
	a = align_new(path, err, sizeof(err));
	unlink(path);
	return a != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	align_free(a);
	align_free(NULL);
	return 0;
}

static void the_organisation_is_below_the_suffix(void **state)
{
	static const struct {
		const char *domain, *want; /* NULL: no domain */
	} rows[] = {
	    {"a.example", "a.example"},
	    {"b.a.example", "a.example"},
	    {"C.B.A.Example.", "a.example"},
	    {"a.co.example", "a.co.example"},
	    {"b.a.co.example", "a.co.example"},
	    {"co.example", "co.example"}, /* a suffix: its own */
	    {"example", "example"},
	    {"a.b.ck", "a.b.ck"},
	    {"x.www.ck", "www.ck"},
	    {"a.unlisted", "a.unlisted"},
	    {"b.a.unlisted", "a.unlisted"},
	    {"", NULL},
	    {".", NULL},
	    {"a..example", NULL},
	    {"a.example..", NULL},
	    {".a.example", NULL},
	};
	char out[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool is = align_organisation(a, rows[i].domain, out);

		if (is != (rows[i].want != NULL) ||
		    (is && strcmp(out, rows[i].want) != 0))
			fail_msg("%s: %s", rows[i].domain, is ? out : "none");
	}
}

static void relaxed_and_strict(void **state)
{
	static const struct {
		const char *one, *other;
		bool relaxed, strict;
	} rows[] = {
	    {"a.example", "a.example", true, true},
	    {"A.example", "a.EXAMPLE.", true, true},
	    {"m.a.example", "a.example", true, false},
	    {"m.a.example", "n.a.example", true, false},
	    {"a.example", "b.example", false, false},
	    {"xa.example", "a.example", false, false},
	    {"a.co.example", "b.co.example", false, false},
	    {"a.co.example", "co.example", false, false},
	    {"co.example", "co.example", true, true},
	    {"", "", false, false},
	    {"a.example", "", false, false},
	    {"a..example", "a..example", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (align_domains(a, rows[i].one, rows[i].other,
			ALIGN_RELAXED) != rows[i].relaxed ||
		    align_domains(a, rows[i].one, rows[i].other,
			ALIGN_STRICT) != rows[i].strict)
			fail_msg("row %zu", i);
	}
}

static void long_names_are_no_domains(void **state)
{
	char label[80], name[400] = "a", out[256];

	(void)state;
	memset(label, 'x', sizeof(label));
	label[64] = '\0';
	assert_false(align_organisation(a, label, out));
	label[63] = '\0';
	assert_true(align_organisation(a, label, out));
	while (strlen(name) < 256)
		strcat(name, ".abcdefg");
	assert_false(align_organisation(a, name, out));
	assert_false(align_domains(a, name, name, ALIGN_STRICT));
}

static void the_system_has_a_list(void **state)
{
	char err[256] = "", out[256];
	struct align *s = align_new(NULL, err, sizeof(err));

	(void)state;
	if (s == NULL)
		fail_msg("%s", err);
	assert_true(align_organisation(s, "a.b.c.co.uk", out));
	assert_string_equal(out, "c.co.uk");
	/* A-labels stand for what the list has in Unicode. */
	assert_true(align_organisation(s, "a.b.xn--55qx5d.cn", out));
	assert_string_equal(out, "b.xn--55qx5d.cn");
	align_free(s);
	assert_null(align_new("/nonexistent", err, sizeof(err)));
	assert_non_null(strstr(err, "/nonexistent"));
}

/* Lines "NAME ORGANISATION", null for a public suffix. */
static int judge_line(const struct align *s, char *line, int *judged)
{
	char *name = strtok(line, " \t\r\n");
	char *want = strtok(NULL, " \t\r\n"), out[256];

	if (name == NULL || want == NULL || name[0] == '.' || name[0] == '/' ||
	    strcmp(name, "null") == 0)
		return 0;
	for (const char *p = name; *p != '\0'; p++)
		if (*p < 0) /* names of the wire are A-labels */
			return 0;
	++*judged;
	if (!align_organisation(s, name, out))
		return 1;
	if (strcmp(want, "null") == 0)
		want = name;
	if (strcasecmp(out, want) == 0)
		return 0;
	print_message("%s: %s, not %s\n", name, out, want);
	return 1;
}

static void the_lists_own_cases_agree(void **state)
{
	FILE *f = fopen(CORPUS "tests/tests.txt", "r");
	char err[256], line[512];
	struct align *s;
	int judged = 0, wrong = 0;

	(void)state;
	if (f == NULL) {
		print_message("skipped: no %s\n", CORPUS "tests/tests.txt");
		skip();
	}
	s = align_new(CORPUS "public_suffix_list.dat", err, sizeof(err));
	assert_non_null(s);
	while (fgets(line, sizeof(line), f) != NULL)
		wrong += judge_line(s, line, &judged);
	fclose(f);
	align_free(s);
	print_message("%d names, %d wrong\n", judged, wrong);
	assert_true(judged > 40);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_organisation_is_below_the_suffix),
	    cmocka_unit_test(relaxed_and_strict),
	    cmocka_unit_test(long_names_are_no_domains),
	    cmocka_unit_test(the_system_has_a_list),
	    cmocka_unit_test(the_lists_own_cases_agree),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
