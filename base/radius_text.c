/* SPDX-License-Identifier: Apache-2.0 */
#include "base/radius_text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Bytes of the character at v (RFC 3629); 0: none. */
static size_t character(const uint8_t *v, size_t n)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = v[0] < 0x80                   ? 1
		     : v[0] >= 0xc2 && v[0] < 0xe0 ? 2
		     : (v[0] & 0xf0) == 0xe0       ? 3
		     : v[0] >= 0xf0 && v[0] < 0xf5 ? 4
						   : 0;
	uint32_t c = v[0];

	if (len < 2)
		return len;
	if (len > n)
		return 0;
	c &= 0x7fu >> len;
	for (size_t i = 1; i < len; i++) {
		if ((v[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (v[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ||
	    (c >= 0x80 && c < 0xa0))
		return 0;
	return len;
}

/* least: the first byte that is allowed. */
static bool is_text(const uint8_t *v, size_t n, uint8_t least)
{
	for (size_t i = 0; i < n;) {
		size_t len = character(v + i, n - i);

		if (len == 0 || v[i] < least || v[i] == 0x7f)
			return false;
		i += len;
	}
	return n > 0;
}

static size_t without_nul(const uint8_t *v, size_t n)
{
	return n > 0 && v[n - 1] == '\0' ? n - 1 : n;
}

bool radius_text_id(char out[static RADIUS_ID_LEN], const uint8_t *v, size_t n)
{
	n = without_nul(v, n);
	if (n >= RADIUS_ID_LEN || !is_text(v, n, ' ' + 1)) {
		out[0] = '\0';
		return false;
	}
	memcpy(out, v, n);
	out[n] = '\0';
	return true;
}

static bool has_realm(const char *realms, const uint8_t *v, size_t n)
{
	while (*realms != '\0') {
		size_t len = strcspn(realms, " ");

		if (len == 1 && *realms == '*')
			return true;
		if (len == n && len > 0 &&
		    strncasecmp(realms, (const char *)v, n) == 0)
			return true;
		realms += len + strspn(realms + len, " ");
	}
	return false;
}

bool radius_text_customer(char out[static RADIUS_ID_LEN], const uint8_t *v,
    size_t n, const char *realms)
{
	const uint8_t *at;

	n = without_nul(v, n);
	at = n > 0 ? memrchr(v, '@', n) : NULL;
	if (at != NULL && has_realm(realms, at + 1, n - (size_t)(at - v) - 1))
		n = (size_t)(at - v);
	return radius_text_id(out, v, n);
}

bool radius_text_word(
    char out[static RADIUS_ID_LEN], const uint8_t *v, size_t n)
{
	if (radius_text_id(out, v, n) &&
	    out[strspn(out,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-")] == '\0')
		return true;
	out[0] = '\0';
	return false;
}

bool radius_text_session(
    char out[static RADIUS_SESSION_LEN], const uint8_t *v, size_t n)
{
	out[0] = '\0';
	n = without_nul(v, n);
	if (is_text(v, n, ' ') && n < RADIUS_SESSION_LEN) {
		memcpy(out, v, n);
		out[n] = '\0';
		return true;
	}
	if (n == 0 || 2 * n + 3 > RADIUS_SESSION_LEN)
		return false;
	memcpy(out, "0x", 3);
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 + 2 * i, 3, "%02x", v[i]);
	return true;
}
