/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/out/mime.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "reports/out/text.h"

#define LINE_MAX_BYTES 76
/* Bytes in an encoded word: "=?UTF-8?B?" 44 "?=", below 75. */
#define WORD_BYTES 33

static void put_group(FILE *f, const unsigned char *s, size_t n)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int v = (unsigned int)s[0] << 16;

	if (n > 1)
		v |= (unsigned int)s[1] << 8;
	if (n > 2)
		v |= s[2];
	putc(digits[v >> 18], f);
	putc(digits[v >> 12 & 63], f);
	putc(n > 1 ? digits[v >> 6 & 63] : '=', f);
	putc(n > 2 ? digits[v & 63] : '=', f);
}

/* Bytes that come one after another, as lines of base64. */
struct base64 {
	FILE *f;
	unsigned char group[3];
	size_t n, groups;
};

static void end_group(struct base64 *b)
{
	put_group(b->f, b->group, b->n);
	b->n = 0;
	if (++b->groups % (LINE_MAX_BYTES / 4) == 0)
		putc('\n', b->f);
}

static void put_byte(struct base64 *b, char c)
{
	b->group[b->n++] = (unsigned char)c;
	if (b->n == 3)
		end_group(b);
}

static void end_base64(struct base64 *b)
{
	if (b->n > 0)
		end_group(b);
	if (b->groups == 0 || b->groups % (LINE_MAX_BYTES / 4) != 0)
		putc('\n', b->f);
}

void encode_base64(FILE *f, const char *s, size_t n)
{
	struct base64 b = {.f = f};

	for (size_t i = 0; i < n; i++)
		put_byte(&b, s[i]);
	end_base64(&b);
}

void encode_base64_text(FILE *f, const char *s, size_t n)
{
	struct base64 b = {.f = f};

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n' && (i == 0 || s[i - 1] != '\r'))
			put_byte(&b, '\r');
		put_byte(&b, s[i]);
	}
	end_base64(&b);
}

void encode_quoted_printable(FILE *f, const char *s, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		bool last = i + 1 == n || s[i + 1] == '\n' ||
			    (s[i + 1] == '\r' && i + 2 < n && s[i + 2] == '\n');
		bool plain = (c > 32 && c < 127 && c != '=') ||
			     ((c == ' ' || c == '\t') && !last);
		size_t w = plain ? 1 : 3;

		/* The line end is that of the mail. */
		if (c == '\r' && i + 1 < n && s[i + 1] == '\n')
			continue;
		if (c == '\n') {
			putc('\n', f);
			at = 0;
			continue;
		}
		/* "=" takes a column, except in front of a line end. A dot
		 * alone, or "From ", is never at a line's begin. */
		if (at + w > LINE_MAX_BYTES - 1) {
			fputs("=\n", f);
			at = 0;
		}
		if (at == 0 &&
		    (c == '.' || (c == 'F' && n - i > 4 &&
				     memcmp(s + i, "From ", 5) == 0)))
			plain = false;
		if (plain)
			putc(c, f);
		else
			fprintf(f, "=%02X", c);
		at += plain ? 1 : 3;
	}
	if (at > 0)
		putc('\n', f);
}

bool encode_prefers_base64(const char *s, size_t n)
{
	size_t high = 0;

	for (size_t i = 0; i < n; i++)
		high += ((unsigned char)s[i] & 0x80) != 0;
	return high > n / 4;
}

static bool is_plain(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && !strchr(" -_+", *p))
			return false;
	return true;
}

/* Whole characters only (RFC 2047 section 5). */
static size_t word_bytes(const char *s, size_t n)
{
	size_t cut = n < WORD_BYTES ? n : WORD_BYTES;

	while (cut < n && cut > 0 && ((unsigned char)s[cut] & 0xc0) == 0x80)
		cut--;
	return cut;
}

void encode_words(FILE *f, const char *text, size_t at)
{
	char *safe = text_safe_dup(text);
	const char *s = safe;
	size_t n = safe ? strlen(safe) : 0;

	if (safe && is_plain(safe) && at + n <= LINE_MAX_BYTES) {
		fputs(safe, f);
		n = 0;
	}
	for (bool first = true; n > 0; first = false) {
		size_t cut = word_bytes(s, n);

		if (cut == 0)
			break;
		fputs(first ? "=?UTF-8?B?" : "\n =?UTF-8?B?", f);
		for (size_t i = 0; i < cut; i += 3)
			put_group(f, (const unsigned char *)s + i, cut - i);
		fputs("?=", f);
		s += cut;
		n -= cut;
	}
	free(safe);
}
