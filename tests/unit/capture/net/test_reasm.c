/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "capture/net/reasm.h"
#include "tests/unit/capture/pkt.h"

#define STREAM_BYTES 4000

struct seen {
	uint8_t data[2 * STREAM_BYTES];
	size_t n;
	uint64_t gaps, lost;
};

static struct counters counters;

static void on_data(void *arg, const uint8_t *data, size_t len)
{
	struct seen *s = arg;

	assert_true(len > 0 && s->n + len <= sizeof(s->data));
	memcpy(s->data + s->n, data, len);
	s->n += len;
}

static void on_gap(void *arg, uint64_t len)
{
	struct seen *s = arg;

	assert_true(len > 0);
	s->gaps++;
	s->lost += len;
}

static void text(struct reasm *r, struct reasm_budget *b, struct seen *s,
    uint32_t seq, const char *t)
{
	struct reasm_out out = {on_data, on_gap, s};
	uint32_t n = (uint32_t)strlen(t);

	reasm_segment(r, b, seq, (const uint8_t *)t, n, n, &out);
}

static void has(const struct seen *s, const char *want)
{
	assert_int_equal(s->n, strlen(want));
	assert_memory_equal(s->data, want, s->n);
}

static struct reasm_budget budget_of(size_t stream, size_t total)
{
	struct reasm_budget b = {stream, total, 0, &counters};

	memset(&counters, 0, sizeof(counters));
	return b;
}

static uint8_t byte_at(uint32_t offset)
{
	return (uint8_t)(offset * 31 + offset / 251);
}

/* Segments that cover the stream, some twice, some overlapping, in an order
 * that is mixed within a distance: the bytes come out once, in order. */
static void mixed(uint64_t seed, uint32_t isn)
{
	struct reasm_budget b = budget_of(1 << 20, 1 << 20);
	static struct seen s;
	struct reasm_out out = {on_data, on_gap, &s};
	struct reasm r = {0};
	uint32_t from[2048], to[2048], n = 0;
	uint8_t data[STREAM_BYTES];

	memset(&s, 0, sizeof(s));
	for (uint32_t at = 0; at < STREAM_BYTES;) {
		uint32_t len = 1 + pkt_random(&seed) % 60;

		from[n] = at - (at > 0 ? pkt_random(&seed) % at % 20 : 0);
		to[n] = at + len < STREAM_BYTES ? at + len : STREAM_BYTES;
		at = to[n++];
		if (pkt_random(&seed) % 5 == 0) {
			uint32_t again = (uint32_t)(pkt_random(&seed) % n);

			from[n] = from[again];
			to[n++] = to[again];
		}
	}
	for (uint32_t i = 0; i + 1 < n; i++) {
		uint32_t j = i + pkt_random(&seed) % (n - i < 8 ? n - i : 8);
		uint32_t f = from[i], t = to[i];

		from[i] = from[j];
		to[i] = to[j];
		from[j] = f;
		to[j] = t;
	}
	for (uint32_t i = 0; i < STREAM_BYTES; i++)
		data[i] = byte_at(i);
	reasm_start(&r, isn);
	for (uint32_t i = 0; i < n; i++)
		reasm_segment(&r, &b, isn + from[i], data + from[i],
		    to[i] - from[i], to[i] - from[i], &out);
	assert_int_equal(s.n, STREAM_BYTES);
	assert_memory_equal(s.data, data, STREAM_BYTES);
	assert_int_equal(s.gaps, 0);
	/* What comes again is the same as before. */
	assert_int_equal(counters.v[COUNTER_TCP_OVERLAP_DIFFERENT], 0);
	assert_int_equal(b.used, 0);
	assert_null(r.head);
}

static void any_order_gives_the_same_bytes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++)
		mixed(seed, (uint32_t)(seed * 2654435761u));
}

static void the_sequence_number_wraps(void **state)
{
	(void)state;
	for (uint32_t before = 1; before < STREAM_BYTES; before += 97)
		mixed(before, (uint32_t)0 - before);
}

