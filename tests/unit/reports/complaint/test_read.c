/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/complaint/read.h"

#define FIELDS                                                                 \
	"Feedback-Type: abuse\n"                                               \
	"Arrival-Date: Mon, 2 Nov 2026 09:34:00 +0900\n"                       \
	"Source-IP: 192.0.2.7\n"                                               \
	"Source-Port: 4711\n"
#define HEADER                                                                 \
	"From: Abuse <a@example.net>\n"                                        \
	"Message-ID: <1@example.net>\n"                                        \
	"Content-Type: multipart/report; boundary=b\n\n"                       \
	"--b\nContent-Type: message/feedback-report\n\n"
#define MAIL HEADER FIELDS "\n--b--\n"
#define XARF                                                                   \
	"{\"xarf_version\":\"4.2.0\",\"report_id\":\"r1\","                    \
	"\"timestamp\":\"2026-11-02T09:34:00+09:00\","                         \
	"\"reporter\":{\"domain\":\"Example.NET\"},"                           \
	"\"source_identifier\":\"192.0.2.7\",\"source_port\":4711,"            \
	"\"category\":\"messaging\",\"type\":\"spam\"}"
#define XARF3                                                                  \
	"{\"Version\":\"3\",\"ReporterInfo\":{\"ReporterOrgEmail\":"           \
	"\"a@example.net\"},\"Report\":{\"ReportType\":\"Spam\","              \
	"\"Date\":\"2026-11-02T00:34:00Z\",\"SourceIp\":\"192.0.2.7\","        \
	"\"SourcePort\":\"4711\"}}"

struct seen {
	struct complaint last;
	int n, stop;
};

static int keep(void *arg, const struct complaint *c)
{
	struct seen *s = arg;

	s->last = *c;
	return ++s->n == s->stop ? -7 : 0;
}

static int read_text(const char *text, struct seen *s, char *why)
{
	*s = (struct seen){.stop = s->stop};
	return complaint_read(text, strlen(text), keep, s, why);
}

static void all_forms_say_the_same(void **state)
{
	static const struct {
		const char *text, *format, *type;
	} cases[] = {
	    {MAIL, "arf", "abuse"},
	    {"\n\n" MAIL, "arf", "abuse"},
	    {XARF, "xarf", "messaging/spam"},
	    {" \n[" XARF "]\n", "xarf", "messaging/spam"},
	    {XARF3, "xarf", "messaging/spam"},
	    {"\xef\xbb\xbf" XARF3, "xarf", "messaging/spam"},
	    {"Content-Type: application/xarf+json\n\n" XARF, "xarf",
		"messaging/spam"},
	};
	char why[COMPLAINT_WHY_LEN], at[CLOCK_STRLEN];
	struct addr a;

	(void)state;
	assert_int_equal(addr_parse(&a, "192.0.2.7"), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct seen s = {0};

		if (read_text(cases[i].text, &s, why) != 1)
			fail_msg("case %zu: %s", i, why);
		assert_string_equal(s.last.format, cases[i].format);
		assert_string_equal(s.last.type, cases[i].type);
		assert_string_equal(s.last.reporter, "example.net");
		assert_memory_equal(&s.last.client, &a, sizeof(a));
		assert_int_equal(s.last.client_port, 4711);
		assert_string_equal(clock_format(s.last.at_us, at),
		    "2026-11-02T00:34:00.000000Z");
		assert_int_equal(s.last.received_us, 0);
	}
}

