/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a line of text from left to right, anchored: what is not exactly
 * there is not taken, and nothing is read past the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/addr.h"

struct scan {
	const char *p, *end;
};

static inline bool scan_text(struct scan *s, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, text, n) != 0)
		return false;
	s->p += n;
	return true;
}

/* Where text begins; NULL: nowhere. */
static inline const char *scan_find(struct scan s, const char *text)
{
	return memmem(s.p, (size_t)(s.end - s.p), text, strlen(text));
}

/* 1 to size - 1 bytes for which is(byte) holds, as many as there are. */
static inline bool scan_word(
    struct scan *s, bool (*is)(unsigned char c), char *out, size_t size)
{
	size_t n = 0, left = (size_t)(s->end - s->p);

	while (n < left && is((unsigned char)s->p[n]))
		n++;
	if (n == 0 || n >= size)
		return false;
	memcpy(out, s->p, n);
	out[n] = '\0';
	s->p += n;
	return true;
}

static inline bool scan_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static inline bool scan_is_alnum(unsigned char c)
{
	return scan_is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* What a host name as programs log it is made of. */
static inline bool scan_is_host(unsigned char c)
{
	return scan_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

static inline bool scan_is_addr(unsigned char c)
{
	return scan_is_digit(c) || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

/* Decimal, at most 9 digits. */
static inline bool scan_number(struct scan *s, int64_t *v)
{
	char digits[10];

	if (!scan_word(s, scan_is_digit, digits, sizeof(digits)))
		return false;
	*v = 0;
	for (const char *d = digits; *d != '\0'; d++)
		*v = *v * 10 + (*d - '0');
	return true;
}

static inline bool scan_addr(struct scan *s, struct addr *a)
{
	char text[ADDR_STRLEN];

	return scan_word(s, scan_is_addr, text, sizeof(text)) &&
	       addr_parse(a, text) == 0;
}
