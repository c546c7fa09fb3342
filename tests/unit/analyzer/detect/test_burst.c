/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/burst.h"

#include "feed.h"

static const struct burst_rule rule = {
    .span_us = 60 * US_PER_S, .events = 15, .servers = 10, .keep = 15};

static int note(struct burst *b, int64_t t_ms, uint64_t server)
{
	return burst_note(b, &rule, t_ms * 1000, t_ms + 1, server);
}

static void test_one_below_either_threshold_does_not_hold(void **state)
{
	struct burst b = {0};

	(void)state;
	for (int i = 0; i < 14; i++)
		assert_int_equal(note(&b, i, (uint64_t)i + 1), 0);
	assert_int_equal(note(&b, 14, 15), 1);
	burst_clear(&b);
	for (int i = 0; i < 100; i++)
		assert_int_equal(note(&b, i, (uint64_t)i % 9 + 1), 0);
	assert_int_equal(note(&b, 100, 10), 1);
	burst_clear(&b);
}

static void test_the_window_is_half_open(void **state)
{
	const struct burst_rule pair = {.span_us = 1000, .events = 2};
	struct burst b = {0};

	(void)state;
	burst_note(&b, &pair, 0, 1, 1);
	assert_int_equal(burst_note(&b, &pair, 1000, 2, 1), 0);
	assert_int_equal(burst_note(&b, &pair, 1999, 3, 1), 1);
	burst_clear(&b);
	for (int i = 0; i < 14; i++)
		note(&b, 0, (uint64_t)i + 1);
	assert_int_equal(note(&b, 60000, 15), 0);
	burst_clear(&b);
	for (int i = 0; i < 14; i++)
		note(&b, 1, (uint64_t)i + 1);
	assert_int_equal(note(&b, 60000, 15), 1);
	burst_clear(&b);
}

static void test_a_threshold_that_cannot_be_kept_is_never_met(void **state)
{
	const struct burst_rule big = {
	    .span_us = 1000, .events = BURST_MAX + 1, .keep = 1};
	struct burst b = {0};

	(void)state;
	for (int i = 0; i < BURST_MAX + 10; i++)
		assert_int_equal(burst_note(&b, &big, 1, 1, 1), 0);
	assert_int_equal(b.cap_events, 0);
}

static void test_another_rule_begins_anew(void **state)
{
	struct burst_rule one = {.span_us = 1000, .events = 2};
	struct burst b = {0};

	(void)state;
	assert_int_equal(burst_note(&b, &one, 1, 1, 1), 0);
	one.events = 3;
	assert_int_equal(burst_note(&b, &one, 2, 2, 1), 0);
	assert_int_equal(burst_note(&b, &one, 3, 3, 1), 0);
	assert_int_equal(burst_note(&b, &one, 4, 4, 1), 1);
	burst_clear(&b);
}

/* The definition, word by word, over everything that ever happened. */
static bool naive(const int64_t *ts, const uint64_t *servers, int n)
{
	int events = 0, distinct = 0;
	bool seen[64] = {false};

	for (int i = 0; i < n; i++) {
		if (ts[n - 1] - ts[i] >= rule.span_us)
			continue;
		events++;
		distinct += !seen[servers[i]];
		seen[servers[i]] = true;
	}
	return events >= (int)rule.events && distinct >= (int)rule.servers;
}

static void test_bounded_memory_gives_the_exact_answer(void **state)
{
	static int64_t ts[4000];
	static uint64_t servers[4000];
	uint64_t seed = 4711;
	struct burst b = {0};
	int held = 0;
	int64_t now = 0;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1;
		now +=
		    (int64_t)(seed >> 33) % ((i / 500 % 2) ? 9000000 : 300000);
		ts[i] = now;
		servers[i] = (seed >> 40) % (i / 300 % 3 ? 40 : 11);
		assert_int_equal(burst_note(&b, &rule, now, i, servers[i]),
		    naive(ts, servers, i + 1));
		held += naive(ts, servers, i + 1);
	}
	assert_true(held > 500 && held < 3500);
	assert_true(b.cap_events <= rule.events && b.cap_servers <= rule.keep);
	burst_clear(&b);
}

static void test_the_oldest_event_is_where_the_evidence_begins(void **state)
{
	struct burst b = {0};
	struct burst_event e = {0};
	struct keyset k = {0};

	(void)state;
	note(&b, 0, 1);
	for (int i = 0; i < 20; i++)
		note(&b, 70000 + i, (uint64_t)i % 3 + 1);
	assert_int_equal(burst_oldest(&b, rule.span_us, 70019000, &e), 15);
	assert_int_equal(e.obs_no, 70006);
	assert_int_equal(burst_servers(&b, rule.span_us, 70019000), 3);
	assert_int_equal(burst_keys(&b, rule.span_us, 70019000, &k), 0);
	assert_int_equal(k.n, 3);
	keyset_clear(&k);
	burst_clear(&b);
}

