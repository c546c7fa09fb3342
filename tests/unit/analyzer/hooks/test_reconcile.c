/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/analyzer/hooks/world.h"

#include "store/enforcement.h"
#include "store/sample.h"

static struct difference last;
static int n_there;

static int on_difference(void *arg, const struct difference *d)
{
	(void)arg;
	last = *d;
	n_there++;
	return 0;
}

static int there(struct world *w)
{
	n_there = 0;
	memset(&last, 0, sizeof(last));
	assert_int_equal(
	    read_differences_there(w->db, NULL, on_difference, NULL), 0);
	return n_there;
}

static bool differs(struct world *w)
{
	return there(w) > 0;
}

static bool is_idle(struct world *w)
{
	return is_finished(w) && is_empty(w) &&
	       dispatch_is_settled(w->dispatch);
}

static bool is_settled(struct world *w)
{
	return is_empty(w) && dispatch_is_settled(w->dispatch);
}

#define HELD_C1                                                                \
	"{\"subscriber\":\"C1\",\"seq\":1,\"targets\":[\"192.0.2.7/32\"],"     \
	"\"until_us\":0}"

static void ask(struct world *w, const char *verb)
{
	struct hook_request r = {.ts_us = 1, .actor = "test", .reason = "test"};

	snprintf(r.verb, sizeof(r.verb), "%s", verb);
	assert_int_equal(write_hook_request(w->db, &r), 0);
}

static bool is_answered(struct world *w)
{
	struct hook_request r;

	assert_int_equal(read_hook_request(w->db, 1, &r), 1);
	return r.done_us != 0;
}

static void what_is_there_is_no_difference(void **state)
{
	struct world *w = *state;

	put(w, "list", "{\"ok\":true,\"held\":[" HELD_C1 "]}\n");
	begin(w);
	block(w, "C1");
	run_until(w, is_idle);
	ask(w, "check");
	run_until(w, is_answered);
	assert_int_equal(there(w), 0);
	assert_int_equal(count_lines(w, "\"seq\":1"), 1);
}

static void what_is_missing_is_sent_again(void **state)
{
	struct world *w = *state;

	put(w, "list", "{\"ok\":true,\"held\":[" HELD_C1 "]}\n");
	begin(w);
	block(w, "C1");
	run_until(w, is_idle);
	put(w, "list", "{\"ok\":true,\"held\":[]}\n");
	ask(w, "reconcile");
	run_until(w, differs);
	assert_string_equal(last.kind, "missing");
	assert_string_equal(last.customer, "C1");
	assert_string_equal(last.wanted, "192.0.2.7/32");
	run_until(w, is_settled);
	assert_int_equal(count_lines(w, "\"seq\":1,\"event\":\"restored\""), 1);
	put(w, "list", "{\"ok\":true,\"held\":[" HELD_C1 "]}\n");
	ask(w, "reconcile");
	for (int i = 0; there(w) > 0 && i < 1000; i++)
		(void)uv_run(&w->loop, UV_RUN_ONCE);
	assert_int_equal(there(w), 0);
}

/* What the newest sample says: "wanted/held missing+extra worst". */
static const char *sampled(struct world *w)
{
	static char text[128];
	struct enforcer_sample s;

	assert_int_equal(read_last_sample(w->db, "d1", &s), 1);
	snprintf(text, sizeof(text), "%d/%d %d+%d %d", (int)s.wanted,
	    (int)s.held, (int)s.missing, (int)s.extra, (int)s.worst);
	return text;
}

