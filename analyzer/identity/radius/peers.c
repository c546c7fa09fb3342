/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/radius/peers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define WARN_EACH_US (60 * US_PER_S)

struct peer {
	struct radius_counts counts;
	int64_t warn_us; /* no warning before */
	uint64_t warned; /* so many had gone wrong then */
};
struct radius_peers {
	const char *file;
	struct radius_clients *clients;
	struct peer *v; /* by number */
	uint64_t unknown;
	int64_t unknown_warn_us;
};

struct radius_peers *radius_peers_new(
    const char *clients_file, char *err, size_t size)
{
	struct radius_peers *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		snprintf(err, size, "radius: out of memory");
		return NULL;
	}
	p->file = clients_file;
	if (radius_peers_reload(p, err, size) == 0)
		return p;
	radius_peers_free(p);
	return NULL;
}

void radius_peers_free(struct radius_peers *p)
{
	if (p == NULL)
		return;
	radius_clients_free(p->clients);
	free(p->v);
	free(p);
}

int radius_peers_reload(struct radius_peers *p, char *err, size_t size)
{
	struct radius_clients *c = radius_clients_load(p->file, err, size);
	struct peer *v;

	if (c == NULL)
		return -1;
	v = calloc(radius_clients_count(c), sizeof(*v));
	if (v == NULL) {
		snprintf(err, size, "radius: out of memory");
		radius_clients_free(c);
		return -1;
	}
	radius_clients_free(p->clients);
	free(p->v);
	p->clients = c;
	p->v = v;
	return 0;
}

int radius_peers_find(
    struct radius_peers *p, const struct addr *from, int64_t now_us)
{
	int i = radius_clients_find(p->clients, from);
	char text[ADDR_STRLEN];

	if (i >= 0)
		return i;
	p->unknown++;
	if (now_us < p->unknown_warn_us)
		return -1;
	p->unknown_warn_us = now_us + WARN_EACH_US;
	log_warn("radius",
	    "a packet of no client was dropped; add the NAS to %s if it is "
	    "ours from=%s in_all=%" PRIu64,
	    p->file, addr_format(from, text), p->unknown);
	return -1;
}

struct radius_secret radius_peers_secret(const struct radius_peers *p, int i)
{
	return radius_clients_secret(p->clients, i);
}

struct radius_counts *radius_peers_counts(struct radius_peers *p, int i)
{
	return &p->v[i].counts;
}

void radius_peers_warn(struct radius_peers *p, int i, const struct addr *from,
    int64_t now_us, const char *what)
{
	struct peer *k = &p->v[i];
	const struct radius_counts *c = &k->counts;
	uint64_t wrong = c->wrong_secret + c->malformed + c->over_long;
	char prefix[PREFIX_STRLEN], text[ADDR_STRLEN];

	if (now_us < k->warn_us)
		return;
	log_warn("radius", "%s client=%s from=%s since_last=%" PRIu64, what,
	    prefix_format(radius_clients_prefix(p->clients, i), prefix),
	    addr_format(from, text), wrong - k->warned);
	k->warned = wrong;
	k->warn_us = now_us + WARN_EACH_US;
}

void radius_peers_log(const struct radius_peers *p)
{
	char prefix[PREFIX_STRLEN];

	for (int i = 0; i < (int)radius_clients_count(p->clients); i++) {
		const struct radius_counts *c = &p->v[i].counts;

		if (c->received == 0)
			continue;
		log_info("radius",
		    "client=%s received=%" PRIu64 " answered=%" PRIu64
		    " duplicates=%" PRIu64 " wrong_secret=%" PRIu64
		    " malformed=%" PRIu64 " over_long=%" PRIu64
		    " other_code=%" PRIu64 " not_committed=%" PRIu64
		    " unsent=%" PRIu64 " no_customer=%" PRIu64
		    " no_target=%" PRIu64,
		    prefix_format(radius_clients_prefix(p->clients, i), prefix),
		    c->received, c->answered, c->duplicates, c->wrong_secret,
		    c->malformed, c->over_long, c->other_code, c->not_committed,
		    c->unsent, c->says[RADIUS_SAYS_NO_CUSTOMER],
		    c->says[RADIUS_SAYS_NO_TARGET]);
	}
}

_Static_assert(sizeof(struct radius_counts) % sizeof(uint64_t) == 0,
    "nothing but numbers");

void radius_peers_sum(const struct radius_peers *p, struct radius_counts *sum)
{
	uint64_t *to = (uint64_t *)(void *)sum;

	memset(sum, 0, sizeof(*sum));
	for (size_t i = 0; i < radius_clients_count(p->clients); i++) {
		const uint64_t *v = (const void *)&p->v[i].counts;

		for (size_t k = 0; k < sizeof(*sum) / sizeof(*v); k++)
			to[k] += v[k];
	}
}

uint64_t radius_peers_unknown(const struct radius_peers *p)
{
	return p->unknown;
}

const struct radius_counts *radius_peers_get(
    const struct radius_peers *p, size_t i, struct prefix *prefix)
{
	if (i >= radius_clients_count(p->clients))
		return NULL;
	*prefix = *radius_clients_prefix(p->clients, (int)i);
	return &p->v[i].counts;
}
