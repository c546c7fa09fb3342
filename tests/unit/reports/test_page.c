/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "reports/nightly/page.h"

static char *text;
static size_t size;

static void assert_printed(FILE *f, const char *want)
{
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

static void words_wrap_and_hang(void **state)
{
	FILE *f = open_memstream(&text, &size);

	(void)state;
	page_words(f, 2, "%s",
	    "one two three four five six seven eight nine ten eleven twelve "
	    "thirteen fourteen");
	assert_printed(f,
	    "  one two three four five six seven eight nine ten eleven twelve\n"
	    "    thirteen fourteen\n");
}

static void what_is_longer_than_a_line_goes_on(void **state)
{
	char word[300];
	size_t total = 0;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	memset(word, 'x', sizeof(word));
	word[299] = '\0';
	page_words(f, 0, "%s", word);
	fclose(f);
	/* Nothing is lost, and no line is too long. */
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		assert_true(strlen(line) <= PAGE_COLUMNS);
		total += strspn(line + strspn(line, " "), "x");
	}
	assert_int_equal(total, 299);
	free(text);
}

static void a_command_goes_on_with_a_backslash(void **state)
{
	FILE *f = open_memstream(&text, &size);

	(void)state;
	page_command(f, "sekisho incident list --since 2026-11-24 --until "
			"2026-11-25 --kind spam_bot");
	assert_printed(f,
	    "    $ sekisho incident list --since 2026-11-24 --until 2026-11-25 "
	    "\\\n        --kind spam_bot\n");
}

static void a_value_is_grouped(void **state)
{
	FILE *f = open_memstream(&text, &size);

	(void)state;
	page_value(f, "capture_bytes", "1,234,567");
	assert_printed(f, "  capture_bytes                            "
			  "                  1,234,567\n");
}

static void wide_characters_are_two_columns(void **state)
{
	FILE *f = open_memstream(&text, &size);
	size_t lines = 0;

	(void)state;
	page_words(f, 2, "%s",
	    "迷惑メールの送信が見つかりました。パソコンがボットに感染している"
	    "おそれがあります。ウイルス対策ソフトで検査してください。"
	    "(25番ポート)");
	page_value(f, "有効な規制", "12");
	fclose(f);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		assert_true(page_width(line, strlen(line)) <= PAGE_COLUMNS);
		/* No line begins with a full stop. */
		assert_int_not_equal(
		    strncmp(line + strspn(line, " "), "。", strlen("。")), 0);
		lines++;
	}
	assert_int_equal(lines, 3);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_wrap_and_hang),
	    cmocka_unit_test(what_is_longer_than_a_line_goes_on),
	    cmocka_unit_test(a_command_goes_on_with_a_backslash),
	    cmocka_unit_test(a_value_is_grouped),
	    cmocka_unit_test(wide_characters_are_two_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
