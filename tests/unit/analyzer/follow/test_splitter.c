/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/follow/splitter.h"

#include "tests/unit/analyzer/logins/cases.h"

struct seen {
	char text[4 * FOLLOW_LINE_MAX];
	size_t len;
	int lines, too_long, stop_at;
};

static int on_line(void *arg, const char *line, size_t len)
{
	struct seen *s = arg;

	assert_true(s->len + len + 1 < sizeof(s->text));
	memcpy(s->text + s->len, line, len);
	s->len += len;
	s->text[s->len++] = '|';
	s->text[s->len] = '\0';
	return ++s->lines == s->stop_at ? 7 : 0;
}

static void on_too_long(void *arg)
{
	((struct seen *)arg)->too_long++;
}

static struct seen seen;
static struct splitter splitter;
static const struct splitter_owner owner = {on_line, on_too_long, &seen};

static void begin(void)
{
	memset(&seen, 0, sizeof(seen));
	memset(&splitter, 0, sizeof(splitter));
}

static void any_split_gives_the_same_lines(void **state)
{
	const char *text = "one\n\ntwo\r\nthree";
	size_t n = strlen(text);

	(void)state;
	for (size_t i = 0; i <= n; i++)
		for (size_t j = i; j <= n; j++) {
			begin();
			splitter_feed(&splitter, text, i, &owner);
			splitter_feed(&splitter, text + i, j - i, &owner);
			splitter_feed(&splitter, text + j, n - j, &owner);
			assert_string_equal(seen.text, "one||two\r|");
			assert_int_equal(splitter.at, n);
			assert_int_equal(splitter.line_at, n - 5);
			splitter_feed(&splitter, "\n", 1, &owner);
			assert_string_equal(seen.text, "one||two\r|three|");
			assert_int_equal(splitter.line_at, n + 1);
		}
}

static void a_long_line_is_passed_over(void **state)
{
	static char text[3 * FOLLOW_LINE_MAX];
	size_t parts[] = {1, 1000, sizeof(text)};

	(void)state;
	for (size_t p = 0; p < 3; p++)
		for (int over = 0; over < 2; over++) {
			size_t n = FOLLOW_LINE_MAX + (size_t)over;

			begin();
			memset(text, 'x', sizeof(text));
			text[n] = '\n';
			memcpy(text + n + 1, "next\n", 5);
			for (size_t at = 0; at < n + 6; at += parts[p])
				splitter_feed(&splitter, text + at,
				    n + 6 - at < parts[p] ? n + 6 - at
							  : parts[p],
				    &owner);
			assert_int_equal(seen.too_long, over);
			assert_int_equal(seen.lines, 2 - over);
			assert_string_equal(seen.text + seen.len - 5, "next|");
			assert_int_equal(splitter.line_at, n + 6);
		}
}

static void it_stops_behind_the_line(void **state)
{
	(void)state;
	begin();
	seen.stop_at = 2;
	assert_int_equal(splitter_feed(&splitter, "a\nb\nc\n", 6, &owner), 7);
	assert_string_equal(seen.text, "a|b|");
	assert_int_equal(splitter.line_at, 4);
	splitter_seek(&splitter, 100);
	seen.stop_at = 0;
	assert_int_equal(splitter_feed(&splitter, "d\n", 2, &owner), 0);
	assert_int_equal(splitter.line_at, 102);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_split_gives_the_same_lines),
	    cmocka_unit_test(a_long_line_is_passed_over),
	    cmocka_unit_test(it_stops_behind_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
