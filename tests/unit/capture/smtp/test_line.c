/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "capture/smtp/line.h"

static struct smtp_line l;
static struct smtp_cut cut;

static size_t feed(const char *text)
{
	return smtp_line_feed(&l, (const uint8_t *)text, strlen(text), &cut);
}

static int empty(void **state)
{
	(void)state;
	smtp_line_next(&l);
	l = (struct smtp_line){0};
	return 0;
}

static void expect(const char *text)
{
	assert_non_null(cut.text);
	assert_int_equal(cut.len, strlen(text));
	assert_memory_equal(cut.text, text, cut.len);
}

static void a_line_ends_at_lf(void **state)
{
	(void)state;
	assert_int_equal(feed("ab\r\ncd"), 4);
	expect("ab");
	smtp_line_next(&l);
	assert_int_equal(feed("c\rd\n"), 4);
	expect("c\rd");
	smtp_line_next(&l);
	assert_int_equal(feed("\n"), 1);
	expect("");
}

static void a_whole_line_is_not_copied(void **state)
{
	const char *text = "EHLO one.example\r\n";

	(void)state;
	feed(text);
	assert_ptr_equal(cut.text, text);
	assert_null(l.text);
}

static void a_line_in_pieces_is_put_together(void **state)
{
	(void)state;
	feed("EH");
	assert_null(cut.text);
	feed("LO one");
	feed("\r");
	feed("\nx");
	expect("EHLO one");
	smtp_line_next(&l);
	assert_null(l.text);
	assert_int_equal(l.capacity, 0);
}

static void a_long_line_is_cut_and_skipped(void **state)
{
	(void)state;
	for (int i = 0; i < SMTP_LINE_MAX; i++)
		feed("x");
	assert_false(l.too_long);
	feed("yyyy");
	assert_true(l.too_long);
	assert_null(cut.text);
	feed("\r\n");
	assert_true(cut.too_long);
	assert_int_equal(cut.len, SMTP_LINE_MAX);
	assert_int_equal(l.capacity, SMTP_LINE_MAX);
	smtp_line_next(&l);
	feed("ok\r\n");
	expect("ok");
	assert_false(cut.too_long);
}

static void it_is_cut_alike_in_one_piece(void **state)
{
	char text[SMTP_LINE_MAX + 4];

	(void)state;
	memset(text, 'x', sizeof(text));
	strcpy(text + SMTP_LINE_MAX - 1, "\r\n");
	feed(text);
	assert_false(cut.too_long);
	assert_int_equal(cut.len, SMTP_LINE_MAX - 1);
	smtp_line_next(&l);
	strcpy(text + SMTP_LINE_MAX - 1, "x\r\n");
	feed(text);
	assert_true(cut.too_long);
	assert_int_equal(cut.len, SMTP_LINE_MAX);
}

static void after_a_gap_the_next_line_is_torn(void **state)
{
	(void)state;
	feed("begun");
	smtp_line_gap(&l);
	assert_int_equal(feed("rest\r\nwhole\r\n"), 6);
	expect("rest");
	assert_true(cut.torn);
	smtp_line_next(&l);
	feed("whole\r\n");
	expect("whole");
	assert_false(cut.torn);
}

static void a_foreign_rest_is_dropped(void **state)
{
	(void)state;
	smtp_line_skip(&l);
	feed("re");
	assert_int_equal(feed("st\r\nwhole\r\n"), 11);
	expect("whole");
	assert_false(cut.torn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(a_line_ends_at_lf, empty),
	    cmocka_unit_test_teardown(a_whole_line_is_not_copied, empty),
	    cmocka_unit_test_teardown(a_line_in_pieces_is_put_together, empty),
	    cmocka_unit_test_teardown(a_long_line_is_cut_and_skipped, empty),
	    cmocka_unit_test_teardown(it_is_cut_alike_in_one_piece, empty),
	    cmocka_unit_test_teardown(after_a_gap_the_next_line_is_torn, empty),
	    cmocka_unit_test_teardown(a_foreign_rest_is_dropped, empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
