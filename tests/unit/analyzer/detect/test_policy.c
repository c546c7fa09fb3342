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

static void test_a_policy_of_the_log_keeps_the_hash_it_had(void **state)
{
	static const char old[] = "min_domains=5\nthreshold_static_milli=7\n";
	char err[CONF_ERROR_BYTES];
	struct policy logged, anew;
	struct conf c;

	(void)state;
	assert_int_equal(conf_load_policy_text(&c, old, err), 0);
	policy_init_logged(&logged, &c, old);
	/* printf 'min_domains=5\nthreshold_static_milli=7\n' | sha256sum */
	assert_string_equal(logged.hash, "42f4e3d19b65bb7a");
	assert_int_equal(logged.threshold_milli[CLASS_STATIC], 7);
	assert_int_equal(policy_init(&anew, &c), 0);
	assert_string_not_equal(anew.hash, logged.hash);
	conf_free(&c);
}

static void test_rules_of_the_classes(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	assert_false(f->policy.port25_open[CLASS_DYNAMIC]);
	assert_true(f->policy.port25_open[CLASS_UNKNOWN]);
	assert_true(f->policy.port25_open[CLASS_WHOLESALE]);
	assert_int_equal(f->policy.mode[CLASS_STATIC], CLASS_MODE_INHERIT);
	assert_int_equal(f->policy.mode[CLASS_BUSINESS], CLASS_MODE_MONITOR);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers_by_class),
	    cmocka_unit_test(
		test_the_hash_follows_every_number_and_nothing_else),
	    cmocka_unit_test(test_a_policy_of_the_log_keeps_the_hash_it_had),
	    cmocka_unit_test(test_rules_of_the_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
