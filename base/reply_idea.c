/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reply_idea.h"

#include <stdbool.h>
#include <string.h>

#define TEXT_MAX 512

/* The text in lower case, its words with one space between. */
struct words {
	char text[TEXT_MAX + 1];
	uint16_t start[SMTP_IDEA_WORDS_MAX];
	size_t len;
	unsigned n;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Not of a word, and no end of one: doesn't, also with U+2019. */
static bool is_silent(char c)
{
	return c == '\'' || (unsigned char)c > 127;
}

static bool is_word(char c)
{
	return is_letter(c) || is_digit(c) || is_silent(c);
}

static bool is_of_address(char c)
{
	return is_word(c) || (c != '\0' && strchr(".-_+=!#$%&*/~", c) != NULL);
}

/* Behind the mail address that begins at p; p: none does. *plain: up to
 * there no address begins, so that each octet is looked at once. */
static const char *skip_address(const char *p, const char **plain)
{
	const char *q = p;

	if (p < *plain)
		return p;
	while (is_of_address(*q))
		q++;
	*plain = q;
	if (*q != '@')
		return p;
	q++;
	while (is_word(*q) || *q == '.' || *q == '-')
		q++;
	return q;
}

/* One word; numbers are left out. Returns what is behind it. */
static const char *take_word(struct words *w, const char *p)
{
	size_t at = w->len == 0 ? 0 : w->len + 1, len = at;
	bool letters = false;

	for (; is_word(*p); p++) {
		if (is_silent(*p) || len == TEXT_MAX)
			continue;
		letters |= is_letter(*p);
		w->text[len++] =
		    (char)(is_letter(*p) ? (unsigned char)*p | 0x20 : *p);
	}
	if (!letters)
		return p;
	if (at > 0)
		w->text[at - 1] = ' ';
	w->start[w->n++] = (uint16_t)at;
	w->len = len;
	return p;
}

static void split(struct words *w, const char *p)
{
	const char *plain = p, *q;

	w->len = 0;
	w->n = 0;
	while (
	    *p != '\0' && w->n < SMTP_IDEA_WORDS_MAX && w->len < TEXT_MAX - 1) {
		if (!is_word(*p)) {
			p++;
			continue;
		}
		q = skip_address(p, &plain);
		p = q != p ? q : take_word(w, p);
	}
	w->text[w->len] = '\0';
}

static bool term_fits(const struct smtp_term *t, const char *text, size_t len)
{
	return t->len <= len && text[1] == t->text[1] &&
	       memcmp(text, t->text, t->len) == 0 &&
	       (t->prefix || t->len == len || text[t->len] == ' ');
}

static const struct smtp_term *longest_at(const struct words *w, unsigned i)
{
	const char *text = w->text + w->start[i];
	size_t len = w->len - w->start[i];
	const struct smtp_term *best = NULL;
	const struct smtp_terms *of;

	if (!is_letter(text[0]))
		return NULL;
	of = &smtp_terms[text[0] - 'a'];
	for (size_t k = 0; k < of->n; k++)
		if ((best == NULL || of->terms[k].len > best->len) &&
		    term_fits(&of->terms[k], text, len))
			best = &of->terms[k];
	return best;
}

static unsigned count_words(const struct smtp_term *t)
{
	unsigned n = 1;

	for (size_t i = 0; i < t->len; i++)
		n += t->text[i] == ' ';
	return n;
}

void smtp_ideas_find(struct smtp_ideas *ideas, const char *text)
{
	struct words w;
	const struct smtp_term *t;
	uint64_t bit, run;
	unsigned n;

	ideas->present = 0;
	split(&w, text);
	for (unsigned i = 0; i < w.n; i += n) {
		t = longest_at(&w, i);
		n = t == NULL ? 1 : count_words(t);
		if (t == NULL || t->idea == IDEA_NONE)
			continue;
		bit = UINT64_C(1) << t->idea;
		if (!(ideas->present & bit))
			ideas->at[t->idea] = 0;
		ideas->present |= bit;
		run = (UINT64_C(1) << n) - 1;
		ideas->at[t->idea] |= run << i;
	}
}
