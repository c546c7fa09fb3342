/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/brake.h"

#include "../detect/feed.h"

/* Of today's policy; a burst of 200 connections makes a wish. */
static void wish(struct feed *f, int who, int64_t t_ms, const char *client)
{
	char name[16];

	snprintf(name, sizeof(name), "C%04d", who);
	for (int i = 0; i < 15; i++) {
		struct observation o =
		    row_attempt(name, t_ms + i * 10, i, ANSWERED);

		if (client != NULL)
			addr_parse(&o.client, client);
		else
			addr_parse(&o.client, "198.51.100.0");
		/* No two of a /24, unless the case says so. */
		if (client == NULL) {
			o.client.b[13] = (uint8_t)(who / 256);
			o.client.b[14] = (uint8_t)(who % 256);
		}
		feed_row(f, &o);
	}
}

static struct feed *with_brake(void)
{
	struct feed *f = feed_new();

	f->conf.brake_customers = 50;
	f->conf.brake_active_percent = 25;
	f->conf.brake_prefix_percent = 10;
	f->conf.brake_least = 20;
	f->conf.brake_window_s = 60;
	f->conf.brake_hold_s = 600;
	f->conf.ladder_s[0] = 600;
	feed_policy(f);
	return f;
}

/* Customers who do nothing but be there. */
static void crowd(struct feed *f, int n)
{
	for (int i = 0; i < n; i++) {
		char name[16];
		struct observation o;

		snprintf(name, sizeof(name), "N%04d", i);
		o = row_delivered(name, 0, 1);
		feed_row(f, &o);
	}
}

static int in_force(const struct feed *f, int n)
{
	int held = 0;

	for (int who = 0; who < n; who++) {
		char name[16];

		snprintf(name, sizeof(name), "C%04d", who);
		held += engine_holds(f->engine, name);
	}
	return held;
}

