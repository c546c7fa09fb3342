/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/hooks/desired.h"
#include "analyzer/hooks/outbox.h"

static struct decision row(int64_t seq, const char *customer,
    enum action action, enum cause cause, int64_t until_us)
{
	struct decision d = {
	    .seq = seq, .action = action, .cause = cause, .until_us = until_us};

	snprintf(d.customer, sizeof(d.customer), "%s", customer);
	return d;
}

static void the_newest_decision_is_wanted(void **state)
{
	struct desired *d = desired_new(1);
	struct decision block = row(5, "C1", ACTION_BLOCK, CAUSE_DETECTOR, 100);
	struct decision allow = row(6, "C1", ACTION_ALLOW, CAUSE_EXPIRED, 0);
	struct customer *c = desired_note(d, &block);

	(void)state;
	assert_non_null(c);
	assert_true(desired_blocked(c, 99));
	assert_false(desired_blocked(c, 100));
	assert_ptr_equal(desired_note(d, &allow), c);
	assert_false(desired_blocked(c, 0));
	/* An older row that is read again changes nothing. */
	assert_ptr_equal(desired_note(d, &block), c);
	assert_false(desired_blocked(c, 0));
	assert_int_equal(c->want_seq, 6);
	assert_int_equal(desired_count(d), 1);
	desired_free(d);
}

static void a_block_without_end_stays(void **state)
{
	struct desired *d = desired_new(1);
	struct decision block = row(1, "C1", ACTION_BLOCK, CAUSE_MANUAL, 0);

	(void)state;
	assert_true(desired_blocked(desired_note(d, &block), INT64_MAX));
	desired_free(d);
}

static void count(void *arg, struct customer *c)
{
	int *n = arg;

	*n += c->want_block ? 1 : 1000;
}

static void many_customers_are_found_again(void **state)
{
	struct desired *d = desired_new(2);
	struct decision r;
	char name[16];
	int n = 0;

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 5000; i++) {
			snprintf(name, sizeof(name), "C%d", i);
			r = row(round * 5000 + i + 1, name, ACTION_BLOCK,
			    CAUSE_DETECTOR, 0);
			assert_non_null(desired_note(d, &r));
		}
	assert_int_equal(desired_count(d), 5000);
	desired_each(d, count, &n);
	assert_int_equal(n, 5000);
	desired_free(d);
}

static void only_a_blank_customer_is_forgotten(void **state)
{
	struct desired *d = desired_new(2);
	struct decision block = row(1, "C1", ACTION_BLOCK, CAUSE_MANUAL, 0);
	struct decision allow = row(2, "C1", ACTION_ALLOW, CAUSE_MANUAL, 0);
	struct item it = {.decision_seq = 2};
	struct customer *c = desired_note(d, &block);

	(void)state;
	desired_drop_blank(d, c);
	assert_int_equal(desired_count(d), 1);
	(void)desired_note(d, &allow);
	c->slots[1].held = true;
	desired_drop_blank(d, c);
	assert_int_equal(desired_count(d), 1);
	c->slots[1].held = false;
	assert_non_null(outbox_append(&c->slots[0], &it));
	desired_drop_blank(d, c);
	assert_int_equal(desired_count(d), 1);
	free(c->slots[0].first);
	c->slots[0].first = c->slots[0].last = NULL;
	desired_drop_blank(d, c);
	assert_int_equal(desired_count(d), 0);
	desired_free(d);
}

static void nothing_is_freed_legally(void **state)
{
	(void)state;
	desired_free(NULL);
	assert_string_equal(item_op_name(ITEM_UNBLOCK), "unblock");
	assert_string_equal(item_event_name(ITEM_RESTORED), "restored");
	assert_string_equal(item_event_name(ITEM_MOVED), "moved");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_newest_decision_is_wanted),
	    cmocka_unit_test(a_block_without_end_stays),
	    cmocka_unit_test(many_customers_are_found_again),
	    cmocka_unit_test(only_a_blank_customer_is_forgotten),
	    cmocka_unit_test(nothing_is_freed_legally),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
