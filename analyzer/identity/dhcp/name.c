/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/dhcp/name.h"

#include <stdio.h>
#include <string.h>

bool name_of_text(
    char out[static ROW_ID_LEN], const char *text, size_t n, bool small)
{
	out[0] = '\0';
	if (n == 0 || n >= ROW_ID_LEN)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 127)
			return false;
	memcpy(out, text, n);
	out[n] = '\0';
	for (size_t i = 0; small && i < n; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] + ('a' - 'A'));
	return true;
}

bool name_of_hardware(char out[static ROW_ID_LEN], const uint8_t *v, size_t n)
{
	out[0] = '\0';
	if (n == 0 || n * 3 > ROW_ID_LEN)
		return false;
	for (size_t i = 0; i < n; i++)
		snprintf(out + 3 * i, 4, "%02x%s", v[i], i + 1 < n ? ":" : "");
	return true;
}

bool name_of_bytes(char out[static ROW_ID_LEN], const uint8_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] <= ' ' || v[i] >= 127)
			return name_of_hardware(out, v, n);
	return name_of_text(out, (const char *)v, n, false);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One byte of one or two digits; dhcpd leaves a 0 out before a colon. */
static int take_byte(const char **s, const char *end, bool colons)
{
	int v = digit(**s);

	if (v < 0)
		return -1;
	(*s)++;
	if (*s < end && digit(**s) >= 0) {
		v = v * 16 + digit(**s);
		(*s)++;
	} else if (!colons) {
		return -1;
	}
	return v;
}

int name_hex(uint8_t *out, size_t size, const char *text, size_t n)
{
	const char *s = text, *end = text + n;
	bool colons = memchr(text, ':', n) != NULL;
	size_t len = 0;

	if (n > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	while (s < end) {
		int v = take_byte(&s, end, colons);

		if (v < 0 || len == size)
			return -1;
		out[len++] = (uint8_t)v;
		if (s == end)
			break;
		if (colons && (*s++ != ':' || s == end))
			return -1;
	}
	return len > 0 ? (int)len : -1;
}
