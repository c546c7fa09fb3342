/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/prefetch.h"

/* How far apart a mirror may show the two directions. */
#define SWAP_US 20000
/* What a session reads at once when the budget is spent: so that it cannot
 * gather much before it is looked at again. */
#define SIP_BYTES 128

struct stream {
	struct reasm reasm;
	uint64_t bytes;
	uint32_t acked; /* by the other side, with a bare ACK */
	int64_t acked_us;
	bool has_acked;
};

/* An answer that came before what it answers: mirrors swap packets of the two
 * directions. */
struct held {
	struct packet p;
	enum flow_side side;
	size_t cost;
	uint8_t payload[];
};

struct conn {
	const struct conn_env *env;
	struct flow *flow;
	struct stream stream[2];
	struct smtp_session *smtp;
	struct dpi_flow *dpi; /* NULL: decided, or not asked */
	struct dpi_answer answer;
	struct held *held; /* NULL: none */
	uint64_t lost_bytes;
	uint32_t gaps;
	uint32_t smtp_extra; /* its part of the budget */
	bool over_budget;    /* counted as such */
	/* of the call that runs */
	enum flow_side side;
	int64_t now_us;
};

static enum smtp_dir smtp_dir(enum flow_side side)
{
	return side == FLOW_CLIENT ? SMTP_CLIENT : SMTP_SERVER;
}

static void on_transaction(
    void *arg, const struct smtp_transaction *t, int64_t now_us)
{
	struct conn *c = arg;

	emit_transaction(c->env->emit, c->flow, t, now_us);
}

static uint64_t on_rcpt(void *arg, const char *local, const char *domain)
{
	const struct conn *c = arg;

	return privacy_rcpt(c->env->emit->privacy, local, domain);
}

static void on_gap(void *arg, uint64_t len)
{
	struct conn *c = arg;
	struct counters *n = c->env->budget->counters;

	c->gaps++;
	c->lost_bytes += len;
	counter_add(n, COUNTER_GAPS, 1);
	counter_add(n, COUNTER_GAP_BYTES, len);
	smtp_session_gap(c->smtp, smtp_dir(c->side), len, c->now_us);
}

static void account(struct conn *c)
{
	struct conn_smtp_budget *b = c->env->smtp;
	size_t bytes = smtp_session_bytes(c->smtp);

	b->used -= c->smtp_extra;
	c->smtp_extra =
	    bytes > CONN_SMTP_BYTES ? (uint32_t)(bytes - CONN_SMTP_BYTES) : 0;
	b->used += c->smtp_extra;
}

/* When the budget is spent, only who holds little is read on; what another
 * one is not given is a gap for it. */
static void on_data(void *arg, const uint8_t *data, size_t len)
{
	struct conn *c = arg;
	const struct conn_smtp_budget *b = c->env->smtp;

	while (len > 0) {
		bool spent = b->used >= b->total_bytes;
		size_t n = spent && len > SIP_BYTES ? SIP_BYTES : len;

		if (spent && c->smtp_extra > 0)
			break;
		c->stream[c->side].bytes += n;
		smtp_session_feed(
		    c->smtp, smtp_dir(c->side), data, n, c->now_us);
		account(c);
		data += n;
		len -= n;
	}
	if (len == 0)
		return;
	if (!c->over_budget)
		counter_add(
		    c->env->budget->counters, COUNTER_SMTP_OVER_BUDGET, 1);
	c->over_budget = true;
	on_gap(c, len);
	account(c);
}

struct conn *conn_new(
    const struct conn_env *env, struct flow *f, int64_t now_us)
{
	struct conn *c = calloc(1, sizeof(*c));
	struct counters *n = env->budget->counters;

	if (c == NULL)
		return NULL;
	c->env = env;
	c->flow = f;
	c->smtp = smtp_session_new(&f->addr[FLOW_CLIENT], f->port[FLOW_SERVER],
	    now_us, on_transaction, c);
	if (c->smtp == NULL) {
		free(c);
		return NULL;
	}
	if (!env->dkim)
		smtp_session_without_dkim(c->smtp);
	if (env->rcpts)
		smtp_session_hash_rcpts(c->smtp, on_rcpt);
	if (!f->midstream && (f->syn_count > 0 || f->synack_seen))
		reasm_start(
		    &c->stream[FLOW_CLIENT].reasm, f->isn[FLOW_CLIENT] + 1);
	if (!f->midstream && f->synack_seen)
		reasm_start(
		    &c->stream[FLOW_SERVER].reasm, f->isn[FLOW_SERVER] + 1);
	else if (!f->midstream && f->has_early_ack)
		reasm_start(&c->stream[FLOW_SERVER].reasm, f->early_ack);
	for (int i = 0; i < 2; i++)
		if (f->fin[i])
			reasm_fin(&c->stream[i].reasm, f->fin_seq[i]);
	counter_add(n, COUNTER_SESSIONS, 1);
	c->answer.name = "";
	if (env->dpi != NULL)
		c->dpi = dpi_flow_new(env->dpi);
	return c;
}

