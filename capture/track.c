/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/track.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/clock.h"
#include "capture/attempts.h"
#include "capture/conn.h"
#include "capture/handshake.h"

/* Longer than late packets of an ended connection come (RFC 9293: 2 MSL is
 * four minutes, but retransmissions end earlier): else they would look like
 * a new one whose SYN was not seen. */
#define LINGER_US (60 * US_PER_S)
/* Two mirrors show a packet twice within this; no TCP sends a SYN again so
 * soon (RFC 6298: a second). */
#define MIRROR_US 20000
/* A time stamp outside of 1970..2100 is garbage. */
#define TIME_MAX_US INT64_C(4102444800000000)

struct track {
	const struct conf *conf;
	struct counters *counters;
	void (*refresh)(void *arg);
	void *refresh_arg;
	struct emit emit;
	struct reasm_budget budget;
	struct conn_smtp_budget smtp_budget;
	struct conn_env env;
	struct radius_tap *radius;
	struct flow_table *flows;
	struct attempts attempts;
	uint8_t watched[65536 / 8];
	int64_t clock_us; /* of the packet that came last */
	int64_t first_us, now_us, counters_due_us;
	uint32_t hash; /* of the packet in work */
	bool ended;
};

static void watch_ports(struct track *t, const struct conf_ports *ports)
{
	for (size_t i = 0; i < ports->n; i++)
		t->watched[ports->v[i] / 8] |= (uint8_t)(1 << ports->v[i] % 8);
}

static bool is_watched(const struct track *t, uint16_t port)
{
	return (t->watched[port / 8] >> port % 8 & 1) != 0;
}

struct track *track_new(const struct track_setup *setup)
{
	struct track *t = calloc(1, sizeof(*t));
	int64_t timeout_us[FLOW_LISTS];
	static const uint8_t known[16];
	uint8_t seed[16] = {0};

	if (t == NULL)
		return NULL;
	if (getrandom(seed, sizeof(seed), 0) != sizeof(seed)) {
		free(t);
		return NULL;
	}
	timeout_us[FLOW_SYN] = setup->conf->syn_timeout_s * US_PER_S;
	timeout_us[FLOW_OPEN] = setup->conf->idle_s * US_PER_S;
	timeout_us[FLOW_CLOSED] = LINGER_US;
	t->flows =
	    flow_table_new((size_t)setup->conf->max_flows, seed, timeout_us);
	t->emit.counters = setup->counters;
	if (t->flows == NULL ||
	    attempts_init(&t->attempts, setup->conf, &t->emit,
		setup->repeatable ? known : seed) != 0) {
		track_free(t);
		return NULL;
	}
	t->conf = setup->conf;
	t->counters = setup->counters;
	t->refresh = setup->refresh;
	t->refresh_arg = setup->arg;
	t->emit.privacy = setup->privacy;
	t->emit.put = setup->put;
	t->emit.arg = setup->arg;
	t->budget.stream_bytes = (size_t)setup->conf->reorder_bytes;
	t->budget.total_bytes = (size_t)setup->conf->reorder_total_bytes;
	t->budget.counters = setup->counters;
	t->env.emit = &t->emit;
	t->env.budget = &t->budget;
	t->smtp_budget.total_bytes = (size_t)setup->conf->smtp_bytes;
	t->env.smtp = &t->smtp_budget;
	t->env.dpi = setup->dpi;
	t->radius = setup->radius;
	/* What the tier would drop is not worked out. */
	t->env.dkim = privacy_tier(setup->privacy) == PRIVACY_DOMAINS;
	t->env.rcpts = privacy_tier(setup->privacy) != PRIVACY_FLOW;
	watch_ports(t, &setup->conf->ports);
	return t;
}

static void forget(struct track *t, struct flow *f)
{
	conn_free(f->conn);
	f->conn = NULL;
	flow_remove(t->flows, f);
}

void track_free(struct track *t)
{
	struct flow *f;

	if (t == NULL)
		return;
	while (t->flows != NULL && (f = flow_next(t->flows)) != NULL)
		forget(t, f);
	flow_table_free(t->flows);
	attempts_clear(&t->attempts);
	free(t);
}

