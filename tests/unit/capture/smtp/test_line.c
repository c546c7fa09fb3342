/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "capture/smtp/line.h"

static size_t feed(struct smtp_line *l, const char *text)
{
	return smtp_line_feed(l, (const uint8_t *)text, strlen(text));
}

static void a_line_ends_at_lf(void **state)
{
	static struct smtp_line l;

	(void)state;
	assert_int_equal(feed(&l, "ab\r\ncd"), 4);
	assert_true(l.done);
	assert_string_equal(l.text, "ab");
	/* Done: nothing is used until the next is asked for. */
	assert_int_equal(feed(&l, "x"), 0);
	smtp_line_next(&l);
	assert_int_equal(feed(&l, "c\rd\n"), 4);
	assert_string_equal(l.text, "c\rd");
	smtp_line_next(&l);
	assert_int_equal(feed(&l, "\n"), 1);
	assert_int_equal(l.len, 0);
	assert_true(l.done);
}

static void a_long_line_is_cut_and_skipped(void **state)
{
	static struct smtp_line l;

	(void)state;
	smtp_line_next(&l);
	for (int i = 0; i < SMTP_LINE_MAX; i++)
		feed(&l, "x");
	assert_false(l.too_long);
	feed(&l, "yyyy");
	assert_true(l.too_long);
	assert_false(l.done);
	feed(&l, "\r\n");
	assert_true(l.done);
	assert_int_equal(l.len, SMTP_LINE_MAX);
	smtp_line_next(&l);
	feed(&l, "ok\r\n");
	assert_string_equal(l.text, "ok");
	assert_false(l.too_long);
}

static void the_text_is_wiped(void **state)
{
	static struct smtp_line l;
	static const char nothing[8];

	(void)state;
	feed(&l, "secret\r\n");
	smtp_line_next(&l);
	assert_memory_equal(l.text, nothing, sizeof(nothing));
}

static void after_a_gap_the_next_whole_line_counts(void **state)
{
	static struct smtp_line l;

	(void)state;
	feed(&l, "begun");
	smtp_line_gap(&l);
	assert_int_equal(feed(&l, " rest\r\nwhole\r\n"), 14);
	assert_string_equal(l.text, "whole");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_ends_at_lf),
	    cmocka_unit_test(a_long_line_is_cut_and_skipped),
	    cmocka_unit_test(the_text_is_wiped),
	    cmocka_unit_test(after_a_gap_the_next_whole_line_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
