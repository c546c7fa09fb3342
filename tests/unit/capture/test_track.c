/* SPDX-License-Identifier: Apache-2.0 */
/* How a connection begins, and whose it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/capture/track_world.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
