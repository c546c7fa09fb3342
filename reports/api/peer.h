/* SPDX-License-Identifier: Apache-2.0 */
/* The other ends of connections: what is awaited of each by when, and who
 * each is. Descriptors belong to whoever opened them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/addr.h"

struct peer {
	struct peer *next, *prev;
	int fd;
	int64_t deadline_ms;
};
struct peers {
	struct peer *first;
	size_t n;
};

/* Nothing is awaited of it yet. NULL: out of memory. */
struct peer *peers_add(struct peers *s, int fd);
void peers_remove(struct peers *s, struct peer *p);
/* Nothing is awaited: it is never cut off. */
void peer_leave(struct peer *p);
/* Cuts off those of whom something was awaited before now_ms. */
void peers_sweep(struct peers *s, int64_t now_ms);
/* Cuts off all. */
void peers_drop(struct peers *s);
/* Its address; all zero and local on a unix socket, then *uid is its user. */
void peer_who(const struct peer *p, struct addr *a, uid_t *uid, bool *local);
