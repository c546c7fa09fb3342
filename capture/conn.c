/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/conn.h"

#include <stdlib.h>
#include <string.h>

/* How far apart a mirror may show the two directions. */
#define SWAP_US 20000

struct stream {
	struct reasm reasm;
	uint64_t bytes;
	uint32_t acked; /* by the other side, with a bare ACK */
	int64_t acked_us;
	bool has_acked;
};

struct conn {
	const struct conn_env *env;
	struct flow *flow;
	struct stream stream[2];
	struct smtp_session *smtp;
	struct dpi_flow *dpi; /* NULL: decided, or not asked */
	struct dpi_answer answer;
	uint64_t lost_bytes;
	uint32_t gaps;
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

static void on_data(void *arg, const uint8_t *data, size_t len)
{
	struct conn *c = arg;

	c->stream[c->side].bytes += len;
	smtp_session_feed(c->smtp, smtp_dir(c->side), data, len, c->now_us);
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
	if (!f->midstream && (f->syn_count > 0 || f->synack_seen))
		reasm_start(
		    &c->stream[FLOW_CLIENT].reasm, f->isn[FLOW_CLIENT] + 1);
	if (!f->midstream && f->synack_seen)
		reasm_start(
		    &c->stream[FLOW_SERVER].reasm, f->isn[FLOW_SERVER] + 1);
	for (int i = 0; i < 2; i++)
		if (f->fin[i])
			reasm_fin(&c->stream[i].reasm, f->fin_seq[i]);
	counter_add(n, COUNTER_SESSIONS, 1);
	c->answer.name = "";
	if (env->dpi != NULL)
		c->dpi = dpi_flow_new(env->dpi);
	return c;
}

void conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	for (int i = 0; i < 2; i++)
		reasm_reset(&c->stream[i].reasm, c->env->budget);
	smtp_session_free(c->smtp);
	dpi_flow_free(c->env->dpi, c->dpi);
	free(c);
}

static void dpi_decided(struct conn *c)
{
	dpi_flow_free(c->env->dpi, c->dpi);
	c->dpi = NULL;
}

static bool begins(const struct packet *p, const char *word)
{
	size_t n = strlen(word);

	return p->len >= n &&
	       strncasecmp((const char *)p->payload, word, n) == 0;
}

static bool is_digit(uint8_t b)
{
	return b >= '0' && b <= '9';
}

/* The SYN was not seen, but this is how a reply or command begins: nothing
 * of its line can be missing. */
static bool is_line_start(enum flow_side side, const struct packet *p)
{
	static const char *const verb[] = {"EHLO ", "HELO ",
	    "MAIL FROM:", "RCPT TO:", "STARTTLS\r", "AUTH ", "RSET\r",
	    "QUIT\r"};
	const uint8_t *b = p->payload;

	if (side == FLOW_SERVER)
		return p->len >= 4 && b[0] >= '2' && b[0] <= '5' &&
		       is_digit(b[1]) && is_digit(b[2]) &&
		       (b[3] == ' ' || b[3] == '-');
	for (size_t i = 0; i < sizeof(verb) / sizeof(verb[0]); i++)
		if (begins(p, verb[i]))
			return true;
	return false;
}

/* The first bytes of a direction whose SYN was not seen: most likely in the
 * midst of a line. */
static void start_midstream(
    struct conn *c, enum flow_side side, const struct packet *p)
{
	reasm_start(&c->stream[side].reasm, p->seq);
	if (!is_line_start(side, p))
		smtp_session_gap(c->smtp, smtp_dir(side), 0, c->now_us);
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

void conn_packet(
    struct conn *c, enum flow_side side, const struct packet *p, int64_t now_us)
{
	enum flow_side other = side == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT;
	struct reasm_out out = {on_data, on_gap, c};
	struct stream *s = &c->stream[side], *peer = &c->stream[other];

	c->now_us = now_us;
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
		if (!s->reasm.started && c->flow->midstream)
			start_midstream(c, side, p);
		reasm_segment(&s->reasm, c->env->budget, p->seq, p->payload,
		    p->len, p->wire_len, &out);
		settle(c, side, &out);
	}
	if ((p->flags & TCP_FIN) != 0) {
		if (!s->reasm.started)
			reasm_start(&s->reasm, p->seq);
		reasm_fin(&s->reasm, p->seq + p->wire_len);
	}
	if (c->dpi != NULL && p->len > 0 &&
	    dpi_packet(
		c->env->dpi, c->dpi, p->ip, p->ip_len, now_us, &c->answer))
		dpi_decided(c);
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
	struct smtp_summary *summary = calloc(1, sizeof(*summary));

	c->now_us = now_us;
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
	if (summary == NULL) {
		counter_add(c->env->budget->counters, COUNTER_NO_MEMORY, 1);
		return;
	}
	smtp_session_summary(c->smtp, summary);
	e.lost_bytes = c->lost_bytes;
	e.gaps = c->gaps;
	e.dpi = &c->answer;
	e.smtp = summary;
	emit_close(c->env->emit, c->flow, &e, now_us);
	free(summary);
}
