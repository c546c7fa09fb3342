/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/out/mime.h"
#include "reports/nightly/mail.h"

static char *text;
static size_t size;

static FILE *begin(void)
{
	return open_memstream(&text, &size);
}

static void ends_as(FILE *f, const char *want)
{
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

static void base64_is_that_of_the_standard(void **state)
{
	/* RFC 4648 section 10. */
	static const char *const cases[][2] = {{"", "\n"}, {"f", "Zg==\n"},
	    {"fo", "Zm8=\n"}, {"foo", "Zm9v\n"}, {"foob", "Zm9vYg==\n"},
	    {"fooba", "Zm9vYmE=\n"}, {"foobar", "Zm9vYmFy\n"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *f = begin();

		encode_base64(f, cases[i][0], strlen(cases[i][0]));
		ends_as(f, cases[i][1]);
	}
}

static void lines_of_base64_have_76_columns(void **state)
{
	char s[58] = {0};
	FILE *f = begin();

	(void)state;
	memset(s, 'a', sizeof(s));
	encode_base64(f, s, 57);
	fclose(f);
	assert_int_equal(strlen(text), 77);
	free(text);
	f = begin();
	encode_base64(f, s, 58);
	fclose(f);
	assert_int_equal(strcspn(text, "\n"), 76);
	assert_int_equal(strlen(text), 77 + 5);
	free(text);
}

static void text_in_base64_has_the_line_ends_of_mail(void **state)
{
	static const char *const cases[][2] = {
	    {"a\n", "YQ0K\n"},
	    {"a\r\n", "YQ0K\n"},
	    {"\n\n", "DQoNCg==\n"},
	    {"\r", "DQ==\n"},
	    {"", "\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *f = begin();

		encode_base64_text(f, cases[i][0], strlen(cases[i][0]));
		ends_as(f, cases[i][1]);
	}
}

static void quoted_printable_keeps_what_can_be_read(void **state)
{
	static const char *const cases[][2] = {
	    {"plain text\n", "plain text\n"},
	    {"a=b\n", "a=3Db\n"},
	    {"space \nend", "space=20\nend\n"},
	    {"tab\t", "tab=09\n"},
	    {"\xe9", "=E9\n"},
	    {".\n..x\n", "=2E\n=2E.x\n"},
	    {"From here\nFrom", "=46rom here\nFrom\n"},
	    {"a\r\nb", "a\nb\n"},
	    {"a\rb", "a=0Db\n"},
	    {"space \r\nend", "space=20\nend\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *f = begin();

		encode_quoted_printable(f, cases[i][0], strlen(cases[i][0]));
		ends_as(f, cases[i][1]);
	}
}

static void quoted_printable_breaks_long_lines(void **state)
{
	char s[400];
	FILE *f = begin();
	size_t total = 0;

	(void)state;
	memset(s, 'x', 399);
	s[399] = '\0';
	encode_quoted_printable(f, s, 399);
	fclose(f);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		assert_true(strlen(line) <= 76);
		total += strspn(line, "x");
	}
	assert_int_equal(total, 399);
	free(text);
}

static void words_of_a_header_begin_no_field(void **state)
{
	static const char *const cases[][2] = {
	    {"Nightly report", "Nightly report"},
	    {"a\r\nBcc: x@example.net",
		"=?UTF-8?B?YVx4MGRceDBhQmNjOiB4QGV4YW1wbGUubmV0?="},
	    {"\xe6\x97\xa5", "=?UTF-8?B?5pel?="},
	    {"<a@example.com>", "=?UTF-8?B?PGFAZXhhbXBsZS5jb20+?="},
	    {"=?utf-8?q?=0a?=", "=?UTF-8?B?PT91dGYtOD9xPz0wYT89?="},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *f = begin();

		encode_words(f, cases[i][0], 9);
		ends_as(f, cases[i][1]);
	}
}

/* The first byte that a word of base64 stands for. */
static int first_byte(const char *s)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *a = strchr(digits, s[0]), *b = strchr(digits, s[1]);

	assert_true(a && b);
	return (int)((a - digits) << 2 | (b - digits) >> 4);
}

static void long_words_are_folded_between_characters(void **state)
{
	FILE *f = begin();
	int words = 0;

	(void)state;
	/* 33 bytes would end inside of a character. */
	encode_words(f,
	    "a\xe6\x97\xa5\xe6\xac\xa1\xe3\x83\xac\xe3\x83\x9d\xe3\x83\xbc"
	    "\xe3\x83\x88\xe6\x97\xa5\xe6\xac\xa1\xe3\x83\xac\xe3\x83\x9d"
	    "\xe3\x83\xbc\xe3\x83\x88\xe6\x97\xa5\xe6\xac\xa1",
	    9);
	fclose(f);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		const char *word = strstr(line, "?UTF-8?B?");

		assert_non_null(word);
		assert_true(strlen(line) <= 76);
		/* No word begins with what continues a character. */
		assert_int_not_equal(
		    first_byte(word + strlen("?UTF-8?B?")) & 0xc0, 0x80);
		words++;
	}
	assert_int_equal(words, 2);
	free(text);
}

static void addresses_are_parted_by_spaces(void **state)
{
	(void)state;
	assert_true(mail_addresses_ok("a@b.example  c@d.example"));
	assert_false(mail_addresses_ok("a@b.example, c@d.example"));
	assert_false(mail_addresses_ok("a@b.example c"));
	assert_false(mail_addresses_ok(" "));
}

static struct mail some_mail(void)
{
	struct mail m = {.from = "sekisho@isp.example",
	    .from_name = "Example\r\nBcc: x@example.net",
	    .to = "a@isp.example b@isp.example",
	    .subject = "s\nX: y",
	    .id = "nightly-2026-11-24",
	    .now_us = INT64_C(1795564800) * US_PER_S,
	    .text = {"text/plain; charset=utf-8", NULL, "words\n", 6}};

	return m;
}

static void a_mail_of_text_alone_is_plain(void **state)
{
	struct mail m = some_mail();
	FILE *f = begin();

	(void)state;
	mail_print(&m, f);
	ends_as(f,
	    "From: =?UTF-8?B?RXhhbXBsZVx4MGRceDBhQmNjOiB4QGV4YW1wbGUubmV0?=\n"
	    " <sekisho@isp.example>\n"
	    "To: a@isp.example,\n b@isp.example\n"
	    "Subject: =?UTF-8?B?c1x4MGFYOiB5?=\n"
	    "Date: Wed, 25 Nov 2026 00:00:00 +0000\n"
	    "Message-ID: <nightly-2026-11-24.1795564800@isp.example>\n"
	    "Auto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n"
	    "\n"
	    "words\n\n");
}

static int send_by(const char *script, char *err, size_t n)
{
	struct mail m = some_mail();
	char path[] = "/tmp/sekisho-mail-XXXXXX";
	int fd = mkstemp(path), rc;

	assert_true(fd != -1);
	assert_int_equal(
	    write(fd, script, strlen(script)), (ssize_t)strlen(script));
	fchmod(fd, 0755);
	close(fd);
	rc = mail_send(&m, path, err, n);
	unlink(path);
	return rc;
}

static void what_does_not_take_the_mail_is_told(void **state)
{
	char err[512] = "";

	(void)state;
	assert_int_equal(
	    send_by("#!/bin/sh\ncat >/dev/null\n", err, sizeof(err)), 0);
	assert_int_equal(
	    send_by("#!/bin/sh\ncat >/dev/null; exit 75\n", err, sizeof(err)),
	    -1);
	assert_non_null(strstr(err, "exit code 75"));
	assert_int_equal(
	    send_by("#!/bin/sh\nkill -9 $$\n", err, sizeof(err)), -1);
	assert_non_null(strstr(err, "signal 9"));
	assert_int_equal(mail_send(&(struct mail){.from = "a@b",
				       .to = "a@b",
				       .subject = "",
				       .id = "x",
				       .text = {"text/plain", NULL, "", 0}},
			     "/nonexistent/sendmail", err, sizeof(err)),
	    -1);
	assert_non_null(strstr(err, "/nonexistent/sendmail cannot be run"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(base64_is_that_of_the_standard),
	    cmocka_unit_test(text_in_base64_has_the_line_ends_of_mail),
	    cmocka_unit_test(lines_of_base64_have_76_columns),
	    cmocka_unit_test(quoted_printable_keeps_what_can_be_read),
	    cmocka_unit_test(quoted_printable_breaks_long_lines),
	    cmocka_unit_test(words_of_a_header_begin_no_field),
	    cmocka_unit_test(long_words_are_folded_between_characters),
	    cmocka_unit_test(addresses_are_parted_by_spaces),
	    cmocka_unit_test(a_mail_of_text_alone_is_plain),
	    cmocka_unit_test(what_does_not_take_the_mail_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
