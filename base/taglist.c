/* SPDX-License-Identifier: Apache-2.0 */
#include "base/taglist.h"

#include <string.h>
#include <strings.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

struct span span_trim(struct span s)
{
	while (s.len > 0 && is_space(*s.p)) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

bool span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && strncasecmp(s.p, text, s.len) == 0;
}

bool span_next(struct span *list, char separator, struct span *item)
{
	const char *end;
	size_t len;

	if (list->p == NULL)
		return false;
	end = memchr(list->p, separator, list->len);
	len = end != NULL ? (size_t)(end - list->p) : list->len;
	*item = span_trim((struct span){list->p, len});
	list->p = end != NULL ? end + 1 : NULL;
	list->len -= len + (end != NULL);
	return true;
}

static bool is_tag_name(struct span s)
{
	if (s.len == 0 || !is_alpha(s.p[0]))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!is_alpha(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '_')
			return false;
	return true;
}

enum taglist_next taglist_next(struct span *rest, struct tag *t)
{
	const char *semicolon, *equals, *p = rest->p;
	size_t len = rest->len;

	if (len == 0)
		return TAGLIST_END;
	semicolon = memchr(p, ';', len);
	if (semicolon != NULL)
		len = (size_t)(semicolon - p);
	rest->p += len + (semicolon != NULL);
	rest->len -= len + (semicolon != NULL);
	equals = memchr(p, '=', len);
	if (equals == NULL)
		return TAGLIST_BAD;
	t->name = span_trim((struct span){p, (size_t)(equals - p)});
	t->raw = (struct span){equals + 1, (size_t)(p + len - equals - 1)};
	t->value = span_trim(t->raw);
	return is_tag_name(t->name) ? TAGLIST_TAG : TAGLIST_BAD;
}

static const struct tag *find(const struct taglist *l, struct span name)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].name.len == name.len &&
		    memcmp(l->v[i].name.p, name.p, name.len) == 0)
			return &l->v[i];
	return NULL;
}

const struct tag *taglist_get(const struct taglist *l, const char *name)
{
	return find(l, (struct span){name, strlen(name)});
}

bool taglist_parse(struct taglist *l, const char *text, size_t len)
{
	struct span rest = {text, len};
	struct tag t;

	l->n = 0;
	for (;;) {
		/* White space behind the last semicolon is no tag. */
		if (l->n > 0 && span_trim(rest).len == 0)
			return true;
		if (l->n == TAGLIST_MAX ||
		    taglist_next(&rest, &t) != TAGLIST_TAG ||
		    find(l, t.name) != NULL)
			return false;
		l->v[l->n++] = t;
	}
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool span_base64(struct span s, uint8_t *out, size_t size, size_t *out_len)
{
	uint32_t bits = 0;
	size_t digits = 0, pads = 0, n = 0;

	for (size_t i = 0; i < s.len; i++) {
		int d = base64_digit(s.p[i]);

		if (is_space(s.p[i]))
			continue;
		if (s.p[i] == '=') {
			pads++;
			continue;
		}
		if (d < 0 || pads > 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
		if (digits++ % 4 == 0)
			continue;
		if (n == size)
			return false;
		out[n++] = (uint8_t)(bits >> (8 - digits % 4 * 2) % 8);
	}
	*out_len = n;
	return n > 0 && pads < 3 && (digits + pads) % 4 == 0;
}
