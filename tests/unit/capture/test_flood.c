/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "capture/flood.h"

#define T0       INT64_C(1793577600000000)
#define UNANS    SEKISHO__OUTCOME__OUTCOME_UNANSWERED
#define REFUSED  SEKISHO__OUTCOME__OUTCOME_REFUSED
#define HALF     SEKISHO__OUTCOME__OUTCOME_HALF_OPEN
#define NOTHING  SEKISHO__OUTCOME__OUTCOME_NONE
#define TOLD_MAX 4096

struct world {
	struct flood *f;
	struct counters counters;
	uint64_t attempts, single;
	uint64_t in_summaries;
	size_t n;
	struct addr client[TOLD_MAX];
	Sekisho__Summary told[TOLD_MAX];
};
static struct world w;

static struct addr scanner(void)
{
	static const uint8_t b[4] = {192, 0, 2, 7};

	return addr_from_v4(b);
}

/* Of 2001:db8::/32: enough for everybody. */
static struct addr nth(uint8_t net, uint32_t i)
{
	uint8_t b[16] = {0x20, 0x01, 0x0d, 0xb8, net};

	memcpy(b + 12, &i, sizeof(i));
	return addr_from_v6(b);
}

static void begin(int64_t per_s, uint8_t seed_byte)
{
	uint8_t seed[16];

	memset(&w, 0, sizeof(w));
	memset(seed, seed_byte, sizeof(seed));
	w.f = flood_new(&w.counters, per_s, seed);
	assert_non_null(w.f);
}

static bool attempt_at(const struct flood_key *key, uint32_t server,
    Sekisho__Outcome o, int64_t now_us)
{
	struct addr s = nth(2, server);
	bool single = flood_attempt(w.f, key, &s, o, now_us - 100, now_us);

	w.attempts++;
	w.single += single;
	return single;
}

static bool attempt(const struct addr *client, uint32_t server,
    Sekisho__Outcome o, int64_t now_us)
{
	struct flood_key key = {*client, 25, false};

	return attempt_at(&key, server, o, now_us);
}

static void put(void *arg, const struct addr *client, Sekisho__Summary *s)
{
	(void)arg;
	assert_true(w.n < TOLD_MAX);
	w.client[w.n] = *client;
	w.told[w.n++] = *s;
	w.in_summaries +=
	    s->unanswered + s->refused + s->half_open + s->evicted;
	assert_int_equal(s->error, 0);
}

static void emit(int64_t now_us, bool all)
{
	flood_emit(w.f, now_us, all, put, NULL);
}

/* Every attempt is somewhere. */
static void end(void)
{
	emit(T0 + 1000 * US_PER_S, true);
	assert_true(flood_due_us(w.f) == INT64_MAX);
	assert_int_equal(
	    w.attempts - w.single, w.counters.v[COUNTER_ATTEMPTS_SUMMARISED]);
	assert_int_equal(w.counters.v[COUNTER_ATTEMPTS_SUMMARISED],
	    w.in_summaries + w.counters.v[COUNTER_SUMMARIES_DISPLACED]);
	flood_free(w.f);
}

static void few_are_told_singly(void **state)
{
	struct addr c = scanner();

	(void)state;
	begin(10, 1);
	for (int s = 0; s < 5; s++)
		for (uint32_t i = 0; i < 10; i++)
			assert_true(attempt(&c, i, UNANS, T0 + s * US_PER_S));
	assert_true(flood_due_us(w.f) == INT64_MAX);
	end();
	assert_int_equal(w.n, 0);
}

static void the_limit_is_a_second_of_packet_time(void **state)
{
	struct addr c = scanner();

	(void)state;
	begin(10, 1);
	for (uint32_t i = 0; i < 25; i++)
		assert_int_equal(attempt(&c, i, UNANS, T0), i < 10);
	/* half a second later, half of the tokens; backwards, none */
	for (uint32_t i = 0; i < 10; i++)
		assert_int_equal(
		    attempt(&c, i, UNANS, T0 + US_PER_S / 2), i < 5);
	assert_false(attempt(&c, 0, UNANS, T0 - 5 * US_PER_S));
	assert_true(attempt(&c, 0, UNANS, T0 + US_PER_S));
	/* long silence saves up no more than one second's */
	for (uint32_t i = 0; i < 30; i++)
		assert_int_equal(
		    attempt(&c, i, UNANS, T0 + 900 * US_PER_S), i < 10);
	end();
}