static int bulk(struct burst *b, int64_t t_ms, int64_t n, int64_t servers)
{
	struct burst_bulk many = {n, servers};

	return burst_note_bulk(b, &rule, t_ms * 1000, t_ms + 1, &many);
}

static uint32_t servers_at(const struct burst *b, int64_t t_ms)
{
	return burst_servers(b, rule.span_us, t_ms * 1000);
}

static void test_a_bulk_counts_each_of_its_events(void **state)
{
	struct burst b = {0};
	struct burst_event e = {0};

	(void)state;
	assert_int_equal(bulk(&b, 0, 0, 0), 0);
	assert_int_equal(bulk(&b, 0, -5, 100), 0);
	assert_int_equal(b.n_events, 0);
	assert_int_equal(bulk(&b, 0, 14, 100), 0);
	assert_int_equal(bulk(&b, 1, 1, 1), 1);
	assert_int_equal(burst_oldest(&b, rule.span_us, 1000, &e), 15);
	/* no more is kept than the rule asks for */
	assert_int_equal(bulk(&b, 2, INT64_C(1) << 40, 1), 1);
	assert_int_equal(burst_oldest(&b, rule.span_us, 2000, &e), 15);
	assert_int_equal(e.obs_no, 3);
	assert_true(b.cap_events <= rule.events);
	burst_clear(&b);
}

/* What is told may be what is named, or what was told before. */
static void test_estimates_are_never_added(void **state)
{
	struct burst b = {0};

	(void)state;
	for (int i = 0; i < 9; i++)
		note(&b, i, (uint64_t)i + 1);
	for (int i = 0; i < 100; i++)
		assert_int_equal(bulk(&b, 10 + i, 100, 9), 0);
	assert_int_equal(servers_at(&b, 200), 9);
	assert_int_equal(burst_told(&b, rule.span_us, 200000), 9);
	burst_clear(&b);
}

/* Two standard errors of 13 % below the estimate. */
static void test_a_threshold_takes_the_lower_bound(void **state)
{
	static const struct {
		int64_t told;
		uint32_t want;
	} rows[] = {{0, 0}, {1, 1}, {2, 1}, {13, 9}, {14, 10}, {100, 74},
	    {UINT32_MAX, 3178275798}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct burst b = {0};

		assert_int_equal(bulk(&b, 0, 1000, rows[i].told),
		    rows[i].want >= rule.servers);
		assert_int_equal(servers_at(&b, 0), rows[i].want);
		burst_clear(&b);
	}
}

static void test_the_greatest_estimate_within_the_span_counts(void **state)
{
	struct burst b = {0};
	int64_t told[300];

	(void)state;
	for (int i = 0; i < 300; i++) {
		int64_t greatest = 0;

		/* falls six times, then anew: no more than are kept */
		told[i] = 1000 * (i % 3 + 1) - 100 * (i % 6);
		bulk(&b, i * 7000, 1, told[i]);
		for (int k = i; k >= 0 && (i - k) * 7000 < 60000; k--)
			if (told[k] > greatest)
				greatest = told[k];
		assert_int_equal(
		    burst_told(&b, rule.span_us, i * INT64_C(7000000)),
		    greatest);
	}
	assert_int_equal(burst_told(&b, rule.span_us, INT64_MAX / 2), 0);
	burst_clear(&b);
}

/* Ever less is told: what is claimed may be less, never more. */
static void test_a_long_fall_claims_too_little_rather(void **state)
{
	struct burst b = {0};

	(void)state;
	for (int i = 0; i < 59; i++) {
		bulk(&b, i * 1000, 1, 1000 - i);
		assert_int_equal(
		    burst_told(&b, rule.span_us, i * INT64_C(1000000)), 1000);
	}
	for (int t = 59; t < 130; t++) {
		int64_t got =
		    burst_told(&b, rule.span_us, t * INT64_C(1000000));

		if (t < 118) /* the last of them is inside of the span */
			assert_in_range(got, 942, t < 60 ? 1000 : 1059 - t);
		else
			assert_int_equal(got, 0);
	}
	burst_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_below_either_threshold_does_not_hold),
	    cmocka_unit_test(test_the_window_is_half_open),
	    cmocka_unit_test(test_a_threshold_that_cannot_be_kept_is_never_met),
	    cmocka_unit_test(test_another_rule_begins_anew),
	    cmocka_unit_test(test_bounded_memory_gives_the_exact_answer),
	    cmocka_unit_test(
		test_the_oldest_event_is_where_the_evidence_begins),
	    cmocka_unit_test(test_a_bulk_counts_each_of_its_events),
	    cmocka_unit_test(test_estimates_are_never_added),
	    cmocka_unit_test(test_a_threshold_takes_the_lower_bound),
	    cmocka_unit_test(test_the_greatest_estimate_within_the_span_counts),
	    cmocka_unit_test(test_a_long_fall_claims_too_little_rather),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