static void a_list_leaves_a_sample(void **state)
{
	struct world *w = *state;

	put(w, "list", "{\"ok\":true,\"held\":[" HELD_C1 "]}\n");
	begin(w);
	block(w, "C1");
	run_until(w, is_idle);
	put(w, "list",
	    "{\"ok\":true,\"held\":[{\"subscriber\":\"X\",\"seq\":70,"
	    "\"targets\":[\"192.0.2.99/32\"],\"until_us\":0},"
	    "{\"subscriber\":null,\"seq\":0,"
	    "\"targets\":[\"192.0.2.98/32\"],\"until_us\":0}]}\n");
	ask(w, "check");
	run_until(w, is_answered);
	/* C1 is missing, X is too much; the foreign one is nobody's. */
	assert_string_equal(sampled(w), "1/1 1+1 2");
}

static void a_check_repairs_nothing(void **state)
{
	struct world *w = *state;

	put(w, "list", "{\"ok\":true,\"held\":[" HELD_C1 "]}\n");
	begin(w);
	block(w, "C1");
	run_until(w, is_idle);
	put(w, "list", "{\"ok\":true,\"held\":[]}\n");
	ask(w, "check");
	run_until(w, is_answered);
	assert_int_equal(there(w), 1);
	assert_int_equal(count_lines(w, "\"restored\""), 0);
}

/* In two parts, and one entry is nobody's. */
static void what_is_stale_goes_and_what_is_foreign_stays(void **state)
{
	struct world *w = *state;

	put(w, "list",
	    "{\"ok\":true,\"held\":[{\"subscriber\":\"X\",\"seq\":70,"
	    "\"targets\":[\"192.0.2.99/32\"],\"until_us\":0}],\"more\":true}\n"
	    "{\"ok\":true,\"held\":[{\"subscriber\":null,\"seq\":0,"
	    "\"targets\":[\"192.0.2.98/32\"],\"until_us\":0}]}\n");
	begin(w);
	run_until(w, differs);
	run_until(w, is_settled);
	assert_int_equal(there(w), 2);
	assert_string_equal(last.kind, "foreign");
	assert_string_equal(last.held, "192.0.2.98/32");
	assert_string_equal(lines(w),
	    "{\"op\":\"unblock\",\"seq\":70,\"event\":\"restored\","
	    "\"cause\":\"released\",\"subscriber\":\"X\",\"targets\":[],"
	    "\"ports\":[25],\"until_us\":0}\n");
}

static void other_targets_are_put_right(void **state)
{
	struct world *w = *state;

	put(w, "list",
	    "{\"ok\":true,\"held\":[{\"subscriber\":\"C1\",\"seq\":1,"
	    "\"targets\":[\"192.0.2.8/32\"],\"until_us\":0}]}\n");
	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	ask(w, "reconcile");
	run_until(w, differs);
	assert_string_equal(last.kind, "wrong");
	run_until(w, is_settled);
	assert_true(count_lines(w, "\"seq\":1,\"event\":\"restored\"") >= 1);
}

static bool is_ended(struct world *w)
{
	return count_lines(w, "{\"op\":\"unblock\"") > 0 && is_settled(w);
}

/* It was told and its end has passed; nobody has noted it. */
static void a_block_ends_although_no_decision_says_so(void **state)
{
	struct world *w = *state;
	struct delivery d = {.decision_seq = 1,
	    .driver = "d1",
	    .op = "block",
	    .event = "new",
	    .state = "done",
	    .attempts = 1};

	decide(w, "C1", ACTION_BLOCK, CAUSE_DETECTOR, MODE_ENFORCE,
	    clock_now_us() - 20 * US_PER_S);
	assert_int_equal(write_delivery(w->db, &d), 0);
	begin(w);
	run_until(w, is_ended);
	assert_int_equal(count_lines(w, "\"seq\":1,\"event\":\"expire\","
					"\"cause\":\"expired\""),
	    1);
	assert_int_equal(count_lines(w, "{\"op\":\"block\""), 0);
}

static bool is_panic(struct world *w)
{
	return is_answered(w) && is_settled(w);
}

