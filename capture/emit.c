/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/emit.h"

struct head {
	Sekisho__Record r;
	struct addr addr[2];
	uint32_t vlan[PACKET_VLANS_MAX];
	Sekisho__Outer outer;
};

static void set_time(struct emit *e, Sekisho__Record *r, int64_t now_us)
{
	if (now_us > e->last_us)
		e->last_us = now_us;
	r->ts_us = e->last_us;
	r->tier = (Sekisho__Tier)privacy_tier(e->privacy);
}

static void set_outer(struct head *h, const struct outer *o)
{
	if (o->tunnel == SEKISHO__TUNNEL__TUNNEL_NONE &&
	    o->pppoe_session == 0 && o->mpls_label == 0)
		return;
	sekisho__outer__init(&h->outer);
	h->outer.pppoe_session = o->pppoe_session;
	h->outer.mpls_label = o->mpls_label;
	h->outer.tunnel = (Sekisho__Tunnel)o->tunnel;
	h->outer.tunnel_id = o->tunnel_id;
	if (o->tunnel != SEKISHO__TUNNEL__TUNNEL_NONE) {
		h->outer.tunnel_addr.data = (uint8_t *)o->tunnel_addr.b;
		h->outer.tunnel_addr.len = sizeof(o->tunnel_addr.b);
	}
	h->r.outer = &h->outer;
}

static void head_set(
    struct head *h, struct emit *e, const struct flow *f, int64_t now_us)
{
	sekisho__record__init(&h->r);
	set_time(e, &h->r, now_us);
	h->r.flow_id = f->id;
	h->addr[0] = f->addr[0];
	h->addr[1] = f->addr[1];
	h->r.client_addr.data = h->addr[FLOW_CLIENT].b;
	h->r.client_addr.len = sizeof(h->addr[0].b);
	h->r.client_port = f->port[FLOW_CLIENT];
	h->r.server_addr.data = h->addr[FLOW_SERVER].b;
	h->r.server_addr.len = sizeof(h->addr[0].b);
	h->r.server_port = f->port[FLOW_SERVER];
	for (size_t i = 0; i < f->outer.n_vlan; i++)
		h->vlan[i] = f->outer.vlan[i];
	h->r.n_vlan = f->outer.n_vlan;
	h->r.vlan = h->vlan;
	set_outer(h, &f->outer);
}

void emit_attempt(struct emit *e, const struct flow *f,
    Sekisho__Outcome outcome, int64_t now_us)
{
	Sekisho__Attempt a = SEKISHO__ATTEMPT__INIT;
	struct head h;

	head_set(&h, e, f, now_us);
	a.start_us = f->start_us;
	a.outcome = outcome;
	a.syn_count = f->syn_count;
	h.r.body_case = SEKISHO__RECORD__BODY_ATTEMPT;
	h.r.attempt = &a;
	counter_add(e->counters, COUNTER_ATTEMPTS, 1);
	e->put(e->arg, &h.r);
}

void emit_transaction(struct emit *e, const struct flow *f,
    const struct smtp_transaction *t, int64_t now_us)
{
	struct head h;

	head_set(&h, e, f, now_us);
	counter_add(e->counters, COUNTER_TRANSACTIONS, 1);
	privacy_transaction(e->privacy, t, &h.r, e->put, e->arg);
}

static void set_dpi(Sekisho__Close *close, const struct dpi_answer *a,
    char *risks[static DPI_RISKS_MAX])
{
	close->dpi = (char *)a->name;
	close->dpi_risks = risks;
	for (unsigned int i = 0; i < DPI_RISKS_MAX; i++)
		if ((a->risks >> i & 1) != 0 && dpi_risk_name(i) != NULL)
			risks[close->n_dpi_risks++] = (char *)dpi_risk_name(i);
}