static void a_summary_says_what_became_of_them(void **state)
{
	struct addr c = scanner();

	(void)state;
	begin(1, 1);
	assert_true(attempt(&c, 0, UNANS, T0 + 300));
	for (uint32_t i = 0; i < 9; i++)
		attempt(&c, 1,
		    i < 2   ? UNANS
		    : i < 5 ? REFUSED
			    : HALF,
		    T0 + 400);
	assert_false(attempt(&c, 2, NOTHING, T0 + 500));
	assert_true(flood_due_us(w.f) == T0 + US_PER_S);
	emit(T0 + US_PER_S - 1, false);
	assert_int_equal(w.n, 0);
	emit(T0 + US_PER_S, false);
	assert_int_equal(w.n, 1);
	assert_true(addr_equal(&w.client[0], &c));
	assert_true(w.told[0].start_us == T0 + 300);
	assert_int_equal(w.told[0].unanswered, 2);
	assert_int_equal(w.told[0].refused, 3);
	assert_int_equal(w.told[0].half_open, 4);
	assert_int_equal(w.told[0].evicted, 1);
	/* the one of the evicted attempt is not among those that failed */
	assert_int_equal(w.told[0].distinct_servers, 2);
	assert_int_equal(w.told[0].failed_servers, 1);
	/* told: counts begin anew, an unchanged one is not told again */
	emit(T0 + 2 * US_PER_S, false);
	assert_int_equal(w.n, 1);
	assert_false(attempt(&c, 3, NOTHING, T0 + 2 * US_PER_S));
	end();
	assert_int_equal(w.n, 2);
	assert_int_equal(w.told[1].evicted, 1);
	assert_int_equal(w.told[1].unanswered, 0);
	assert_int_equal(w.told[1].distinct_servers, 1);
	assert_int_equal(w.told[1].failed_servers, 0);
}

/* The port, and whose servers they are, make a sum of its own. */
static void ports_and_own_servers_are_summed_apart(void **state)
{
	static const struct {
		uint16_t port;
		bool own;
		uint64_t n;
	} sums[] = {
	    {25, false, 4}, {25, true, 3}, {587, false, 2}, {587, true, 1}};

	(void)state;
	begin(1000, 1);
	for (uint32_t k = 0; k < 4; k++)
		for (size_t i = 0; i < 4; i++) {
			struct flood_key key = {
			    scanner(), sums[i].port, sums[i].own};

			if (k < sums[i].n)
				attempt_at(&key, k, NOTHING, T0);
		}
	end();
	assert_int_equal(w.n, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(w.told[i].server_port, sums[i].port);
		assert_int_equal(w.told[i].own_servers, sums[i].own);
		assert_int_equal(w.told[i].evicted, sums[i].n);
		assert_int_equal(w.told[i].distinct_servers, sums[i].n);
	}
}

/* Equal ones stand in the order of their keys, whatever came first. */
static void equal_sums_have_one_order(void **state)
{
	static const struct {
		uint16_t port;
		bool own;
	} came[] = {{587, true}, {25, true}, {587, false}, {25, false}};

	(void)state;
	begin(1000, 1);
	for (size_t i = 0; i < 4; i++) {
		struct flood_key key = {scanner(), came[i].port, came[i].own};

		attempt_at(&key, 1, NOTHING, T0);
	}
	end();
	assert_int_equal(w.n, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(w.told[i].server_port, i < 2 ? 25 : 587);
		assert_int_equal(w.told[i].own_servers, i % 2);
	}
}

static void evicted_ones_are_never_told_singly(void **state)
{
	struct addr c = scanner();

	(void)state;
	begin(1000, 1);
	assert_false(attempt(&c, 1, NOTHING, T0));
	assert_int_equal(w.counters.v[COUNTER_ATTEMPTS_EVICTED], 1);
	end();
	assert_int_equal(w.n, 1);
}

static void without_a_limit_all_are_told_singly(void **state)
{
	struct addr c = scanner();

	(void)state;
	begin(0, 1);
	for (uint32_t i = 0; i < 100000; i++)
		assert_true(attempt(&c, i, UNANS, T0));
	assert_false(attempt(&c, 1, NOTHING, T0));
	assert_int_equal(w.counters.v[COUNTER_ATTEMPTS_EVICTED], 1);
	assert_int_equal(w.counters.v[COUNTER_ATTEMPTS_SUMMARISED], 0);
	emit(T0 + 9 * US_PER_S, true);
	assert_int_equal(w.n, 0);
	flood_free(w.f);
}

