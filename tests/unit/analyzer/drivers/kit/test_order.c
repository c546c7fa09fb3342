/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "analyzer/drivers/kit/order.h"

static struct order *parse(const char *line)
{
	struct order *o = order_parse(line, strlen(line));

	assert_non_null(o);
	return o;
}

static void a_block_is_read(void **state)
{
	struct order *o =
	    parse("{\"op\":\"block\",\"seq\":41,\"event\":\"new\","
		  "\"cause\":\"detector\",\"subscriber\":\"C1\","
		  "\"targets\":[\"2001:db8::/56\",\"192.0.2.7\"],"
		  "\"ports\":[25],\"until_us\":5}");

	(void)state;
	assert_int_equal(o->op, ORDER_BLOCK);
	assert_int_equal(o->seq, 41);
	assert_int_equal(o->until_us, 5);
	assert_string_equal(o->event, "new");
	assert_string_equal(o->cause, "detector");
	assert_string_equal(o->subscriber, "C1");
	assert_null(o->error);
	assert_false(o->other_ports);
	assert_int_equal(o->n_targets, 2);
	assert_true(addr_is_v4(&o->targets[0].prefix.addr));
	assert_int_equal(o->targets[1].prefix.len, 56);
	assert_false(target_is_shared(&o->targets[0]));
	order_free(o);
}

static void port_sets_are_sorted_and_each_range_is_a_target(void **state)
{
	struct order *o = parse(
	    "{\"op\":\"block\",\"seq\":1,\"subscriber\":\"A\","
	    "\"targets\":[\"192.0.2.9/32\",\"192.0.2.9/32\"],"
	    "\"port_sets\":[{\"target\":\"192.0.2.7/32\",\"source_ports\":"
	    "[[4096,4111],[1024,2047],[4096,4111]]}]}");

	(void)state;
	assert_null(o->error);
	assert_int_equal(o->n_targets, 3);
	assert_int_equal(o->targets[0].first_port, 1024);
	assert_int_equal(o->targets[0].last_port, 2047);
	assert_true(target_is_shared(&o->targets[1]));
	assert_int_equal(o->targets[1].first_port, 4096);
	assert_false(target_is_shared(&o->targets[2]));
	order_free(o);
}

static void what_is_wrong_is_told(void **state)
{
	static const struct {
		const char *rest, *error;
	} cases[] = {
	    {"\"subscriber\":\"A\"", "no seq or no subscriber"},
	    {"\"seq\":1", "no seq or no subscriber"},
	    {"\"seq\":1,\"subscriber\":\"\"", "no seq or no subscriber"},
	    {"\"seq\":1.5,\"subscriber\":\"A\"", "no seq or no subscriber"},
	    {"\"seq\":1,\"subscriber\":\"0123456789012345678901234567890123456"
	     "789012345678901234567890123\"",
		"more than 63 bytes"},
	    {"\"seq\":1,\"subscriber\":\"A\",\"targets\":[\"x\"]",
		"target \"x\": no address"},
	    {"\"seq\":1,\"subscriber\":\"A\",\"targets\":[7]",
		"target \"?\": no address"},
	    {"\"seq\":1,\"subscriber\":\"A\",\"targets\":[\"192.0.2.7/24\"]",
		"behind its length"},
	    {"\"seq\":1,\"subscriber\":\"A\",\"port_sets\":[{\"target\":"
	     "\"192.0.2.7\"}]",
		"no source_ports"},
	    {"\"seq\":1,\"subscriber\":\"A\",\"port_sets\":[{\"target\":"
	     "\"192.0.2.7\",\"source_ports\":[[1,2],[5,4]]}]",
		"range 2 of \"192.0.2.7\""},
	    {"\"seq\":1,\"subscriber\":\"A\",\"port_sets\":[{\"target\":"
	     "\"192.0.2.7\",\"source_ports\":[[1,65536]]}]",
		"range 1 of"},
	    {"\"seq\":1,\"subscriber\":\"A\",\"port_sets\":[{\"source_ports\":"
	     "[[1,2]]}]",
		"target \"?\""},
	    {"\"seq\":1,\"subscriber\":\"A\",\"port_sets\":[{\"target\":"
	     "\"192.0.2.7\",\"source_ports\":[[1,5],[5,9]]}]",
		"ranges of 192.0.2.7/32 overlap"},
	};
	char line[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct order *o;

		snprintf(
		    line, sizeof(line), "{\"op\":\"block\",%s}", cases[i].rest);
		o = parse(line);
		if (o->error == NULL ||
		    strstr(o->error, cases[i].error) == NULL)
			fail_msg("%s: \"%s\"", line,
			    o->error != NULL ? o->error : "ok");
		assert_true(o->permanent);
		order_free(o);
	}
}

static void targets_of_an_unblock_do_not_matter(void **state)
{
	struct order *o = parse("{\"op\":\"unblock\",\"seq\":1,\"subscriber\":"
				"\"A\",\"targets\":[\"junk\"]}");

	(void)state;
	assert_int_equal(o->op, ORDER_UNBLOCK);
	assert_null(o->error);
	assert_int_equal(o->n_targets, 0);
	order_free(o);
}

static void other_ports_are_seen(void **state)
{
	struct order *o = parse("{\"op\":\"block\",\"seq\":1,\"subscriber\":"
				"\"A\",\"ports\":[25,465]}");

	(void)state;
	assert_true(o->other_ports);
	order_free(o);
	o = parse("{\"op\":\"block\",\"seq\":1,\"subscriber\":\"A\"}");
	assert_false(o->other_ports);
	order_free(o);
}

static void what_is_no_order_is_null(void **state)
{
	static const char *const lines[] = {"", "junk", "[]", "7", "{\"op\":7}",
	    "{}", "{\"op\":\"block\",\"op\":\"block\"}",
	    "{\"op\":\"hello\"} x"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_null(order_parse(lines[i], strlen(lines[i])));
	order_free(NULL);
}

static void the_other_ops_are_known(void **state)
{
	static const char *const ops[] = {[ORDER_HELLO] = "hello",
	    [ORDER_LIST] = "list",
	    [ORDER_COUNTERS] = "counters",
	    [ORDER_TEST] = "test",
	    [ORDER_BLOCK] = "block",
	    [ORDER_UNBLOCK] = "unblock",
	    [ORDER_UNKNOWN] = "dance"};
	char line[64];

	(void)state;
	for (int i = 0; i <= ORDER_UNKNOWN; i++) {
		struct order *o;

		snprintf(line, sizeof(line), "{\"op\":\"%s\"}", ops[i]);
		o = parse(line);
		assert_int_equal(o->op, i);
		assert_null(o->line);
		assert_int_equal(order_keep_line(o, line, strlen(line)), 0);
		assert_string_equal(o->line, line);
		order_free(o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_block_is_read),
	    cmocka_unit_test(port_sets_are_sorted_and_each_range_is_a_target),
	    cmocka_unit_test(what_is_wrong_is_told),
	    cmocka_unit_test(targets_of_an_unblock_do_not_matter),
	    cmocka_unit_test(other_ports_are_seen),
	    cmocka_unit_test(what_is_no_order_is_null),
	    cmocka_unit_test(the_other_ops_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
