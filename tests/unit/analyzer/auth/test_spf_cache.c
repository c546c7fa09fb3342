/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/auth/spf_lookup.h"

static struct spf_answer *answer(enum dns_status status, uint32_t ttl_s)
{
	struct spf_answer *a = calloc(1, sizeof(*a) + 1);

	assert_non_null(a);
	a->known = true;
	a->status = status;
	a->ttl_s = ttl_s;
	return a;
}

static struct spf_query query(const char *domain)
{
	struct spf_query q = {.helo = "mail.example", .domain = domain};

	addr_parse(&q.ip, "192.0.2.1");
	return q;
}

static struct spf_outcome outcome(uint32_t ttl_s)
{
	struct spf_outcome o = {.result = SPF_FAIL,
	    .term = "-all",
	    .domain = "a.example",
	    .record = "v=spf1 -all",
	    .reason = "because",
	    .trail = "TXT a.example",
	    .lookups = 3,
	    .void_lookups = 1,
	    .ttl_s = ttl_s};

	return o;
}

/* With one answer of this kind. */
static void put(struct spf_cache *c, const struct spf_query *q, int64_t now_s,
    struct spf_outcome o, enum dns_status status, uint32_t ttl_s)
{
	struct spf_answer *a = answer(status, ttl_s);

	o.answers = a;
	spf_cache_put(c, q, now_s, &o);
	free(a);
}

static void a_result_comes_back_until_its_time(void **state)
{
	struct spf_cache *c = spf_cache_new(10);
	struct spf_query q = query("A.example"), lower = query("a.example");
	struct spf_outcome got;

	(void)state;
	assert_false(spf_cache_get(c, &q, 0, &got));
	put(c, &q, 100, outcome(60), DNS_OK, 60);
	assert_true(spf_cache_get(c, &lower, 159, &got));
	assert_int_equal(got.result, SPF_FAIL);
	assert_string_equal(got.term, "-all");
	assert_string_equal(got.domain, "a.example");
	assert_string_equal(got.record, "v=spf1 -all");
	assert_string_equal(got.reason, "because");
	assert_string_equal(got.trail, "TXT a.example");
	assert_int_equal(got.lookups, 3);
	assert_int_equal(got.void_lookups, 1);
	assert_int_equal(got.ttl_s, 1);
	assert_null(got.answers);
	assert_false(spf_cache_get(c, &q, 160, &got));
	assert_int_equal(spf_cache_count(c), 0);
	spf_cache_free(c);
}

static void it_is_another_result_for_another_question(void **state)
{
	struct spf_cache *c = spf_cache_new(10);
	struct spf_query q = query("a.example"), other;
	struct spf_outcome got, o = outcome(60);

	(void)state;
	put(c, &q, 0, o, DNS_OK, 60);
	other = query("b.example");
	assert_false(spf_cache_get(c, &other, 1, &got));
	other = query("a.exampl");
	assert_false(spf_cache_get(c, &other, 1, &got));
	other = q;
	addr_parse(&other.ip, "192.0.2.2");
	assert_false(spf_cache_get(c, &other, 1, &got));
	other = q;
	other.local_part = "postmaster";
	assert_false(spf_cache_get(c, &other, 1, &got));
	other = q;
	other.helo = "other.example";
	assert_true(spf_cache_get(c, &other, 1, &got));
	/* unless a macro asks for it */
	o.uses_helo = true;
	put(c, &q, 0, o, DNS_OK, 60);
	assert_false(spf_cache_get(c, &other, 1, &got));
	assert_true(spf_cache_get(c, &q, 1, &got));
	assert_true(got.uses_helo);
	assert_int_equal(spf_cache_count(c), 1);
	spf_cache_free(c);
}

static void what_does_not_stay_true_is_not_kept(void **state)
{
	struct spf_cache *c = spf_cache_new(10);
	struct spf_query q = query("a.example");
	struct spf_outcome o = outcome(60);

	(void)state;
	o.result = SPF_TEMPERROR;
	put(c, &q, 0, o, DNS_OK, 60);
	o = outcome(60);
	put(c, &q, 0, o, DNS_FAIL, 60);
	put(c, &q, 0, o, DNS_OK, 0);
	spf_cache_put(c, &q, 0, &o); /* nothing is known of its answers */
	q.want_exp = true;
	put(c, &q, 0, o, DNS_OK, 60);
	q = query("a.example");
	q.keep_askers = true;
	put(c, &q, 0, o, DNS_OK, 60);
	q = query("a.example");
	q.local_part = "somebody";
	put(c, &q, 0, o, DNS_OK, 60);
	assert_int_equal(spf_cache_count(c), 0);
	spf_cache_free(c);
}

