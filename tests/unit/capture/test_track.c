/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

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

static void on_record(void *arg, Sekisho__Record *r)
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

static void begin(struct world *w, int64_t max_flows)
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

static void end(struct world *w)
{
	while (track_end_one(w->track))
		;
}

static void done(struct world *w)
{
	track_free(w->track);
	privacy_free(w->privacy);
	conf_free(&w->conf);
}

static struct packet make(const struct world *w, bool from_client,
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

static void send_at(struct world *w, struct packet p)
{
	w->now_us += 1000;
	p.ts_us = track_clock(w->track, w->now_us);
	track_packet(w->track, &p);
}

static void c(struct world *w, unsigned int flags, uint32_t seq, uint32_t ack,
    const char *text)
{
	send_at(w, make(w, true, flags, CISN + seq, SISN + ack, text));
}

static void s(struct world *w, unsigned int flags, uint32_t seq, uint32_t ack,
    const char *text)
{
	send_at(w, make(w, false, flags, SISN + seq, CISN + ack, text));
}

static void is_attempt(
    const struct world *w, size_t i, Sekisho__Outcome o, uint32_t syn_count)
{
	assert_true(i < w->n);
	assert_int_equal(w->line[i].kind, SEKISHO__RECORD__BODY_ATTEMPT);
	assert_int_equal(w->line[i].value, o);
	assert_int_equal(w->line[i].syn_count, syn_count);
}

static void is_close(
    const struct world *w, size_t i, Sekisho__CloseReason reason)
{
	assert_true(i < w->n);
	assert_int_equal(w->line[i].kind, SEKISHO__RECORD__BODY_CLOSE);
	assert_int_equal(w->line[i].value, reason);
}

static void handshake(struct world *w)
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

static void dialogue(struct world *w)
{
	s(w, TCP_ACK, 1, 1, greeting);
	c(w, TCP_ACK, 1, 23, helo);
	s(w, TCP_ACK, 23, 17, helo_ok);
	c(w, TCP_ACK, 17, 39, mail);
	s(w, TCP_ACK, 39, 42, mail_no);
}

static void a_whole_connection(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	handshake(&w);
	assert_int_equal(w.n, 1);
	is_attempt(&w, 0, ANSWERED, 1);
	assert_int_equal(w.line[0].start_us, START_US + 1000);
	assert_int_equal(w.counters.v[COUNTER_SESSIONS], 0);
	dialogue(&w);
	assert_int_equal(w.counters.v[COUNTER_SESSIONS], 1);
	c(&w, FA, 42, 65, "");
	assert_int_equal(w.n, 1);
	s(&w, FA, 65, 43, "");
	c(&w, TCP_ACK, 43, 66, "");
	assert_int_equal(w.n, 3);
	assert_int_equal(w.line[1].kind, SEKISHO__RECORD__BODY_TRANSACTION);
	is_close(&w, 2, SEKISHO__CLOSE_REASON__CLOSE_FIN);
	assert_int_equal(w.line[2].bytes, 22 + 16 + 16 + 25 + 26);
	assert_int_equal(w.line[2].transactions, 1);
	assert_int_equal(w.line[2].lost, 0);
	assert_false(w.line[2].midstream);
	end(&w);
	assert_int_equal(w.n, 3);
	done(&w);
}

static void a_syn_without_answer(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	c(&w, TCP_SYN, 0, 0, "");
	w.now_us += 3 * US_PER_S;
	c(&w, TCP_SYN, 0, 0, "");
	track_advance(w.track, w.now_us + 9 * US_PER_S);
	assert_int_equal(w.n, 0);
	/* Told with the time at which it was due, not with that of the next
	 * packet years later. */
	track_advance(w.track, w.now_us + 1000 * US_PER_DAY);
	assert_int_equal(w.n, 1);
	is_attempt(&w, 0, UNANSWERED, 2);
	assert_int_equal(w.line[0].ts_us, w.now_us + 10 * US_PER_S);
	done(&w);
}

static void a_reset_refuses(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	c(&w, TCP_SYN, 0, 0, "");
	s(&w, TCP_RST | TCP_ACK, 0, 999999999, ""); /* not of this SYN */
	assert_int_equal(w.n, 0);
	assert_int_equal(w.counters.v[COUNTER_TCP_RST_IGNORED], 1);
	s(&w, TCP_RST | TCP_ACK, 0, 1, "");
	assert_int_equal(w.n, 1);
	is_attempt(&w, 0, REFUSED, 1);
	w.now_us += US_PER_S;
	c(&w, TCP_SYN, 0, 0, ""); /* again, as some systems do */
	end(&w);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.counters.v[COUNTER_TCP_SYN_AGAIN], 1);
	done(&w);
}

