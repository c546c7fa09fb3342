/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/address_list.h"

#include <stdbool.h>
#include <string.h>

#include "capture/smtp/path.h"

struct list {
	const char *p, *end;
	struct smtp_mailbox *v;
	size_t *n, max;
	char word[SMTP_LOCAL_MAX + 256]; /* the mailbox, comments taken out */
	size_t len;
	bool angle, seen, broken;
	bool space; /* or a comment, behind the word */
};

/* RFC 5322 section 4.4: space around dots and the at-sign is obsolete; other
 * words do not grow together. */
static bool is_joint(char c)
{
	return c == '.' || c == '@';
}

static void add(struct list *l, char c)
{
	bool apart = l->space && l->len > 0 && !is_joint(c) &&
		     !is_joint(l->word[l->len - 1]);

	l->seen = true;
	l->space = false;
	l->broken |= apart;
	if (l->len < sizeof(l->word))
		l->word[l->len++] = c;
	else
		l->broken = true;
}

/* (nested (comments) with \) pairs) */
const char *smtp_comment_end(const char *p, const char *end)
{
	int depth = 0;

	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && --depth == 0)
			return p + 1;
	}
	return end;
}

static void skip_comment(struct list *l)
{
	l->p = smtp_comment_end(l->p, l->end);
	l->space = true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void take_quoted(struct list *l)
{
	add(l, *l->p++);
	while (l->p < l->end && *l->p != '"') {
		/* RFC 5322 section 2.2.3: a fold is its white space. */
		if (*l->p == '\r' || *l->p == '\n') {
			l->p++;
			continue;
		}
		if (*l->p == '\\' && l->p + 1 < l->end)
			add(l, *l->p++);
		add(l, *l->p++);
	}
	if (l->p < l->end)
		add(l, *l->p++);
}

/* RFC 2047: senders put commas, colons and at-signs into encoded words,
 * which must not be taken for structure. */
static bool skip_encoded_word(struct list *l)
{
	const char *p = l->p;
	int marks = 0;

	if (l->end - p < 2 || p[0] != '=' || p[1] != '?')
		return false;
	for (p++; p + 1 < l->end && !is_space(*p); p++) {
		if (*p == '?' && ++marks >= 4 && p[1] == '=') {
			l->p = p + 2;
			l->seen = true;
			return true;
		}
	}
	return false;
}

static void clear(struct list *l)
{
	memset(l->word, 0, l->len);
	l->len = 0;
	l->angle = l->seen = l->broken = l->space = false;
}

static void finish(struct list *l)
{
	struct smtp_mailbox *m;

	if (l->seen && *l->n < l->max) {
		m = &l->v[(*l->n)++];
		smtp_address_parse(m, l->word, l->broken ? 0 : l->len);
	}
	clear(l);
}

/* <addr-spec>, an obsolete route in front of it is dropped. */
static void take_angle(struct list *l)
{
	clear(l);
	l->angle = l->seen = true;
	l->p++;
	while (l->p < l->end && *l->p != '>') {
		if (*l->p == '"')
			take_quoted(l);
		else if (*l->p == '(')
			skip_comment(l);
		else if (*l->p == ':' && l->len > 0 && l->word[0] == '@') {
			l->len = 0;
			l->p++;
		} else if (is_space(*l->p)) {
			l->p++;
			l->space = true;
		} else
			add(l, *l->p++);
	}
	/* No closing bracket: what follows is not known to belong here. */
	if (l->p == l->end)
		l->broken = true;
	else
		l->p++;
}

/* Outside of quotes, comments and brackets. */
static void take_char(struct list *l)
{
	char c = *l->p++;

	switch (c) {
	case ',':
	case ';':
		finish(l);
		break;
	case ':':
		/* "group:" is a name; a mailbox without brackets has none. */
		clear(l);
		break;
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		l->space = true;
		break;
	default:
		if (l->angle)
			break; /* text behind the bracket */
		add(l, c);
	}
}

void smtp_address_list(const char *value, size_t len, struct smtp_mailbox *v,
    size_t *n, size_t max)
{
	struct list l = {
	    .p = value, .end = value + len, .v = v, .n = n, .max = max};

	while (l.p < l.end) {
		if (*l.p == '(')
			skip_comment(&l);
		else if (*l.p == '"' && !l.angle)
			take_quoted(&l);
		else if (*l.p == '<' && !l.angle)
			take_angle(&l);
		else if (!skip_encoded_word(&l))
			take_char(&l);
	}
	finish(&l);
	explicit_bzero(l.word, sizeof(l.word));
}
