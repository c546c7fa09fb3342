/* SPDX-License-Identifier: Apache-2.0 */
#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct addr addr_from_v4(const uint8_t b[4])
{
	struct addr a;

	memcpy(a.b, mapped, 12);
	memcpy(a.b + 12, b, 4);
	return a;
}

struct addr addr_from_v6(const uint8_t b[16])
{
	struct addr a;

	memcpy(a.b, b, 16);
	return a;
}

bool addr_is_v4(const struct addr *a)
{
	return memcmp(a->b, mapped, 12) == 0;
}

uint32_t addr_v4_number(const struct addr *a)
{
	return (uint32_t)a->b[12] << 24 | (uint32_t)a->b[13] << 16 |
	       (uint32_t)a->b[14] << 8 | a->b[15];
}

struct addr addr_from_v4_number(uint32_t n)
{
	uint8_t b[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
	    (uint8_t)(n >> 8), (uint8_t)n};

	return addr_from_v4(b);
}

int addr_parse(struct addr *a, const char *text)
{
	uint8_t v4[4], v6[16];

	if (inet_pton(AF_INET, text, v4) == 1) {
		*a = addr_from_v4(v4);
		return 0;
	}
	if (inet_pton(AF_INET6, text, v6) == 1) {
		*a = addr_from_v6(v6);
		return 0;
	}
	return -1;
}

/* The longest run of at least two zero groups, the first of equals. */
static int zero_run(const unsigned int g[8], int *run_len)
{
	int best = -1, best_len = 1;

	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && g[i + n] == 0)
			n++;
		if (n > best_len) {
			best = i;
			best_len = n;
		}
		i += n;
	}
	*run_len = best < 0 ? 0 : best_len;
	return best;
}

const char *addr_format(const struct addr *a, char buf[static ADDR_STRLEN])
{
	unsigned int g[8];
	int run, run_len, n = 0;

	if (addr_is_v4(a)) {
		snprintf(buf, ADDR_STRLEN, "%u.%u.%u.%u", a->b[12], a->b[13],
		    a->b[14], a->b[15]);
		return buf;
	}
	for (int i = 0; i < 8; i++)
		g[i] = (unsigned int)a->b[2 * i] << 8 | a->b[2 * i + 1];
	run = zero_run(g, &run_len);
	buf[0] = '\0';
	for (int i = 0; i < 8; i++) {
		if (i == run) {
			n += snprintf(buf + n, ADDR_STRLEN - n, "::");
			i += run_len - 1;
			continue;
		}
		n += snprintf(buf + n, ADDR_STRLEN - n, "%s%x",
		    i == 0 || i == run + run_len ? "" : ":", g[i]);
	}
	return buf;
}

int addr_compare(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

static bool v4_is_private(const uint8_t *b)
{
	return b[0] == 0 || b[0] == 10 || b[0] == 127 ||
	       (b[0] == 100 && (b[1] & 0xc0) == 64) ||
	       (b[0] == 169 && b[1] == 254) ||
	       (b[0] == 172 && (b[1] & 0xf0) == 16) ||
	       (b[0] == 192 && b[1] == 168);
}

bool addr_is_private(const struct addr *a)
{
	if (addr_is_v4(a))
		return v4_is_private(a->b + 12);
	return addr_is_null(a) || (a->b[0] & 0xfe) == 0xfc ||
	       (a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80);
}

bool addr_is_null(const struct addr *a)
{
	static const uint8_t zero[15];

	if (addr_is_v4(a))
		return a->b[12] == 127 || memcmp(a->b + 12, zero, 4) == 0;
	return memcmp(a->b, zero, 15) == 0 && a->b[15] <= 1;
}

/* Bits of the address behind the length: cleared or set. */
static struct addr masked(const struct prefix *p, bool ones)
{
	struct addr a = p->addr;

	for (int i = p->len / 8; i < 16; i++) {
		uint8_t host = i == p->len / 8 ? 0xff >> (p->len % 8) : 0xff;

		a.b[i] = ones ? a.b[i] | host : a.b[i] & (uint8_t)~host;
	}
	return a;
}

/* One to three digits, no sign, no leading zero. */
static int length_parse(const char *s)
{
	int n = 0, i;

	for (i = 0; s[i] >= '0' && s[i] <= '9' && i < 3; i++)
		n = n * 10 + (s[i] - '0');
	if (i == 0 || s[i] != '\0' || (s[0] == '0' && i > 1))
		return -1;
	return n;
}

int prefix_parse(struct prefix *p, const char *text)
{
	char head[ADDR_STRLEN];
	const char *slash = strchr(text, '/');
	size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);
	struct prefix q = {.len = 128};
	struct addr first;
	int len, base;

	if (n >= sizeof(head))
		return -1;
	memcpy(head, text, n);
	head[n] = '\0';
	if (addr_parse(&q.addr, head) != 0)
		return -1;
	if (slash != NULL) {
		/* "::ffff:192.0.2.0/120" counts in 128 bits. */
		base = strchr(head, ':') == NULL ? 96 : 0;
		len = length_parse(slash + 1);
		if (len < 0 || len + base > 128)
			return -1;
		q.len = (uint8_t)(len + base);
	}
	first = masked(&q, false);
	if (!addr_equal(&first, &q.addr))
		return -2;
	*p = q;
	return 0;
}

const char *prefix_format(
    const struct prefix *p, char buf[static PREFIX_STRLEN])
{
	char text[ADDR_STRLEN];
	int base = addr_is_v4(&p->addr) && p->len >= 96 ? 96 : 0;

	snprintf(buf, PREFIX_STRLEN, "%s/%d", addr_format(&p->addr, text),
	    p->len - base);
	return buf;
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
	int whole = p->len / 8, rest = p->len % 8;

	if (memcmp(p->addr.b, a->b, whole) != 0)
		return false;
	return rest == 0 ||
	       ((p->addr.b[whole] ^ a->b[whole]) >> (8 - rest)) == 0;
}

bool prefix_any_contains(const struct prefix *v, size_t n, const struct addr *a)
{
	for (size_t i = 0; i < n; i++)
		if (prefix_contains(&v[i], a))
			return true;
	return false;
}

bool prefix_overlaps(const struct prefix *p, const struct prefix *q)
{
	return p->len <= q->len ? prefix_contains(p, &q->addr)
				: prefix_contains(q, &p->addr);
}

struct addr prefix_first(const struct prefix *p)
{
	return masked(p, false);
}

struct addr prefix_last(const struct prefix *p)
{
	return masked(p, true);
}
