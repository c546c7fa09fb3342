/* SPDX-License-Identifier: Apache-2.0 */
/* How a connection ends, what is lost of it, and what there is too much of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/capture/track_world.h"

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
