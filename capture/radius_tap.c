/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/radius_tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/radius_clients.h"

#define WAYS    4
#define BUCKETS (RADIUS_TAP_PENDING / WAYS)

/* The request, whichever way the packet goes. */
struct key {
	struct addr nas, server;
	uint16_t nas_port, server_port;
	uint8_t id;
};
struct pending {
	struct key key;
	int64_t ts_us; /* 0: free */
	uint8_t auth[RADIUS_AUTH_BYTES];
	struct radius_session session;
};
struct radius_tap {
	const struct conf *conf;
	struct counters *counters;
	struct radius_map map;
	struct radius_clock *clock;
	struct radius_auth *auth;       /* with clients */
	struct radius_clients *clients; /* NULL: no secrets */
	struct pending *pending;        /* NULL: nothing waits */
	struct radius_session session;  /* what the last packet said */
	uint8_t ports[8192];
};

static void count(struct radius_tap *t, enum counter c)
{
	counter_add(t->counters, c, 1);
}

/* --- requests that wait --------------------------------------------------- */

static bool is_same(const struct key *a, const struct key *b)
{
	return a->id == b->id && a->nas_port == b->nas_port &&
	       a->server_port == b->server_port &&
	       addr_equal(&a->nas, &b->nas) &&
	       addr_equal(&a->server, &b->server);
}

static struct pending *bucket(struct radius_tap *t, const struct key *k)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < sizeof(k->nas.b); i++)
		h = (h ^ k->nas.b[i]) * 16777619u;
	h = (h ^ k->nas_port) * 16777619u;
	h = (h ^ k->id) * 16777619u;
	return &t->pending[(h >> 8) % BUCKETS * WAYS];
}

static void wait_for_answer(
    struct radius_tap *t, const struct key *k, const struct packet *p)
{
	const uint8_t *auth = p->payload + 4;
	struct pending *v = bucket(t, k), *to = &v[0];

	for (int i = 0; i < WAYS; i++) {
		if (v[i].ts_us != 0 && is_same(&v[i].key, k)) {
			to = &v[i];
			break;
		}
		if (v[i].ts_us < to->ts_us)
			to = &v[i];
	}
	/* Sent again: it was true when it came first. */
	if (to->ts_us != 0 && is_same(&to->key, k) &&
	    memcmp(to->auth, auth, sizeof(to->auth)) == 0)
		return;
	if (to->ts_us != 0)
		count(t, COUNTER_RADIUS_UNCONFIRMED);
	to->key = *k;
	to->ts_us = p->ts_us > 0 ? p->ts_us : 1;
	memcpy(to->auth, auth, sizeof(to->auth));
	to->session = t->session;
}

static const struct radius_session *on_answer(
    struct radius_tap *t, const struct packet *p, uint8_t id)
{
	struct key k = {.nas = p->dst,
	    .server = p->src,
	    .nas_port = p->dport,
	    .server_port = p->sport,
	    .id = id};
	struct pending *v;

	if (t->pending == NULL)
		return NULL;
	v = bucket(t, &k);
	for (int i = 0; i < WAYS; i++) {
		if (v[i].ts_us == 0 || !is_same(&v[i].key, &k))
			continue;
		if (p->ts_us - v[i].ts_us > RADIUS_TAP_WAIT_US)
			break;
		v[i].ts_us = 0;
		t->session = v[i].session;
		count(t, COUNTER_RADIUS_LEASES);
		return &t->session;
	}
	return NULL;
}

/* --- packets -------------------------------------------------------------- */

/* Of an Accounting-Request. */
static bool is_true(
    struct radius_tap *t, const struct packet *p, const struct radius_packet *r)
{
	int i;

	if (t->clients == NULL)
		return true;
	i = radius_clients_find(t->clients, &p->src);
	if (i >= 0 && radius_request_is_true(
			  t->auth, r, radius_clients_secret(t->clients, i)))
		return true;
	count(t, COUNTER_RADIUS_WRONG_SECRET);
	return false;
}

static const struct radius_session *on_request(
    struct radius_tap *t, const struct packet *p, const struct radius_packet *r)
{
	struct key k = {.nas = p->src,
	    .server = p->dst,
	    .nas_port = p->sport,
	    .server_port = p->dport,
	    .id = r->id};
	enum radius_says says;

	count(t, COUNTER_RADIUS_REQUESTS);
	if (!is_true(t, p, r))
		return NULL;
	says = radius_session_read(
	    &t->session, r, &t->map, t->clock, p->ts_us, &p->src);
	if (says == RADIUS_SAYS_BROKEN) {
		count(t, COUNTER_RADIUS_MALFORMED);
		return NULL;
	}
	if (says != RADIUS_SAYS_SESSION) {
		count(t, COUNTER_RADIUS_NO_LEASE);
		return NULL;
	}
	if (t->pending != NULL) {
		wait_for_answer(t, &k, p);
		return NULL;
	}
	count(t, COUNTER_RADIUS_LEASES);
	return &t->session;
}

const struct radius_session *radius_tap_packet(
    struct radius_tap *t, const struct packet *p)
{
	const struct conf_prefixes *nas = &t->conf->radius_nas;
	struct radius_packet r;

	if (!prefix_any_contains(nas->v, nas->n, &p->src) &&
	    !prefix_any_contains(nas->v, nas->n, &p->dst)) {
		count(t, COUNTER_RADIUS_NOT_BELIEVED);
		return NULL;
	}
	if (radius_open(&r, p->payload, p->len) != RADIUS_OK) {
		count(t, COUNTER_RADIUS_MALFORMED);
		return NULL;
	}
	switch (r.code) {
	case RADIUS_ACCOUNTING_REQUEST:
		return on_request(t, p, &r);
	case RADIUS_ACCOUNTING_RESPONSE:
		return on_answer(t, p, r.id);
	default:
		count(t, COUNTER_RADIUS_OTHER);
		return NULL;
	}
}

/* --- start and end -------------------------------------------------------- */

const uint8_t *radius_tap_ports(const struct radius_tap *t)
{
	return t->ports;
}

void radius_tap_free(struct radius_tap *t)
{
	if (t == NULL)
		return;
	radius_clock_free(t->clock);
	radius_auth_free(t->auth);
	radius_clients_free(t->clients);
	free(t->pending);
	free(t);
}

struct radius_tap *radius_tap_new(
    const struct conf *c, struct counters *counters, char *err, size_t size)
{
	struct radius_tap *t = calloc(1, sizeof(*t));
	bool secrets = c->radius_clients_file != NULL;

	snprintf(err, size, "radius: out of memory");
	if (t == NULL)
		return NULL;
	t->conf = c;
	t->counters = counters;
	for (size_t i = 0; i < c->radius_ports.n; i++)
		t->ports[c->radius_ports.v[i] / 8] |=
		    (uint8_t)(1 << c->radius_ports.v[i] % 8);
	t->clock = radius_clock_new(
	    c->radius_clock_skew_s * US_PER_S, c->radius_correct_skew);
	if (t->clock == NULL)
		goto fail;
	if (secrets && (t->auth = radius_auth_new()) == NULL)
		goto fail;
	if (!secrets && c->radius_confirm &&
	    (t->pending = calloc(RADIUS_TAP_PENDING, sizeof(*t->pending))) ==
		NULL)
		goto fail;
	if (radius_map_set(&t->map, c, err, size) != 0)
		goto fail;
	if (secrets && (t->clients = radius_clients_load(
			    c->radius_clients_file, err, size)) == NULL)
		goto fail;
	return t;
fail:
	radius_tap_free(t);
	return NULL;
}
