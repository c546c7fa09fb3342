/* SPDX-License-Identifier: Apache-2.0 */
/* Households behind one public address, each with ports of its own: fixed
 * blocks of a CGN, or MAP-E (RFC 7597). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SHARED_ADDR "198.51.100.253"

enum shared_kind {
	SHARED_NONE,
	SHARED_CGN,
	SHARED_MAP_E,
};

/* SHARED_NONE: there is no such kind. */
enum shared_kind shared_kind_parse(const char *name);
/* The k-th port of a household 0 .. 63; it has 240 before they come again. */
uint16_t shared_port(enum shared_kind kind, int home, uint32_t k);
/* Its entry in the list of subscribers. Returns buf. */
const char *shared_inside(
    enum shared_kind kind, int home, char *buf, size_t size);
/* The line of the configuration's section network. */
const char *shared_conf(enum shared_kind kind);
