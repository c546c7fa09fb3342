/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "reports/letter/builtin.h"
#include "reports/letter/find.h"
#include "reports/letter/template.h"

#define HEAD "Subject: s\n\n"

static char err[LETTER_ERROR_BYTES];

static struct letter_template *parse(const char *text)
{
	err[0] = '\0';
	return letter_template_parse("x.txt", text, strlen(text), err);
}

/* The body with provider "P", contact "" and customer a hostile text. */
static char *render(const char *text)
{
	struct letter_template *t = parse(text);
	const char *v[LETTER_FIELD_COUNT] = {
	    [LETTER_PROVIDER] = "P", [LETTER_CUSTOMER] = "{{contact}}{{end}}"};
	char *subject = NULL, *body = NULL;
	size_t n;
	FILE *s = open_memstream(&subject, &n), *b = open_memstream(&body, &n);
	int rc;

	if (!t)
		fail_msg("%s", err);
	rc = letter_template_render(t, v, s, b, err);
	fclose(s);
	fclose(b);
	free(subject);
	letter_template_free(t);
	if (rc == 0)
		return body;
	free(body);
	return NULL;
}

static void parts_become_text(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {HEAD "a\n", "a\n"},
	    {HEAD "{{provider}}\n", "P\n"},
	    {HEAD "{{ provider }}!\n", "P!\n"},
	    {HEAD "a{{! no }}b\n", "ab\n"},
	    {HEAD "{{! no }}\nb\n", "b\n"},
	    {HEAD "a\n{{if provider}}\nb\n{{end}}\nc\n", "a\nb\nc\n"},
	    {HEAD "a\n{{if contact}}\nb\n{{end}}\nc\n", "a\nc\n"},
	    {HEAD "{{if contact}}\nb\n{{else}}\nd\n{{end}}\nc\n", "d\nc\n"},
	    {HEAD "{{if provider}}\nb\n{{else}}\nd\n{{end}}\nc\n", "b\nc\n"},
	    {HEAD "{{if provider}}x{{if contact}}y{{else}}z{{end}}{{end}}\n",
		"xz\n"},
	    {HEAD "{{if contact}}{{contact}}{{end}}.\n", ".\n"},
	    /* A value is no template. */
	    {HEAD "{{customer}}\n", "{{contact}}{{end}}\n"},
	    {"\xef\xbb\xbfSubject: s\r\n\r\na\r\nb\r\n", "a\nb\n"},
	    {"{{! remark }}\nSubject: s\n\na\n", "a\n"},
	    {HEAD "a { b } {c}\n", "a { b } {c}\n"},
	    {HEAD "サブミッションポート\n", "サブミッションポート\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *got = render(cases[i].text);

		if (!got)
			fail_msg("%s: %s", cases[i].text, err);
		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

static void errors_name_line_and_column(void **state)
{
	static const struct {
		const char *text, *where, *what;
	} cases[] = {
	    {HEAD "a\n b {{provder}}\n", "x.txt:4:4: ",
		"there is no placeholder \"provder\"; nearest: {{provider}}"},
	    {HEAD "あい{{x\n}}", "x.txt:3:3: ", "without \"}}\""},
	    {HEAD "{{provider\n", "x.txt:3:1: ", "without \"}}\""},
	    {HEAD "{{if provider}}\n", "x.txt:3:1: ", "without {{end}}"},
	    {HEAD "{{if provider}}{{else}}\n",
		"x.txt:3:16: ", "{{else}} without {{end}}"},
	    {HEAD "{{end}}\n", "x.txt:3:1: ", "{{end}} without {{if}}"},
	    {HEAD "{{else}}\n", "x.txt:3:1: ", "{{else}} without {{if}}"},
	    {HEAD "{{if provider}}\n{{else}}\n{{else}}\n{{end}}\n",
		"x.txt:5:1: ", "a second {{else}}; the first stands in line 4"},
	    {HEAD "{{if nobody}}{{end}}\n", "x.txt:3:1: ", "nearest: {{if "},
	    {"a\n", "x.txt:1:1: ", "begins with \"Subject: \""},
	    {"", "x.txt:1:1: ", "begins with \"Subject: \""},
	    {"Subject: \n\na\n", "x.txt:1:10: ", "the subject is empty"},
	    {"Subject: s\na\n", "x.txt:2:1: ", "an empty line must follow"},
	    {"Subject: {{if provider}}\n\n{{end}}\n",
		"x.txt:1:10: ", "without {{end}}"},
	    {HEAD "a\xff\n", "x.txt:3:2: ", "no UTF-8 text: byte 0xff"},
	    {HEAD "a\x1b[31m\n", "x.txt:3:2: ", "byte 0x1b"},
	    {HEAD "a\xed\xa0\x80\n", "x.txt:3:2: ", "no UTF-8"},
	    {HEAD "{{}}\n", "x.txt:3:1: ", "there is no placeholder \"\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct letter_template *t = parse(cases[i].text);

		assert_null(t);
		if (strncmp(err, cases[i].where, strlen(cases[i].where)) != 0 ||
		    !strstr(err, cases[i].what))
			fail_msg("%s: %s", cases[i].text, err);
	}
}

static void a_hole_is_an_error(void **state)
{
	(void)state;
	assert_null(render(HEAD "a\n  {{contact}}\n"));
	assert_string_equal(err,
	    "x.txt:4:3: {{contact}} has no value here; put it between "
	    "{{if contact}} and {{end}}");
}

static void what_a_case_needs_must_be_there(void **state)
{
	struct letter_template *t =
	    parse(HEAD "{{provider}} {{contact}}\n{{reference}}\n");

	(void)state;
	assert_non_null(t);
	assert_int_equal(letter_template_check(t, LETTER_INFECTED, err), 0);
	assert_int_equal(letter_template_check(t, LETTER_SUBMISSION, err), -1);
	assert_non_null(strstr(err,
	    "x.txt:4:1: {{submission_host}} is missing: a letter of the case "
	    "submission needs it"));
	letter_template_free(t);
}

static void too_much_is_refused(void **state)
{
	char *text = calloc(1, LETTER_TEMPLATE_BYTES + 64);

	(void)state;
	assert_non_null(text);
	strcpy(text, HEAD);
	memset(text + strlen(HEAD), 'a', LETTER_TEMPLATE_BYTES);
	assert_null(parse(text));
	assert_non_null(strstr(err, "longer than"));
	/* Many parts: each value and the text after it. */
	strcpy(text, HEAD);
	for (int i = 0; i < 3000; i++)
		strcat(text, "a{{provider}}");
	assert_null(parse(text));
	assert_non_null(strstr(err, "make it shorter"));
	free(text);
}

static void nine_within_each_other_are_too_many(void **state)
{
	char text[512] = HEAD;

	(void)state;
	for (int i = 0; i < 9; i++)
		strcat(text, "{{if provider}}");
	for (int i = 0; i < 9; i++)
		strcat(text, "{{end}}");
	assert_null(parse(text));
	assert_non_null(strstr(err, "more than 8 {{if}}"));
}

/* Every case in both languages. */
static void all_built_in_letters_parse(void **state)
{
	static const char *const langs[] = {"en", "ja"};
	int n = 0;

	(void)state;
	for (int c = 0; c < LETTER_CASE_COUNT; c++)
		for (int l = 0; l < 2; l++) {
			struct letter_found f;

			if (letter_find(&f, NULL, (enum letter_case)c, langs[l],
				"xx", err) != 0)
				fail_msg("%s", err);
			assert_string_equal(f.lang, langs[l]);
			letter_template_free(f.template);
			n++;
		}
	for (const struct letter_builtin *b = letter_builtins; b->name; b++)
		n--;
	assert_int_equal(n, 0);
}

static void languages_fall_back(void **state)
{
	static const struct {
		const char *wanted, *fallback, *want;
	} cases[] = {{"ja-JP", "en", "ja"}, {"EN-us", "ja", "en"},
	    {"", "ja", "ja"}, {"fr", "en", "en"}, {"../x", "en", "en"}};
	struct letter_found f;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (letter_find(&f, NULL, LETTER_INFECTED, cases[i].wanted,
			cases[i].fallback, err) != 0)
			fail_msg("%s: %s", cases[i].wanted, err);
		assert_string_equal(f.lang, cases[i].want);
		letter_template_free(f.template);
	}
	assert_int_equal(
	    letter_find(&f, NULL, LETTER_INFECTED, "fr", "pt", err), -1);
	assert_non_null(strstr(err, "no template infected.pt.txt"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_become_text),
	    cmocka_unit_test(errors_name_line_and_column),
	    cmocka_unit_test(a_hole_is_an_error),
	    cmocka_unit_test(what_a_case_needs_must_be_there),
	    cmocka_unit_test(too_much_is_refused),
	    cmocka_unit_test(nine_within_each_other_are_too_many),
	    cmocka_unit_test(all_built_in_letters_parse),
	    cmocka_unit_test(languages_fall_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
