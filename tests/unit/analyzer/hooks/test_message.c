/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "analyzer/hooks/message.h"

static void fill(struct decision *d)
{
	memset(d, 0, sizeof(*d));
	d->seq = 41;
	d->cause = CAUSE_DETECTOR;
	d->until_us = INT64_C(1780000000000000);
	snprintf(d->customer, sizeof(d->customer), "C\"1\xff");
	assert_int_equal(
	    prefix_parse(&d->targets[0].prefix, "192.0.2.7/32"), 0);
	assert_int_equal(
	    prefix_parse(&d->targets[1].prefix, "2001:db8:1::/56"), 0);
	d->n_targets = 2;
}

static const char *line(struct jsonw *j, const struct decision *d,
    enum item_op op, enum item_event event, int turn)
{
	const struct item it = {.op = op, .event = event, .turn = turn};

	return message_write(j, d, &it);
}

static void a_block_line_has_the_fields_of_the_contract(void **state)
{
	struct decision d;
	struct jsonw j;

	(void)state;
	fill(&d);
	jsonw_init(&j, NULL);
	assert_string_equal(line(&j, &d, ITEM_BLOCK, ITEM_NEW, 0),
	    "{\"op\":\"block\",\"seq\":41,\"event\":\"new\","
	    "\"cause\":\"detector\",\"subscriber\":\"C\\\"1\xef\xbf\xbd\","
	    "\"targets\":[\"192.0.2.7/32\",\"2001:db8:1::/56\"],"
	    "\"ports\":[25],\"until_us\":1780000000000000}\n");
	d.n_targets = 0;
	d.until_us = 0;
	d.cause = CAUSE_RELEASED;
	assert_string_equal(line(&j, &d, ITEM_UNBLOCK, ITEM_RELEASE, 0),
	    "{\"op\":\"unblock\",\"seq\":41,\"event\":\"release\","
	    "\"cause\":\"released\",\"subscriber\":\"C\\\"1\xef\xbf\xbd\","
	    "\"targets\":[],\"ports\":[25],\"until_us\":0}\n");
	/* Only what came again says so. */
	assert_non_null(strstr(line(&j, &d, ITEM_UNBLOCK, ITEM_RELEASE, 2),
	    "\"until_us\":0,\"turn\":2}\n"));
	jsonw_free(&j);
}

/* Whole addresses and parts of one, each in its place. */
static void shared_addresses_stand_apart(void **state)
{
	struct decision d;
	struct jsonw j;

	(void)state;
	fill(&d);
	for (int i = 1; i < 4; i++)
		assert_int_equal(prefix_parse(&d.targets[i].prefix,
				     i < 3 ? "203.0.113.7" : "203.0.113.8"),
		    0);
	for (int i = 1; i < 4; i++) {
		d.targets[i].first_port = (uint16_t)(1024 * i);
		d.targets[i].last_port = (uint16_t)(1024 * i + 15);
	}
	d.n_targets = 4;
	jsonw_init(&j, NULL);
	assert_non_null(strstr(line(&j, &d, ITEM_BLOCK, ITEM_NEW, 0),
	    "\"targets\":[\"192.0.2.7/32\"],\"port_sets\":["
	    "{\"target\":\"203.0.113.7/32\","
	    "\"source_ports\":[[1024,1039],[2048,2063]]},"
	    "{\"target\":\"203.0.113.8/32\","
	    "\"source_ports\":[[3072,3087]]}],\"ports\":[25]"));
	jsonw_free(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_block_line_has_the_fields_of_the_contract),
	    cmocka_unit_test(shared_addresses_stand_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
