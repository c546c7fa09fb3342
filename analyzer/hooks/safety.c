/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/safety.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/clock.h"
#include "base/log.h"

#define V4_BITS 96
#define MINUTE  (60 * US_PER_S)

struct allowed {
	char customer[ROW_ID_LEN];
	int64_t until_us; /* 0: without end */
	size_t n;
	struct target *v;
	UT_hash_handle hh;
};

struct safety {
	const struct conf *conf;
	struct allowed *allowed;
	int64_t n_blocked;
	/* of this minute */
	int64_t minute_us, n_minute;
};

struct safety *safety_new(const struct conf *conf)
{
	struct safety *s = calloc(1, sizeof(*s));

	if (s != NULL)
		s->conf = conf;
	return s;
}

static void *must(void *p)
{
	if (p == NULL)
		log_fatal("hooks", "no memory is left; give the machine more");
	return p;
}

static void drop(struct safety *s, struct allowed *a)
{
	HASH_DEL(s->allowed, a);
	free(a->v);
	free(a);
}

void safety_free(struct safety *s)
{
	struct allowed *a, *next;

	if (s == NULL)
		return;
	a = s->allowed; /* the list outlives the table */
	HASH_CLEAR(hh, s->allowed);
	for (; a != NULL; a = next) {
		next = a->hh.next;
		free(a->v);
		free(a);
	}
	free(s);
}

bool safety_note(struct safety *s, const struct decision *d)
{
	bool allow = d->action == ACTION_ALLOW && d->cause == CAUSE_MANUAL;
	struct allowed *a;

	HASH_FIND_STR(s->allowed, d->customer, a);
	if (a == NULL && !allow)
		return false;
	if (a != NULL)
		drop(s, a);
	if (!allow)
		return true;
	a = must(calloc(1, sizeof(*a)));
	a->v = must(calloc((size_t)d->n_targets + 1, sizeof(*a->v)));
	snprintf(a->customer, sizeof(a->customer), "%s", d->customer);
	a->until_us = d->until_us;
	a->n = (size_t)d->n_targets;
	memcpy(a->v, d->targets, a->n * sizeof(*a->v));
	HASH_ADD_STR(s->allowed, customer, a);
	return true;
}

/* --- targets -------------------------------------------------------- */

static bool within(const struct prefix *p, const struct prefix *whole)
{
	return whole->len <= p->len && prefix_contains(whole, &p->addr);
}

static bool within_any(const struct prefix *p, const struct conf_prefixes *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (within(p, &l->v[i]))
			return true;
	return false;
}

/* Shared addresses need not be in own_networks: those that a formula gives
 * out are ours. */
static bool is_shared_own(const struct conf *c, const struct prefix *p)
{
	for (size_t i = 0; i < c->n_cgn; i++)
		if (p->len == 128 &&
		    addr_compare(&p->addr, &c->cgn[i].outside_first) >= 0 &&
		    addr_compare(&p->addr, &c->cgn[i].outside_last) <= 0)
			return true;
	for (size_t i = 0; i < c->n_map_e; i++)
		if (within(p, &c->map_e[i].v4) || within(p, &c->map_e[i].v6))
			return true;
	return false;
}

static bool overlaps_any(const struct prefix *p, const struct conf_prefixes *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (prefix_overlaps(p, &l->v[i]))
			return true;
	return false;
}

static const struct allowed *allowed_inside(const struct safety *s,
    const char *customer, const struct target *t, int64_t now_us)
{
	for (const struct allowed *a = s->allowed; a != NULL; a = a->hh.next) {
		if (strcmp(a->customer, customer) == 0 ||
		    (a->until_us != 0 && a->until_us <= now_us))
			continue;
		for (size_t i = 0; i < a->n; i++)
			if (target_overlaps(&a->v[i], t))
				return a;
	}
	return NULL;
}

static const char *static_reason(const struct conf *c, const struct prefix *p)
{
	bool v4 = addr_is_v4(&p->addr) && p->len >= V4_BITS;

	if (v4 ? p->len < V4_BITS + c->widest_ipv4 : p->len < c->widest_ipv6)
		return "is wider than the limit (enforcement { widest_ipv4, "
		       "widest_ipv6 })";
	if (c->own_networks.n > 0 && !within_any(p, &c->own_networks) &&
	    !is_shared_own(c, p))
		return "is outside of own_networks";
	if (overlaps_any(p, &c->own_servers) ||
	    overlaps_any(p, &c->server_egress))
		return "holds an own mail server";
	if (overlaps_any(p, &c->never_block))
		return "holds a prefix of enforcement { never_block }";
	return NULL;
}

bool safety_refuses(const struct safety *s, const char *customer,
    const struct target *v, size_t n, int64_t now_us,
    char why[static SAFETY_WHY_BYTES])
{
	char text[TARGET_STRLEN];

	for (size_t i = 0; i < n; i++) {
		const char *reason = static_reason(s->conf, &v[i].prefix);
		const struct allowed *a;

		if (reason != NULL) {
			snprintf(why, SAFETY_WHY_BYTES, "refused: %s %s",
			    target_format(&v[i], text), reason);
			return true;
		}
		a = allowed_inside(s, customer, &v[i], now_us);
		if (a != NULL) {
			snprintf(why, SAFETY_WHY_BYTES,
			    "refused: %s holds an address of %s, who is "
			    "allowed by hand",
			    target_format(&v[i], text), a->customer);
			return true;
		}
	}
	return false;
}

/* --- caps ----------------------------------------------------------- */

void safety_take(struct safety *s)
{
	s->n_blocked++;
}

void safety_leave(struct safety *s)
{
	s->n_blocked--;
}

int64_t safety_admit(struct safety *s, bool by_hand, int64_t now_us)
{
	int64_t per_minute = s->conf->max_blocks_per_minute;
	int64_t total = s->conf->max_blocks;

	/* Also when the clock was put back. */
	if (now_us >= s->minute_us + MINUTE || now_us < s->minute_us) {
		s->minute_us = now_us;
		s->n_minute = 0;
	}
	if (!by_hand && per_minute > 0 && s->n_minute >= per_minute)
		return s->minute_us + MINUTE - now_us;
	if (!by_hand && total > 0 && s->n_blocked >= total)
		return 5 * US_PER_S;
	s->n_minute++;
	s->n_blocked++;
	return 0;
}