static void no_result_is_kept_for_long(void **state)
{
	struct spf_cache *c = spf_cache_new(10);
	struct spf_query q = query("a.example");
	struct spf_outcome got;

	(void)state;
	put(c, &q, 0, outcome(1000000), DNS_OK, 1000000);
	assert_true(spf_cache_get(c, &q, SPF_CACHE_MOST_S - 1, &got));
	assert_false(spf_cache_get(c, &q, SPF_CACHE_MOST_S, &got));
	put(c, &q, 0, outcome(0), DNS_NXDOMAIN, 32768);
	assert_true(spf_cache_get(c, &q, SPF_CACHE_NEGATIVE_S - 1, &got));
	assert_false(spf_cache_get(c, &q, SPF_CACHE_NEGATIVE_S, &got));
	put(c, &q, 0, outcome(0), DNS_NODATA, 7);
	assert_true(spf_cache_get(c, &q, 6, &got));
	assert_false(spf_cache_get(c, &q, 7, &got));
	put(c, &q, 0, outcome(9000), DNS_NODATA, 9000);
	assert_false(spf_cache_get(c, &q, SPF_CACHE_NEGATIVE_S, &got));
	spf_cache_free(c);
}

static void the_one_used_least_recently_makes_room(void **state)
{
	struct spf_cache *c = spf_cache_new(3);
	struct spf_query a = query("a.example"), b = query("b.example"),
			 d = query("d.example"), e = query("e.example");
	struct spf_outcome got;

	(void)state;
	put(c, &a, 0, outcome(60), DNS_OK, 60);
	put(c, &b, 0, outcome(60), DNS_OK, 60);
	put(c, &d, 0, outcome(60), DNS_OK, 60);
	assert_true(spf_cache_get(c, &a, 1, &got));
	put(c, &e, 1, outcome(60), DNS_OK, 60);
	assert_int_equal(spf_cache_count(c), 3);
	assert_false(spf_cache_get(c, &b, 1, &got));
	assert_true(spf_cache_get(c, &a, 1, &got));
	assert_true(spf_cache_get(c, &d, 1, &got));
	assert_true(spf_cache_get(c, &e, 1, &got));
	spf_cache_free(c);
	c = spf_cache_new(0);
	put(c, &a, 0, outcome(60), DNS_OK, 60);
	assert_int_equal(spf_cache_count(c), 0);
	spf_cache_free(c);
	spf_cache_free(NULL);
}

/* A sender with long names and records takes no more memory. */
static void long_texts_leave_room_for_fewer(void **state)
{
	struct spf_cache *c = spf_cache_new(100);
	struct spf_outcome o = outcome(60), got;
	struct spf_query q;
	char domain[200];

	(void)state;
	memset(o.record, 'r', sizeof(o.record) - 1);
	memset(o.reason, 'x', sizeof(o.reason) - 1);
	memset(o.trail, 'y', sizeof(o.trail) - 1);
	memset(o.term, 't', sizeof(o.term) - 1);
	for (int i = 0; i < 300; i++) {
		snprintf(domain, sizeof(domain), "%0*d.example", 100, i);
		q = query(domain);
		put(c, &q, 0, o, DNS_OK, 60);
		assert_true(spf_cache_get(c, &q, 1, &got));
		assert_int_equal(strlen(got.record), sizeof(o.record) - 1);
	}
	assert_in_range(spf_cache_count(c), 20, 45);
	spf_cache_free(c);
}

static void many_come_and_go(void **state)
{
	struct spf_cache *c = spf_cache_new(500);
	struct spf_outcome got;
	char domain[32];
	int hits = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct spf_query q;

		snprintf(domain, sizeof(domain), "d%d.example", i * 7 % 900);
		q = query(domain);
		if (spf_cache_get(c, &q, i / 100, &got))
			hits++;
		else
			put(c, &q, i / 100, outcome(60), DNS_OK, 60);
		assert_true(spf_cache_count(c) <= 500);
	}
	assert_int_equal(hits, 0); /* it walks in circles of 900 */
	spf_cache_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_result_comes_back_until_its_time),
	    cmocka_unit_test(it_is_another_result_for_another_question),
	    cmocka_unit_test(what_does_not_stay_true_is_not_kept),
	    cmocka_unit_test(no_result_is_kept_for_long),
	    cmocka_unit_test(the_one_used_least_recently_makes_room),
	    cmocka_unit_test(long_texts_leave_room_for_fewer),
	    cmocka_unit_test(many_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