static void two_mirrors_show_one_attempt(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	c(&w, TCP_SYN, 0, 0, "");
	c(&w, TCP_SYN, 0, 0, "");
	end(&w);
	assert_int_equal(w.n, 1);
	is_attempt(&w, 0, UNANSWERED, 1);
	assert_int_equal(w.counters.v[COUNTER_TCP_DUPLICATES], 1);
	done(&w);
}

/* RFC 9293 figure 7: both send a SYN, both answer it. */
static void a_simultaneous_open(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	c(&w, TCP_SYN, 0, 0, "");
	s(&w, TCP_SYN, 0, 0, "");
	c(&w, TCP_SYN | TCP_ACK, 0, 1, "");
	assert_int_equal(w.n, 1);
	is_attempt(&w, 0, ANSWERED, 1);
	s(&w, TCP_SYN | TCP_ACK, 0, 1, "");
	s(&w, TCP_ACK, 1, 1, "220 mx.example\r\n");
	c(&w, TCP_ACK, 1, 17, "QUIT\r\n");
	end(&w);
	assert_int_equal(w.n, 2);
	assert_int_equal(w.counters.v[COUNTER_GAPS], 0);
	done(&w);
}

static void an_icmp_error_refuses(void **state)
{
	struct packet p;
	struct world w;

	(void)state;
	begin(&w, 0);
	c(&w, TCP_SYN, 0, 0, "");
	p = make(&w, true, 0, CISN + 5, 0, "");
	p.kind = PACKET_UNREACHABLE;
	send_at(&w, p);
	assert_int_equal(w.n, 0);
	p.seq = CISN;
	send_at(&w, p);
	assert_int_equal(w.n, 1);
	is_attempt(&w, 0, REFUSED, 1);
	done(&w);
}

static void half_open_by_time_and_by_reset(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	c(&w, TCP_SYN, 0, 0, "");
	s(&w, TCP_SYN | TCP_ACK, 0, 1, "");
	track_advance(w.track, w.now_us + 11 * US_PER_S);
	is_attempt(&w, 0, HALF_OPEN, 1);
	w.cport++;
	w.now_us += 20 * US_PER_S;
	c(&w, TCP_SYN, 0, 0, "");
	s(&w, TCP_SYN | TCP_ACK, 0, 1, "");
	c(&w, TCP_RST, 1, 0, "");
	is_attempt(&w, 1, HALF_OPEN, 1);
	end(&w);
	assert_int_equal(w.n, 2);
	done(&w);
}

static void an_ack_of_another_number_proves_nothing(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	c(&w, TCP_SYN, 0, 0, "");
	s(&w, TCP_SYN | TCP_ACK, 0, 1, "");
	c(&w, TCP_ACK, 1, 0x40000000, "");
	c(&w, TCP_ACK, 1, 0x40000000, helo);
	assert_int_equal(w.n, 0);
	assert_int_equal(w.counters.v[COUNTER_SESSIONS], 0);
	end(&w);
	is_attempt(&w, 0, HALF_OPEN, 1);
	assert_int_equal(w.n, 1);
	done(&w);
}

static void an_ack_before_its_syn_ack_counts(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	c(&w, TCP_SYN, 0, 0, "");
	c(&w, TCP_ACK, 1, 1, "");
	assert_int_equal(w.n, 0);
	s(&w, TCP_SYN | TCP_ACK, 0, 1, "");
	is_attempt(&w, 0, ANSWERED, 1);
	done(&w);
}

static void one_direction_is_enough(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0); /* the client's */
	c(&w, TCP_SYN, 0, 0, "");
	c(&w, TCP_ACK, 1, 1, "");
	assert_int_equal(w.n, 0);
	c(&w, TCP_ACK, 1, 23, helo);
	is_attempt(&w, 0, ANSWERED, 1);
	c(&w, FA, 17, 39, "");
	is_close(&w, 1, SEKISHO__CLOSE_REASON__CLOSE_FIN);
	assert_true(w.line[1].server_unseen);
	assert_false(w.line[1].client_unseen);
	assert_int_equal(w.line[1].gaps, 0);
	done(&w);

	begin(&w, 0); /* the server's */
	s(&w, TCP_SYN | TCP_ACK, 0, 1, "");
	s(&w, TCP_ACK, 1, 1, greeting);
	is_attempt(&w, 0, ANSWERED, 0);
	s(&w, TCP_ACK, 23, 17, helo_ok);
	end(&w);
	is_close(&w, 1, SEKISHO__CLOSE_REASON__CLOSE_END);
	assert_true(w.line[1].client_unseen);
	assert_false(w.line[1].midstream);
	assert_int_equal(w.line[1].gaps, 0);
	done(&w);
}

