/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "reports/letter/date.h"
#include "reports/out/timezone.h"
#include "reports/letter/mail.h"

static char *header(const char *name, const char *text)
{
	char *buf = NULL;
	size_t n;
	FILE *f = open_memstream(&buf, &n);

	letter_mail_header(f, name, text);
	fclose(f);
	return buf;
}

static void a_header_is_one_field_whatever_is_in_it(void **state)
{
	static const char *const hostile[] = {"a\r\nBcc: x@example.com",
	    "a\nBcc: x@example.com", "=?UTF-8?Q?x?=", "\x1b[31m", "a\tb",
	    "日本\nBcc: x@example.com"};

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		char *h = header("Subject", hostile[i]);

		/* Nothing but encoded words and the folds between them. */
		assert_int_equal(strncmp(h, "Subject: =?UTF-8?B?", 19), 0);
		assert_null(strstr(h, "Bcc"));
		assert_null(strchr(h, '\r'));
		assert_null(strstr(h, "\nB"));
		free(h);
	}
}

static void long_text_is_folded_between_characters(void **state)
{
	char text[1024] = "", *h;
	int words = 0;

	(void)state;
	for (int i = 0; i < 60; i++)
		strcat(text, "関");
	h = header("Subject", text);
	for (char *line = strtok(h, "\n"); line; line = strtok(NULL, "\n")) {
		const char *word = strstr(line, "=?UTF-8?B?");

		assert_true(strlen(line) <= 76);
		assert_non_null(word);
		/* Three octets a character: whole ones make whole groups. */
		assert_null(strstr(word + 10, "==?="));
		assert_int_equal((strlen(word) - 12) % 4, 0);
		words++;
	}
	assert_true(words > 3);
	free(h);
}

static void plain_text_stays(void **state)
{
	char *h = header("Subject", "Port 25 (D7)");

	(void)state;
	assert_string_equal(h, "Subject: Port 25 (D7)\n");
	free(h);
}

static void a_mail_has_its_fields_once(void **state)
{
	struct letter_mail m = {.from_name = "a\"b\\",
	    .from = "support@isp.example",
	    .to = "taro@isp.example",
	    .subject = "s",
	    .date = "Mon, 02 Nov 2026 09:33:07 +0900",
	    .lang = "en",
	    .id = "x",
	    .customer = "C1\nBcc: x@example.com",
	    .reference = "I1",
	    .letter_case = "infected",
	    .body = "line\n"};
	char *buf = NULL;
	size_t n;
	FILE *f = open_memstream(&buf, &n);

	(void)state;
	assert_int_equal(letter_mail_write(&m, f), 0);
	fclose(f);
	assert_non_null(
	    strstr(buf, "From: \"a\\\"b\\\\\"\n <support@isp.example>\n"));
	assert_non_null(strstr(buf, "\nTo: <taro@isp.example>\n"));
	assert_non_null(strstr(buf, "\nMessage-ID: <x@isp.example>\n"));
	assert_non_null(strstr(buf, "\n\nline\n"));
	assert_null(strstr(buf, "Bcc"));
	free(buf);
}

/* 2026-11-02T00:33:07Z, a Monday */
#define WHEN INT64_C(1793579587000000)

static void dates_suit_zone_and_language(void **state)
{
	static const struct {
		enum letter_date_form form;
		const char *zone, *lang, *want;
	} cases[] = {
	    {LETTER_DATE_TIME, "+09:00", "ja", "2026年11月2日（月） 9時33分"},
	    {LETTER_DATE_DAY, "+09:00", "ja", "2026年11月2日（月）"},
	    {LETTER_DATE_DAY, "-01:00", "ja", "2026年11月1日（日）"},
	    {LETTER_DATE_TIME, "utc", "en", "2 November 2026, 0:33 (UTC)"},
	    {LETTER_DATE_DAY, "+09:00", "en", "2 November 2026"},
	    {LETTER_DATE_TIME, "+05:30", "pt", "2026-11-02 06:03 +0530"},
	    {LETTER_DATE_HEADER, "+09:00", "ja",
		"Mon, 02 Nov 2026 09:33:07 +0900"},
	    {LETTER_DATE_HEADER, "-03:30", "en",
		"Sun, 01 Nov 2026 21:03:07 -0330"},
	};
	char buf[LETTER_DATE_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(letter_date(WHEN, cases[i].form,
					cases[i].zone, cases[i].lang, buf),
		    cases[i].want);
	setenv("TZ", "XYZ-9", 1);
	assert_string_equal(
	    letter_date(WHEN, LETTER_DATE_TIME, "local", "en", buf),
	    "2 November 2026, 9:33 (XYZ)");
	/* A named zone leaves TZ as it was. */
	if (timezone_exists("Asia/Tokyo"))
		assert_string_equal(letter_date(WHEN, LETTER_DATE_TIME,
					"Asia/Tokyo", "en", buf),
		    "2 November 2026, 9:33 (JST)");
	assert_string_equal(getenv("TZ"), "XYZ-9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_header_is_one_field_whatever_is_in_it),
	    cmocka_unit_test(long_text_is_folded_between_characters),
	    cmocka_unit_test(plain_text_stays),
	    cmocka_unit_test(a_mail_has_its_fields_once),
	    cmocka_unit_test(dates_suit_zone_and_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
