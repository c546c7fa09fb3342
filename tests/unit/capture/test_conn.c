/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "capture/conn.h"

#define NOOPS 200 /* in a segment */

struct world {
	struct counters counters;
	struct emit emit;
	struct reasm_budget reasm;
	struct conn_smtp_budget smtp;
	struct conn_env env;
	struct flow flow[2];
	struct conn *conn[2];
	uint32_t seq[2];
	uint64_t gaps, lost_bytes, client_bytes;
};

static void on_record(void *arg, Sekisho__Record *r)
{
	struct world *w = arg;

	if (r->body_case != SEKISHO__RECORD__BODY_CLOSE)
		return;
	w->gaps = r->close->gaps;
	w->lost_bytes = r->close->lost_bytes;
	w->client_bytes = r->close->client_bytes;
}

static void send(struct world *w, int i, const char *text)
{
	struct packet p;

	memset(&p, 0, sizeof(p));
	p.flags = TCP_ACK;
	p.seq = w->seq[i];
	p.payload = (const uint8_t *)text;
	p.len = p.wire_len = (uint32_t)strlen(text);
	w->seq[i] += p.len;
	w->flow[i].packets[FLOW_CLIENT]++;
	conn_packet(w->conn[i], FLOW_CLIENT, &p, 1000);
}

static void begin(struct world *w, size_t smtp_bytes)
{
	memset(w, 0, sizeof(*w));
	w->emit.privacy = privacy_new(PRIVACY_FLOW, NULL, 0);
	assert_non_null(w->emit.privacy);
	w->emit.counters = &w->counters;
	w->emit.put = on_record;
	w->emit.arg = w;
	w->reasm = (struct reasm_budget){.stream_bytes = 65536,
	    .total_bytes = 1 << 20,
	    .counters = &w->counters};
	w->smtp.total_bytes = smtp_bytes;
	w->env = (struct conn_env){
	    .emit = &w->emit, .budget = &w->reasm, .smtp = &w->smtp};
	for (int i = 0; i < 2; i++) {
		w->flow[i].port[FLOW_SERVER] = 25;
		w->flow[i].midstream = true;
		w->conn[i] = conn_new(&w->env, &w->flow[i], 0);
		assert_non_null(w->conn[i]);
		send(w, i, "EHLO a.example\r\n");
	}
}

static void end(struct world *w)
{
	for (int i = 0; i < 2; i++) {
		conn_end(w->conn[i], SEKISHO__CLOSE_REASON__CLOSE_IDLE, 2000);
		conn_free(w->conn[i]);
	}
	assert_int_equal(w->smtp.used, 0);
	privacy_free(w->emit.privacy);
}

static const char *noops(void)
{
	static char text[NOOPS * 6 + 1];

	for (int i = 0; i < NOOPS; i++)
		memcpy(text + (size_t)i * 6, "NOOP\r\n", 6);
	return text;
}

static void within_the_budget_all_is_read(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 1 << 20);
	send(&w, 0, noops());
	assert_true(w.smtp.used > CONN_SMTP_BYTES);
	assert_int_equal(w.counters.v[COUNTER_SMTP_OVER_BUDGET], 0);
	assert_int_equal(w.counters.v[COUNTER_GAPS], 0);
	end(&w);
	assert_int_equal(w.gaps, 0);
}

/* Who holds much gets a gap; who holds little is read on. */
static void over_the_budget_the_large_one_gets_a_gap(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 0);
	for (int i = 0; i < 5; i++)
		send(&w, 0, noops());
	assert_true(w.smtp.used > 0);
	assert_true(w.smtp.used <= CONN_SMTP_BYTES);
	assert_int_equal(w.counters.v[COUNTER_SMTP_OVER_BUDGET], 1);
	assert_true(w.counters.v[COUNTER_GAPS] > 0);
	send(&w, 1, "NOOP\r\n");
	assert_int_equal(w.counters.v[COUNTER_SMTP_OVER_BUDGET], 1);
	conn_end(w.conn[0], SEKISHO__CLOSE_REASON__CLOSE_IDLE, 2000);
	assert_true(w.gaps > 0);
	assert_int_equal(w.client_bytes + w.lost_bytes,
	    strlen("EHLO a.example\r\n") + 5 * NOOPS * 6);
	conn_free(w.conn[0]);
	conn_end(w.conn[1], SEKISHO__CLOSE_REASON__CLOSE_IDLE, 2000);
	assert_int_equal(w.gaps, 0);
	conn_free(w.conn[1]);
	assert_int_equal(w.smtp.used, 0);
	privacy_free(w.emit.privacy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(within_the_budget_all_is_read),
	    cmocka_unit_test(over_the_budget_the_large_one_gets_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
