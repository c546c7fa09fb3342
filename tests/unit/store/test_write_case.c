/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

static void an_incident_comes_back_whole_and_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct incident want = incident_full(3), got;

	assert_int_equal(write_incident(f->db, &want), 0);
	memset(&got, 0xff, sizeof(got));
	assert_int_equal(read_incident(f->db, 3, &got), 1);
	assert_memory_equal(&got, &want, sizeof(got));
	want.state = INCIDENT_OPEN;
	want.closed_as = CLOSED_NOT;
	want.closed_us = 0;
	want.observations = 1000;
	memset(want.summary, 0, sizeof(want.summary));
	assert_int_equal(write_incident(f->db, &want), 0);
	assert_int_equal(read_incident(f->db, 3, &got), 1);
	assert_memory_equal(&got, &want, sizeof(got));
	assert_string_equal(
	    shell(f->db, "SELECT count(*), kind, state, closed_as, closed_us "
			 "FROM incident"),
	    "1 spoofed_sender open not_closed NULL");
	assert_int_equal(read_incident(f->db, 4, &got), 0);
}

static struct decision decision_full(void)
{
	struct decision d = decision_at(2, "C7");

	d.line_class = CLASS_STATIC;
	d.cause = CAUSE_RELEASED;
	d.since_us = DAY_US + 1;
	d.until_us = DAY_US + 2;
	d.incident_id = 3;
	d.ends_seq = 1;
	d.obs_no = 5;
	d.op_id = 1;
	d.step = 4;
	d.mode = MODE_ENFORCE;
	strcpy(d.policy_hash, "0123456789abcdef");
	strcpy(d.reason, "12 servers in 60 s");
	d.n_targets = ROW_TARGETS_MAX;
	for (int i = 0; i < ROW_TARGETS_MAX; i++) {
		char text[32];

		snprintf(text, sizeof(text), "2001:db8:%x::/48",
		    ROW_TARGETS_MAX - i);
		assert_int_equal(prefix_parse(&d.targets[i].prefix, text), 0);
	}
	assert_int_equal(prefix_parse(&d.targets[1].prefix, "::/0"), 0);
	return d;
}

static void put_parents(struct db *db)
{
	struct decision first = decision_at(1, "C7");
	struct incident i = incident_full(3);
	struct op_action a;

	memset(&a, 0, sizeof(a));
	assert_int_equal(write_decision(db, &first), 0);
	assert_int_equal(write_incident(db, &i), 0);
	assert_int_equal(write_op_action(db, &a), 0);
	assert_int_equal(a.id, 1);
}

static void a_decision_comes_back_whole(void **state)
{
	struct fixture *f = *state;
	struct decision want = decision_full(), got;

	put_parents(f->db);
	assert_int_equal(write_decision(f->db, &want), 0);
	memset(&got, 0xff, sizeof(got));
	assert_int_equal(read_decision(f->db, 2, &got), 1);
	assert_memory_equal(&got, &want, sizeof(got));
	assert_int_equal(read_decision(f->db, 3, &got), 0);
	assert_string_equal(
	    shell(f->db, "SELECT until_us, incident_id, ends_seq, obs_no, "
			 "op_id, policy_hash, reason FROM decision "
			 "WHERE seq = 1"),
	    "NULL NULL NULL NULL NULL NULL NULL");
}

static void decisions_are_append_only(void **state)
{
	static const char *const refused[] = {
	    "UPDATE decision SET reason = 'x' WHERE seq = 2",
	    "UPDATE decision SET seq = 9 WHERE seq = 2",
	    "DELETE FROM decision WHERE seq = 2",
	    "DELETE FROM decision",
	    "INSERT OR REPLACE INTO decision SELECT * FROM decision",
	    "UPDATE decision_target SET length = 1",
	    "DELETE FROM decision_target",
	    ("INSERT OR REPLACE INTO decision_target "
	     "SELECT * FROM decision_target"),
	};
	struct fixture *f = *state;
	struct decision want = decision_full(), got;

	put_parents(f->db);
	assert_int_equal(write_decision(f->db, &want), 0);
	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(stmt_exec(f->db, refused[i]), -1);
		assert_non_null(strstr(db_error(f->db), "append-only"));
	}
	assert_int_equal(write_decision(f->db, &want), -1);
	assert_non_null(strstr(db_error(f->db), "append-only"));
	assert_int_equal(read_decision(f->db, 2, &got), 1);
	assert_memory_equal(&got, &want, sizeof(got));
}