static void what_is_wrong_is_said(void **state)
{
	static const char *const cases[][2] = {
	    {"", "it is empty"},
	    {" \r\n", "it is empty"},
	    {"Subject: x\n\nspam!\n", "neither an ARF mail"},
	    {HEADER "Source-IP: 192.0.2.7\n", "Feedback-Type is missing"},
	    {HEADER "Feedback-Type: a b\n",
		"Feedback-Type is no word: \"a b\""},
	    {HEADER FIELDS "Source-IP: 192.0.2.8\n",
		"Source-IP stands there tw"},
	    {HEADER "Feedback-Type: abuse\nSource-IP: x\n",
		"Source-IP is no address: \"x\""},
	    {HEADER "Feedback-Type: abuse\nArrival-Date: x\n",
		"Arrival-Date is no date of RFC 5322: \"x\""},
	    {"{", "no JSON at line 1"},
	    {"[1]", "an array holds no objects"},
	    {"[[" XARF "]]", "an array holds no objects"},
	    {"{\"a\":1,\"a\":2}", "no JSON at line 1"},
	    {"{}", "xarf_version is missing"},
	    {"{\"xarf_version\":\"5\"}", "xarf_version is none that is known"},
	    {"{\"xarf_version\":\"4\"}", "category or type is missing"},
	    {"{\"xarf_version\":\"4\",\"category\":\"a b\",\"type\":\"c\","
	     "\"report_id\":\"1\"}",
		"category and type are no words"},
	    {"{\"xarf_version\":\"4\",\"category\":\"a\",\"type\":\"c\"}",
		"report_id is missing"},
	    {"{\"xarf_version\":\"4\",\"category\":\"a\",\"type\":\"c\","
	     "\"report_id\":\"1\"}",
		"source_identifier is missing"},
	    {"{\"xarf_version\":\"4\",\"category\":\"a\",\"type\":\"c\","
	     "\"report_id\":\"1\",\"source_identifier\":\"192.0.2.7\","
	     "\"timestamp\":\"yesterday\"}",
		"timestamp is no time of RFC 3339"},
	    {"{\"Version\":\"3\"}", "Report.ReportType is missing"},
	};
	char why[COMPLAINT_WHY_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct seen s = {0};

		if (read_text(cases[i][0], &s, why) != -1)
			fail_msg("case %zu is taken", i);
		if (!strstr(why, cases[i][1]))
			fail_msg("case %zu: %s", i, why);
		assert_int_equal(s.n, 0);
	}
}

/* The second would be what a stranger put behind it. */
static void one_report_a_mail(void **state)
{
	struct seen s = {0};
	char why[COMPLAINT_WHY_LEN];

	(void)state;
	assert_int_equal(
	    read_text(HEADER FIELDS "\n--b\nContent-Type: "
				    "message/feedback-report\n\nFeedback-"
				    "Type: fraud\nSource-IP: 192.0.2.8\n",
		&s, why),
	    1);
	assert_string_equal(s.last.type, "abuse");
	/* what is said twice with one voice is said */
	assert_int_equal(read_text(HEADER FIELDS FIELDS, &s, why), 1);
}

static void several_come_in_order_until_one_is_bad(void **state)
{
	struct seen s = {0};
	char why[COMPLAINT_WHY_LEN];

	(void)state;
	assert_int_equal(read_text(XARF "\n" XARF3 XARF "\n\n", &s, why), 3);
	assert_int_equal(s.n, 3);
	assert_int_equal(read_text(XARF "\n" XARF3 "{}", &s, why), -1);
	assert_int_equal(s.n, 2);
	s.stop = 2;
	assert_int_equal(read_text(XARF XARF XARF, &s, why), -7);
	assert_int_equal(s.n, 2);
}

/* Any cut of a mail gives the report or says what is missing. */
static void a_cut_mail_is_no_other_mail(void **state)
{
	char why[COMPLAINT_WHY_LEN];
	struct seen s = {0};

	(void)state;
	for (size_t n = 0; n <= strlen(MAIL); n++) {
		char *text = strndup(MAIL, n);

		if (read_text(text, &s, why) == 1)
			assert_string_equal(s.last.format, "arf");
		else
			assert_true(why[0] != '\0');
		free(text);
	}
	assert_int_equal(s.last.client_port, 4711);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_forms_say_the_same),
	    cmocka_unit_test(what_is_wrong_is_said),
	    cmocka_unit_test(one_report_a_mail),
	    cmocka_unit_test(several_come_in_order_until_one_is_bad),
	    cmocka_unit_test(a_cut_mail_is_no_other_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
