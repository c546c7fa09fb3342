/* SPDX-License-Identifier: Apache-2.0 */
/* The foreign mail domains that the customers write to, the planted marks,
 * and the DNS that belongs to it all. Documentation ranges and names only. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/addr.h"
#include "tests/gen/pcapout.h"
#include "tests/gen/prng.h"
#include "tests/gen/shared.h"

#define WORLD_BEGIN_US INT64_C(1793577600000000) /* 2026-11-02 00:00 UTC */
#define WORLD_DESTS    208
#define WORLD_CARRIERS 6 /* two servers each of three domains */
#define WORLD_LIARS    8 /* domains that publish -all and are spoofed */
#define MARK_LEN       32

struct dest {
	char domain[48];
	char mx[64];
	struct addr v4, v6;
};
struct mark {
	const char *kind; /* body subject password local header */
	char *text;
};
struct world {
	uint64_t seed;
	enum shared_kind share; /* how shared_* share their address */
	struct pcapout out;
	struct dest dests[WORLD_DESTS];
	struct dest carriers[WORLD_CARRIERS];
	struct mark *marks;
	size_t n_marks, cap_marks;
};

void world_init(struct world *w, uint64_t seed);
void world_free(struct world *w);
/* Text that is right by construction. */
struct addr world_addr(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));
/* Registers a string that must never leave the capture agent. */
void world_add_mark(struct world *w, const char *kind, const char *text);
/* A new mark of one word. Returns buf. */
const char *world_mark(struct world *w, struct prng *rng, const char *kind,
    char buf[static MARK_LEN]);
/* The domain that publishes what makes i's mail provably spoofed. */
const char *world_liar(unsigned int i);
/* The DKIM key of a domain. */
void world_write_key(FILE *f, const char *domain);
/* The root zone's head and the records of everything foreign. */
void world_write_zone(const struct world *w, FILE *f);
void world_write_marks(const struct world *w, FILE *f);
