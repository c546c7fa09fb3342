/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/conf_table.h"

static char *text_with(const char *first, const char *second)
{
	char err[CONF_ERROR_BYTES], why[CONF_ERROR_BYTES], *text;
	struct conf c;

	assert_int_equal(conf_load(&c, NULL, err), 0);
	assert_true(conf_class_add(&c, first, why, sizeof(why)) > 0);
	assert_true(conf_class_add(&c, second, why, sizeof(why)) > 0);
	c.classes[line_class_parse("fibre")].mode = CLASS_MODE_MONITOR;
	c.classes[line_class_parse("cable")].threshold_milli = 77;
	text = conf_policy_text(&c);
	assert_non_null(text);
	conf_free(&c);
	return text;
}

static void the_order_of_sections_changes_nothing(void **state)
{
	char *a = text_with("fibre", "cable"), *b = text_with("cable", "fibre");

	(void)state;
	assert_string_equal(a, b);
	assert_non_null(strstr(a, "\nclass.cable.threshold_milli=77\n"));
	assert_non_null(strstr(a, "\nclass.fibre.mode=monitor\n"));
	assert_true(strstr(a, "class.business.") < strstr(a, "class.cable."));
	assert_null(strstr(a, "class.unknown."));
	free(a);
	free(b);
}

static void the_classes_of_a_text_come_back(void **state)
{
	static const char text[] = "min_domains=6\n"
				   "class.dynamic.port25=open\n"
				   "class.only-here.mode=off\n"
				   "class.only-here.burst_servers=4\n";
	char err[CONF_ERROR_BYTES], *first, *second;
	struct conf c;
	int k;

	(void)state;
	assert_int_equal(line_class_parse("only-here"), -1);
	assert_int_equal(conf_load_policy_text(&c, text, err), 0);
	k = line_class_parse("only-here");
	assert_true(k >= CLASS_OWN);
	assert_int_equal(c.classes[k].mode, CLASS_MODE_OFF);
	assert_int_equal(c.classes[k].burst_servers, 4);
	assert_int_equal(c.classes[k].burst_connections, 200);
	assert_true(c.classes[CLASS_DYNAMIC].port25_open);
	first = conf_policy_text(&c);
	conf_free(&c);
	assert_int_equal(conf_load_policy_text(&c, first, err), 0);
	second = conf_policy_text(&c);
	conf_free(&c);
	assert_string_equal(first, second);
	free(first);
	free(second);
}

static void a_text_of_the_time_before_classes_is_understood(void **state)
{
	static const char old[] = "burst_servers_dynamic=11\n"
				  "burst_servers_static=101\n"
				  "burst_connections_dynamic=16\n"
				  "burst_connections_static=201\n"
				  "threshold_dynamic_milli=9201\n"
				  "threshold_static_milli=18401\n"
				  "min_domains=5\n"
				  "dynamic_port25_open=true\n";
	char err[CONF_ERROR_BYTES];
	struct conf_class k;
	struct conf c;

	(void)state;
	if (conf_load_policy_text(&c, old, err) != 0)
		fail_msg("%s", err);
	k = conf_class_rules(&c, CLASS_DYNAMIC);
	assert_true(k.port25_open);
	assert_int_equal(k.burst_servers, 11);
	assert_int_equal(k.burst_connections, 16);
	assert_int_equal(k.threshold_milli, 9201);
	k = conf_class_rules(&c, CLASS_STATIC);
	assert_true(k.port25_open);
	assert_int_equal(k.burst_servers, 101);
	assert_int_equal(k.burst_connections, 201);
	assert_int_equal(k.threshold_milli, 18401);
	assert_int_equal(conf_class_rules(&c, CLASS_UNKNOWN).burst_servers, 11);
	conf_free(&c);
	assert_int_equal(
	    conf_load_policy_text(&c, "dynamic_port25_open=false\n", err), 0);
	assert_false(c.classes[CLASS_DYNAMIC].port25_open);
	conf_free(&c);
}

static void a_line_that_says_nothing_of_a_class_is_refused(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"class.dynamic=1\n", "is no policy key"},
	    {"class.dynamic.=1\n", "is no policy key"},
	    {"class.dynamic.speed=1\n", "class.dynamic.speed\" is no policy"},
	    {"class..mode=off\n", "is no class name"},
	    {"class.A.mode=off\n", "\"class.A.mode\" is no class name"},
	    {"class.unknown.mode=off\n", "use another name"},
	    {"class.static.mode\n", "is no policy key"},
	    {"class.static.mode=\n", "class.static.mode: "},
	    {"class.static.port25=maybe\n", "open | closed"},
	    {"class.static.burst_servers=0\n", "out of range"},
	    {"port25=open\n", "is no policy key"},
	};
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    conf_load_policy_text(&c, cases[i].text, err), -1);
		if (strstr(err, cases[i].want) == NULL)
			fail_msg("%s: %s", cases[i].text, err);
		conf_free(&c);
	}
}

static void a_foreign_policy_text_is_refused(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"min_domain=3\n", "\"min_domain\" is no policy key"},
	    {"min_domains\n", "is no policy key"},
	    {"min_domains=\n", "min_domains: \"\" is no number"},
	    {"min_domains=0\n", "out of range"},
	    {"min_domains=3 4 x\n", "no number"},
	};
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    conf_load_policy_text(&c, cases[i].text, err), -1);
		if (strstr(err, cases[i].want) == NULL)
			fail_msg("%s: %s", cases[i].text, err);
		conf_free(&c);
	}
	/* An older version's: what it did not know does not judge. */
	assert_int_equal(conf_load_policy_text(&c, "", err), 0);
	assert_int_equal(c.spoof_threshold_milli, 0);
	assert_int_equal(c.forwarded_weight_milli, 0);
	assert_int_equal(c.burst_new_percent, 0);
	assert_int_equal(c.min_strong_servers, 0);
	assert_int_equal(c.listing_once_s, 0);
	assert_int_equal(c.score_half_life_s, 0);
	assert_int_equal(c.hurry_connections, 0);
	assert_int_equal(c.spread_window_s, 0);
	assert_int_equal(c.hurry_memory_milli, 0);
	assert_int_equal(c.burst_bad_percent, 0);
	assert_int_equal(c.retry_memory_s, 0);
	assert_int_equal(c.account_threshold_milli, 0);
	assert_int_equal(c.brake_customers, 0);
	assert_false(c.release_quiet);
	assert_int_equal(c.min_domains, 5);
	conf_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_order_of_sections_changes_nothing),
	    cmocka_unit_test(the_classes_of_a_text_come_back),
	    cmocka_unit_test(a_text_of_the_time_before_classes_is_understood),
	    cmocka_unit_test(a_line_that_says_nothing_of_a_class_is_refused),
	    cmocka_unit_test(a_foreign_policy_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