const uint8_t *track_ports(const struct track *t)
{
	return t->watched;
}

int64_t track_clock(struct track *t, int64_t ts_us)
{
	/* Time may have gone on without packets, or for those that wait. */
	if (t->clock_us < t->now_us)
		t->clock_us = t->now_us;
	if (ts_us < 0 || ts_us > TIME_MAX_US) {
		counter_add(t->counters, COUNTER_TIME_GARBAGE, 1);
		return t->clock_us;
	}
	if (ts_us < t->clock_us) {
		counter_add(t->counters, COUNTER_TIME_BACKWARDS, 1);
		return t->clock_us;
	}
	if (t->first_us == 0)
		t->first_us = ts_us;
	t->clock_us = ts_us;
	return ts_us;
}

void track_times(const struct track *t, int64_t *first_us, int64_t *last_us)
{
	*first_us = t->first_us;
	*last_us = t->now_us;
}

/* --- the end of a flow ---------------------------------------------------- */

/* Reports what there is to report; the flow stays, without its conn. */
static void report_end(struct track *t, struct flow *f,
    Sekisho__CloseReason reason, int64_t now_us)
{
	static const struct smtp_summary nothing;

	/* Evicted: nobody knows what would have come. */
	if (f->attempt == FLOW_ATTEMPT_PENDING)
		attempts_failed(&t->attempts, f,
		    reason == SEKISHO__CLOSE_REASON__CLOSE_EVICTED
			? SEKISHO__OUTCOME__OUTCOME_NONE
			: handshake_failure(f, false),
		    now_us);
	if (f->list != FLOW_OPEN)
		return;
	if (f->conn != NULL) {
		conn_end(f->conn, reason, now_us);
		conn_free(f->conn);
		f->conn = NULL;
	} else if (f->established) {
		struct emit_close c = {.reason = reason, .smtp = &nothing};

		emit_close(&t->emit, f, &c, now_us);
	}
}

static void close_flow(struct track *t, struct flow *f,
    Sekisho__CloseReason reason, int64_t now_us)
{
	report_end(t, f, reason, now_us);
	flow_touch(t->flows, f, FLOW_CLOSED, now_us);
}

/* What ends it when no packet does. */
static Sekisho__CloseReason quiet_reason(
    const struct flow *f, Sekisho__CloseReason reason)
{
	bool client = f->fin[FLOW_CLIENT] || f->packets[FLOW_CLIENT] == 0;
	bool server = f->fin[FLOW_SERVER] || f->packets[FLOW_SERVER] == 0;

	return client && server ? SEKISHO__CLOSE_REASON__CLOSE_FIN : reason;
}

/* Ends come in the order of the times at which they were due, and carry
 * them: so they depend on the traffic, not on when the next packet came. */
bool track_expire_one(struct track *t, int64_t now_us)
{
	struct flow *f;
	int64_t due_us;

	if (now_us > TIME_MAX_US)
		return false;
	f = flow_next_due(t->flows, now_us);
	if (f == NULL)
		return false;
	due_us = flow_due_us(t->flows, f);
	report_end(
	    t, f, quiet_reason(f, SEKISHO__CLOSE_REASON__CLOSE_IDLE), due_us);
	forget(t, f);
	return true;
}

bool track_end_one(struct track *t)
{
	struct flow *f = flow_next(t->flows);

	if (f != NULL) {
		report_end(t, f,
		    quiet_reason(f, SEKISHO__CLOSE_REASON__CLOSE_END),
		    t->now_us);
		forget(t, f);
		return true;
	}
	if (!t->ended) {
		t->ended = true;
		attempts_end(&t->attempts, t->now_us);
		counter_set(t->counters, COUNTER_FLOWS_OPEN, 0);
		if (t->refresh != NULL)
			t->refresh(t->refresh_arg);
		emit_counters(&t->emit, t->now_us);
	}
	return false;
}

