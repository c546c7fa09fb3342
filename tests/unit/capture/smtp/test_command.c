/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "capture/smtp/command.h"

static struct smtp_command c;

static void parse(const char *text, size_t len, bool too_long)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, "192.0.2.7"), 0);
	memset(&c, 0xa5, sizeof(c));
	smtp_command_parse(&c, text, len, too_long, &a);
}

static const struct {
	const char *in;
	enum smtp_verb verb;
	bool malformed;
	uint64_t size;
	bool last;
	const char *mechanism;
} rows[] = {
    {"DATA", SMTP_DATA, false, 0, false, ""},
    {"data ", SMTP_DATA, false, 0, false, ""},
    {"DATA now", SMTP_DATA, true, 0, false, ""},
    {"DATAX", SMTP_UNKNOWN, false, 0, false, ""},
    {"", SMTP_UNKNOWN, false, 0, false, ""},
    {" RSET", SMTP_RSET, false, 0, false, ""},
    {"STARTTLS", SMTP_STARTTLS, false, 0, false, ""},
    {"STARTTLS x", SMTP_STARTTLS, true, 0, false, ""},
    {"XCLIENT ADDR=192.0.2.9", SMTP_XCLIENT, false, 0, false, ""},
    {"xforward NAME=x", SMTP_XCLIENT, false, 0, false, ""},
    {"\xd1UIT", SMTP_UNKNOWN, false, 0, false, ""},
    {"Q5IT", SMTP_UNKNOWN, false, 0, false, ""},
    {"QUI", SMTP_UNKNOWN, false, 0, false, ""},
    {"TURN", SMTP_VRFY, false, 0, false, ""},
    {"EXPN list", SMTP_VRFY, false, 0, false, ""},
    {"MAIL FROM:<a@one.example> SIZE=42 BODY=8BITMIME", SMTP_MAIL, false, 42,
	false, ""},
    {"MAIL FROM:<a@one.example> size=99999999999999999999999", SMTP_MAIL, false,
	UINT64_MAX, false, ""},
    {"MAIL FROM:<a@one.example> SIZE=-1", SMTP_MAIL, false, 0, false, ""},
    {"MAIL FROM:<a@one.example> SIZE=", SMTP_MAIL, false, 0, false, ""},
    {"MAIL FROM:", SMTP_MAIL, true, 0, false, ""},
    {"MAIL TO:<a@one.example>", SMTP_MAIL, true, 0, false, ""},
    {"MAIL order", SMTP_MAIL, true, 0, false, ""},
    {"RCPT TO:<a@one.example>", SMTP_RCPT, false, 0, false, ""},
    {"BDAT 12", SMTP_BDAT, false, 12, false, ""},
    {"bdat 0 last", SMTP_BDAT, false, 0, true, ""},
    {"BDAT", SMTP_BDAT, true, 0, false, ""},
    {"BDAT LAST", SMTP_BDAT, true, 0, false, ""},
    {"BDAT -1", SMTP_BDAT, true, 0, false, ""},
    {"BDAT 5 X", SMTP_BDAT, true, 5, false, ""},
    {"BDAT 9223372036854775807", SMTP_BDAT, false, INT64_MAX, false, ""},
    {"BDAT 9223372036854775808", SMTP_BDAT, true, UINT64_C(1) << 63, false, ""},
    {"BDAT 18446744073709551617", SMTP_BDAT, true, UINT64_MAX, false, ""},
    {"AUTH PLAIN AGEAYg==", SMTP_AUTH, false, 0, false, "PLAIN"},
    {"auth scram-sha-256-plus", SMTP_AUTH, false, 0, false,
	"SCRAM-SHA-256-PLUS"},
    {"AUTH HUNTER2", SMTP_AUTH, false, 0, false, "?"},
    {"AUTH", SMTP_AUTH, true, 0, false, "?"},
};

static void commands_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		parse(rows[i].in, strlen(rows[i].in), false);

		if (c.verb != rows[i].verb ||
		    c.malformed != rows[i].malformed ||
		    c.size != rows[i].size || c.last != rows[i].last ||
		    strcmp(c.mechanism, rows[i].mechanism) != 0)
			fail_msg("%s", rows[i].in);
	}
}

static void a_cut_line_keeps_its_verb_only(void **state)
{
	(void)state;
	parse("EHLO one.example", 16, true);
	assert_int_equal(c.verb, SMTP_EHLO);
	assert_true(c.malformed);
	assert_null(c.helo.name);
	assert_int_equal(c.helo.kind, SEKISHO__HELO_KIND__HELO_KIND_INVALID);
}

static void a_null_octet_is_no_end(void **state)
{
	(void)state;
	parse("QUIT\0 x", 7, false);
	assert_int_equal(c.verb, SMTP_UNKNOWN);
	parse("HELO one.example\0.two.example", 29, false);
	assert_int_equal(c.helo.kind, SEKISHO__HELO_KIND__HELO_KIND_INVALID);
}

static void smtputf8_is_a_parameter_of_mail(void **state)
{
	(void)state;
	parse("MAIL FROM:<a@one.example> SMTPUTF8 SIZE=5", 41, false);
	assert_true(c.smtputf8);
	assert_int_equal(c.size, 5);
	parse("MAIL FROM:<a@one.example> SMTPUTF8X", 35, false);
	assert_false(c.smtputf8);
	parse("MAIL FROM:<smtputf8@one.example>", 32, false);
	assert_false(c.smtputf8);
}

static void a_local_part_is_wiped(void **state)
{
	static const char nothing[4];

	(void)state;
	parse("MAIL FROM:<mark@one.example>", 28, false);
	assert_string_equal(c.mailbox.local, "mark");
	smtp_command_wipe(&c);
	assert_memory_equal(c.mailbox.local, nothing, 4);
	/* No address: what was read of it is wiped at once. */
	parse("MAIL FROM:<mark@one example>", 28, false);
	assert_memory_equal(c.mailbox.local, nothing, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(commands_are_read),
	    cmocka_unit_test(a_cut_line_keeps_its_verb_only),
	    cmocka_unit_test(a_null_octet_is_no_end),
	    cmocka_unit_test(smtputf8_is_a_parameter_of_mail),
	    cmocka_unit_test(a_local_part_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