static void panic_releases_and_holds_back(void **state)
{
	struct world *w = *state;
	int64_t until_us;

	begin(w);
	block(w, "C1");
	block(w, "C2");
	run_until(w, is_finished);
	ask(w, "panic");
	run_until(w, is_panic);
	assert_int_equal(count_lines(w, "{\"op\":\"unblock\""), 2);
	block(w, "C3");
	until_us = clock_now_us() + US_PER_S / 2;
	while (clock_now_us() < until_us)
		(void)uv_run(&w->loop, UV_RUN_ONCE);
	assert_int_equal(count_lines(w, "\"seq\":3"), 0);
	assert_string_equal(delivery(w, "d1", 3)->state, "pending");
	assert_int_equal(count_lines(w, "\"until_us\":0,\"turn\":1}"), 2);
	/* it outlives a restart */
	end(w);
	begin(w);
	until_us = clock_now_us() + US_PER_S / 2;
	while (clock_now_us() < until_us)
		(void)uv_run(&w->loop, UV_RUN_ONCE);
	assert_int_equal(count_lines(w, "{\"op\":\"block\""), 2);
	ask(w, "panic-off");
	w->seq = 3;
	run_until(w, is_finished);
	run_until(w, is_settled);
	assert_int_equal(
	    count_lines(
		w, "{\"op\":\"block\",\"seq\":1,\"event\":\"restored\""),
	    1);
	assert_int_equal(count_lines(w, "\"seq\":3,"), 1);
	assert_int_equal(delivery(w, "d1", 3)->turn, 0);
}

static int count_request(void *arg, const struct hook_request *r)
{
	(void)r;
	++*(int *)arg;
	return 0;
}

static bool all_answered(struct world *w)
{
	int n = 0;

	assert_int_equal(read_hook_requests(w->db, count_request, &n), 0);
	return n == 0 && is_settled(w);
}

static int blocks_before;

static bool comes_again(struct world *w)
{
	return all_answered(w) &&
	       count_lines(w, "{\"op\":\"block\"") > blocks_before;
}

/* What a receiver that drops repeats sees: no name twice, but for the same. */
static void what_comes_again_has_a_name_of_its_own(void **state)
{
	struct world *w = *state;

	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	for (int i = 1; i <= 2; i++) {
		char text[64];

		ask(w, "panic");
		run_until(w, all_answered);
		blocks_before = count_lines(w, "{\"op\":\"block\"");
		ask(w, "panic-off");
		run_until(w, comes_again);
		snprintf(text, sizeof(text), "\"turn\":%d}", i);
		assert_int_equal(count_lines(w, text), 2);
		assert_int_equal(delivery(w, "d1", 1)->turn, i);
	}
	/* A new process gets it under the name that it has by now. */
	end(w);
	blocks_before = count_lines(w, "{\"op\":\"block\"");
	begin(w);
	run_until(w, comes_again);
	assert_int_equal(count_lines(w, "\"turn\":2}"), 3);
	/* A new decision begins anew. */
	blocks_before = count_lines(w, "{\"op\":\"block\"");
	block(w, "C1");
	run_until(w, comes_again);
	assert_int_equal(count_lines(w, "\"turn\":"), 5);
	assert_int_equal(count_lines(w, "\"seq\":2,"), 1);
}

/* It ended before it was told that panic is over: nobody has taken it back yet,
 * as far as it knows. */
static void an_end_of_panic_that_waits_is_carried_out(void **state)
{
	struct world *w = *state;

	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	end(w);
	ask(w, "panic");
	ask(w, "panic-off");
	blocks_before = count_lines(w, "{\"op\":\"block\"");
	begin(w);
	run_until(w, comes_again);
	assert_int_equal(count_lines(w, "\"turn\":1}"), 2);
}

