/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/uri.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* In place. plus: "+" is a space. */
static int decode(char *s, bool plus)
{
	char *to = s;

	while (*s != '\0') {
		int v = (unsigned char)*s++;

		if (v == '%') {
			int high = hex(*s);
			int low = high < 0 ? -1 : hex(s[1]);

			if (low < 0)
				return -1;
			v = high * 16 + low;
			s += 2;
		} else if (plus && v == '+') {
			v = ' ';
		}
		if (v < 0x20 || v == 0x7f)
			return -1;
		*to++ = (char)v;
	}
	*to = '\0';
	return 0;
}

/* RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF. */
static bool is_utf8(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s != 0) {
		unsigned int c = *s++, least;
		int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;

		if (c < 0x80)
			continue;
		if (c < 0xc2 || c > 0xf4)
			return false;
		least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
		c &= 0x3fU >> more;
		for (; more > 0; more--) {
			if ((*s & 0xc0) != 0x80)
				return false;
			c = c << 6 | (*s++ & 0x3fU);
		}
		if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			return false;
	}
	return true;
}

static int take_pair(struct uri *u, char *pair)
{
	char *value = strchr(pair, '=');
	struct uri_pair *p = &u->pairs[u->n];

	if (value)
		*value++ = '\0';
	else
		value = pair + strlen(pair);
	if (u->n == URI_PAIRS || decode(pair, true) != 0 ||
	    decode(value, true) != 0 || !is_utf8(pair) || !is_utf8(value) ||
	    uri_get(u, pair))
		return -1;
	*p = (struct uri_pair){pair, value};
	u->n++;
	return 0;
}

/* The absolute form, which proxies send (RFC 9112 section 3.2.2). */
static const char *skip_authority(const char *target)
{
	size_t n = strncasecmp(target, "http://", 7) == 0    ? 7
		   : strncasecmp(target, "https://", 8) == 0 ? 8
							     : 0;

	if (n == 0)
		return target;
	target += n + strcspn(target + n, "/?");
	return *target == '\0' ? "/" : target;
}

int uri_parse(struct uri *u, const char *target)
{
	char *query, *next;
	size_t len;

	u->n = 0;
	u->path = u->text;
	target = skip_authority(target);
	len = strlen(target);
	if (target[0] != '/' || len >= sizeof(u->text))
		return -1;
	memcpy(u->text, target, len + 1);
	query = strchr(u->text, '?');
	if (query)
		*query++ = '\0';
	if (decode(u->text, false) != 0 || !is_utf8(u->text))
		return -1;
	for (; query && *query != '\0'; query = next) {
		next = strchr(query, '&');
		if (next)
			*next++ = '\0';
		if (*query != '\0' && take_pair(u, query) != 0)
			return -1;
	}
	return 0;
}

const char *uri_get(const struct uri *u, const char *name)
{
	for (int i = 0; i < u->n; i++)
		if (strcmp(u->pairs[i].name, name) == 0)
			return u->pairs[i].value;
	return NULL;
}