/* Some segments never come: bytes and lost bytes add up, order holds. */
static void holes_are_told_with_their_length(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct reasm_budget b = budget_of(1500, 1500);
		static struct seen s;
		struct reasm_out out = {on_data, on_gap, &s};
		struct reasm r = {0};
		uint64_t rng = seed;
		uint32_t isn = (uint32_t)pkt_random(&rng), kept = 0;

		memset(&s, 0, sizeof(s));
		reasm_start(&r, isn);
		for (uint32_t at = 0; at < STREAM_BYTES; at += 40) {
			uint8_t data[40];

			for (uint32_t i = 0; i < 40; i++)
				data[i] = byte_at(at + i);
			if (pkt_random(&rng) % 6 == 0)
				continue;
			kept += 40;
			reasm_segment(&r, &b, isn + at, data, 40, 40, &out);
			assert_true(b.used <= 1500);
			assert_int_equal(r.buffered, b.used);
		}
		reasm_fin(&r, isn + STREAM_BYTES);
		reasm_flush(&r, &b, &out);
		assert_true(reasm_is_complete(&r));
		assert_int_equal(s.n, kept);
		assert_int_equal(s.n + s.lost, STREAM_BYTES);
		assert_int_equal(b.used, 0);
	}
}

static void the_first_bytes_win(void **state)
{
	struct reasm_budget b = budget_of(1000, 1000);
	struct reasm r = {0};
	struct seen s = {.n = 0};

	(void)state;
	reasm_start(&r, 100);
	text(&r, &b, &s, 104, "EFGH");
	text(&r, &b, &s, 102, "cdefghij"); /* EFGH waits already */
	has(&s, "");
	text(&r, &b, &s, 100, "ab");
	has(&s, "abcdEFGHij");
	assert_int_equal(counters.v[COUNTER_TCP_OVERLAP_BYTES], 4);
	assert_int_equal(counters.v[COUNTER_TCP_OVERLAP_DIFFERENT], 1);
	text(&r, &b, &s, 105, "xxxxxK"); /* ten bytes are delivered */
	has(&s, "abcdEFGHijK");
	assert_int_equal(counters.v[COUNTER_TCP_OVERLAP_BYTES], 9);
	assert_int_equal(s.gaps, 0);
}

static void waiting_bytes_win_over_a_longer_one_that_fills_the_hole(
    void **state)
{
	struct reasm_budget b = budget_of(1000, 1000);
	struct reasm r = {0};
	struct seen s = {.n = 0};

	(void)state;
	reasm_start(&r, 1);
	text(&r, &b, &s, 4, "DE");
	text(&r, &b, &s, 8, "H");
	text(&r, &b, &s, 1, "abcdefghij");
	has(&s, "abcDEfgHij");
	assert_int_equal(counters.v[COUNTER_TCP_OVERLAP_DIFFERENT], 2);
	assert_null(r.head);
}

static void a_retransmission_is_counted_and_nothing_else(void **state)
{
	struct reasm_budget b = budget_of(1000, 1000);
	struct reasm r = {0};
	struct seen s = {.n = 0};

	(void)state;
	reasm_start(&r, 0xfffffffe);
	text(&r, &b, &s, 0xfffffffe, "abcd");
	text(&r, &b, &s, 0xfffffffe, "ABCD");
	has(&s, "abcd");
	assert_int_equal(counters.v[COUNTER_TCP_RETRANSMITTED], 1);
}

static void what_the_peer_acknowledged_is_not_waited_for(void **state)
{
	struct reasm_budget b = budget_of(1000, 1000);
	struct reasm r = {0};
	struct seen s = {.n = 0};
	struct reasm_out out = {on_data, on_gap, &s};

	(void)state;
	reasm_start(&r, 10);
	text(&r, &b, &s, 15, "fg");
	reasm_acked(&r, &b, 12, &out);
	has(&s, "");
	assert_int_equal(s.lost, 2);
	reasm_acked(&r, &b, 17, &out);
	has(&s, "fg");
	assert_int_equal(s.lost, 5);
	reasm_acked(&r, &b, 20, &out);
	assert_int_equal(s.lost, 8);
	/* The number of the FIN is no byte. */
	reasm_fin(&r, 20);
	reasm_acked(&r, &b, 21, &out);
	assert_int_equal(s.lost, 8);
	assert_true(reasm_is_complete(&r));
}

