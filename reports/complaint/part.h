/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of ARF and XARF share. Each takes a stranger's text into a
 * member of struct complaint, or leaves it empty. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "store/rows.h"

/* The domain of "Name <user@example.net>", "user@example.net" or
 * "example.net" in small letters; "" when it is none. */
void part_domain(const char *text, char domain[static ROW_DOMAIN_LEN]);
/* "192.0.2.7", "[192.0.2.7]", "IPv6:2001:db8::7". */
bool part_address(const char *text, struct addr *a);
/* 1 to 65535, and not 25: that is the server's. 0 else. */
uint16_t part_port(const char *text);
/* A word of small letters, digits, '-', '_' and '/' that fits. */
bool part_type(const char *text, char *type, size_t size);
/* The hash of a report's own number, and of what it is about where it has
 * none. */
void part_key(struct complaint *c, const char *number);
