/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the directory: how intervals stand in memory. */
#pragma once

#include "analyzer/identity/directory.h"
#include "analyzer/identity/holders.h"
#include "analyzer/identity/share.h"

#define SOURCES_MAX 32

/* An interval. Those of one whole prefix hang together, the newest first;
 * those of parts of its ports are in its share. Of millions, the one that is
 * looked for is in no cache: it has a line of it for itself, and no more. */
struct span {
	struct addr net;
	int64_t from_us, until_us;
	uint32_t holder;
	union {
		uint32_t older; /* of the same whole prefix */
		struct {
			uint16_t first_port, last_port;
		}; /* shared */
	};
	uint32_t next_held, prev_held;   /* of the same customer */
	uint32_t next_ended, prev_ended; /* of all, in the order of ending */
	uint32_t tag;
	uint8_t len, source, line_class;
	bool ended : 1, shared : 1;
};
_Static_assert(sizeof(struct span) == 64, "a line of the cache");

struct directory {
	struct slab spans;
	struct index by_net; /* whole prefixes: number of the newest */
	struct slab shares;
	struct index by_share;
	struct holders holders;
	uint64_t key[2];
	size_t n, n_len[2][129]; /* prefixes of each length; [1]: of IPv4 */
	uint64_t has_len[2][3];  /* a bit for each length that there is */
	uint32_t first_ended, last_ended;
	int64_t since_us;
	char sources[SOURCES_MAX][sizeof(((struct lease *)0)->source)];
	unsigned int n_sources;
	void (*dropped)(void *arg, uint32_t n, uint32_t tag);
	void *dropped_arg;
};

static inline struct span *at(const struct directory *d, uint32_t n)
{
	return slab_at(&d->spans, n);
}

static inline struct share *share_at(const struct directory *d, uint32_t n)
{
	return slab_at(&d->shares, n);
}

static inline bool is_shared(const struct span *s)
{
	return s->shared;
}

static inline struct prefix prefix_of(const struct span *s)
{
	return (struct prefix){s->net, s->len};
}

static inline struct target target_of(const struct span *s)
{
	if (!is_shared(s))
		return (struct target){prefix_of(s), 0, 0};
	return (struct target){prefix_of(s), s->first_port, s->last_port};
}

/* Where the number of the newest of a whole prefix stands, or that of the share
 * of a prefix; NULL: there is none. */
uint32_t *directory_newest(const struct directory *d, const struct prefix *p);
uint32_t *directory_share(const struct directory *d, const struct prefix *p);
