/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "capture/smtp/reply.h"

static char text[SMTP_REPLY_TEXT_MAX + 1];

static enum smtp_reply_status line(struct smtp_reply_reader *r, const char *t)
{
	return smtp_reply_line(r, t, strlen(t), text);
}

static void codes_and_enhanced_codes(void **state)
{
	static const struct {
		const char *in;
		int code; /* 0: no reply */
		const char *enhanced, *text;
	} rows[] = {
	    {"250 ok", 250, "", ""},
	    {"450 no", 450, "", "no"},
	    {"250", 250, "", ""},
	    {"550 5.1.1 no", 550, "5.1.1", " no"},
	    {"550 5.7.511", 550, "5.7.511", ""},
	    {"550 5.1.1.1 no", 550, "", "5.1.1.1 no"},
	    {"550 5.1.1x", 550, "", "5.1.1x"},
	    {"550 3.1.1 no", 550, "", "3.1.1 no"},
	    {"550 5..1 no", 550, "", "5..1 no"},
	    {"550 5.1 no", 550, "", "5.1 no"},
	    {"550 5.1234.1 no", 550, "", "5.1234.1 no"},
	    {"472 odd", 472, "", "odd"},
	    {"199 x", 0, "", ""},
	    {"600 x", 0, "", ""},
	    {"25", 0, "", ""},
	    {"2500 x", 0, "", ""},
	    {"abc", 0, "", ""},
	    {"", 0, "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct smtp_reply_reader r = {0};

		assert_int_equal(line(&r, rows[i].in),
		    rows[i].code ? SMTP_REPLY_WHOLE : SMTP_REPLY_JUNK);
		assert_int_equal(r.code, rows[i].code);
		assert_string_equal(r.enhanced, rows[i].enhanced);
		if (rows[i].code != 0)
			assert_string_equal(text, rows[i].text);
		assert_null(r.text);
	}
}

static void lines_join(void **state)
{
	struct smtp_reply_reader r = {0};

	(void)state;
	assert_int_equal(line(&r, "250-mx"), SMTP_REPLY_MORE);
	assert_int_equal(line(&r, "junk"), SMTP_REPLY_JUNK);
	assert_int_equal(line(&r, "250-STARTTLS"), SMTP_REPLY_MORE);
	assert_int_equal(line(&r, "250 SIZE 1"), SMTP_REPLY_WHOLE);
	assert_true(r.starttls);
	/* What is no refusal is not read, and holds no memory. */
	assert_string_equal(text, "");
	assert_null(r.text);
	assert_int_equal(line(&r, "550-5.1.1 a"), SMTP_REPLY_MORE);
	assert_int_equal(line(&r, "250-between"), SMTP_REPLY_MORE);
	assert_int_equal(line(&r, "451 4.2.0 b"), SMTP_REPLY_WHOLE);
	assert_string_equal(text, " a  b");
	assert_int_equal(r.code, 451);
	assert_string_equal(r.enhanced, "5.1.1");
	assert_false(r.starttls);
	smtp_reply_reset(&r);
	assert_null(r.text);
}

static void long_texts_are_cut(void **state)
{
	struct smtp_reply_reader r = {0};
	char in[400] = "550-";

	(void)state;
	memset(in + 4, 'x', sizeof(in) - 5);
	for (int i = 0; i < 10; i++)
		assert_int_equal(line(&r, in), SMTP_REPLY_MORE);
	in[3] = ' ';
	assert_int_equal(line(&r, in), SMTP_REPLY_WHOLE);
	assert_int_equal(strlen(text), SMTP_REPLY_TEXT_MAX);
	smtp_reply_reset(&r);
}

static void the_client_is_found_in_the_text(void **state)
{
	static const struct {
		const char *client, *text;
		bool names;
	} rows[] = {
	    {"192.0.2.7", "550 host [192.0.2.7] listed", true},
	    {"192.0.2.7", "550 192.0.2.7.", true},
	    {"192.0.2.7", "550 see http://bl.example/?ip=192.0.2.7&x", true},
	    {"192.0.2.7", "550 7.2.0.192.bl.example", true},
	    {"192.0.2.7", "550 192.0.2.7:25", true},
	    {"192.0.2.7", "550 192.0.2.70", false},
	    {"192.0.2.7", "550 1192.0.2.7", false},
	    {"192.0.2.7", "550 192.0.2.7.1", false},
	    {"192.0.2.7", "550 7.2.0.192 listed", false},
	    {"192.0.2.7", "550 no", false},
	    {"2001:db8::1", "550 [IPv6:2001:DB8:0::1] listed", true},
	    {"2001:db8::1", "550 2001:db8::1: listed", true},
	    {"2001:db8::1", "550 2001:db8::2 listed", false},
	};
	struct addr a;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct smtp_reply_reader r = {0};

		assert_int_equal(addr_parse(&a, rows[i].client), 0);
		line(&r, rows[i].text);
		if (smtp_reply_names(text, &a) != rows[i].names)
			fail_msg("%s: %s", rows[i].client, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codes_and_enhanced_codes),
	    cmocka_unit_test(lines_join),
	    cmocka_unit_test(long_texts_are_cut),
	    cmocka_unit_test(the_client_is_found_in_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
