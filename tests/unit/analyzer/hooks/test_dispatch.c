/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/analyzer/hooks/world.h"

static void a_block_and_its_end_are_delivered(void **state)
{
	struct world *w = *state;
	const struct delivery *d;

	decide(w, "C1", ACTION_BLOCK, CAUSE_DETECTOR, MODE_ENFORCE,
	    INT64_C(32503680000000000));
	begin(w);
	run_until(w, is_finished);
	d = delivery(w, "d1", 1);
	assert_string_equal(d->state, "done");
	assert_string_equal(d->op, "block");
	assert_string_equal(d->event, "new");
	assert_int_equal(d->attempts, 1);
	assert_true(d->done_us > 0);
	assert_string_equal(d->error, "");
	assert_string_equal(lines(w),
	    "{\"op\":\"block\",\"seq\":1,\"event\":\"new\","
	    "\"cause\":\"detector\",\"subscriber\":\"C1\","
	    "\"targets\":[\"192.0.2.7/32\"],\"ports\":[25],"
	    "\"until_us\":32503680000000000}\n");
	allow(w, "C1", CAUSE_EXPIRED);
	run_until(w, is_finished);
	assert_int_equal(count_lines(w, "\"seq\":"), 2);
	assert_int_equal(count_lines(w, "{\"op\":\"unblock\",\"seq\":2,"
					"\"event\":\"expire\","),
	    1);
	assert_string_equal(delivery(w, "d1", 2)->op, "unblock");
}

static void an_allow_without_a_block_needs_no_line(void **state)
{
	struct world *w = *state;

	begin(w);
	allow(w, "C1", CAUSE_MANUAL);
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_int_equal(delivery(w, "d1", 1)->attempts, 0);
	assert_string_equal(lines(w), "");
}

/* A block follows the customer: to another address, to none and back. */
static void a_block_goes_with_the_customer(void **state)
{
	struct world *w = *state;

	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	move_block(w, "C1", "198.51.100.9");
	run_until(w, is_finished);
	assert_int_equal(
	    count_lines(w, "{\"op\":\"block\",\"seq\":2,\"event\":\"moved\""),
	    1);
	assert_int_equal(
	    count_lines(w, "\"targets\":[\"198.51.100.9/32\"]"), 1);
	move_block(w, "C1", "");
	run_until(w, is_finished);
	assert_int_equal(
	    count_lines(w, "{\"op\":\"unblock\",\"seq\":3,\"event\":\"moved\""),
	    1);
	/* nothing to close, nothing to say */
	move_block(w, "C1", "");
	run_until(w, is_finished);
	assert_int_equal(delivery(w, "d1", 4)->attempts, 0);
	assert_string_equal(delivery(w, "d1", 4)->state, "done");
	move_block(w, "C1", "2001:db8:9::/56");
	run_until(w, is_finished);
	assert_int_equal(
	    count_lines(w, "{\"op\":\"block\",\"seq\":5,\"event\":\"new\""), 1);
	/* the same again is no move */
	move_block(w, "C1", "2001:db8:9::/56");
	run_until(w, is_finished);
	assert_int_equal(
	    count_lines(w, "{\"op\":\"block\",\"seq\":6,\"event\":\"renew\""),
	    1);
}

static void block_ports(struct world *w, const char *customer)
{
	struct decision d = decision_of(
	    w, customer, ACTION_BLOCK, CAUSE_DETECTOR, MODE_ENFORCE, 0);

	d.targets[0].first_port = 1024;
	d.targets[0].last_port = 2047;
	write_row(w, &d);
}

static void a_shared_address_needs_port_sets(void **state)
{
	struct world *w = *state;

	begin(w);
	block_ports(w, "C1");
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "dead");
	assert_non_null(strstr(delivery(w, "d1", 1)->error, "port sets"));
	assert_string_equal(lines(w), "");
	/* what it may hold of another address goes */
	block(w, "C2");
	run_until(w, is_finished);
	block_ports(w, "C2");
	run_until(w, is_finished);
	assert_int_equal(
	    count_lines(w, "{\"op\":\"unblock\",\"seq\":3,\"event\":\"moved\""),
	    1);
	assert_int_equal(count_lines(w, "port_sets"), 0);
}

static void a_driver_with_port_sets_gets_them(void **state)
{
	struct world *w = *state;

	put(w, "hello", "{\"port_sets\":true}\n");
	begin(w);
	block_ports(w, "C1");
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_int_equal(
	    count_lines(w, "\"targets\":[],\"port_sets\":[{\"target\":"
			   "\"192.0.2.7/32\",\"source_ports\":[[1024,2047]]}]"),
	    1);
}

static void a_driver_of_whole_lines_is_asked_for(void **state)
{
	struct world *w = *state;

	put(w, "hello", "{\"ports\":false}\n");
	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "dead");
	assert_non_null(strstr(delivery(w, "d1", 1)->error, "whole_line"));
	assert_string_equal(lines(w), "");
	w->conf.drivers[0].whole_line = true;
	block(w, "C2");
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 2)->state, "done");
}

static void a_manual_allow_undoes_a_block(void **state)
{
	struct world *w = *state;

	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	allow(w, "C1", CAUSE_MANUAL);
	run_until(w, is_finished);
	assert_int_equal(count_lines(w, "{\"op\":\"unblock\",\"seq\":2,"
					"\"event\":\"release\","
					"\"cause\":\"manual\""),
	    1);
}