/* --- new flows ------------------------------------------------------------ */

static struct flow *new_flow(
    struct track *t, const struct packet *p, bool client_is_src)
{
	struct flow *f;

	if (flow_table_is_full(t->flows)) {
		struct flow *v = flow_victim(t->flows);

		if (v->list != FLOW_CLOSED)
			counter_add(t->counters, COUNTER_FLOWS_EVICTED, 1);
		report_end(
		    t, v, SEKISHO__CLOSE_REASON__CLOSE_EVICTED, t->now_us);
		forget(t, v);
	}
	f = flow_add(t->flows, p, t->hash, client_is_src, t->now_us);
	if (f == NULL) {
		counter_add(t->counters, COUNTER_NO_MEMORY, 1);
		return NULL;
	}
	counter_add(t->counters, COUNTER_FLOWS, 1);
	f->outer = p->outer;
	if (!client_is_src) {
		f->outer.tunnel_addr = p->tunnel_dst;
		f->outer.tunnel_id = 0;
	}
	if (!is_watched(t, f->port[FLOW_SERVER])) {
		/* Its client's port is watched by chance. Kept, so that its
		 * packets are not taken for the other direction. */
		f->ignored = true;
		flow_touch(t->flows, f, FLOW_CLOSED, t->now_us);
	}
	return f;
}

static void replace(struct track *t, struct flow *f)
{
	if (f == NULL)
		return;
	report_end(t, f, quiet_reason(f, SEKISHO__CLOSE_REASON__CLOSE_UNKNOWN),
	    t->now_us);
	forget(t, f);
}

/* A SYN with another number while the connection lives may be forged; the
 * server's answer will tell. */
static bool is_alive(const struct track *t, const struct flow *f)
{
	return f->list == FLOW_OPEN && !f->fin[FLOW_CLIENT] &&
	       !f->fin[FLOW_SERVER] &&
	       t->now_us - f->last_us < t->conf->syn_timeout_s * US_PER_S;
}

static void on_syn(struct track *t, struct flow *f, enum flow_side side,
    const struct packet *p)
{
	if (f != NULL && f->syn_count > 0 && side == FLOW_CLIENT &&
	    f->isn[FLOW_CLIENT] == p->seq) {
		f->packets[FLOW_CLIENT]++;
		if (t->now_us - f->last_us < MIRROR_US) {
			counter_add(t->counters, COUNTER_TCP_DUPLICATES, 1);
			return;
		}
		counter_add(t->counters, COUNTER_TCP_SYN_AGAIN, 1);
		if (f->list != FLOW_SYN)
			return;
		f->syn_count += f->syn_count < UINT16_MAX;
		flow_touch(t->flows, f, FLOW_SYN, t->now_us);
		return;
	}
	if (f != NULL && f->list == FLOW_SYN && side == FLOW_SERVER) {
		/* Simultaneous open (RFC 9293 section 3.5). */
		f->packets[FLOW_SERVER]++;
		f->isn[FLOW_SERVER] = p->seq;
		f->simultaneous = true;
		return;
	}
	if (f != NULL && is_alive(t, f)) {
		counter_add(t->counters, COUNTER_TCP_SYN_IGNORED, 1);
		if (side == FLOW_CLIENT) {
			f->other_isn = p->seq;
			f->has_other_isn = true;
		}
		return;
	}
	replace(t, f);
	f = new_flow(t, p, true);
	if (f == NULL)
		return;
	f->packets[FLOW_CLIENT]++;
	if (!f->ignored)
		handshake_syn(f, p);
}

static void established(struct track *t, struct flow *f)
{
	f->established = true;
	attempts_answered(&t->attempts, f, t->now_us);
	flow_touch(t->flows, f, FLOW_OPEN, t->now_us);
}