void conn_fetch(const struct conn *c, bool deep, bool payload)
{
	if (!deep)
		prefetch(c, sizeof(*c));
	else if (payload)
		smtp_session_prefetch(c->smtp);
}

static void drop_held(struct conn *c)
{
	struct held *h = c->held;

	if (h == NULL)
		return;
	c->held = NULL;
	c->env->budget->used -= h->cost;
	explicit_bzero(h->payload, h->p.len);
	free(h);
}

void conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	drop_held(c);
	for (int i = 0; i < 2; i++)
		reasm_reset(&c->stream[i].reasm, c->env->budget);
	c->env->smtp->used -= c->smtp_extra;
	smtp_session_free(c->smtp);
	dpi_flow_free(c->env->dpi, c->dpi);
	free(c);
}

static void dpi_decided(struct conn *c)
{
	dpi_flow_free(c->env->dpi, c->dpi);
	c->dpi = NULL;
}

/* The first bytes of a direction whose SYN was not seen: what came before
 * them, if anything, is lost. */
static void start_late(
    struct conn *c, enum flow_side side, const struct packet *p)
{
	reasm_start(&c->stream[side].reasm, p->seq);
	if (!c->flow->midstream) {
		c->gaps++;
		counter_add(c->env->budget->counters, COUNTER_GAPS, 1);
	}
	smtp_session_gap(c->smtp, smtp_dir(side), 0, c->now_us);
}

/* Where the SYN-ACK is lost, the client's first ACK says where the server's
 * stream begins; unless that one is lost as well, and the greeting with it. */
static bool is_past_greeting(
    const struct conn *c, enum flow_side side, const struct packet *p)
{
	const struct flow *f = c->flow;

	return side == FLOW_SERVER && !f->synack_seen && !f->midstream &&
	       c->stream[side].bytes == 0 && p->seq == f->early_ack &&
	       p->len > 0 && p->payload[0] == '2' &&
	       (p->len < 3 || memcmp(p->payload, "220", 3) != 0);
}

static bool is_seen(const struct conn *c, enum flow_side side)
{
	return c->flow->packets[side] > 0;
}

static void note_ack(struct stream *s, uint32_t ack, int64_t now_us)
{
	s->acked = ack;
	s->acked_us = now_us;
	s->has_acked = true;
}

/* What a bare ACK covers may still come, since mirrors swap packets of the
 * two directions; but not for long. */
static void settle(
    struct conn *c, enum flow_side side, const struct reasm_out *out)
{
	struct stream *s = &c->stream[side];
	bool covered = (int32_t)(s->acked - s->reasm.next) <= 0;

	if (!s->has_acked)
		return;
	if (!covered && c->now_us - s->acked_us < SWAP_US)
		return;
	s->has_acked = false;
	if (!covered)
		reasm_acked(&s->reasm, c->env->budget, s->acked, out);
}

static enum flow_side other_side(enum flow_side side)
{
	return side == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT;
}

static void take(struct conn *c, enum flow_side side, const struct packet *p)
{
	enum flow_side other = other_side(side);
	struct reasm_out out = {on_data, on_gap, c};
	struct stream *s = &c->stream[side], *peer = &c->stream[other];
	int64_t now_us = c->now_us;

	/* An answer shows that what it answers did arrive: a hole there is
	 * told first. */
	if ((p->flags & TCP_ACK) != 0 && is_seen(c, other)) {
		c->side = other;
		if (p->wire_len > 0)
			reasm_acked(&peer->reasm, c->env->budget, p->ack, &out);
		else if (!peer->has_acked)
			note_ack(peer, p->ack, now_us);
		settle(c, other, &out);
	}
	c->side = side;
	if (p->wire_len > 0) {
		if (!s->reasm.started || is_past_greeting(c, side, p))
			start_late(c, side, p);
		reasm_segment(&s->reasm, c->env->budget, p->seq, p->payload,
		    p->len, p->wire_len, &out);
		settle(c, side, &out);
	}
	if ((p->flags & TCP_FIN) != 0) {
		if (!s->reasm.started)
			reasm_start(&s->reasm, p->seq);
		reasm_fin(&s->reasm, p->seq + p->wire_len);
	}
}