static void a_syn_ack_alone_is_nobodys_attempt(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0); /* as the victim of a forged SYN gets it */
	s(&w, TCP_SYN | TCP_ACK, 0, 1, "");
	c(&w, TCP_RST, 1, 0, "");
	end(&w);
	assert_int_equal(w.n, 0);
	done(&w);
}

static void picked_up_in_the_middle(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	c(&w, TCP_ACK, 1, 1, ""); /* no payload: nothing to follow */
	assert_int_equal(w.counters.v[COUNTER_PACKETS_NO_FLOW], 1);
	s(&w, TCP_ACK, 23, 17, helo_ok);
	c(&w, TCP_ACK, 17, 39, mail);
	s(&w, TCP_ACK, 39, 42, mail_no);
	end(&w);
	assert_int_equal(w.n, 2);
	assert_int_equal(w.line[0].kind, SEKISHO__RECORD__BODY_TRANSACTION);
	is_close(&w, 1, SEKISHO__CLOSE_REASON__CLOSE_END);
	assert_true(w.line[1].midstream);
	assert_int_equal(w.line[1].port, 25);
	assert_int_equal(w.counters.v[COUNTER_FLOWS_MIDSTREAM], 1);
	done(&w);
}

static void of_two_watched_ports_the_lower_is_the_server(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	w.cport = 2525;
	s(&w, TCP_ACK, 1, 1, greeting);
	end(&w);
	is_close(&w, 0, SEKISHO__CLOSE_REASON__CLOSE_END);
	assert_int_equal(w.line[0].port, 25);
	done(&w);
}

static void a_watched_client_port_is_no_server(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	w.cport = 2525;
	w.sport = 80;
	handshake(&w);
	s(&w, TCP_ACK, 1, 1, "not mail");
	c(&w, TCP_ACK, 1, 9, "not mail");
	end(&w);
	assert_int_equal(w.n, 0);
	done(&w);
}

static void a_port_is_used_again(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	handshake(&w);
	dialogue(&w);
	/* While it lives, a SYN may be forged: the server's answer decides. */
	send_at(&w, make(&w, true, TCP_SYN, 777, 0, ""));
	assert_int_equal(w.n, 1);
	assert_int_equal(w.counters.v[COUNTER_TCP_SYN_IGNORED], 1);
	send_at(&w, make(&w, false, TCP_SYN | TCP_ACK, 888, 778, ""));
	assert_int_equal(w.n, 3);
	is_close(&w, 2, SEKISHO__CLOSE_REASON__CLOSE_UNKNOWN);
	send_at(&w, make(&w, true, TCP_ACK, 778, 889, ""));
	is_attempt(&w, 3, ANSWERED, 1);
	assert_int_equal(w.line[3].flow_id, w.line[0].flow_id + 1);
	send_at(&w, make(&w, true, TCP_RST, 778, 0, ""));
	is_close(&w, 4, SEKISHO__CLOSE_REASON__CLOSE_RST);
	/* A closed one makes way at once. */
	send_at(&w, make(&w, true, TCP_SYN, 55555, 0, ""));
	end(&w);
	is_attempt(&w, 5, UNANSWERED, 1);
	assert_int_equal(w.n, 6);
	done(&w);
}

static void an_attempt_with_another_number_is_another_attempt(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	c(&w, TCP_SYN, 0, 0, "");
	c(&w, TCP_SYN, 4242, 0, "");
	is_attempt(&w, 0, UNANSWERED, 1);
	s(&w, TCP_RST | TCP_ACK, 0, 4243, "");
	is_attempt(&w, 1, REFUSED, 1);
	done(&w);
}

static void idle_connections_end(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	handshake(&w);
	dialogue(&w);
	track_advance(w.track, w.now_us + 299 * US_PER_S);
	assert_int_equal(w.n, 1);
	track_advance(w.track, w.now_us + 301 * US_PER_S);
	assert_int_equal(w.n, 3);
	is_close(&w, 2, SEKISHO__CLOSE_REASON__CLOSE_IDLE);
	assert_int_equal(w.line[2].ts_us, w.now_us + 300 * US_PER_S);
	done(&w);
}