/* A decision that names what is not there fails as a whole. */
static void a_decision_needs_what_it_names(void **state)
{
	struct fixture *f = *state;
	struct decision d = decision_full();

	assert_int_equal(write_decision(f->db, &d), -1);
	assert_non_null(strstr(db_error(f->db), "FOREIGN KEY"));
	assert_string_equal(shell(f->db, "SELECT count(*) FROM decision"), "0");
	assert_string_equal(
	    shell(f->db, "SELECT count(*) FROM decision_target"), "0");
	/* within a transaction in any order */
	assert_int_equal(db_begin(f->db), 0);
	assert_int_equal(write_decision(f->db, &d), 0);
	put_parents(f->db);
	assert_int_equal(db_commit(f->db), 0);
}

static void too_many_targets_are_refused(void **state)
{
	struct fixture *f = *state;
	struct decision d = decision_at(1, "C7");

	d.n_targets = ROW_TARGETS_MAX + 1;
	assert_int_equal(write_decision(f->db, &d), -1);
	d.n_targets = -1;
	assert_int_equal(write_decision(f->db, &d), -1);
}

static struct op_action action_full(void)
{
	struct op_action a;

	memset(&a, 0, sizeof(a));
	a.id = 77; /* given by the store instead */
	a.ts_us = DAY_US + 1;
	strcpy(a.actor, "noc");
	a.verb = OP_ALLOW;
	strcpy(a.target, "192.0.2.7");
	strcpy(a.customer, "C7");
	a.until_us = DAY_US + 2;
	strcpy(a.reason, "a mailing list");
	return a;
}

struct actions {
	struct op_action v[8];
	int n;
};

static int take_action(void *arg, const struct op_action *a)
{
	struct actions *l = arg;

	l->v[l->n++] = *a;
	return 0;
}

static void an_action_waits_until_it_is_applied(void **state)
{
	struct fixture *f = *state;
	struct op_action a = action_full(), b = a;
	struct actions waiting = {.n = 0}, all = {.n = 0};

	b.verb = OP_RELEASE;
	b.until_us = 0;
	assert_int_equal(write_op_action(f->db, &a), 0);
	assert_int_equal(write_op_action(f->db, &b), 0);
	assert_int_equal(a.id, 1);
	assert_int_equal(b.id, 2);
	assert_int_equal(read_op_actions(f->db, true, take_action, &all), 0);
	assert_int_equal(all.n, 2);
	assert_memory_equal(&all.v[0], &a, sizeof(a));
	assert_memory_equal(&all.v[1], &b, sizeof(b));
	assert_int_equal(write_op_applied(f->db, 1, 55), 0);
	assert_int_equal(
	    read_op_actions(f->db, true, take_action, &waiting), 0);
	assert_int_equal(waiting.n, 1);
	assert_int_equal(waiting.v[0].id, 2);
	all.n = 0;
	assert_int_equal(read_op_actions(f->db, false, take_action, &all), 0);
	assert_int_equal(all.n, 2);
	a.applied_obs = 55;
	assert_memory_equal(&all.v[0], &a, sizeof(a));
	assert_int_equal(write_op_applied(f->db, 3, 55), -1);
	assert_non_null(strstr(db_error(f->db), "no operator action 3"));
}

struct deliveries {
	struct delivery v[8];
	int n;
};

static int take_delivery(void *arg, const struct delivery *d)
{
	struct deliveries *l = arg;

	l->v[l->n++] = *d;
	return 0;
}

static int count_deliveries(
    struct db *db, const char *driver, const char *state, int64_t after_id)
{
	struct deliveries l = {.n = 0};

	assert_int_equal(
	    read_deliveries(db, driver, state, after_id, take_delivery, &l), 0);
	return l.n;
}

static struct delivery delivery_full(int64_t decision_seq, const char *driver)
{
	struct delivery d;