static void an_absurd_acknowledgement_is_ignored(void **state)
{
	struct reasm_budget b = budget_of(1000, 1000);
	struct reasm r = {0};
	struct seen s = {.n = 0};
	struct reasm_out out = {on_data, on_gap, &s};

	(void)state;
	reasm_start(&r, 10);
	reasm_acked(&r, &b, 10 + REASM_WINDOW + 1, &out);
	reasm_acked(&r, &b, 5, &out);
	text(&r, &b, &s, 10, "ok");
	has(&s, "ok");
	assert_int_equal(s.gaps, 0);
}

static void one_segment_far_away_is_refused_two_are_believed(void **state)
{
	struct reasm_budget b = budget_of(1000, 1000);
	struct reasm r = {0};
	struct seen s = {.n = 0};
	uint32_t far = 1000 + REASM_WINDOW + 1000;

	(void)state;
	reasm_start(&r, 1000);
	text(&r, &b, &s, far, "xx");
	assert_int_equal(counters.v[COUNTER_TCP_OUT_OF_WINDOW], 1);
	text(&r, &b, &s, 1000, "ab");
	has(&s, "ab");
	text(&r, &b, &s, far, "yy");
	text(&r, &b, &s, far + 2, "zz");
	has(&s, "abzz");
	assert_int_equal(s.lost, far + 2 - 1002);
}

static void the_total_budget_holds_over_all_streams(void **state)
{
	struct reasm_budget b = budget_of(1000, 300);
	struct reasm one = {0}, two = {0};
	struct seen s = {.n = 0}, t = {.n = 0};

	(void)state;
	reasm_start(&one, 0);
	reasm_start(&two, 0);
	for (uint32_t i = 1; b.used + 64 <= 300; i += 10)
		text(&one, &b, &s, i, "0123456789");
	assert_int_equal(s.n, 0);
	for (uint32_t i = 1; i < 200; i += 10)
		text(&two, &b, &t, i, "0123456789");
	assert_true(b.used <= 300);
	assert_true(t.n > 0);
	assert_int_equal(t.lost, 1);
	assert_true(counters.v[COUNTER_TCP_OVER_BUDGET] > 0);
	reasm_reset(&one, &b);
	reasm_reset(&two, &b);
	assert_int_equal(b.used, 0);
}

static void without_a_budget_every_hole_is_given_up_at_once(void **state)
{
	struct reasm_budget b = budget_of(0, 0);
	struct reasm r = {0};
	struct seen s = {.n = 0};

	(void)state;
	reasm_start(&r, 0);
	text(&r, &b, &s, 2, "cd");
	has(&s, "cd");
	assert_int_equal(s.lost, 2);
	assert_int_equal(b.used, 0);
}

static void what_the_snapshot_cut_off_is_a_gap(void **state)
{
	struct reasm_budget b = budget_of(1000, 1000);
	struct reasm r = {0};
	struct seen s = {.n = 0};
	struct reasm_out out = {on_data, on_gap, &s};

	(void)state;
	reasm_start(&r, 0);
	reasm_segment(&r, &b, 8, (const uint8_t *)"ij", 2, 6, &out);
	reasm_segment(&r, &b, 0, (const uint8_t *)"abc", 3, 8, &out);
	text(&r, &b, &s, 14, "op");
	has(&s, "abcijop");
	assert_int_equal(s.gaps, 2);
	assert_int_equal(s.lost, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_order_gives_the_same_bytes),
	    cmocka_unit_test(the_sequence_number_wraps),
	    cmocka_unit_test(holes_are_told_with_their_length),
	    cmocka_unit_test(the_first_bytes_win),
	    cmocka_unit_test(
		waiting_bytes_win_over_a_longer_one_that_fills_the_hole),
	    cmocka_unit_test(a_retransmission_is_counted_and_nothing_else),
	    cmocka_unit_test(what_the_peer_acknowledged_is_not_waited_for),
	    cmocka_unit_test(an_absurd_acknowledgement_is_ignored),
	    cmocka_unit_test(one_segment_far_away_is_refused_two_are_believed),
	    cmocka_unit_test(the_total_budget_holds_over_all_streams),
	    cmocka_unit_test(without_a_budget_every_hole_is_given_up_at_once),
	    cmocka_unit_test(what_the_snapshot_cut_off_is_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