static void without_payload_a_handshake_still_closes(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	handshake(&w);
	c(&w, FA, 1, 1, "");
	s(&w, FA, 1, 2, "");
	assert_int_equal(w.n, 2);
	is_close(&w, 1, SEKISHO__CLOSE_REASON__CLOSE_FIN);
	assert_int_equal(w.counters.v[COUNTER_SESSIONS], 0);
	done(&w);
}

static void lost_segments_are_gaps(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	handshake(&w);
	s(&w, TCP_ACK, 1, 1, greeting);
	/* The client's HELO is not seen, but answered. */
	s(&w, TCP_ACK, 23, 17, helo_ok);
	c(&w, TCP_ACK, 17, 39, mail);
	s(&w, TCP_ACK, 39, 42, mail_no);
	c(&w, TCP_RST, 42, 0, "");
	is_close(&w, w.n - 1, SEKISHO__CLOSE_REASON__CLOSE_RST);
	assert_int_equal(w.line[w.n - 1].gaps, 1);
	assert_int_equal(w.line[w.n - 1].lost, 16);
	assert_int_equal(w.line[w.n - 1].bytes, 22 + 16 + 25 + 26);
	done(&w);
}

static void a_fin_before_any_payload_is_no_gap(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	handshake(&w);
	s(&w, FA, 1, 1, "");
	c(&w, TCP_ACK, 1, 2, "");
	c(&w, TCP_ACK, 1, 2, "QUIT\r\n");
	s(&w, TCP_RST, 2, 0, "");
	is_close(&w, 1, SEKISHO__CLOSE_REASON__CLOSE_RST);
	assert_int_equal(w.line[1].gaps, 0);
	assert_int_equal(w.line[1].bytes, 6);
	done(&w);
}

static void swapped_packets_lose_nothing(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	handshake(&w);
	s(&w, TCP_ACK, 1, 1, greeting);
	c(&w, TCP_ACK, 17, 23, mail);
	s(&w, TCP_ACK, 23, 17, ""); /* acknowledges what comes next */
	c(&w, TCP_ACK, 1, 23, helo);
	s(&w, TCP_ACK, 23, 17, helo_ok);
	s(&w, TCP_ACK, 39, 42, mail_no);
	end(&w);
	assert_int_equal(w.line[w.n - 1].gaps, 0);
	assert_int_equal(w.line[w.n - 1].transactions, 1);
	done(&w);
}

static void a_bare_ack_gives_a_hole_up_after_a_while(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	handshake(&w);
	s(&w, TCP_ACK, 1, 1, greeting);
	c(&w, TCP_ACK, 17, 23, mail); /* the HELO is lost */
	s(&w, TCP_ACK, 23, 42, "");
	c(&w, TCP_ACK, 42, 23, "RSET\r\n");
	assert_int_equal(w.counters.v[COUNTER_GAPS], 0);
	w.now_us += 30000;
	c(&w, TCP_ACK, 48, 23, "QUIT\r\n");
	assert_int_equal(w.counters.v[COUNTER_GAPS], 1);
	assert_int_equal(w.counters.v[COUNTER_GAP_BYTES], 16);
	end(&w);
	assert_int_equal(w.line[w.n - 1].bytes, 22 + 25 + 6 + 6);
	done(&w);
}

static void a_reset_from_nowhere_is_ignored(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	handshake(&w);
	dialogue(&w);
	c(&w, TCP_RST, 0x40000000, 0, "");
	assert_int_equal(w.n, 1);
	assert_int_equal(w.counters.v[COUNTER_TCP_RST_IGNORED], 1);
	c(&w, TCP_RST, 42, 0, "");
	is_close(&w, w.n - 1, SEKISHO__CLOSE_REASON__CLOSE_RST);
	done(&w);
}