	memset(&d, 0, sizeof(d));
	d.decision_seq = decision_seq;
	strcpy(d.driver, driver);
	strcpy(d.op, "block");
	strcpy(d.event, "restored");
	strcpy(d.state, "pending");
	d.attempts = 3;
	d.created_us = DAY_US + 4;
	d.next_us = DAY_US + 5;
	d.done_us = DAY_US + 6;
	strcpy(d.error, "exit 1");
	d.turn = 2;
	return d;
}

static void a_delivery_comes_back_whole_and_is_unique(void **state)
{
	struct fixture *f = *state;
	struct delivery d = delivery_full(1, "nft"), again = d;
	struct deliveries l = {.n = 0};

	put_parents(f->db);
	assert_int_equal(write_delivery(f->db, &d), 0);
	assert_int_equal(d.id, 1);
	again.attempts = 99;
	assert_int_equal(write_delivery(f->db, &again), 0);
	assert_int_equal(again.id, 1);
	assert_int_equal(
	    read_deliveries(f->db, NULL, NULL, 0, take_delivery, &l), 0);
	assert_int_equal(l.n, 1);
	assert_memory_equal(&l.v[0], &d, sizeof(d));
	d.attempts = 4;
	memset(d.state, 0, sizeof(d.state));
	strcpy(d.state, "done");
	memset(d.error, 0, sizeof(d.error));
	assert_int_equal(write_delivery(f->db, &d), 0);
	l.n = 0;
	assert_int_equal(
	    read_deliveries(f->db, "nft", "done", 0, take_delivery, &l), 0);
	assert_int_equal(l.n, 1);
	assert_memory_equal(&l.v[0], &d, sizeof(d));
	/* The turn alone; of another driver there is no row. */
	assert_int_equal(write_delivery_turn(f->db, 1, "nft", 3), 0);
	assert_int_equal(write_delivery_turn(f->db, 1, "webhook", 4), 0);
	d.turn = 3;
	l.n = 0;
	assert_int_equal(
	    read_deliveries(f->db, NULL, NULL, 0, take_delivery, &l), 0);
	assert_int_equal(l.n, 1);
	assert_memory_equal(&l.v[0], &d, sizeof(d));
}

static void deliveries_are_found_by_driver_state_and_id(void **state)
{
	struct fixture *f = *state;
	struct decision two = decision_at(2, "C8");
	struct delivery d[3] = {delivery_full(1, "nft"),
	    delivery_full(1, "webhook"), delivery_full(2, "nft")};

	put_parents(f->db);
	assert_int_equal(write_decision(f->db, &two), 0);
	strcpy(d[1].state, "dead");
	for (int i = 0; i < 3; i++)
		assert_int_equal(write_delivery(f->db, &d[i]), 0);
	assert_int_equal(count_deliveries(f->db, NULL, NULL, 0), 3);
	assert_int_equal(count_deliveries(f->db, "nft", NULL, 0), 2);
	assert_int_equal(count_deliveries(f->db, NULL, "pending", 0), 2);
	/* ids are given in order */
	assert_int_equal(count_deliveries(f->db, "nft", "pending", 1), 1);
	assert_int_equal(count_deliveries(f->db, "nft", NULL, 2), 1);
	assert_int_equal(count_deliveries(f->db, NULL, NULL, 3), 0);
	assert_int_equal(count_deliveries(f->db, "nft", "dead", 0), 0);
	d[0].id = 0;
	d[0].decision_seq = 9;
	assert_int_equal(write_delivery(f->db, &d[0]), -1);
	assert_int_equal(d[0].id, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(an_incident_comes_back_whole_and_is_replaced),
	    STORE_TEST(a_decision_comes_back_whole),
	    STORE_TEST(decisions_are_append_only),
	    STORE_TEST(a_decision_needs_what_it_names),
	    STORE_TEST(too_many_targets_are_refused),
	    STORE_TEST(an_action_waits_until_it_is_applied),
	    STORE_TEST(a_delivery_comes_back_whole_and_is_unique),
	    STORE_TEST(deliveries_are_found_by_driver_state_and_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
