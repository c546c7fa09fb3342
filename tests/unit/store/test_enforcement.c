/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "store/enforcement.h"

struct seen {
	struct difference d[8];
	struct enforcer e[8];
	struct hook_request r[8];
	size_t n;
};

static int on_difference(void *arg, const struct difference *d)
{
	struct seen *s = arg;

	assert_true(s->n < COUNT(s->d));
	s->d[s->n++] = *d;
	return 0;
}

static int on_enforcer(void *arg, const struct enforcer *e)
{
	struct seen *s = arg;

	assert_true(s->n < COUNT(s->e));
	s->e[s->n++] = *e;
	return 0;
}

static int on_request(void *arg, const struct hook_request *r)
{
	struct seen *s = arg;

	assert_true(s->n < COUNT(s->r));
	s->r[s->n++] = *r;
	return 0;
}

static struct difference difference_at(const char *driver, int64_t us)
{
	struct difference d;

	memset(&d, 0, sizeof(d));
	strcpy(d.driver, driver);
	strcpy(d.kind, "missing");
	strcpy(d.customer, "C7");
	d.decision_seq = 41;
	d.held_seq = 40;
	strcpy(d.wanted, "192.0.2.7");
	strcpy(d.held, "192.0.2.8");
	strcpy(d.reason, "of an older decision");
	d.found_us = us;
	d.last_us = us + 1;
	d.seen = 2;
	return d;
}

static struct enforcer enforcer_of(const char *driver)
{
	struct enforcer e;

	memset(&e, 0, sizeof(e));
	strcpy(e.driver, driver);
	strcpy(e.state, "ready");
	strcpy(e.error, "none");
	e.since_us = DAY_US;
	e.listed_us = DAY_US + 1;
	e.wanted = 3;
	e.held = 2;
	e.differences = 1;
	return e;
}

static struct hook_request request_of(const char *verb)
{
	struct hook_request r;

	memset(&r, 0, sizeof(r));
	r.ts_us = DAY_US;
	strcpy(r.actor, "ann");
	strcpy(r.verb, verb);
	strcpy(r.driver, "nft");
	r.delivery_id = 9;
	strcpy(r.reason, "because");
	return r;
}

static void a_difference_comes_back_whole_and_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct difference d = difference_at("nft", DAY_US);
	struct seen s = {.n = 0};

	assert_int_equal(write_difference(f->db, &d), 0);
	assert_true(d.id > 0);
	d.seen = 3;
	assert_int_equal(write_difference(f->db, &d), 0);
	assert_int_equal(
	    read_differences_there(f->db, NULL, on_difference, &s), 0);
	assert_int_equal(s.n, 1);
	assert_memory_equal(&s.d[0], &d, sizeof(d));
}

/* The four ways in which a difference can lie to a day. */
static void a_day_has_the_differences_that_were_there_in_it(void **state)
{
	struct fixture *f = *state;
	struct {
		int64_t found_us, ended_us;
		bool in;
	} v[] = {{DAY_US - 2, DAY_US - 1, false}, {DAY_US - 2, DAY_US, true},
	    {DAY_US - 2, 0, true}, {DAY_US + US_PER_DAY, 0, false},
	    {DAY_US + US_PER_DAY - 1, 0, true}};

	for (size_t i = 0; i < COUNT(v); i++) {
		struct difference d = difference_at("nft", v[i].found_us);
		struct seen s = {.n = 0};

		d.ended_us = v[i].ended_us;
		assert_int_equal(write_difference(f->db, &d), 0);
		assert_int_equal(read_differences(f->db, "nft", DAY_US,
				     DAY_US + US_PER_DAY, on_difference, &s),
		    0);
		assert_int_equal(s.n > 0, v[i].in);
		s.n = 0;
		assert_int_equal(read_differences(f->db, "list", DAY_US,
				     DAY_US + US_PER_DAY, on_difference, &s),
		    0);
		assert_int_equal(s.n, 0);
		d.found_us = d.ended_us = 1; /* out of the way of the next */
		assert_int_equal(write_difference(f->db, &d), 0);
	}
}

