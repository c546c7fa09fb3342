/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/nightly/recipe.h"
#include "reports/nightly/report.h"

static struct doc doc;

static int down(void **state)
{
	(void)state;
	doc_free(&doc);
	return 0;
}

static void add(const char *key, int64_t value, const int64_t *series)
{
	const struct doc_number v = {key, key, value, series, NULL};

	doc_value(&doc, &v);
}

static const char *shown(size_t i)
{
	static char text[32];

	return doc_number_text(&doc.items[i], text);
}

static void inside_all_numbers_are_shown(void **state)
{
	static const int64_t days[ZONE_DAYS] = {3, 1, 2, 9, 4, 5, 6, 7};

	(void)state;
	doc_init(&doc, LANG_EN, false);
	add("a", 3, days);
	assert_string_equal(shown(0), "3");
	assert_true(doc_has_median(&doc.items[0]));
	assert_int_equal(night_median(doc.items[0].series), 5);
}

static void outside_small_numbers_are_hidden(void **state)
{
	static const struct {
		int64_t value;
		const char *text;
	} cases[] = {{0, "0"}, {1, "<5"}, {4, "<5"}, {5, "5"}, {1234, "1,234"}};

	(void)state;
	doc_init(&doc, LANG_EN, true);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		add("a", cases[i].value, NULL);
		assert_string_equal(shown(i), cases[i].text);
	}
}

static void outside_a_median_does_not_tell_a_small_day(void **state)
{
	static const int64_t small[ZONE_DAYS] = {50, 60, 3, 70, 60, 60, 60, 60};
	static const int64_t large[ZONE_DAYS] = {50, 60, 0, 70, 60, 60, 60, 60};

	(void)state;
	doc_init(&doc, LANG_EN, true);
	add("a", 50, small);
	add("b", 50, large);
	assert_false(doc_has_median(&doc.items[0]));
	assert_true(doc_has_median(&doc.items[1]));
}

static void outside_a_single_hidden_part_takes_another_with_it(void **state)
{
	(void)state;
	doc_init(&doc, LANG_EN, true);
	add("sum", 33, NULL);
	add("a", 3, NULL);
	add("b", 20, NULL);
	add("c", 10, NULL);
	add("d", 0, NULL);
	doc_hide_range(&doc, 1);
	assert_string_equal(shown(0), "33");
	assert_string_equal(shown(1), "<5");
	assert_string_equal(shown(2), "20");
	assert_string_equal(shown(3), "*");
	assert_string_equal(shown(4), "0");
}

static void two_hidden_parts_hide_each_other(void **state)
{
	(void)state;
	doc_init(&doc, LANG_EN, true);
	add("a", 3, NULL);
	add("b", 2, NULL);
	add("c", 10, NULL);
	doc_hide_range(&doc, 0);
	assert_string_equal(shown(2), "10");
}

/* 4 of which two are hidden is 1 and 3, or 2 and 2; 2 of which two are is
 * 1 and 1. */
