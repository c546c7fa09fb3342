/* SPDX-License-Identifier: Apache-2.0 */
/* Fragments of IPv4 (RFC 791) and IPv6 (RFC 8200) until the datagram is
 * whole. In any order; what overlaps: the bytes that came first win in IPv4,
 * the whole datagram is refused in IPv6 (RFC 5722). Bounded bytes, pieces
 * and time; the oldest datagram goes first. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "capture/counters.h"

#define FRAG_TIMEOUT_US    INT64_C(30000000)
#define FRAG_PIECES_MAX    256
#define FRAG_DATAGRAMS_MAX 4096

struct frag_table;

/* What belongs together. context: the customer's VLANs or tunnel, whose
 * private addresses may be those of another one. */
struct frag_key {
	struct addr src, dst;
	uint64_t context;
	uint32_t id;
	uint8_t protocol;
	bool v6;
};

/* One fragment. head: the IP header, for v6 up to the fragment header. */
struct frag {
	uint32_t offset; /* bytes */
	bool more;
	const uint8_t *head;
	size_t head_len;
	const uint8_t *data;
	size_t len;
};

/* max_bytes: of all that waits. NULL: no memory. */
struct frag_table *frag_table_new(
    struct counters *c, size_t max_bytes, const uint8_t seed[16]);
void frag_table_free(struct frag_table *t);
/* The whole datagram, header of its first fragment and all data, borrowed
 * until the next call; *head_len of it are header. NULL: not yet, or
 * counted. */
uint8_t *frag_add(struct frag_table *t, const struct frag_key *key,
    const struct frag *f, int64_t now_us, size_t *len, size_t *head_len);
