/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/out/address.h"

#include <string.h>

#define LOCAL_BYTES   64
#define LABEL_BYTES   63 /* RFC 1035 section 2.3.4 */
#define ADDRESS_BYTES 254

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"
/* RFC 5322 section 3.2.3 */
#define ATEXT LETTERS DIGITS "!#$%&'*+-/=?^_`{|}~"

/* How many of the n bytes are of the set, which has no NUL. */
static size_t span(const char *s, size_t n, const char *set)
{
	size_t i = 0;

	while (i < n && s[i] != '\0' && strchr(set, s[i]))
		i++;
	return i;
}

/* Atoms with a dot between each two. */
static bool is_dot_string(const char *s, size_t n)
{
	size_t i = span(s, n, ATEXT);

	while (i > 0 && i < n && s[i] == '.') {
		size_t more = span(s + i + 1, n - i - 1, ATEXT);

		if (more == 0)
			return false;
		i += 1 + more;
	}
	return n > 0 && n <= LOCAL_BYTES && s[0] != '-' && i == n;
}

static bool is_domain(const char *s, size_t n)
{
	for (;;) {
		size_t label = span(s, n, LETTERS DIGITS "-");

		if (label == 0 || label > LABEL_BYTES || s[0] == '-' ||
		    s[label - 1] == '-')
			return false;
		if (label == n)
			return true;
		if (s[label] != '.')
			return false;
		s += label + 1;
		n -= label + 1;
	}
}

bool address_part_ok(const char *s, size_t n)
{
	const char *at = memchr(s, '@', n);
	size_t local = at ? (size_t)(at - s) : 0;

	return at && n <= ADDRESS_BYTES && is_dot_string(s, local) &&
	       is_domain(at + 1, n - local - 1);
}

bool address_ok(const char *s)
{
	return address_part_ok(s, strlen(s));
}