static void a_sum_that_gives_away_takes_another_with_it(void **state)
{
	static const struct {
		int64_t v[4];
		const char *third;
	} cases[] = {{{1, 1, 10, 30}, "*"}, {{4, 4, 10, 30}, "*"},
	    {{1, 3, 10, 30}, "*"}, {{2, 4, 10, 30}, "10"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		doc_init(&doc, LANG_EN, true);
		for (int k = 0; k < 4; k++)
			add("a", cases[i].v[k], NULL);
		doc_hide_range(&doc, 0);
		assert_string_equal(shown(2), cases[i].third);
		assert_string_equal(shown(3), "30");
		doc_free(&doc);
	}
	doc_init(&doc, LANG_EN, false);
	add("a", 1, NULL);
	add("b", 10, NULL);
	doc_hide_range(&doc, 0);
	assert_string_equal(shown(1), "10");
}

static void a_chart_hides_what_its_numbers_hide(void **state)
{
	static const char *const labels[] = {"a", "b", "c"};
	static const int64_t values[] = {30, 10, 2};
	char text[32];

	(void)state;
	doc_init(&doc, LANG_EN, true);
	for (int k = 0; k < 3; k++)
		add(labels[k], values[k], NULL);
	doc_hide_range(&doc, 0);
	doc_bars(&doc, "x", MSG_CHART_KINDS, labels, values, 3);
	doc_hide_bars(&doc, 0);
	assert_string_equal(doc_bar_text(&doc.items[3], 0, 0, text), "30");
	assert_string_equal(doc_bar_text(&doc.items[3], 0, 1, text), "*");
	assert_string_equal(doc_bar_text(&doc.items[3], 0, 2, text), "<5");
}

static void outside_no_command_and_no_chart_with_small_heights(void **state)
{
	static const int64_t a[] = {10, 3}, b[] = {20, 30};
	const char *labels[] = {"x", "y"};
	struct doc_recipe r = {"sekisho status", "#/queue"};

	(void)state;
	doc_init(&doc, LANG_EN, true);
	doc_fact(&doc, "f", "f", "f", &r);
	assert_null(doc.items[0].command);
	assert_null(doc.items[0].link);
	doc_command(&doc, &r);
	doc_columns(&doc, "c", MSG_CHART_WEEK, labels, a, b, 2);
	assert_int_equal(doc.n, 1);
	doc_bars(&doc, "b", MSG_CHART_KINDS, labels, a, 2);
	assert_false(doc.items[1].bar_hidden[0]);
	assert_true(doc.items[1].bar_hidden[1]);
}

static void texts_are_made_safe_when_they_come_in(void **state)
{
	(void)state;
	doc_init(&doc, LANG_EN, false);
	doc_words(&doc, "\033[31mred\xff\xe2\x80\xae");
	assert_string_equal(
	    doc.items[0].text, "\\x1b[31mred\\xff\\xe2\\x80\\xae");
}

static void both_languages_have_the_same_places(void **state)
{
	(void)state;
	for (int m = 0; m < MSG_COUNT; m++) {
		const char *en = message(LANG_EN, (enum message)m);
		const char *ja = message(LANG_JA, (enum message)m);

		assert_true(*en != '\0' && *ja != '\0');
		for (char k = '0'; k <= '9'; k++) {
			const char place[] = {'{', k, '}', '\0'};

			if (!strstr(en, place) != !strstr(ja, place))
				fail_msg("%s in: %s", place, en);
		}
	}
}

static void a_message_is_filled_once(void **state)
{
	const char *args[] = {"{1}", "b"};
	char text[MESSAGE_BYTES];

	(void)state;
	assert_string_equal(
	    message_fill(text, "{0} {1} {2} {x", args, 2), "{1} b {2} {x");
	assert_int_equal(language_parse("ja-JP"), LANG_JA);
	assert_int_equal(language_parse("en"), LANG_EN);
	assert_int_equal(language_parse("fr"), -1);
	assert_int_equal(language_parse("japan"), -1);
}

static void a_word_of_a_command_runs_nothing(void **state)
{
	static struct night n;
	struct doc_recipe r;

	(void)state;
	strcpy(n.since, "2026-11-24T00:00:00Z");
	strcpy(n.until, "2026-11-25T00:00:00Z");
	recipe(&r, &n, "sekisho x --since FROM --until TO ARG", "edge-1", NULL,
	    NULL);
	assert_string_equal(r.command,
	    "sekisho x --since 2026-11-24T00:00:00Z --until "
	    "2026-11-25T00:00:00Z edge-1");
	assert_string_equal(r.link, "");
	recipe(&r, &n, "x ARG", "a'; rm -rf $HOME TO", "queue", "kind:a b");
	assert_string_equal(r.command, "x 'a'\\''; rm -rf $HOME TO'");
	assert_string_equal(r.link,
	    "#/queue?from=2026-11-24T00%3A00%3A00Z&to=2026-11-25T00%3A00%3A00Z"
	    "&q=kind%3Aa%20b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(inside_all_numbers_are_shown, down),
	    cmocka_unit_test_teardown(outside_small_numbers_are_hidden, down),
	    cmocka_unit_test_teardown(
		outside_a_median_does_not_tell_a_small_day, down),
	    cmocka_unit_test_teardown(
		outside_a_single_hidden_part_takes_another_with_it, down),
	    cmocka_unit_test_teardown(two_hidden_parts_hide_each_other, down),
	    cmocka_unit_test_teardown(
		a_sum_that_gives_away_takes_another_with_it, down),
	    cmocka_unit_test_teardown(
		a_chart_hides_what_its_numbers_hide, down),
	    cmocka_unit_test_teardown(
		outside_no_command_and_no_chart_with_small_heights, down),
	    cmocka_unit_test_teardown(
		texts_are_made_safe_when_they_come_in, down),
	    cmocka_unit_test(both_languages_have_the_same_places),
	    cmocka_unit_test(a_message_is_filled_once),
	    cmocka_unit_test(a_word_of_a_command_runs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