/* How many bytes of the peer this packet has seen and we have not. */
static uint32_t ahead(
    const struct conn *c, enum flow_side side, const struct packet *p)
{
	const struct reasm *peer = &c->stream[other_side(side)].reasm;
	uint32_t n = p->ack - peer->next;

	if ((p->flags & TCP_ACK) == 0 || !peer->started || n > REASM_WINDOW ||
	    peer->head != NULL)
		return 0;
	return peer->fin && p->ack == peer->fin_seq + 1 ? n - 1 : n;
}

/* False: it has to be taken as it is. */
static bool hold(struct conn *c, enum flow_side side, const struct packet *p)
{
	struct reasm_budget *b = c->env->budget;
	size_t cost = sizeof(struct held) + p->len;
	struct held *h;

	if (p->wire_len == 0 || !is_seen(c, other_side(side)) ||
	    ahead(c, side, p) == 0 || b->used + cost > b->total_bytes)
		return false;
	h = malloc(cost);
	if (h == NULL)
		return false;
	h->p = *p;
	h->side = side;
	h->cost = cost;
	memcpy(h->payload, p->payload, p->len);
	h->p.payload = h->payload;
	b->used += cost;
	c->held = h;
	return true;
}

static void release(struct conn *c)
{
	if (c->held == NULL)
		return;
	take(c, c->held->side, &c->held->p);
	drop_held(c);
}

/* Whether it may be what the held answer waits for: then it comes first. */
static bool is_missing(
    const struct conn *c, enum flow_side side, const struct packet *p)
{
	const struct reasm *r = &c->stream[side].reasm;

	return side != c->held->side && p->wire_len > 0 &&
	       p->seq - r->next + REASM_WINDOW <= REASM_WINDOW;
}

void conn_packet(
    struct conn *c, enum flow_side side, const struct packet *p, int64_t now_us)
{
	c->now_us = now_us;
	if (c->dpi != NULL && p->len > 0 && p->ip_len > 0 &&
	    dpi_packet(
		c->env->dpi, c->dpi, p->ip, p->ip_len, now_us, &c->answer))
		dpi_decided(c);
	if (c->held != NULL && !is_missing(c, side, p))
		release(c);
	if (c->held == NULL && hold(c, side, p))
		return;
	take(c, side, p);
	release(c);
}

bool conn_is_over(const struct conn *c)
{
	for (int i = 0; i < 2; i++)
		if (is_seen(c, (enum flow_side)i) &&
		    !reasm_is_complete(&c->stream[i].reasm))
			return false;
	return true;
}

bool conn_accepts_rst(const struct conn *c, enum flow_side side, uint32_t seq)
{
	const struct reasm *r = &c->stream[side].reasm;

	/* Behind or before where the stream stands: packets get lost. */
	return !r->started || seq - r->next + REASM_WINDOW <= 2 * REASM_WINDOW;
}

void conn_end(struct conn *c, Sekisho__CloseReason reason, int64_t now_us)
{
	struct reasm_out out = {on_data, on_gap, c};
	struct emit_close e = {.reason = reason};
	struct smtp_summary summary;

	c->now_us = now_us;
	release(c);
	for (int i = 0; i < 2; i++) {
		c->side = (enum flow_side)i;
		reasm_flush(&c->stream[i].reasm, c->env->budget, &out);
		e.bytes[i] = c->stream[i].bytes;
	}
	smtp_session_end(c->smtp, now_us);
	if (c->dpi != NULL) {
		dpi_give_up(c->env->dpi, c->dpi, &c->answer);
		dpi_decided(c);
	}
	smtp_session_summary(c->smtp, &summary);
	counter_add(c->env->budget->counters, COUNTER_REPLIES_NOT_KEPT,
	    summary.replies_not_kept);
	e.lost_bytes = c->lost_bytes;
	e.gaps = c->gaps;
	e.dpi = &c->answer;
	e.smtp = &summary;
	emit_close(c->env->emit, c->flow, &e, now_us);
}
