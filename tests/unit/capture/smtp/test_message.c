/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "capture/smtp/message.h"

/* used: octets up to the end; 0: there is none. seen: after unstuffing. */
static const struct {
	const char *in;
	size_t used, seen;
} rows[] = {
    {".\r\nQUIT\r\n", 3, 0},
    {"a: b\r\n\r\n.\r\nQUIT", 11, 8},
    {"a: b\r\n\r\n..\r\n.\r\n", 15, 11},
    {"a: b\r\n\r\n..x.\r\n.y\r\n.\r\n", 21, 16},
    {"a: b\r\n\r\nx.\r\n..\r\n.\r\n", 19, 15},
    {"a: b\n\nc\n.\nQUIT\n", 10, 8},
    {"a: b\r\n\nc\n.\nd\r\n.\r\n", 17, 13},
    {"a: b\r\n\nc\n.\r\nd\r\n.\r\n", 18, 14},
    {"a: b\r\n\r\nc\r\n.\nd\r\n.\r\n", 19, 15},
    {"a: b\r\n\r\nc\r.\r\n.\r\n", 16, 13},
    {"a: b\r\n\r\n.\r.\r\n.\r\n", 16, 12},
    {"a: b\r\n\r\n.\r\r\n.\r\n", 15, 11},
    {"a: b\r\n\r\nc\r\n.", 0, 11},
    {"a: b\r\n\r\nc\r\n.\r", 0, 11},
};

static void ends_are_found_at_every_split(void **state)
{
	struct smtp_message m;
	bool ended;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint8_t *p = (const uint8_t *)rows[i].in;
		size_t len = strlen(rows[i].in);
		size_t want = rows[i].used > 0 ? rows[i].used : len;

		for (size_t cut = 0; cut <= len; cut++) {
			size_t n;

			smtp_message_init(&m, 0);
			n = smtp_message_feed(&m, p, cut, &ended);
			if (!ended)
				n += smtp_message_feed(
				    &m, p + n, len - n, &ended);
			if (n != want || ended != (rows[i].used > 0) ||
			    m.seen_bytes != rows[i].seen)
				fail_msg("row %zu at %zu: %zu, %zu", i, cut, n,
				    (size_t)m.seen_bytes);
			smtp_header_clear(&m.header);
		}
	}
}

static void a_dot_between_bare_lines_is_said_once(void **state)
{
	static const char in[] = "a: b\r\n\r\nc\n.\n";
	struct smtp_message m;
	bool ended;

	(void)state;
	smtp_message_init(&m, 0);
	smtp_message_feed(&m, (const uint8_t *)in, sizeof(in) - 1, &ended);
	assert_false(ended);
	assert_true(m.soft_end);
	smtp_message_feed(&m, (const uint8_t *)"x", 1, &ended);
	assert_false(m.soft_end);
	smtp_header_clear(&m.header);
}

static void after_a_gap_the_rest_of_the_line_is_skipped(void **state)
{
	static const char in[] = "lost end.\r\n..text\r\n.\r\n";
	struct smtp_message m;
	bool ended;
	size_t n;

	(void)state;
	for (size_t cut = 0; cut < sizeof(in); cut++) {
		smtp_message_init(&m, 0);
		smtp_message_gap(&m);
		n = smtp_message_feed(&m, (const uint8_t *)in, cut, &ended);
		if (!ended)
			n += smtp_message_feed(&m, (const uint8_t *)in + n,
			    sizeof(in) - 1 - n, &ended);
		assert_true(ended && m.gap);
		assert_int_equal(n, sizeof(in) - 1);
		assert_int_equal(m.seen_bytes, 7);
		smtp_header_clear(&m.header);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ends_are_found_at_every_split),
	    cmocka_unit_test(a_dot_between_bare_lines_is_said_once),
	    cmocka_unit_test(after_a_gap_the_rest_of_the_line_is_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
