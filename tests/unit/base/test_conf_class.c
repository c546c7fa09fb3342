/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/conf_table.h"

static struct conf conf;

static int set_up(void **state)
{
	char err[CONF_ERROR_BYTES];

	(void)state;
	conf_free(&conf);
	return conf_load(&conf, NULL, err);
}

static void each_class_has_its_defaults(void **state)
{
	static const struct {
		enum line_class k;
		bool open;
		enum class_mode mode;
		int64_t servers, connections, threshold;
	} want[] = {
	    {CLASS_UNKNOWN, true, CLASS_MODE_INHERIT, 100, 200, 17300},
	    {CLASS_DYNAMIC, false, CLASS_MODE_INHERIT, 100, 200, 17300},
	    {CLASS_STATIC, true, CLASS_MODE_INHERIT, 100, 200, 18400},
	    {CLASS_BUSINESS, true, CLASS_MODE_MONITOR, 100, 200, 18400},
	    {CLASS_WHOLESALE, true, CLASS_MODE_MONITOR, 100, 200, 18400},
	    {CLASS_OWN, true, CLASS_MODE_INHERIT, 100, 200, 18400},
	    {CLASS_COUNT - 1, true, CLASS_MODE_INHERIT, 100, 200, 18400},
	    {CLASS_COUNT, true, CLASS_MODE_INHERIT, 100, 200, 17300},
	    {-1, true, CLASS_MODE_INHERIT, 100, 200, 17300},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct conf_class got = conf_class_rules(&conf, want[i].k);

		assert_int_equal(got.port25_open, want[i].open);
		assert_int_equal(got.mode, want[i].mode);
		assert_int_equal(got.burst_servers, want[i].servers);
		assert_int_equal(got.burst_connections, want[i].connections);
		assert_int_equal(got.threshold_milli, want[i].threshold);
	}
}

static void a_line_of_no_class_has_the_numbers_of_dynamic(void **state)
{
	struct conf_class rules;

	(void)state;
	conf.classes[CLASS_DYNAMIC].threshold_milli = 5000;
	conf.classes[CLASS_DYNAMIC].mode = CLASS_MODE_OFF;
	rules = conf_class_rules(&conf, CLASS_UNKNOWN);
	assert_int_equal(rules.threshold_milli, 5000);
	assert_int_equal(rules.mode, CLASS_MODE_INHERIT);
	assert_true(rules.port25_open);
}

static void they_are_listed_by_name_whatever_their_numbers(void **state)
{
	static const char *const want[] = {
	    "abc", "business", "dynamic", "static", "wholesale", "zebra"};
	enum line_class k[CLASS_COUNT];
	char why[CONF_ERROR_BYTES];
	size_t n;

	(void)state;
	assert_true(conf_class_add(&conf, "zebra", why, sizeof(why)) > 0);
	assert_true(conf_class_add(&conf, "abc", why, sizeof(why)) > 0);
	/* Known by an older log only. */
	assert_true(line_class_add("mmm") > 0);
	n = conf_classes_named(&conf, k);
	assert_int_equal(n, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < n; i++)
		assert_string_equal(line_class_name(k[i]), want[i]);
}

static void a_name_too_many_is_refused(void **state)
{
	char why[CONF_ERROR_BYTES], name[24];

	(void)state;
	for (int i = 0; i < CLASS_OWN_MAX; i++) {
		snprintf(name, sizeof(name), "own-%d", i);
		assert_true(conf_class_add(&conf, name, why, sizeof(why)) > 0);
	}
	assert_int_equal(conf_class_add(&conf, "more", why, sizeof(why)), -1);
	assert_non_null(strstr(why, "at most 27 own names"));
	assert_true(conf_class_add(&conf, "own-3", why, sizeof(why)) > 0);
	assert_int_equal(
	    conf_class_add(&conf, "static", why, sizeof(why)), CLASS_STATIC);
	/* Another configuration, and a table that older ones have filled. */
	assert_int_equal(set_up(NULL), 0);
	for (int i = line_class_count(); i < CLASS_COUNT; i++) {
		snprintf(name, sizeof(name), "old-%d", i);
		assert_int_equal(line_class_add(name), i);
	}
	assert_int_equal(conf_class_add(&conf, "more", why, sizeof(why)), -1);
	assert_non_null(strstr(why, "used before"));
	assert_true(conf_class_add(&conf, "own-3", why, sizeof(why)) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(each_class_has_its_defaults, set_up),
	    cmocka_unit_test_setup(
		a_line_of_no_class_has_the_numbers_of_dynamic, set_up),
	    cmocka_unit_test_setup(
		they_are_listed_by_name_whatever_their_numbers, set_up),
	    cmocka_unit_test_setup(a_name_too_many_is_refused, set_up),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	conf_free(&conf);
	return failed;
}