static void a_second_block_is_a_renewal(void **state)
{
	struct world *w = *state;

	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	block(w, "C1");
	run_until(w, is_finished);
	assert_int_equal(count_lines(w, "\"event\":\"new\""), 1);
	assert_int_equal(
	    count_lines(w, "{\"op\":\"block\",\"seq\":2,\"event\":\"renew\""),
	    1);
	assert_string_equal(delivery(w, "d1", 2)->event, "renew");
}

static void a_restart_gives_the_driver_what_is_in_force(void **state)
{
	struct world *w = *state;

	begin(w);
	block(w, "C1");
	block(w, "C2");
	block(w, "C3");
	run_until(w, is_finished);
	allow(w, "C2", CAUSE_RELEASED);
	run_until(w, is_finished);
	end(w);
	assert_int_equal(unlink(in_dir(w, "log")), 0);
	begin(w);
	run_until(w, has_restored);
	assert_int_equal(count_lines(w, "\"seq\":"), 2);
	assert_int_equal(count_lines(w, "\"seq\":1,\"event\":\"restored\""), 1);
	assert_int_equal(count_lines(w, "\"seq\":3,\"event\":\"restored\""), 1);
}

static void monitor_decisions_are_nobodys_business(void **state)
{
	struct world *w = *state;

	begin(w);
	decide(w, "C1", ACTION_BLOCK, CAUSE_DETECTOR, MODE_MONITOR, 0);
	decide(w, "C1", ACTION_ALLOW, CAUSE_MANUAL, MODE_MONITOR, 0);
	/* The enforced row behind them shows that they were passed. */
	block(w, "C2");
	run_until(w, is_finished);
	assert_int_equal(count_lines(w, "\"seq\":"), 1);
	assert_int_equal(count_lines(w, "\"seq\":3"), 1);
	assert_string_equal(delivery(w, "d1", 1)->state, "");
	assert_string_equal(delivery(w, "d1", 2)->state, "");
	assert_int_equal(n_found, 1);
}

static void a_superseded_block_is_not_sent(void **state)
{
	struct world *w = *state;

	block(w, "C1");
	allow(w, "C1", CAUSE_MANUAL);
	begin(w);
	run_until(w, is_finished);
	run_until(w, is_empty);
	assert_string_equal(lines(w), "");
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_string_equal(delivery(w, "d1", 1)->error, "superseded by D2");
	assert_int_equal(delivery(w, "d1", 1)->attempts, 0);
}

static void a_block_that_has_ended_is_not_sent(void **state)
{
	struct world *w = *state;

	decide(w, "C1", ACTION_BLOCK, CAUSE_DETECTOR, MODE_ENFORCE, 2000000);
	begin(w);
	run_until(w, is_finished);
	assert_string_equal(lines(w), "");
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_int_equal(delivery(w, "d1", 1)->attempts, 0);
}

/* The failed block may have been carried out all the same. */

/* A block that waits a long time for its next try does not hold it back. */

static void an_unblock_goes_before_waiting_blocks(void **state)
{
	struct world *w = *state;
	const char *first, *second;

	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	end(w);
	assert_int_equal(unlink(in_dir(w, "log")), 0);
	block(w, "C2");
	block(w, "C3");
	allow(w, "C1", CAUSE_MANUAL);
	begin(w);
	run_until(w, is_finished);
	run_until(w, is_empty);
	first = strstr(lines(w), "\"seq\":4");
	second = strstr(w->text, "\"seq\":2");
	assert_non_null(first);
	assert_non_null(second);
	assert_true(first < second);
}

/* A crash between the line and its row. */

static void one_customer_sees_its_decisions_in_order(void **state)
{
	struct world *w = *state;
	char name[16];
	long last[8] = {0};
	const char *s;

	begin(w);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "C%d", i % 8);
		if (i / 8 % 2 == 0)
			block(w, name);
		else
			allow(w, name, CAUSE_RELEASED);
		(void)uv_run(&w->loop, UV_RUN_ONCE);
	}
	run_until(w, is_finished);
	run_until(w, is_empty);
	for (s = lines(w); (s = strstr(s, "\"seq\":")) != NULL; s++) {
		long seq = atol(s + 6);

		assert_true(seq > last[seq % 8]);
		last[seq % 8] = seq;
	}
	/* The last word on each is a block. */
	for (int i = 0; i < 8; i++)
		assert_true(last[i] > 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD(a_block_and_its_end_are_delivered),
	    WORLD(an_allow_without_a_block_needs_no_line),
	    WORLD(a_block_goes_with_the_customer),
	    WORLD(a_shared_address_needs_port_sets),
	    WORLD(a_driver_with_port_sets_gets_them),
	    WORLD(a_driver_of_whole_lines_is_asked_for),
	    WORLD(a_manual_allow_undoes_a_block),
	    WORLD(a_second_block_is_a_renewal),
	    WORLD(a_restart_gives_the_driver_what_is_in_force),
	    WORLD(monitor_decisions_are_nobodys_business),
	    WORLD(a_superseded_block_is_not_sent),
	    WORLD(a_block_that_has_ended_is_not_sent),
	    WORLD(an_unblock_goes_before_waiting_blocks),
	    WORLD(one_customer_sees_its_decisions_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