static void a_flood_costs_no_session_and_evicts(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 64);
	handshake(&w);
	dialogue(&w);
	for (unsigned int i = 0; i < 1000; i++) {
		w.cport = (uint16_t)(1024 + i);
		c(&w, TCP_SYN, i, 0, "");
	}
	/* told in one at the end of the second, not each */
	assert_int_equal(w.n, 2);
	assert_int_equal(w.line[1].kind, SEKISHO__RECORD__BODY_SUMMARY);
	assert_in_range(w.line[1].value, 900, 1001 - 64);
	assert_int_equal(w.counters.v[COUNTER_SESSIONS], 1);
	assert_int_equal(w.counters.v[COUNTER_FLOWS_EVICTED], 1001 - 64);
	assert_int_equal(w.counters.v[COUNTER_ATTEMPTS_EVICTED], 1001 - 64);
	w.cport = 40000; /* the open connection is still there */
	c(&w, FA, 42, 65, "");
	s(&w, FA, 65, 43, "");
	is_close(&w, 3, SEKISHO__CLOSE_REASON__CLOSE_FIN);
	done(&w);
}

/* Two seconds with a flood: before the second one, its server is ours. */
static void a_summary_says_whose_servers_they_are(void **state)
{
	int told[2] = {0};
	struct prefix own;
	struct world w;

	(void)state;
	assert_int_equal(prefix_parse(&own, "198.51.100.1"), 0);
	begin(&w, 16);
	for (unsigned int i = 0; i < 2000; i++) {
		if (i == 1000) {
			w.now_us += 2 * US_PER_S;
			w.conf.own_servers = (struct conf_prefixes){&own, 1};
		}
		w.cport = (uint16_t)(1024 + i);
		c(&w, TCP_SYN, i, 0, "");
	}
	end(&w);
	for (size_t i = 0; i < w.n; i++) {
		assert_int_equal(w.line[i].port, 25);
		if (w.line[i].kind == SEKISHO__RECORD__BODY_SUMMARY)
			told[w.line[i].own_servers] += w.line[i].value;
	}
	assert_in_range(told[false], 1000 - 2 * 16, 1000);
	assert_in_range(told[true], 1000 - 2 * 16, 1000);
	w.conf.own_servers = (struct conf_prefixes){NULL, 0};
	done(&w);
}

static void time_stamps_may_be_nonsense(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	handshake(&w);
	w.now_us = 5; /* 1970 */
	s(&w, TCP_ACK, 1, 1, greeting);
	w.now_us = INT64_MAX - 1000000;
	c(&w, TCP_ACK, 1, 23, helo);
	w.now_us = -77;
	s(&w, TCP_ACK, 23, 17, helo_ok);
	end(&w);
	assert_int_equal(w.n, 2);
	is_close(&w, 1, SEKISHO__CLOSE_REASON__CLOSE_END);
	assert_int_equal(w.line[1].ts_us, START_US + 3000);
	assert_int_equal(w.counters.v[COUNTER_TIME_GARBAGE], 1);
	assert_int_equal(w.counters.v[COUNTER_TIME_BACKWARDS], 2);
	done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_connection),
	    cmocka_unit_test(a_syn_without_answer),
	    cmocka_unit_test(a_reset_refuses),
	    cmocka_unit_test(two_mirrors_show_one_attempt),
	    cmocka_unit_test(a_simultaneous_open),
	    cmocka_unit_test(an_icmp_error_refuses),
	    cmocka_unit_test(half_open_by_time_and_by_reset),
	    cmocka_unit_test(an_ack_of_another_number_proves_nothing),
	    cmocka_unit_test(an_ack_before_its_syn_ack_counts),
	    cmocka_unit_test(one_direction_is_enough),
	    cmocka_unit_test(a_syn_ack_alone_is_nobodys_attempt),
	    cmocka_unit_test(picked_up_in_the_middle),
	    cmocka_unit_test(of_two_watched_ports_the_lower_is_the_server),
	    cmocka_unit_test(a_watched_client_port_is_no_server),
	    cmocka_unit_test(a_port_is_used_again),
	    cmocka_unit_test(an_attempt_with_another_number_is_another_attempt),
	    cmocka_unit_test(idle_connections_end),
	    cmocka_unit_test(without_payload_a_handshake_still_closes),
	    cmocka_unit_test(lost_segments_are_gaps),
	    cmocka_unit_test(a_fin_before_any_payload_is_no_gap),
	    cmocka_unit_test(swapped_packets_lose_nothing),
	    cmocka_unit_test(a_bare_ack_gives_a_hole_up_after_a_while),
	    cmocka_unit_test(a_reset_from_nowhere_is_ignored),
	    cmocka_unit_test(a_flood_costs_no_session_and_evicts),
	    cmocka_unit_test(a_summary_says_whose_servers_they_are),
	    cmocka_unit_test(time_stamps_may_be_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
