/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/policy.h"

#include "feed.h"

static void test_numbers_by_class(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	assert_int_equal(f->policy.threshold_milli[CLASS_DYNAMIC], 9200);
	assert_int_equal(f->policy.threshold_milli[CLASS_UNKNOWN], 9200);
	assert_int_equal(f->policy.threshold_milli[CLASS_STATIC], 18400);
	assert_int_equal(f->policy.burst_servers[CLASS_UNKNOWN], 10);
	assert_int_equal(f->policy.burst_servers[CLASS_STATIC], 100);
	assert_int_equal(f->policy.burst_connections[CLASS_DYNAMIC], 15);
	assert_int_equal(f->policy.burst_connections[CLASS_STATIC], 200);
	feed_free(f);
}

static void test_the_hash_follows_every_number_and_nothing_else(void **state)
{
	struct feed *f = feed_new();
	struct policy p;

	(void)state;
	assert_int_equal(strlen(f->policy.hash), 16);
	assert_int_equal(strspn(f->policy.hash, "0123456789abcdef"), 16);
	f->conf.weight_milli[LABEL_DEFERRED]++;
	assert_int_equal(policy_init(&p, &f->conf), 0);
	assert_string_not_equal(p.hash, f->policy.hash);
	f->conf.weight_milli[LABEL_DEFERRED]--;
	f->conf.max_flows++;
	f->conf.mode = MODE_ENFORCE;
	assert_int_equal(policy_init(&p, &f->conf), 0);
	assert_string_equal(p.hash, f->policy.hash);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers_by_class),
	    cmocka_unit_test(
		test_the_hash_follows_every_number_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
