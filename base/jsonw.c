/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jsonw.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define DEPTH_MAX ((int)(sizeof(((struct jsonw *)0)->comma) / sizeof(bool)))

static void put(struct jsonw *j, const char *s, size_t n)
{
	size_t cap = j->cap != 0 ? j->cap : 256;
	char *mem;

	if (j->failed)
		return;
	if (j->out != NULL) {
		j->failed = fwrite(s, 1, n, j->out) != n;
		return;
	}
	while (cap - j->len <= n)
		cap *= 2;
	if (cap != j->cap) {
		mem = realloc(j->mem, cap);
		if (mem == NULL) {
			j->failed = true;
			return;
		}
		j->mem = mem;
		j->cap = cap;
	}
	memcpy(j->mem + j->len, s, n);
	j->len += n;
	j->mem[j->len] = '\0';
}

static void puts_text(struct jsonw *j, const char *s)
{
	put(j, s, strlen(s));
}

/* What stands between this value and the one before. */
static void separate(struct jsonw *j)
{
	if (j->after_key)
		j->after_key = false;
	else if (j->depth > 0) {
		if (j->comma[j->depth])
			put(j, ",", 1);
		j->comma[j->depth] = true;
	}
}

void jsonw_init(struct jsonw *j, FILE *out)
{
	memset(j, 0, sizeof(*j));
	j->out = out;
}

void jsonw_free(struct jsonw *j)
{
	free(j->mem);
	memset(j, 0, sizeof(*j));
}

const char *jsonw_take(struct jsonw *j)
{
	put(j, "", 0);
	bool failed = j->failed;

	j->len = 0;
	j->depth = 0;
	j->after_key = false;
	j->failed = false;
	return failed ? NULL : j->mem;
}

static void begin(struct jsonw *j, const char *bracket)
{
	separate(j);
	put(j, bracket, 1);
	assert(j->depth + 1 < DEPTH_MAX);
	j->comma[++j->depth] = false;
}

static void end(struct jsonw *j, const char *bracket)
{
	assert(j->depth > 0 && !j->after_key);
	j->depth--;
	put(j, bracket, 1);
}

void jsonw_object_begin(struct jsonw *j)
{
	begin(j, "{");
}

void jsonw_object_end(struct jsonw *j)
{
	end(j, "}");
}

void jsonw_array_begin(struct jsonw *j)
{
	begin(j, "[");
}

void jsonw_array_end(struct jsonw *j)
{
	end(j, "]");
}

/* Bytes of the UTF-8 sequence at s (RFC 3629 section 4), 0: none there. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
	unsigned int low = 0x80, high = 0xbf;
	size_t n;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (left < n || s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return n;
}

static void put_escaped(struct jsonw *j, unsigned char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t";
	static const char letter[] = "\"\\bfnrt";
	const char *at = c != 0 ? strchr(plain, c) : NULL;
	char text[8];

	if (at != NULL)
		snprintf(text, sizeof(text), "\\%c", letter[at - plain]);
	else
		snprintf(text, sizeof(text), "\\u%04x", c);
	puts_text(j, text);
}

/* C1 controls steer some terminals, and these marks turn the direction of
 * text: valid JSON, but not to be printed as they are. */
static bool is_steering(const unsigned char *s, size_t n)
{
	if (n == 2)
		return (s[0] == 0xc2 && s[1] < 0xa0) ||
		       (s[0] == 0xd8 && s[1] == 0x9c);
	if (n != 3)
		return false;
	if (s[0] == 0xe2 && s[1] == 0x80)
		return (s[2] >= 0x8b && s[2] <= 0x8f) ||
		       (s[2] >= 0xa8 && s[2] <= 0xae);
	return (s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa0 && s[2] <= 0xaf) ||
	       (s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf);
}

/* Of two or three bytes. */
static void put_unicode(struct jsonw *j, const unsigned char *s, size_t n)
{
	unsigned int c = n == 2 ? (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu)
				: (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 |
				      (s[2] & 0x3fu);
	char text[12];

	snprintf(text, sizeof(text), "\\u%04x", c);
	puts_text(j, text);
}

void jsonw_stringn(struct jsonw *j, const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t from = 0, i = 0;

	separate(j);
	put(j, "\"", 1);
	while (i < len) {
		size_t n = utf8_length(p + i, len - i);
		bool special = n == 1 && (p[i] < 0x20 || p[i] == '"' ||
					     p[i] == '\\' || p[i] == 0x7f);

		if (n > 0 && !special && !is_steering(p + i, n)) {
			i += n;
			continue;
		}
		put(j, s + from, i - from);
		if (n > 1) {
			put_unicode(j, p + i, n);
			i += n - 1;
		} else if (special) {
			put_escaped(j, p[i]);
		} else {
			puts_text(j, "\xef\xbf\xbd");
		}
		from = ++i;
	}
	put(j, s + from, i - from);
	put(j, "\"", 1);
}

void jsonw_string(struct jsonw *j, const char *s)
{
	if (s == NULL)
		jsonw_null(j);
	else
		jsonw_stringn(j, s, strlen(s));
}

void jsonw_key(struct jsonw *j, const char *key)
{
	jsonw_string(j, key);
	put(j, ":", 1);
	j->after_key = true;
}

void jsonw_raw(struct jsonw *j, const char *text)
{
	separate(j);
	puts_text(j, text);
}

void jsonw_int(struct jsonw *j, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, v);
	jsonw_raw(j, text);
}

void jsonw_uint(struct jsonw *j, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, v);
	jsonw_raw(j, text);
}

void jsonw_bool(struct jsonw *j, bool v)
{
	jsonw_raw(j, v ? "true" : "false");
}

void jsonw_null(struct jsonw *j)
{
	jsonw_raw(j, "null");
}

void jsonw_hex(struct jsonw *j, const void *p, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = p;

	separate(j);
	put(j, "\"", 1);
	for (size_t i = 0; i < len; i++) {
		char pair[2] = {digits[b[i] >> 4], digits[b[i] & 15]};

		put(j, pair, 2);
	}
	put(j, "\"", 1);
}

void jsonw_kstring(struct jsonw *j, const char *key, const char *s)
{
	jsonw_key(j, key);
	jsonw_string(j, s);
}

void jsonw_kint(struct jsonw *j, const char *key, int64_t v)
{
	jsonw_key(j, key);
	jsonw_int(j, v);
}

void jsonw_kuint(struct jsonw *j, const char *key, uint64_t v)
{
	jsonw_key(j, key);
	jsonw_uint(j, v);
}

void jsonw_kbool(struct jsonw *j, const char *key, bool v)
{
	jsonw_key(j, key);
	jsonw_bool(j, v);
}

void jsonw_ktime(struct jsonw *j, const char *key, int64_t ts_us)
{
	char text[CLOCK_STRLEN];

	jsonw_key(j, key);
	if (ts_us == 0)
		jsonw_null(j);
	else
		jsonw_string(j, clock_format(ts_us, text));
}

void jsonw_newline(struct jsonw *j)
{
	put(j, "\n", 1);
}