static void the_largest_are_told_first(void **state)
{
	(void)state;
	begin(1, 1);
	for (uint32_t i = 0; i < 400; i++) {
		struct addr c = nth(1, i);

		for (uint32_t k = 0; k <= i; k++)
			attempt(&c, k, NOTHING, T0 + i);
	}
	emit(T0 + US_PER_S, false);
	assert_int_equal(w.n, FLOOD_TOLD_PER_SECOND);
	for (uint32_t i = 0; i < w.n; i++)
		assert_int_equal(w.told[i].evicted, 400 - i);
	/* the others wait for the next second */
	assert_true(flood_due_us(w.f) == T0 + 2 * US_PER_S);
	emit(T0 + 2 * US_PER_S, false);
	assert_int_equal(w.n, 400);
	assert_int_equal(w.told[399].evicted, 1);
	end();
	assert_int_equal(w.n, 400);
	assert_int_equal(w.counters.v[COUNTER_SUMMARIES_DISPLACED], 0);
}

/* A million forged sources, and one scan of 5000 servers among them. */
static void flood_of_a_million(uint8_t seed, int64_t length_us)
{
	struct addr c = scanner();

	begin(1000, seed);
	for (uint32_t i = 0; i < 1000000; i++) {
		struct addr forged = nth(1, i);
		int64_t now_us = T0 + i * length_us / 1000000;

		while (flood_due_us(w.f) <= now_us)
			emit(flood_due_us(w.f), false);
		attempt(&forged, 1, i % 2 ? UNANS : NOTHING, now_us);
		if (i % 200 == 0)
			attempt(&c, i / 200, NOTHING, now_us);
	}
	end();
}

static void a_flood_does_not_hide_a_scanner(void **state)
{
	struct addr c = scanner();

	(void)state;
	flood_of_a_million(1, US_PER_S);
	assert_true(addr_equal(&w.client[0], &c));
	assert_int_equal(w.told[0].evicted, 5000);
	assert_in_range(w.told[0].distinct_servers, 3500, 6500);
	assert_true(w.n <= FLOOD_SUMS);
}

static void nor_over_many_seconds(void **state)
{
	struct addr c = scanner();
	uint64_t sum = 0, seconds = 0;

	(void)state;
	flood_of_a_million(1, 10 * US_PER_S);
	for (size_t i = 0; i < w.n; i++) {
		if (!addr_equal(&w.client[i], &c))
			continue;
		sum += w.told[i].evicted;
		seconds++;
	}
	assert_int_equal(sum, 5000);
	assert_int_equal(seconds, 10);
	assert_true(w.n <= 10 * FLOOD_TOLD_PER_SECOND + FLOOD_SUMS);
}

/* Who fills the table with clients of a few attempts each finds his scan
 * told all the same. */
static void repeated_forgeries_do_not_hide_it_either(void **state)
{
	struct addr c = scanner();
	bool found = false;

	(void)state;
	begin(1, 1);
	for (uint32_t i = 0; i < 200000; i++) {
		struct addr forged = nth(1, i / 5);

		attempt(&forged, 1, NOTHING, T0);
		if (i > 100000 && i % 100 == 0)
			attempt(&c, i, NOTHING, T0);
	}
	emit(T0 + US_PER_S, false);
	for (size_t i = 0; i < w.n; i++)
		found |= addr_equal(&w.client[i], &c);
	assert_true(found);
	end();
}

static void what_is_told_does_not_depend_on_the_seed(void **state)
{
	static struct world first;

	(void)state;
	flood_of_a_million(1, 3 * US_PER_S);
	first = w;
	flood_of_a_million(2, 3 * US_PER_S);
	assert_int_equal(first.n, w.n);
	for (size_t i = 0; i < w.n; i++) {
		assert_true(addr_equal(&first.client[i], &w.client[i]));
		assert_int_equal(first.told[i].evicted, w.told[i].evicted);
		assert_int_equal(
		    first.told[i].unanswered, w.told[i].unanswered);
		assert_true(first.told[i].start_us == w.told[i].start_us);
	}
	flood_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(few_are_told_singly),
	    cmocka_unit_test(the_limit_is_a_second_of_packet_time),
	    cmocka_unit_test(a_summary_says_what_became_of_them),
	    cmocka_unit_test(ports_and_own_servers_are_summed_apart),
	    cmocka_unit_test(equal_sums_have_one_order),
	    cmocka_unit_test(evicted_ones_are_never_told_singly),
	    cmocka_unit_test(without_a_limit_all_are_told_singly),
	    cmocka_unit_test(the_largest_are_told_first),
	    cmocka_unit_test(a_flood_does_not_hide_a_scanner),
	    cmocka_unit_test(nor_over_many_seconds),
	    cmocka_unit_test(repeated_forgeries_do_not_hide_it_either),
	    cmocka_unit_test(what_is_told_does_not_depend_on_the_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
