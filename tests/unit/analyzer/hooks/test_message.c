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
	assert_int_equal(prefix_parse(&d->targets[0].prefix, "192.0.2.7/32"), 0);
	assert_int_equal(prefix_parse(&d->targets[1].prefix, "2001:db8:1::/56"), 0);
	d->n_targets = 2;
}

static void a_block_line_has_the_fields_of_the_contract(void **state)
{
	struct decision d;
	struct jsonw j;

	(void)state;
	fill(&d);
	jsonw_init(&j, NULL);
	assert_string_equal(message_write(&j, &d, ITEM_BLOCK, ITEM_NEW),
	    "{\"op\":\"block\",\"seq\":41,\"event\":\"new\","
	    "\"cause\":\"detector\",\"subscriber\":\"C\\\"1\xef\xbf\xbd\","
	    "\"targets\":[\"192.0.2.7/32\",\"2001:db8:1::/56\"],"
	    "\"ports\":[25],\"until_us\":1780000000000000}\n");
	d.n_targets = 0;
	d.until_us = 0;
	d.cause = CAUSE_RELEASED;
	assert_string_equal(message_write(&j, &d, ITEM_UNBLOCK, ITEM_RELEASE),
	    "{\"op\":\"unblock\",\"seq\":41,\"event\":\"release\","
	    "\"cause\":\"released\",\"subscriber\":\"C\\\"1\xef\xbf\xbd\","
	    "\"targets\":[],\"ports\":[25],\"until_us\":0}\n");
	jsonw_free(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_block_line_has_the_fields_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