static void on_synack(struct track *t, struct flow *f, enum flow_side side,
    const struct packet *p)
{
	bool again = f != NULL && f->has_other_isn && side == FLOW_SERVER &&
		     p->ack == f->other_isn + 1;
	bool ended = f != NULL && f->list == FLOW_CLOSED && !f->ignored &&
		     p->ack != f->isn[FLOW_CLIENT] + 1;

	if (f == NULL || again || ended) {
		replace(t, f);
		f = new_flow(t, p, false);
		side = FLOW_SERVER;
		if (f != NULL && again && !f->ignored) {
			f->isn[FLOW_CLIENT] = p->ack - 1;
			f->syn_count = 1;
			f->attempt = FLOW_ATTEMPT_PENDING;
		}
	}
	if (f == NULL)
		return;
	f->packets[side]++;
	if (f->list == FLOW_SYN && side == FLOW_CLIENT &&
	    handshake_crossed(f, p))
		established(t, f);
	if (f->list != FLOW_SYN || side != FLOW_SERVER)
		return;
	if (!handshake_synack(f, p)) {
		counter_add(t->counters, COUNTER_TCP_SYN_IGNORED, 1);
		return;
	}
	flow_touch(t->flows, f, FLOW_SYN, t->now_us);
	if (handshake_packet(f, side, p))
		established(t, f);
}

/* The client is who speaks to a watched port; of two, the lower one. */
static struct flow *midstream(struct track *t, const struct packet *p)
{
	bool src = is_watched(t, p->sport), dst = is_watched(t, p->dport);
	bool to_server = src && dst ? p->dport <= p->sport : dst;
	struct flow *f;

	if (p->wire_len == 0 || (p->flags & TCP_RST) != 0) {
		counter_add(t->counters, COUNTER_PACKETS_NO_FLOW, 1);
		return NULL;
	}
	f = new_flow(t, p, to_server);
	if (f == NULL)
		return NULL;
	counter_add(t->counters, COUNTER_FLOWS_MIDSTREAM, 1);
	f->midstream = true;
	flow_touch(t->flows, f, FLOW_OPEN, t->now_us);
	return f;
}

/* --- packets of a flow ---------------------------------------------------- */

static void on_rst(struct track *t, struct flow *f, enum flow_side side,
    const struct packet *p)
{
	bool both = f->fin[FLOW_CLIENT] && f->fin[FLOW_SERVER];

	if (f->list == FLOW_SYN && handshake_is_refusal(f, side, p)) {
		attempts_failed(
		    &t->attempts, f, handshake_failure(f, true), t->now_us);
		close_flow(t, f, SEKISHO__CLOSE_REASON__CLOSE_RST, t->now_us);
	} else if (f->list == FLOW_OPEN &&
		   (f->conn == NULL ||
		       conn_accepts_rst(f->conn, side, p->seq))) {
		close_flow(t, f,
		    both ? SEKISHO__CLOSE_REASON__CLOSE_FIN
			 : SEKISHO__CLOSE_REASON__CLOSE_RST,
		    t->now_us);
	} else {
		counter_add(t->counters, COUNTER_TCP_RST_IGNORED, 1);
	}
}

static bool is_over(const struct flow *f)
{
	if (f->conn != NULL)
		return conn_is_over(f->conn);
	return quiet_reason(f, SEKISHO__CLOSE_REASON__CLOSE_UNKNOWN) ==
	       SEKISHO__CLOSE_REASON__CLOSE_FIN;
}

static void on_open(struct track *t, struct flow *f, enum flow_side side,
    const struct packet *p)
{
	flow_touch(t->flows, f, FLOW_OPEN, t->now_us);
	if (f->conn == NULL && p->wire_len > 0) {
		f->conn = conn_new(&t->env, f, t->now_us);
		if (f->conn == NULL) {
			counter_add(t->counters, COUNTER_NO_MEMORY, 1);
			return;
		}
	}
	if ((p->flags & TCP_FIN) != 0) {
		f->fin[side] = true;
		f->fin_seq[side] = p->seq;
	}
	if (f->conn != NULL)
		conn_packet(f->conn, side, p, t->now_us);
	if ((f->fin[FLOW_CLIENT] || f->fin[FLOW_SERVER]) && is_over(f))
		close_flow(t, f, SEKISHO__CLOSE_REASON__CLOSE_FIN, t->now_us);
}