static void test_when_it_comes_on(void **state)
{
	static const struct {
		const char *what;
		int crowd, wishes;
		int64_t apart_ms;
		const char *client;
		bool on;
		const char *key;
	} cases[] = {
	    {"three bots", 400, 3, 100, NULL, false, ""},
	    {"fifty, among many", 400, 50, 100, NULL, false, ""},
	    {"one more", 400, 51, 100, NULL, true, "brake_customers"},
	    {"two hundred", 900, 200, 100, NULL, true, "brake_customers"},
	    {"as many, slower", 900, 200, 1300, NULL, false, ""},
	    {"twenty of twenty", 0, 20, 100, NULL, false, ""},
	    {"twenty-one of as many", 0, 21, 100, NULL, true,
		"brake_active_percent"},
	    {"less than a fourth", 100, 30, 100, NULL, false, ""},
	    {"a fourth", 80, 28, 100, NULL, true, "brake_active_percent"},
	    {"25 of a /24", 400, 25, 100, "203.0.113.9", false, ""},
	    {"26 of a /24", 400, 26, 100, "203.0.113.9", true,
		"brake_prefix_percent"},
	    {"26 of a /48", 400, 26, 100, "2001:db8:5::1", true,
		"brake_prefix_percent"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct feed *f = with_brake();

		crowd(f, cases[i].crowd);
		for (int who = 0; who < cases[i].wishes; who++)
			wish(f, who, 1000 + who * cases[i].apart_ms,
			    cases[i].client);
		feed_until(f, 2000 + cases[i].wishes * cases[i].apart_ms);
		print_message("%s\n", cases[i].what);
		assert_int_equal(f->brake.id, cases[i].on);
		assert_non_null(strstr(f->brake.reason, cases[i].key));
		if (cases[i].on)
			assert_int_equal(in_force(f, cases[i].wishes), 0);
		else if (cases[i].apart_ms == 100)
			assert_int_equal(
			    in_force(f, cases[i].wishes), cases[i].wishes);
		feed_free(f);
	}
}

/* Two hundred, of whom the first fifty were blocked for a moment. */
static struct feed *with_two_hundred(void)
{
	struct feed *f = with_brake();

	crowd(f, 900);
	for (int who = 0; who < 200; who++)
		wish(f, who, who * 100, NULL);
	feed_until(f, 30000);
	assert_int_equal(f->brake.id, 1);
	assert_int_equal(f->brake.held, 200);
	assert_int_equal(f->brake.lifted, 50);
	assert_int_equal(f->brake.ended_us, 0);
	assert_int_equal(in_force(f, 200), 0);
	return f;
}

static void test_what_was_blocked_within_the_minute_is_let_go(void **state)
{
	struct feed *f = with_two_hundred();

	(void)state;
	assert_int_equal(f->n_decisions, 100);
	for (size_t i = 50; i < 100; i++) {
		const struct decision *d = &f->decisions[i];

		assert_int_equal(d->action, ACTION_ALLOW);
		assert_int_equal(d->cause, CAUSE_RELEASED);
		assert_int_equal(d->op_id, 0);
		assert_non_null(strstr(d->reason, "mass-event brake B1"));
	}
	for (size_t i = 0; i < 200; i++) {
		assert_int_equal(f->incidents[i].state, INCIDENT_OPEN);
		assert_int_equal(f->incidents[i].brake_id, 1);
		assert_non_null(strstr(f->incidents[i].summary,
		    "held by the mass-event brake B1"));
	}
	feed_free(f);
}

static void test_an_operator_lets_the_blocks_through(void **state)
{
	struct feed *f = with_two_hundred();
	struct observation o = row_operator("", 60000, OP_BRAKE_APPLY, 0);

	(void)state;
	feed_row(f, &o);
	assert_int_equal(f->brake.ended_by, BRAKE_APPLIED);
	assert_int_equal(f->brake.op_id, 60001);
	feed_until(f, 60000);
	assert_int_equal(in_force(f, 200), 200);
	/* What the brake took back of the ladder is no repeat. */
	for (size_t i = 100; i < 300; i++) {
		assert_int_equal(f->decisions[i].step, 1);
		assert_int_equal(
		    f->decisions[i].since_us, FEED_T0 + 60 * FEED_S);
		assert_non_null(strstr(
		    f->decisions[i].reason, "brake B1 held it until now"));
		assert_null(strstr(f->incidents[i - 100].summary, "held by"));
	}
	/* ... and a new count begins. */
	wish(f, 300, 61000, NULL);
	assert_int_equal(feed_last(f)->action, ACTION_BLOCK);
	feed_free(f);
}

static void test_an_operator_forgets_them(void **state)
{
	struct feed *f = with_two_hundred();
	struct observation o = row_operator("", 60000, OP_BRAKE_DROP, 0);

	(void)state;
	feed_row(f, &o);
	feed_until(f, 60000);
	assert_int_equal(f->brake.ended_by, BRAKE_DROPPED);
	assert_int_equal(in_force(f, 200), 0);
	/* 14 of the 15 connections were yet within the window. */
	o = row_attempt("C0000", 61000, 90, ANSWERED);
	feed_row(f, &o);
	assert_int_equal(f->n_decisions, 100);
	feed_free(f);
}

static void test_it_ends_when_the_rate_has_fallen(void **state)
{
	struct feed *f = with_two_hundred();
	int64_t last_ms = 199 * 100 + 140;
	struct observation o;

	(void)state;
	/* A few are no more than bots explain: they do not prolong it. */
	for (int who = 0; who < 20; who++)
		wish(f, who, 200000 + who * 100, NULL);
	assert_int_equal(feed_until(f, last_ms + 599999), 0);
	assert_int_equal(f->brake.ended_us, 0);
	assert_int_equal(feed_until(f, last_ms + 600000), 1 + 200);
	assert_int_equal(f->brake.ended_by, BRAKE_RATE_FELL);
	assert_int_equal(
	    f->brake.ended_us, FEED_T0 + (last_ms + 600000) * 1000);
	assert_int_equal(in_force(f, 200), 0);
	/* On probation: from half of h, evidence anew. */
	o = row_rejected("C0007", last_ms + 600001, 7);
	feed_row(f, &o);
	assert_int_equal(o.score_milli, 4600 + 1000);
	feed_free(f);
}

static void test_many_who_go_on_keep_it_on(void **state)
{
	struct feed *f = with_two_hundred();

	(void)state;
	for (int minute = 1; minute < 30; minute++) {
		for (int who = 0; who < 26; who++)
			wish(f, who, minute * 60000 + who * 100, NULL);
		feed_until(f, minute * 60000 + 5000);
		assert_int_equal(f->brake.ended_us, 0);
	}
	assert_int_equal(f->brake.held, 200);
	feed_free(f);
}

static void test_blocks_of_before_stay(void **state)
{
	struct feed *f = with_brake();

	(void)state;
	crowd(f, 900);
	wish(f, 900, 0, NULL); /* a minute before all others */
	for (int who = 0; who < 60; who++)
		wish(f, who, 61000 + who * 100, NULL);
	feed_until(f, 70000);
	assert_int_equal(f->brake.id, 1);
	assert_true(engine_holds(f->engine, "C0900"));
	assert_int_equal(in_force(f, 60), 0);
	feed_free(f);
}

static void test_a_person_blocks_all_the_same(void **state)
{
	struct feed *f = with_two_hundred();
	struct observation o;

	(void)state;
	for (int who = 0; who < 100; who++) {
		char name[16];

		snprintf(name, sizeof(name), "C%04d", who);
		o = row_operator(name, 30000 + who, OP_BLOCK, 0);
		feed_row(f, &o);
	}
	assert_int_equal(in_force(f, 200), 100);
	/* Whoever was released is no part of it. */
	o = row_operator("C0150", 31000, OP_RELEASE, 0);
	feed_row(f, &o);
	o = row_operator("", 32000, OP_BRAKE_APPLY, 0);
	feed_row(f, &o);
	feed_until(f, 32000);
	assert_int_equal(in_force(f, 200), 199);
	assert_false(engine_holds(f->engine, "C0150"));
	feed_free(f);
}

static void test_without_it_all_are_blocked(void **state)
{
	struct feed *f = with_brake();

	(void)state;
	f->conf.brake_customers = 0;
	feed_policy(f);
	for (int who = 0; who < 200; who++)
		wish(f, who, who * 100, NULL);
	assert_int_equal(f->brake.id, 0);
	assert_int_equal(in_force(f, 200), 200);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_when_it_comes_on),
	    cmocka_unit_test(test_what_was_blocked_within_the_minute_is_let_go),
	    cmocka_unit_test(test_an_operator_lets_the_blocks_through),
	    cmocka_unit_test(test_an_operator_forgets_them),
	    cmocka_unit_test(test_it_ends_when_the_rate_has_fallen),
	    cmocka_unit_test(test_many_who_go_on_keep_it_on),
	    cmocka_unit_test(test_blocks_of_before_stay),
	    cmocka_unit_test(test_a_person_blocks_all_the_same),
	    cmocka_unit_test(test_without_it_all_are_blocked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
