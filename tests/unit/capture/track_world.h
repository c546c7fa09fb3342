/* SPDX-License-Identifier: Apache-2.0 */
/* A tracker whose records are kept as lines, and packets for it, for the
 * tests of what it does. */
#pragma once

#include "base/clock.h"
#include "capture/track.h"
#include "tests/unit/capture/pkt.h"

#define START_US INT64_C(1700000000000000)
#define CISN     1000u
#define SISN     0xfffffff0u /* wraps within the first reply */
#define FA       (TCP_FIN | TCP_ACK)

struct line {
	int kind;  /* body case */
	int value; /* outcome, end or reason */
	uint64_t flow_id, bytes, lost;
	uint32_t port, syn_count, transactions, gaps;
	int64_t ts_us, start_us;
	bool midstream, client_unseen, server_unseen, own_servers;
};

struct world {
	struct conf conf;
	struct counters counters;
	struct privacy *privacy;
	struct track *track;
	int64_t now_us;
	struct line line[64];
	size_t n;
	uint16_t cport, sport;
};

static inline void on_record(void *arg, Sekisho__Record *r)
{
	struct world *w = arg;
	struct line *l = &w->line[w->n];

	if (r->body_case == SEKISHO__RECORD__BODY_COUNTERS)
		return;
	assert_true(w->n < 64);
	assert_true(w->n == 0 || r->ts_us >= l[-1].ts_us);
	memset(l, 0, sizeof(*l));
	l->kind = (int)r->body_case;
	l->flow_id = r->flow_id;
	l->port = r->server_port;
	l->ts_us = r->ts_us;
	if (r->body_case == SEKISHO__RECORD__BODY_ATTEMPT) {
		l->value = (int)r->attempt->outcome;
		l->syn_count = r->attempt->syn_count;
		l->start_us = r->attempt->start_us;
	} else if (r->body_case == SEKISHO__RECORD__BODY_TRANSACTION) {
		l->value = (int)r->transaction->end;
	} else if (r->body_case == SEKISHO__RECORD__BODY_SUMMARY) {
		l->value = (int)r->summary->evicted;
		l->port = r->summary->server_port;
		l->own_servers = r->summary->own_servers;
	} else {
		l->value = (int)r->close->reason;
		l->bytes = r->close->client_bytes + r->close->server_bytes;
		l->lost = r->close->lost_bytes;
		l->gaps = r->close->gaps;
		l->transactions = r->close->transactions;
		l->midstream = r->close->midstream;
		l->client_unseen = r->close->client_unseen;
		l->server_unseen = r->close->server_unseen;
		l->start_us = r->close->start_us;
	}
	w->n++;
}

static inline void begin(struct world *w, int64_t max_flows)
{
	struct track_setup setup = {0};
	char err[CONF_ERROR_BYTES];

	memset(w, 0, sizeof(*w));
	assert_int_equal(conf_load(&w->conf, NULL, err), 0);
	if (max_flows > 0)
		w->conf.max_flows = max_flows;
	w->privacy = privacy_new(PRIVACY_FLOW, NULL, 0);
	assert_non_null(w->privacy);
	setup.conf = &w->conf;
	setup.privacy = w->privacy;
	setup.counters = &w->counters;
	setup.put = on_record;
	setup.arg = w;
	w->track = track_new(&setup);
	assert_non_null(w->track);
	w->now_us = START_US;
	w->cport = 40000;
	w->sport = 25;
}

static inline void end(struct world *w)
{
	while (track_end_one(w->track))
		;
}

static inline void done(struct world *w)
{
	track_free(w->track);
	privacy_free(w->privacy);
	conf_free(&w->conf);
}

static inline struct packet make(const struct world *w, bool from_client,
    unsigned int flags, uint32_t seq, uint32_t ack, const char *text)
{
	static const uint8_t client[4] = {192, 0, 2, 1};
	static const uint8_t server[4] = {198, 51, 100, 1};
	struct packet p;

	memset(&p, 0, sizeof(p));
	p.src = addr_from_v4(from_client ? client : server);
	p.dst = addr_from_v4(from_client ? server : client);
	p.sport = from_client ? w->cport : w->sport;
	p.dport = from_client ? w->sport : w->cport;
	p.flags = (uint8_t)flags;
	p.seq = seq;
	p.ack = ack;
	p.payload = (const uint8_t *)text;
	p.len = p.wire_len = (uint32_t)strlen(text);
	return p;
}

static inline void send_at(struct world *w, struct packet p)
{
	w->now_us += 1000;
	p.ts_us = track_clock(w->track, w->now_us);
	track_packet(w->track, &p);
}

static inline void c(struct world *w, unsigned int flags, uint32_t seq,
    uint32_t ack, const char *text)
{
	send_at(w, make(w, true, flags, CISN + seq, SISN + ack, text));
}

static inline void s(struct world *w, unsigned int flags, uint32_t seq,
    uint32_t ack, const char *text)
{
	send_at(w, make(w, false, flags, SISN + seq, CISN + ack, text));
}

static inline void is_attempt(
    const struct world *w, size_t i, Sekisho__Outcome o, uint32_t syn_count)
{
	assert_true(i < w->n);
	assert_int_equal(w->line[i].kind, SEKISHO__RECORD__BODY_ATTEMPT);
	assert_int_equal(w->line[i].value, o);
	assert_int_equal(w->line[i].syn_count, syn_count);
}

static inline void is_close(
    const struct world *w, size_t i, Sekisho__CloseReason reason)
{
	assert_true(i < w->n);
	assert_int_equal(w->line[i].kind, SEKISHO__RECORD__BODY_CLOSE);
	assert_int_equal(w->line[i].value, reason);
}

static inline void handshake(struct world *w)
{
	c(w, TCP_SYN, 0, 0, "");
	s(w, TCP_SYN | TCP_ACK, 0, 1, "");
	c(w, TCP_ACK, 1, 1, "");
}

#define ANSWERED   SEKISHO__OUTCOME__OUTCOME_ANSWERED
#define HALF_OPEN  SEKISHO__OUTCOME__OUTCOME_HALF_OPEN
#define REFUSED    SEKISHO__OUTCOME__OUTCOME_REFUSED
#define UNANSWERED SEKISHO__OUTCOME__OUTCOME_UNANSWERED

static const char greeting[] = "220 mx.example ESMTP\r\n";    /* 22 */
static const char helo[] = "HELO a.example\r\n";              /* 16 */
static const char helo_ok[] = "250 mx.example\r\n";           /* 16 */
static const char mail[] = "MAIL FROM:<x@a.example>\r\n";     /* 25 */
static const char mail_no[] = "550 5.7.1 not from there\r\n"; /* 26 */

static inline void dialogue(struct world *w)
{
	s(w, TCP_ACK, 1, 1, greeting);
	c(w, TCP_ACK, 1, 23, helo);
	s(w, TCP_ACK, 23, 17, helo_ok);
	c(w, TCP_ACK, 17, 39, mail);
	s(w, TCP_ACK, 39, 42, mail_no);
}
