/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/ahead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_US INT64_C(1700000000000000)
#define SESSIONS 40
#define TEXT     65536

struct world {
	struct conf conf;
	struct counters counters;
	struct privacy *privacy;
	struct track *track;
	struct ahead *ahead; /* NULL: packets go to the tracker at once */
	uint8_t *ip;         /* the source's memory */
	int64_t now_us;
	char *log;
	size_t log_len;
	FILE *out;
};

static void on_record(void *arg, Sekisho__Record *r)
{
	struct world *w = arg;

	fprintf(w->out, "%lld %llu %d", (long long)r->ts_us,
	    (unsigned long long)r->flow_id, (int)r->body_case);
	if (r->body_case == SEKISHO__RECORD__BODY_TRANSACTION)
		fprintf(w->out, " %u %llu", r->transaction->rcpt_count,
		    (unsigned long long)r->transaction->seen_bytes);
	if (r->body_case == SEKISHO__RECORD__BODY_CLOSE)
		fprintf(w->out, " %llu %u",
		    (unsigned long long)r->close->client_bytes,
		    r->close->transactions);
	fputc('\n', w->out);
}

static void begin(struct world *w, bool with_ahead)
{
	struct track_setup setup = {.conf = &w->conf,
	    .counters = &w->counters,
	    .put = on_record,
	    .arg = w,
	    .repeatable = true};
	char err[CONF_ERROR_BYTES];

	memset(w, 0, sizeof(*w));
	assert_int_equal(conf_load(&w->conf, NULL, err), 0);
	w->privacy = privacy_new(PRIVACY_FLOW, NULL, 0);
	setup.privacy = w->privacy;
	w->track = track_new(&setup);
	w->ip = malloc(TEXT + 20);
	w->out = open_memstream(&w->log, &w->log_len);
	if (with_ahead)
		w->ahead = ahead_new(w->track, &w->counters);
	w->now_us = START_US;
}

static void end(struct world *w)
{
	int64_t ts_us;

	while (w->ahead != NULL && ahead_count(w->ahead, &ts_us) > 0)
		ahead_work(w->ahead);
	while (track_end_one(w->track))
		;
	fclose(w->out);
}

static void done(struct world *w)
{
	ahead_free(w->ahead);
	track_free(w->track);
	privacy_free(w->privacy);
	conf_free(&w->conf);
	free(w->ip);
	free(w->log);
}

static void pass(struct world *w, struct packet *p)
{
	int64_t ts_us;

	w->now_us += 1000;
	p->ts_us = w->now_us;
	if (w->ahead == NULL) {
		track_packet(w->track, p);
		return;
	}
	if (ahead_count(w->ahead, &ts_us) == AHEAD_PACKETS)
		ahead_work(w->ahead);
	ahead_put(w->ahead, p);
	/* The source's memory has the next packet now. */
	memset(w->ip, '#', TEXT + 20);
}

/* One packet of session n. in_ip: the payload is part of an IP packet. */
static void send(struct world *w, int n, bool client, int flags, uint32_t seq,
    uint32_t ack, const char *text, bool in_ip)
{
	uint8_t a[4] = {192, 0, 2, (uint8_t)n}, b[4] = {198, 51, 100, 1};
	struct packet p = {.flags = (uint8_t)flags, .seq = seq, .ack = ack};

	p.src = addr_from_v4(client ? a : b);
	p.dst = addr_from_v4(client ? b : a);
	p.sport = client ? (uint16_t)(40000 + n) : 25;
	p.dport = client ? 25 : (uint16_t)(40000 + n);
	p.len = p.wire_len = (uint32_t)strlen(text);
	memcpy(w->ip + 20, text, p.len);
	p.payload = w->ip + 20;
	p.ip = in_ip ? w->ip : NULL;
	p.ip_len = in_ip ? 20 + p.len : 0;
	pass(w, &p);
}

static const struct {
	bool client;
	const char *text;
} talk[] = {{false, "220 mx.example ESMTP\r\n"},
    {true, "EHLO mail.example\r\n"}, {false, "250 mx.example\r\n"},
    {true, "MAIL FROM:<a@a.example>\r\n"}, {false, "250 2.1.0 ok\r\n"},
    {true, "RCPT TO:<b@b.example>\r\n"}, {false, "250 2.1.5 ok\r\n"},
    {true, "DATA\r\n"}, {false, "354 go on\r\n"}, {true, NULL},
    {false, "250 2.0.0 ok\r\n"}, {true, "QUIT\r\n"},
    {false, "221 2.0.0 bye\r\n"}};