void emit_close(struct emit *e, const struct flow *f,
    const struct emit_close *c, int64_t now_us)
{
	Sekisho__Close close = SEKISHO__CLOSE__INIT;
	char *risks[DPI_RISKS_MAX];
	struct head h;

	head_set(&h, e, f, now_us);
	close.start_us = f->start_us;
	close.reason = c->reason;
	close.client_bytes = c->bytes[FLOW_CLIENT];
	close.server_bytes = c->bytes[FLOW_SERVER];
	close.client_packets = f->packets[FLOW_CLIENT];
	close.server_packets = f->packets[FLOW_SERVER];
	if (c->dpi != NULL)
		set_dpi(&close, c->dpi, risks);
	close.gaps = c->gaps;
	close.lost_bytes = c->lost_bytes;
	close.midstream = f->midstream;
	close.client_unseen = f->packets[FLOW_CLIENT] == 0;
	close.server_unseen = f->packets[FLOW_SERVER] == 0;
	counter_add(e->counters, COUNTER_CLOSES, 1);
	if (close.client_unseen || close.server_unseen)
		counter_add(e->counters, COUNTER_FLOWS_ONE_SIDED, 1);
	privacy_close(e->privacy, c->smtp, &close, &h.r, e->put, e->arg);
}

void emit_summary(struct emit *e, const struct addr *client,
    Sekisho__Summary *s, int64_t now_us)
{
	Sekisho__Record r = SEKISHO__RECORD__INIT;
	struct addr a = *client;

	set_time(e, &r, now_us);
	r.client_addr.data = a.b;
	r.client_addr.len = sizeof(a.b);
	r.body_case = SEKISHO__RECORD__BODY_SUMMARY;
	r.summary = s;
	counter_add(e->counters, COUNTER_SUMMARIES, 1);
	e->put(e->arg, &r);
}

static Sekisho__LeaseVerb lease_verb(enum radius_verb v)
{
	switch (v) {
	case RADIUS_BEGIN:
		return SEKISHO__LEASE_VERB__LEASE_BEGIN;
	case RADIUS_REFRESH:
		return SEKISHO__LEASE_VERB__LEASE_REFRESH;
	case RADIUS_END:
		return SEKISHO__LEASE_VERB__LEASE_END;
	case RADIUS_RESET:
		break;
	}
	return SEKISHO__LEASE_VERB__LEASE_RESET;
}

void emit_lease(struct emit *e, const struct radius_session *s, int64_t now_us)
{
	Sekisho__LeaseTarget target[RADIUS_TARGETS_MAX],
	    *list[RADIUS_TARGETS_MAX];
	Sekisho__Lease l = SEKISHO__LEASE__INIT;
	Sekisho__Record r = SEKISHO__RECORD__INIT;

	set_time(e, &r, now_us);
	l.verb = lease_verb(s->verb);
	l.at_us = s->at_us;
	l.nas = (char *)s->nas;
	l.session = (char *)s->session;
	l.customer = (char *)s->customer;
	l.line_class = (char *)s->line_class;
	for (int i = 0; i < s->n_targets; i++) {
		const struct radius_target *t = &s->targets[i];

		sekisho__lease_target__init(&target[i]);
		target[i].addr.data = (uint8_t *)t->prefix.addr.b;
		target[i].addr.len = sizeof(t->prefix.addr.b);
		target[i].length = t->prefix.len;
		target[i].first_port = t->first_port;
		target[i].last_port = t->last_port;
		list[i] = &target[i];
	}
	l.n_targets = (size_t)s->n_targets;
	l.targets = list;
	r.body_case = SEKISHO__RECORD__BODY_LEASE;
	r.lease = &l;
	e->put(e->arg, &r);
}

void emit_counters(struct emit *e, int64_t now_us)
{
	Sekisho__Counter value[COUNTER_COUNT], *list[COUNTER_COUNT];
	Sekisho__Counters all = SEKISHO__COUNTERS__INIT;
	Sekisho__Record r = SEKISHO__RECORD__INIT;

	set_time(e, &r, now_us);
	for (size_t i = 0; i < COUNTER_COUNT; i++) {
		sekisho__counter__init(&value[i]);
		value[i].name = (char *)counter_name((enum counter)i);
		value[i].value = e->counters->v[i];
		list[i] = &value[i];
	}
	all.n_counters = COUNTER_COUNT;
	all.counters = list;
	r.body_case = SEKISHO__RECORD__BODY_COUNTERS;
	r.counters = &all;
	e->put(e->arg, &r);
}