static void a_permanent_refusal_is_dead_at_once_and_can_be_retried(void **state)
{
	struct world *w = *state;

	put(w, "never", "");
	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "dead");
	assert_int_equal(delivery(w, "d1", 1)->attempts, 1);
	assert_int_equal(there(w), 1);
	assert_string_equal(last.kind, "refused");
	assert_int_equal(unlink(in_dir(w, "never")), 0);
	ask(w, "retry");
	run_until(w, is_answered);
	run_until(w, is_finished);
	run_until(w, is_settled);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
}

static void an_allow_opens_the_wider_block_too(void **state)
{
	struct world *w = *state;
	struct decision d =
	    decision_of(w, "C9", ACTION_BLOCK, CAUSE_DETECTOR, MODE_ENFORCE, 0);

	begin(w);
	assert_int_equal(prefix_parse(&d.targets[0].prefix, "192.0.2.0/28"), 0);
	write_row(w, &d);
	run_until(w, is_finished);
	allow(w, "C1", CAUSE_MANUAL);
	run_until(w, is_finished);
	run_until(w, is_settled);
	assert_int_equal(count_lines(w, "{\"op\":\"unblock\",\"seq\":1,"
					"\"event\":\"release\""),
	    1);
}

static void what_is_not_ours_or_too_wide_is_refused(void **state)
{
	static const char *const targets[] = {
	    "192.0.0.0/16", "203.0.113.7", "192.0.2.200", "198.51.100.25"};
	struct world *w = *state;

	conf_free(&w->conf);
	write_conf(w, "network { own_networks = {\"192.0.0.0/8\", "
		      "\"198.51.100.0/24\"} own_servers = "
		      "{\"198.51.100.25\"} }\n"
		      "enforcement { never_block = {\"192.0.2.192/26\"} }\n");
	begin(w);
	for (size_t i = 0; i < 4; i++) {
		struct decision d = decision_of(
		    w, "C1", ACTION_BLOCK, CAUSE_MANUAL, MODE_ENFORCE, 0);

		assert_int_equal(
		    prefix_parse(&d.targets[0].prefix, targets[i]), 0);
		write_row(w, &d);
		run_until(w, is_finished);
		assert_string_equal(delivery(w, "d1", w->seq)->state, "dead");
		assert_non_null(
		    strstr(delivery(w, "d1", w->seq)->error, "refused"));
	}
	assert_string_equal(lines(w), "");
	assert_int_equal(there(w), 1);
}

static void caps_hold_back_but_not_what_is_by_hand(void **state)
{
	struct world *w = *state;

	conf_free(&w->conf);
	write_conf(w, "enforcement { max_blocks_per_minute = 2 }\n");
	begin(w);
	for (int i = 1; i <= 4; i++) {
		char name[8];

		snprintf(name, sizeof(name), "C%d", i);
		block(w, name);
	}
	decide(w, "C5", ACTION_BLOCK, CAUSE_MANUAL, MODE_ENFORCE, 0);
	run_until(w, is_finished);
	assert_int_equal(count_lines(w, "{\"op\":\"block\""), 3);
	assert_int_equal(count_lines(w, "\"seq\":5"), 1);
	assert_int_equal(there(w), 2);
	assert_string_equal(last.kind, "capped");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD(what_is_there_is_no_difference),
	    WORLD(what_is_missing_is_sent_again),
	    WORLD(a_list_leaves_a_sample),
	    WORLD(a_check_repairs_nothing),
	    WORLD(what_is_stale_goes_and_what_is_foreign_stays),
	    WORLD(other_targets_are_put_right),
	    WORLD(a_block_ends_although_no_decision_says_so),
	    WORLD(panic_releases_and_holds_back),
	    WORLD(what_comes_again_has_a_name_of_its_own),
	    WORLD(an_end_of_panic_that_waits_is_carried_out),
	    WORLD(a_permanent_refusal_is_dead_at_once_and_can_be_retried),
	    WORLD(an_allow_opens_the_wider_block_too),
	    WORLD(what_is_not_ours_or_too_wide_is_refused),
	    WORLD(caps_hold_back_but_not_what_is_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
