/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/reply_idea.h"

static void look(struct smtp_ideas *in, const char *before,
    const struct smtp_term *t, const char *after)
{
	char text[160];

	snprintf(text, sizeof(text), "%s%s%s", before, t->text, after);
	smtp_ideas_find(in, text);
}

static int has(const struct smtp_ideas *in, unsigned idea)
{
	return (int)(in->present >> idea & 1);
}

static void every_phrase_is_found_at_a_word_and_nowhere_else(void **state)
{
	struct smtp_ideas in;

	(void)state;
	for (size_t l = 0; l < 26; l++)
		for (size_t i = 0; i < smtp_terms[l].n; i++) {
			const struct smtp_term *t = &smtp_terms[l].terms[i];

			assert_int_equal(t->text[0], 'a' + (int)l);
			assert_int_equal(t->len, strlen(t->text));
			look(&in, "<b@two.example>: ", t, "; x");
			if (t->idea == IDEA_NONE)
				assert_int_equal(in.present, 0);
			else if (in.present != UINT64_C(1) << t->idea)
				fail_msg("%s is not found alone", t->text);
			look(&in, "", t, "zzz");
			if (has(&in, t->idea) && !t->prefix &&
			    strchr(t->text, ' ') == NULL)
				fail_msg("%s may go on", t->text);
			look(&in, "q", t, "");
			if (in.present != 0 && strchr(t->text, ' ') == NULL)
				fail_msg("%s within a word", t->text);
		}
}

static void places_are_words(void **state)
{
	struct smtp_ideas in;

	(void)state;
	smtp_ideas_find(&in, "550 5.1.1 <spam@two.example>: Mail Box, UNKNOWN");
	assert_int_equal(
	    in.present, UINT64_C(1) << IDEA_BOX | UINT64_C(1) << IDEA_ABSENT);
	assert_int_equal(in.at[IDEA_BOX], 3);
	assert_int_equal(in.at[IDEA_ABSENT], 4);
}

static void any_octets_end_within_bounds(void **state)
{
	struct smtp_ideas in;
	char text[4096];

	(void)state;
	for (unsigned c = 1; c < 256; c++) {
		memset(text, (int)c, sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		smtp_ideas_find(&in, text);
		for (size_t i = 1; i < sizeof(text) - 1; i += 2)
			text[i] = ' ';
		smtp_ideas_find(&in, text);
		for (size_t i = 1; i < sizeof(text) - 1; i += 2)
			text[i] = '@';
		smtp_ideas_find(&in, text);
	}
	smtp_ideas_find(&in, "");
	assert_int_equal(in.present, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_phrase_is_found_at_a_word_and_nowhere_else),
	    cmocka_unit_test(places_are_words),
	    cmocka_unit_test(any_octets_end_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
