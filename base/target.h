/* SPDX-License-Identifier: Apache-2.0 */
/* What a decision is about and a lease gives: an address or prefix, or a part
 * of an address's source ports. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/jsonw.h"

/* An address or prefix, whole (both ports 0) or shared by source port (RFC
 * 6302). */
struct target {
	struct prefix prefix;
	uint16_t first_port, last_port;
};

#define TARGET_STRLEN (PREFIX_STRLEN + 12) /* with the NUL */

/* "192.0.2.7/32", "2001:db8::/56", "203.0.113.7#1024-2047". Returns buf. */
const char *target_format(
    const struct target *t, char buf[static TARGET_STRLEN]);
/* By address, length, ports. */
int target_compare(const struct target *t, const struct target *u);
/* "1024" or "1024-2047", 1 to 65535; 0, or -1. */
int ports_parse(const char *text, uint16_t *first, uint16_t *last);
/* By target_compare(). */
void targets_sort(struct target *v, size_t n);
/* The keys "targets" (whole addresses and prefixes) and, where there are
 * any, "port_sets" (the ranges of shared addresses). Sorted: the ranges of one
 * address stand together. */
void targets_write_json(struct jsonw *j, const struct target *v, size_t n);
/* "192.0.2.7/32 203.0.113.7#1024-2047", cut to whole ones with " ..." when
 * size is too small. Returns buf. */
const char *targets_format(
    const struct target *v, size_t n, char *buf, size_t size);
/* Some source address and port is in both. */
bool target_overlaps(const struct target *t, const struct target *u);
/* A part of the ports. */
static inline bool target_is_shared(const struct target *t)
{
	return t->last_port != 0;
}
