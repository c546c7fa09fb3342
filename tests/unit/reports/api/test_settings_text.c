/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/conf_table.h"
#include "reports/api/settings_text.h"

/* Not the English again, nor a text without any Japanese letter. */
static void must_be_japanese(
    const char *section, const char *key, const char *ja)
{
	if (ja == NULL)
		fail_msg("%s.%s: no Japanese in reports/api/settings_ja.def",
		    section, key);
	for (const char *s = ja; *s != '\0'; s++)
		if ((unsigned char)*s >= 0xe3)
			return;
	fail_msg("%s.%s: \"%s\" is no Japanese", section, key, ja);
}

static void every_key_has_a_help_in_japanese(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_keys_count(); i++) {
		const struct conf_key *k = conf_key_at(i);

		must_be_japanese(
		    k->section, k->name, settings_help_ja(k->section, k->name));
	}
	assert_null(settings_help_ja("", "nix"));
	assert_null(settings_help_ja("nix", "db"));
}

static void every_section_has_a_title(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_sections_n; i++)
		if (settings_title_ja(conf_sections[i].name) == NULL)
			fail_msg("section \"%s\": no title in "
				 "reports/api/settings_ja.def",
			    conf_sections[i].name);
	assert_string_equal(settings_title_ja("policy"), "方針");
	assert_null(settings_title_ja("nix"));
}

static void every_unit_has_a_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_keys_count(); i++) {
		const char *unit = conf_key_at(i)->unit;

		if (unit != NULL && settings_unit_ja(unit) == NULL)
			fail_msg("unit \"%s\": no word in "
				 "reports/api/settings_ja.def",
			    unit);
	}
	assert_string_equal(settings_unit_ja("seconds"), "秒");
}

/* A text of a key that is no more would never be seen. */
static const struct {
	const char *section, *key;
} texts[] = {
#define S(section, ja)
#define U(unit, ja)
#define K(section, key, ja) {section, key},
#include "reports/api/settings_ja.def"
};

static void no_text_is_of_a_key_that_is_gone(void **state)
{
	(void)state;
	assert_int_equal(sizeof(texts) / sizeof(texts[0]), conf_keys_count());
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (conf_key_find(texts[i].section, texts[i].key) == NULL)
			fail_msg(
			    "%s.%s is no key", texts[i].section, texts[i].key);
}

static void the_language_is_what_is_liked_better(void **state)
{
	static const struct {
		const char *accept;
		bool ja;
	} cases[] = {{NULL, false}, {"", false}, {"ja", true}, {"JA-jp", true},
	    {"en-GB,en;q=0.9,ja;q=0.8", false},
	    {"ja,en-US;q=0.9,en;q=0.8", true}, {"ja;q=0.5, en", false},
	    {"en;q=0.5,ja;q=0.500", false}, {"ja;q=0.501,en;q=0.5", true},
	    {"de, ja;q=0.1", true}, {"de", false}, {"*", false},
	    {"ja;q=0", false}, {"jav", false}, {"en, ja", false},
	    {"ja;q=7", false}, {"ja;q=", false}, {",;,ja", true},
	    {"ja;q=0.1234567890123456789", true}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (settings_likes_ja(cases[i].accept) != cases[i].ja)
			fail_msg("Accept-Language: %s", cases[i].accept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_has_a_help_in_japanese),
	    cmocka_unit_test(every_section_has_a_title),
	    cmocka_unit_test(every_unit_has_a_word),
	    cmocka_unit_test(no_text_is_of_a_key_that_is_gone),
	    cmocka_unit_test(the_language_is_what_is_liked_better),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