/* All sessions a step each, in turn. */
static void traffic(struct world *w)
{
	static char body[TEXT];
	uint32_t seq[SESSIONS][2];

	memset(body, 'x', sizeof(body));
	for (size_t i = 70; i < sizeof(body); i += 70)
		memcpy(body + i - 2, "\r\n", 2);
	memcpy(body + 60000, "\r\n.\r\n", 6);
	for (int n = 0; n < SESSIONS; n++) {
		send(w, n, true, TCP_SYN, 100, 0, "", true);
		send(w, n, false, TCP_SYN | TCP_ACK, 500, 101, "", true);
		send(w, n, true, TCP_ACK, 101, 501, "", false);
		seq[n][0] = 501;
		seq[n][1] = 101;
	}
	for (size_t i = 0; i < sizeof(talk) / sizeof(talk[0]); i++)
		for (int n = 0; n < SESSIONS; n++) {
			bool c = talk[i].client;
			const char *s =
			    talk[i].text != NULL ? talk[i].text : body + n;

			send(w, n, c, TCP_ACK, seq[n][c], seq[n][!c], s,
			    n % 3 != 0);
			seq[n][c] += (uint32_t)strlen(s);
		}
}

static void records_are_those_of_the_tracker_alone(void **state)
{
	static struct world at_once, ahead;

	(void)state;
	begin(&at_once, false);
	traffic(&at_once);
	end(&at_once);
	begin(&ahead, true);
	traffic(&ahead);
	end(&ahead);
	assert_true(at_once.log_len > 1000);
	assert_string_equal(ahead.log, at_once.log);
	assert_int_equal(at_once.counters.v[COUNTER_TRANSACTIONS], SESSIONS);
	assert_int_equal(ahead.counters.v[COUNTER_TRANSACTIONS], SESSIONS);
	done(&at_once);
	done(&ahead);
}

static void packets_wait_in_order(void **state)
{
	static struct world w;
	struct packet p = {.flags = TCP_SYN, .dport = 25};
	int64_t ts_us = 0;

	(void)state;
	begin(&w, true);
	assert_int_equal(ahead_count(w.ahead, &ts_us), 0);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < AHEAD_PACKETS; i++) {
			p.ts_us = START_US + round * 100 + i;
			p.sport = (uint16_t)(1000 * round + i + 1);
			ahead_put(w.ahead, &p);
			assert_int_equal(ahead_count(w.ahead, &ts_us), i + 1);
			assert_int_equal(ts_us, START_US + round * 100);
		}
		for (int i = 0; i < AHEAD_PACKETS; i++) {
			assert_int_equal(
			    ahead_count(w.ahead, &ts_us), AHEAD_PACKETS - i);
			assert_int_equal(ts_us, START_US + round * 100 + i);
			ahead_work(w.ahead);
		}
	}
	assert_int_equal(w.counters.v[COUNTER_FLOWS], 3 * AHEAD_PACKETS);
	end(&w);
	done(&w);
}

/* The flows that were looked at may be gone when their packet is worked on. */
static void what_was_fetched_may_be_gone(void **state)
{
	static struct world w;

	(void)state;
	begin(&w, true);
	for (int n = 0; n < 8; n++) {
		send(&w, n, true, TCP_SYN, 100, 0, "", true);
		send(&w, n, false, TCP_RST | TCP_ACK, 0, 101, "", true);
		w.now_us += 100 * INT64_C(1000000);
		send(&w, n, true, TCP_ACK, 101, 1, "EHLO x\r\n", true);
		w.now_us += 1000 * INT64_C(1000000);
	}
	end(&w);
	assert_int_equal(w.counters.v[COUNTER_FLOWS_MIDSTREAM], 8);
	done(&w);
	ahead_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_are_those_of_the_tracker_alone),
	    cmocka_unit_test(packets_wait_in_order),
	    cmocka_unit_test(what_was_fetched_may_be_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