static void on_segment(struct track *t, struct flow *f, enum flow_side side,
    const struct packet *p)
{
	if (f == NULL) {
		f = midstream(t, p);
		if (f == NULL)
			return;
		side = addr_equal(&p->src, &f->addr[FLOW_CLIENT]) &&
			       p->sport == f->port[FLOW_CLIENT]
			   ? FLOW_CLIENT
			   : FLOW_SERVER;
	}
	f->packets[side]++;
	if ((p->flags & TCP_RST) != 0) {
		on_rst(t, f, side, p);
		return;
	}
	if (f->list == FLOW_SYN && handshake_packet(f, side, p))
		established(t, f);
	if (f->list == FLOW_OPEN)
		on_open(t, f, side, p);
	else if (p->wire_len > 0 && !f->ignored)
		counter_add(t->counters, COUNTER_PACKETS_LATE, 1);
}

static void on_unreachable(struct track *t, struct flow *f, enum flow_side side,
    const struct packet *p)
{
	if (f == NULL || f->list != FLOW_SYN ||
	    !handshake_is_refusal(f, side, p))
		return;
	attempts_failed(&t->attempts, f, handshake_failure(f, true), t->now_us);
	close_flow(t, f, SEKISHO__CLOSE_REASON__CLOSE_UNKNOWN, t->now_us);
}

static void count_down(struct track *t)
{
	attempts_tell(&t->attempts, t->now_us);
	if (t->now_us < t->counters_due_us)
		return;
	if (t->counters_due_us != 0) {
		counter_set(t->counters, COUNTER_FLOWS_OPEN,
		    flow_table_count(t->flows));
		if (t->refresh != NULL)
			t->refresh(t->refresh_arg);
		emit_counters(&t->emit, t->now_us);
	}
	t->counters_due_us = t->now_us + US_PER_S;
}

void track_advance(struct track *t, int64_t now_us)
{
	if (now_us < t->now_us)
		return;
	while (track_expire_one(t, now_us))
		;
	t->now_us = now_us;
	count_down(t);
}

uint32_t track_hash(const struct track *t, const struct packet *p)
{
	return flow_hash(t->flows, p);
}

void track_fetch(const struct track *t, const struct packet *p, uint32_t hash,
    unsigned int step)
{
	const struct flow *f;

	switch (step) {
	case 0:
		flow_fetch_bucket(t->flows, hash);
		return;
	case 1:
		flow_fetch(t->flows, hash);
		return;
	default:
		f = flow_peek(t->flows, hash);
		if (f != NULL && f->conn != NULL)
			conn_fetch(f->conn, step == 3, p->len > 0);
	}
}

void track_packet(struct track *t, const struct packet *p)
{
	track_hashed(t, p, track_hash(t, p));
}

static void on_radius(struct track *t, const struct packet *p)
{
	const struct radius_session *s = radius_tap_packet(t->radius, p);

	if (s != NULL)
		emit_lease(&t->emit, s, t->now_us);
}

void track_hashed(struct track *t, const struct packet *p, uint32_t hash)
{
	enum flow_side side = FLOW_CLIENT;
	struct flow *f;

	track_advance(t, p->ts_us);
	if (p->kind == PACKET_RADIUS) {
		on_radius(t, p);
		return;
	}
	if (!is_watched(t, p->sport) && !is_watched(t, p->dport)) {
		counter_add(t->counters, COUNTER_PACKETS_OTHER_PORT, 1);
		return;
	}
	counter_add(t->counters, COUNTER_PACKETS_WATCHED, 1);
	t->hash = hash;
	f = flow_find(t->flows, p, t->hash, &side);
	if (p->kind == PACKET_UNREACHABLE)
		on_unreachable(t, f, side, p);
	else if ((p->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
		on_syn(t, f, side, p);
	else if ((p->flags & (TCP_SYN | TCP_RST)) == TCP_SYN)
		on_synack(t, f, side, p);
	else
		on_segment(t, f, side, p);
}
