/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/complaint/mime.h"

static void fields_are_unfolded(void **state)
{
	static const char text[] = "From someone Mon Nov  2 00:00:00 2026\n"
				   "A: one\r\n"
				   "no field\n"
				   "B-C :\ttwo\r\n"
				   "  three\n"
				   "D:x\x01y\n"
				   "\n"
				   "E: body\n";
	struct mime_fields f;

	(void)state;
	mime_fields_of(&f, text, sizeof(text) - 1, true);
	assert_true(mime_next(&f));
	assert_string_equal(f.name, "a");
	assert_string_equal(f.value, "one");
	assert_true(mime_next(&f));
	assert_string_equal(f.name, "b-c");
	assert_string_equal(f.value, "two  three");
	assert_true(mime_next(&f));
	assert_string_equal(f.value, "x?y");
	assert_false(mime_next(&f));
	assert_string_equal(f.at, "E: body\n");
	mime_fields_of(&f, text, sizeof(text) - 1, false);
	for (int i = 0; i < 4; i++)
		assert_true(mime_next(&f));
	assert_string_equal(f.name, "e");
	assert_false(mime_next(&f));
}

static void a_long_value_is_cut(void **state)
{
	char text[3 * MIME_VALUE_LEN];
	struct mime_fields f;
	int n = snprintf(text, sizeof(text), "A: ");

	(void)state;
	memset(text + n, 'x', sizeof(text) - (size_t)n);
	mime_fields_of(&f, text, sizeof(text), true);
	assert_true(mime_next(&f));
	assert_int_equal(strlen(f.value), MIME_VALUE_LEN - 2);
	assert_false(mime_next(&f));
}

static void parameters_are_found(void **state)
{
	static const struct {
		const char *value, *want; /* NULL: none */
	} cases[] = {
	    {"multipart/report; boundary=abc", "abc"},
	    {"multipart/report; x=1; Boundary = \"a;b \\\" c\"", "a;b \" c"},
	    {"multipart/report (a;boundary=no); (x) boundary(y)=(z)q", "q"},
	    {"multipart/report; report-type=feedback-report", NULL},
	    {"multipart/report; boundary=", NULL},
	    {"multipart/report; boundary", NULL},
	    {"multipart/report; boundary=\"open", "open"},
	    {"multipart/report;;; boundary=x;", "x"},
	    {"multipart/report", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[64] = "";
		bool found = mime_parameter(
		    cases[i].value, "boundary", buf, sizeof(buf));

		if (found != (cases[i].want != NULL))
			fail_msg("%s: \"%s\"", cases[i].value, buf);
		if (found)
			assert_string_equal(buf, cases[i].want);
	}
}

static int show(void *arg, const struct mime_part *p)
{
	char *all = arg;
	size_t n = strlen(all);

	snprintf(all + n, 1024 - n, "[%s|%.*s]", p->type, (int)p->len, p->body);
	return 0;
}

/* Each with LF and with CR LF. */
static void assert_parts(const char *text, const char *want)
{
	char all[1024] = "", *crlf = calloc(2, strlen(text) + 1), *q = crlf;

	mime_walk(text, strlen(text), show, all);
	assert_string_equal(all, want);
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\n')
			*q++ = '\r';
		*q++ = *p;
	}
	all[0] = '\0';
	mime_walk(crlf, strlen(crlf), show, all);
	q = all;
	for (const char *p = all; *p != '\0'; p++)
		if (*p != '\r')
			*q++ = *p;
	*q = '\0';
	assert_string_equal(all, want);
	free(crlf);
}

static void parts_are_found(void **state)
{
	(void)state;
	assert_parts("Subject: x\n\nhello\n", "[text/plain|hello\n]");
	assert_parts("Content-Type: multipart/mixed; boundary=b\n\n"
		     "before\n--b\n\none\n--b\nContent-Type: A/B; x=y\n\ntwo\n"
		     "--b--\nafter\n--b\n\nno\n",
	    "[text/plain|one\n][a/b|two\n]");
	/* without its end; a longer name is no boundary of this one */
	assert_parts("Content-Type: multipart/mixed; boundary=b\n\n"
		     "--b\n\none\n--bc\n--b \t\n\ntwo",
	    "[text/plain|one\n--bc\n][text/plain|two]");
	/* the outer one ends the inner one */
	assert_parts("Content-Type: multipart/mixed; boundary=b\n\n"
		     "--b\nContent-Type: multipart/report; boundary=bb\n\n"
		     "--bb\n\none\n--b\n\ntwo\n--b--\n",
	    "[text/plain|one\n][text/plain|two\n]");
	/* a message that is enclosed is one part */
	assert_parts("Content-Type: message/rfc822\n\n"
		     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n",
	    "[message/rfc822|Content-Type: multipart/mixed; "
	    "boundary=b\n\n--b\n\nx\n]");
	assert_parts("Content-Type: multipart/mixed\n\n--\n\nx\n", "");
}

static int count(void *arg, const struct mime_part *p)
{
	(void)p;
	++*(int *)arg;
	return 0;
}

static void depth_and_number_are_bounded(void **state)
{
	char *text = calloc(1, 100000), *at = text;
	int n = 0;

	(void)state;
	at += sprintf(at, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < 1000; i++)
		at += sprintf(at, "--b\n\nx\n");
	mime_walk(text, strlen(text), count, &n);
	assert_int_equal(n, MIME_PARTS_MAX - 1);
	at = text;
	for (int i = 0; i < 1000; i++)
		at += sprintf(at,
		    "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i,
		    i);
	at += sprintf(at, "\nx\n");
	n = 0;
	mime_walk(text, strlen(text), count, &n);
	assert_int_equal(n, 0);
	free(text);
}

static void encodings_are_decoded(void **state)
{
	static const struct {
		enum mime_encoding encoding;
		const char *body, *want;
	} cases[] = {
	    {MIME_PLAIN, "a=3Db", "a=3Db"},
	    {MIME_BASE64, "aGVs\r\nbG8=\nignored", "hello"},
	    {MIME_BASE64, "aGVsbG8", "hello"},
	    {MIME_BASE64, "!!a-G*Vs bG8", "hello"},
	    {MIME_QUOTED, "a=3db =\r\nc=\nd", "a=b cd"},
	    {MIME_QUOTED, "a=  \t\r\nb", "ab"},
	    {MIME_QUOTED, "a=zz=4", "a=zz=4"},
	    {MIME_QUOTED, "a=", "a="},
	    {MIME_OTHER, "begin 644 x", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mime_part p = {.encoding = cases[i].encoding,
		    .body = cases[i].body,
		    .len = strlen(cases[i].body)};
		char buf[64];
		size_t n = mime_decode(&p, buf, sizeof(buf) - 1);

		buf[n] = '\0';
		assert_string_equal(buf, cases[i].want);
		assert_true(mime_decode(&p, buf, 3) <= 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_are_unfolded),
	    cmocka_unit_test(a_long_value_is_cut),
	    cmocka_unit_test(parameters_are_found),
	    cmocka_unit_test(parts_are_found),
	    cmocka_unit_test(depth_and_number_are_bounded),
	    cmocka_unit_test(encodings_are_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
