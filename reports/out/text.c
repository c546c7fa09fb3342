/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/out/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The character at s and its bytes; 0 bytes: no UTF-8 (RFC 3629). */
static size_t decode(const unsigned char *s, uint32_t *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n;

	if (s[0] < 0x80) {
		*c = s[0];
		return 1;
	}
	n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 0;
	if (n == 0 || s[0] >= 0xf8)
		return 0;
	*c = s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

static bool is_safe(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return false;
	return !((c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
		 (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x061c);
}

const char *text_safe(const char *s, char *buf, size_t size)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t at = 0;

	while (*p != '\0') {
		uint32_t c = 0;
		size_t n = decode(p, &c);

		if (n > 0 && is_safe(c)) {
			if (at + n >= size)
				break;
			memcpy(buf + at, p, n);
			at += n;
			p += n;
			continue;
		}
		for (n = n > 0 ? n : 1; n > 0 && at + 4 < size; n--) {
			snprintf(buf + at, size - at, "\\x%02x", *p++);
			at += 4;
		}
		if (n > 0)
			break;
	}
	if (size > 0)
		buf[at] = '\0';
	return buf;
}

char *text_safe_dup(const char *s)
{
	size_t size = 4 * strlen(s) + 1;
	char *buf = malloc(size);

	if (buf)
		text_safe(s, buf, size);
	return buf;
}

const char *text_grouped(int64_t n, char buf[static 32])
{
	char digits[24];
	size_t len, at = 0;

	snprintf(digits, sizeof(digits), "%" PRIu64,
	    n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
	len = strlen(digits);
	if (n < 0)
		buf[at++] = '-';
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf[at++] = ',';
		buf[at++] = digits[i];
	}
	buf[at] = '\0';
	return buf;
}

const char *text_milli(int64_t milli, char buf[static 32])
{
	int64_t whole = milli / 1000, rest = milli % 1000;

	snprintf(buf, 32, "%s%" PRId64 ".%03d", milli < 0 ? "-" : "",
	    whole < 0 ? -whole : whole, abs((int)rest));
	return buf;
}