static void a_driver_that_is_gone_differs_in_nothing(void **state)
{
	struct fixture *f = *state;
	struct enforcer e[2] = {enforcer_of("list"), enforcer_of("nft")};
	struct difference d[2] = {
	    difference_at("list", DAY_US), difference_at("nft", DAY_US)};
	const char *left[] = {"nft"};
	struct seen s = {.n = 0};

	for (int i = 0; i < 2; i++) {
		assert_int_equal(write_enforcer(f->db, &e[i]), 0);
		assert_int_equal(write_enforcer(f->db, &e[i]), 0);
		assert_int_equal(write_difference(f->db, &d[i]), 0);
	}
	assert_int_equal(read_enforcers(f->db, on_enforcer, &s), 0);
	assert_int_equal(s.n, 2);
	assert_memory_equal(&s.e[0], &e[0], sizeof(e[0]));
	assert_int_equal(write_enforcers_only(f->db, left, 1, DAY_US + 9), 0);
	s.n = 0;
	assert_int_equal(read_enforcers(f->db, on_enforcer, &s), 0);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.e[0].driver, "nft");
	s.n = 0;
	assert_int_equal(
	    read_differences_there(f->db, NULL, on_difference, &s), 0);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.d[0].driver, "nft");
	s.n = 0;
	assert_int_equal(
	    read_differences(f->db, "list", DAY_US, 0, on_difference, &s), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.d[0].ended_us, DAY_US + 9);
}

static void a_request_waits_until_it_is_done(void **state)
{
	struct fixture *f = *state;
	struct hook_request r = request_of("retry"), got;
	struct seen s = {.n = 0};

	assert_int_equal(write_hook_request(f->db, &r), 0);
	assert_int_equal(read_hook_requests(f->db, on_request, &s), 0);
	assert_int_equal(s.n, 1);
	assert_memory_equal(&s.r[0], &r, sizeof(r));
	assert_int_equal(
	    write_hook_request_done(f->db, r.id, DAY_US + 5, "3 again"), 0);
	s.n = 0;
	assert_int_equal(read_hook_requests(f->db, on_request, &s), 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(read_hook_request(f->db, r.id, &got), 1);
	assert_int_equal(got.done_us, DAY_US + 5);
	assert_string_equal(got.result, "3 again");
	assert_int_equal(read_hook_request(f->db, r.id + 1, &got), 0);
}

static void the_last_word_on_panic_counts(void **state)
{
	static const char *const verbs[] = {
	    "check", "panic", "retry", "panic-off", "panic", "reconcile"};
	static const int on[] = {0, 1, 1, 0, 1, 1};
	struct fixture *f = *state;
	struct hook_request got;

	assert_int_equal(read_panic(f->db, &got), 0);
	for (size_t i = 0; i < COUNT(verbs); i++) {
		struct hook_request r = request_of(verbs[i]);

		assert_int_equal(write_hook_request(f->db, &r), 0);
		assert_int_equal(read_panic(f->db, &got), on[i]);
	}
	assert_string_equal(got.actor, "ann");
}

/* Another process holds the lock for longer than the patience. */
static void a_short_patience_ends_soon(void **state)
{
	struct fixture *f = *state;
	struct db *other = must_open(f->path, DB_WRITE);
	struct enforcer e = enforcer_of("nft");

	assert_int_equal(db_begin(other), 0);
	db_set_patience(f->db, 0);
	assert_int_equal(write_enforcer(f->db, &e), -1);
	assert_true(db_is_busy(f->db));
	db_rollback(other);
	assert_int_equal(write_enforcer(f->db, &e), 0);
	db_close(other);
}

/* What is committed softly is there for others, and soft is for one handle. */
static void soft_commits_are_seen(void **state)
{
	struct fixture *f = *state;
	struct enforcer e = enforcer_of("nft");
	struct seen s = {.n = 0};
	struct db *other;
	int64_t v = 0;

	assert_int_equal(db_set_soft(f->db, true), 0);
	assert_int_equal(stmt_number(f->db, "PRAGMA synchronous", 0, &v), 1);
	assert_int_equal(v, 1);
	assert_int_equal(write_enforcer(f->db, &e), 0);
	db_trim(f->db);
	other = must_open(f->path, DB_WRITE);
	assert_int_equal(stmt_number(other, "PRAGMA synchronous", 0, &v), 1);
	assert_int_equal(v, 2);
	assert_int_equal(read_enforcers(other, on_enforcer, &s), 0);
	assert_int_equal(s.n, 1);
	db_close(other);
	assert_int_equal(db_set_soft(f->db, false), 0);
	assert_int_equal(stmt_number(f->db, "PRAGMA synchronous", 0, &v), 1);
	assert_int_equal(v, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_difference_comes_back_whole_and_is_replaced),
	    STORE_TEST(a_day_has_the_differences_that_were_there_in_it),
	    STORE_TEST(a_driver_that_is_gone_differs_in_nothing),
	    STORE_TEST(a_request_waits_until_it_is_done),
	    STORE_TEST(the_last_word_on_panic_counts),
	    STORE_TEST(a_short_patience_ends_soon),
	    STORE_TEST(soft_commits_are_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
