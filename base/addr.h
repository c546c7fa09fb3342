/* SPDX-License-Identifier: Apache-2.0 */
/* Internet addresses and prefixes: 16 bytes, IPv4 as ::ffff:a.b.c.d. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ADDR_STRLEN   46 /* with the NUL */
#define PREFIX_STRLEN 50 /* with the NUL */

struct addr {
	uint8_t b[16];
};

/* len counts bits of the 128-bit form: an IPv4 /24 has len 120. */
struct prefix {
	struct addr addr;
	uint8_t len;
};

struct addr addr_from_v4(const uint8_t b[4]);
struct addr addr_from_v6(const uint8_t b[16]);
bool addr_is_v4(const struct addr *a);
/* An IPv4 address as a number, and back. */
uint32_t addr_v4_number(const struct addr *a);
struct addr addr_from_v4_number(uint32_t n);
/* 0, or -1 when text is no IPv4 or IPv6 address. */
int addr_parse(struct addr *a, const char *text);
/* Canonical text (RFC 5952; dotted quad for IPv4). Returns buf. */
const char *addr_format(const struct addr *a, char buf[static ADDR_STRLEN]);
/* memcmp order */
int addr_compare(const struct addr *a, const struct addr *b);
static inline bool addr_equal(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}
/* RFC 1918, RFC 6598, RFC 4193, loopback, link-local, unspecified: an
 * address that a foreign mail server can never have seen. */
bool addr_is_private(const struct addr *a);
/* Unspecified or loopback. */
bool addr_is_null(const struct addr *a);

/* "192.0.2.0/24", "2001:db8::/32" or a single address. 0; -1 no prefix;
 * -2 bits set behind the length. */
int prefix_parse(struct prefix *p, const char *text);
/* A full-length prefix prints as /32 or /128. Returns buf. */
const char *prefix_format(
    const struct prefix *p, char buf[static PREFIX_STRLEN]);
bool prefix_contains(const struct prefix *p, const struct addr *a);
/* One of the n does. */
bool prefix_any_contains(
    const struct prefix *v, size_t n, const struct addr *a);
bool prefix_overlaps(const struct prefix *p, const struct prefix *q);
/* First and last address. */
struct addr prefix_first(const struct prefix *p);
struct addr prefix_last(const struct prefix *p);
