/* SPDX-License-Identifier: Apache-2.0 */
#include "store/desk.h"
#include "tests/unit/store/fixture.h"

static void add_incident(struct db *db, int64_t id, enum incident_state state)
{
	struct incident i = {.id = id,
	    .kind = id % 2 ? INCIDENT_SPAM_BOT : INCIDENT_BOT_BURST,
	    .customer = "C1",
	    .line_class = CLASS_DYNAMIC,
	    .state = state,
	    .opened_us = DAY_US + id * HOUR_US,
	    .last_us = DAY_US + id * HOUR_US,
	    .first_obs = 1,
	    .last_obs = 1,
	    .summary = "x"};

	if (state == INCIDENT_CLOSED) {
		i.closed_us = i.last_us;
		i.closed_as = CLOSED_QUIET;
	}
	if (write_incident(db, &i) != 0)
		print_error("%s\n", db_error(db));
	assert_string_equal(db_error(db), "no error");
}

/* A block for an hour; manual allows have no end. */
static void add_decision(struct db *db, int64_t seq, const char *customer,
    enum action action, enum cause cause, int64_t ends_seq)
{
	struct decision d = {.seq = seq,
	    .line_class = CLASS_DYNAMIC,
	    .action = action,
	    .cause = cause,
	    .since_us = DAY_US + seq * HOUR_US / 10,
	    .ends_seq = ends_seq,
	    .mode = MODE_ENFORCE};

	if (action == ACTION_BLOCK)
		d.until_us = d.since_us + HOUR_US;
	snprintf(d.customer, sizeof(d.customer), "%s", customer);
	if (write_decision(db, &d) != 0)
		print_error("%s\n", db_error(db));
	assert_string_equal(db_error(db), "no error");
}

struct seen {
	int64_t v[32];
	size_t n;
};

static int keep_decision(void *arg, const struct decision *d)
{
	struct seen *s = arg;

	s->v[s->n++] = d->seq;
	return 0;
}

static void notes_of_a_customer_come_newest_first(void **state)
{
	struct fixture *f = *state;
	struct customer_note n = {
	    .ts_us = DAY_US, .actor = "aiko", .customer = "C1", .text = "one"};

	(void)state;
	assert_int_equal(write_customer_note(f->db, &n), 0);
	assert_int_equal(n.id, 1);
	strcpy(n.text, "two");
	assert_int_equal(write_customer_note(f->db, &n), 0);
	strcpy(n.customer, "C2");
	assert_int_equal(write_customer_note(f->db, &n), 0);
	assert_string_equal(
	    shell(f->db, "SELECT group_concat(text) FROM (SELECT text FROM "
			 "customer_note WHERE customer = 'C1' ORDER BY id "
			 "DESC)"),
	    "two,one");
}

static int keep_note(void *arg, const struct customer_note *n)
{
	struct seen *s = arg;

	s->v[s->n++] = n->id;
	return 0;
}

static void notes_have_a_limit(void **state)
{
	struct fixture *f = *state;
	struct customer_note n = {.customer = "C1", .text = "x"};
	struct seen s = {.n = 0};

	for (int i = 0; i < 5; i++)
		assert_int_equal(write_customer_note(f->db, &n), 0);
	assert_int_equal(read_customer_notes(f->db, "C1", 2, keep_note, &s), 0);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.v[0], 5);
	assert_int_equal(s.v[1], 4);
}

static int add_tally(void *arg, enum incident_state state,
    enum incident_kind kind, enum line_class line_class, int64_t n)
{
	struct seen *s = arg;

	assert_int_equal(line_class, CLASS_DYNAMIC);
	s->v[10 * (int)state + (int)kind] += n;
	s->n++;
	return 0;
}

static void incidents_are_counted_by_state_and_kind(void **state)
{
	struct fixture *f = *state;
	struct seen all = {.n = 0}, live = {.n = 0};

	for (int64_t id = 1; id <= 7; id++)
		add_incident(
		    f->db, id, id <= 3 ? INCIDENT_CLOSED : INCIDENT_OPEN);
	assert_int_equal(read_incident_tally(f->db, false, add_tally, &all), 0);
	assert_int_equal(all.v[10 * INCIDENT_CLOSED + INCIDENT_SPAM_BOT], 2);
	assert_int_equal(all.v[10 * INCIDENT_CLOSED + INCIDENT_BOT_BURST], 1);
	assert_int_equal(all.v[10 * INCIDENT_OPEN + INCIDENT_BOT_BURST], 2);
	assert_int_equal(read_incident_tally(f->db, true, add_tally, &live), 0);
	assert_int_equal(live.n, 2);
	assert_int_equal(live.v[10 * INCIDENT_OPEN + INCIDENT_SPAM_BOT], 2);
}

static int add_bucket(
    void *arg, int64_t bucket, enum incident_kind kind, int64_t n)
{
	struct seen *s = arg;

	(void)kind;
	s->v[bucket] += n;
	return 0;
}

static void incidents_fall_into_half_open_buckets(void **state)
{
	struct fixture *f = *state;
	struct seen s = {.n = 0};

	for (int64_t id = 1; id <= 7; id++)
		add_incident(f->db, id, INCIDENT_OPEN);
	assert_int_equal(read_incident_buckets(f->db, DAY_US + 2 * HOUR_US,
			     DAY_US + 6 * HOUR_US, 2 * HOUR_US, add_bucket, &s),
	    0);
	assert_int_equal(s.v[0], 2); /* 2 and 3 */
	assert_int_equal(s.v[1], 2); /* 4 and 5 */
	assert_int_equal(s.v[2], 0);
}

static void add_decisions(struct db *db)
{
	add_decision(db, 1, "C1", ACTION_BLOCK, CAUSE_DETECTOR, 0);
	add_decision(db, 2, "C2", ACTION_BLOCK, CAUSE_DETECTOR, 0);
	add_decision(db, 3, "C1", ACTION_ALLOW, CAUSE_MANUAL, 0);
	add_decision(db, 4, "C3", ACTION_BLOCK, CAUSE_MANUAL, 0);
	add_decision(db, 5, "C2", ACTION_ALLOW, CAUSE_RELEASED, 2);
	add_decision(db, 6, "C4", ACTION_BLOCK, CAUSE_DETECTOR, 0);
}

static void decisions_come_in_pages(void **state)
{
	struct fixture *f = *state;
	struct decision_page p = {.action = -1, .cause = -1, .limit = 2};
	struct seen s = {.n = 0};
	int64_t n, first, last;

	add_decisions(f->db);
	assert_int_equal(read_decision_page(f->db, &p, keep_decision, &s), 0);
	p.before_seq = s.v[1];
	assert_int_equal(read_decision_page(f->db, &p, keep_decision, &s), 0);
	assert_int_equal(s.n, 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(s.v[i], 6 - i);
	p = (struct decision_page){
	    .action = ACTION_BLOCK, .cause = CAUSE_DETECTOR, .limit = 10};
	s.n = 0;
	assert_int_equal(read_decision_page(f->db, &p, keep_decision, &s), 0);
	assert_int_equal(s.n, 3);
	assert_int_equal(read_decision_page_count(f->db, &p, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(read_decision_bounds(f->db, &first, &last), 0);
	assert_int_equal(first, 1);
	assert_int_equal(last, 6);
}

static void what_stands_is_one_of_each_customer(void **state)
{
	struct fixture *f = *state;
	struct standing_page p = {
	    .now_us = DAY_US + HOUR_US, .action = -1, .cause = -1, .limit = 10};
	struct seen s = {.n = 0};
	int64_t n, in_force, blocks;

	add_decisions(f->db);
	/* C1 is allowed, C2 was released, C3 and C4 are blocked. */
	assert_int_equal(read_standing_page(f->db, &p, keep_decision, &s), 0);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.v[0], 6);
	assert_int_equal(s.v[1], 4);
	assert_int_equal(s.v[2], 3);
	assert_int_equal(read_standing_count(f->db, &p, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(
	    read_standing_sums(f->db, p.now_us, &in_force, &blocks), 0);
	assert_int_equal(in_force, 3);
	assert_int_equal(blocks, 2);
	p.action = ACTION_ALLOW;
	assert_int_equal(read_standing_count(f->db, &p, &n), 0);
	assert_int_equal(n, 1);
	p.action = -1;
	p.customer = "C4";
	s.n = 0;
	assert_int_equal(read_standing_page(f->db, &p, keep_decision, &s), 0);
	assert_int_equal(s.n, 1);
	p.customer = NULL;
	p.before_seq = 4;
	s.n = 0;
	assert_int_equal(read_standing_page(f->db, &p, keep_decision, &s), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.v[0], 3);
	/* Later the blocks are over; the allow has no end. */
	assert_int_equal(read_standing_sums(
			     f->db, DAY_US + 20 * HOUR_US, &in_force, &blocks),
	    0);
	assert_int_equal(in_force, 1);
	assert_int_equal(blocks, 0);
}

static int keep_sum(void *arg, const struct delivery_sum *x)
{
	struct seen *s = arg;

	s->v[s->n++] = x->done;
	s->v[s->n++] = x->pending;
	s->v[s->n++] = x->dead;
	s->v[s->n++] = x->oldest_us;
	return 0;
}

static void deliveries_are_summed_by_driver(void **state)
{
	static const char *const states[] = {
	    "done", "pending", "pending", "dead"};
	struct fixture *f = *state;
	struct seen s = {.n = 0};

	add_decisions(f->db);
	for (int i = 0; i < 4; i++) {
		struct delivery d = {.decision_seq = i + 1,
		    .op = "block",
		    .event = "new",
		    .created_us = DAY_US + i};

		snprintf(d.driver, sizeof(d.driver), "%s", i == 3 ? "b" : "a");
		snprintf(d.state, sizeof(d.state), "%s", states[i]);
		assert_int_equal(write_delivery(f->db, &d), 0);
	}
	assert_int_equal(read_delivery_sums(f->db, keep_sum, &s), 0);
	assert_int_equal(s.n, 8);
	assert_int_equal(s.v[0], 1);
	assert_int_equal(s.v[1], 2);
	assert_int_equal(s.v[2], 0);
	assert_int_equal(s.v[3], DAY_US + 1);
	assert_int_equal(s.v[6], 1);
}

static int keep_ever(void *arg, const struct delivery_sum *x)
{
	struct seen *s = arg;

	s->v[s->n++] = x->done;
	s->v[s->n++] = x->ever_done;
	s->v[s->n++] = x->dead;
	s->v[s->n++] = x->ever_dead;
	s->v[s->n++] = x->pending;
	s->v[s->n++] = x->done_us;
	return 0;
}

/* pending, dead, again pending, done; then a purge takes it. */
static void what_was_delivered_stays_counted(void **state)
{
	static const char *const states[] = {"dead", "pending", "done"};
	struct fixture *f = *state;
	struct delivery d = {.decision_seq = 1,
	    .driver = "a",
	    .op = "block",
	    .event = "new",
	    .state = "pending",
	    .created_us = DAY_US};
	const int64_t want[] = {1, 1, 0, 1, 0, DAY_US + 2};
	struct seen s = {.n = 0};

	add_decisions(f->db);
	assert_int_equal(write_delivery(f->db, &d), 0);
	for (int i = 0; i < 3; i++) {
		snprintf(d.state, sizeof(d.state), "%s", states[i]);
		d.done_us = i == 1 ? 0 : DAY_US + i;
		assert_int_equal(write_delivery_state(f->db, &d), 0);
	}
	assert_int_equal(read_delivery_sums(f->db, keep_ever, &s), 0);
	assert_int_equal(s.n, 6);
	for (int i = 0; i < 6; i++)
		assert_int_equal(s.v[i], want[i]);
	must_run(f->db, "DELETE FROM delivery");
	s.n = 0;
	assert_int_equal(read_delivery_sums(f->db, keep_ever, &s), 0);
	assert_int_equal(s.v[0], 0);
	assert_int_equal(s.v[1], 1);
}

static int keep_total(void *arg, const char *name, int64_t value)
{
	struct seen *s = arg;

	assert_string_equal(name, s->n == 0 ? "a" : "b");
	s->v[s->n++] = value;
	return 0;
}

static void counters_of_all_days_are_kept_as_one(void **state)
{
	struct fixture *f = *state;
	struct seen s = {.n = 0};

	assert_int_equal(write_counter(f->db, DAY_US, "b", 3), 0);
	assert_int_equal(write_counter(f->db, DAY_US, "a", 1), 0);
	assert_int_equal(write_counter(f->db, DAY_US, "a", 4), 0);
	assert_int_equal(write_counter(f->db, DAY_US + US_PER_DAY, "a", 5), 0);
	assert_int_equal(read_counter_totals(f->db, keep_total, &s), 0);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.v[0], 10);
	assert_int_equal(s.v[1], 3);
}

static void a_commit_of_another_is_seen(void **state)
{
	struct fixture *f = *state;
	struct db *other = must_open(f->path, DB_WRITE);
	int64_t before = read_data_version(f->db);

	assert_int_equal(read_data_version(f->db), before);
	add_incident(other, 1, INCIDENT_OPEN);
	assert_int_not_equal(read_data_version(f->db), before);
	db_close(other);
}

/* Incidents 1 to 4, an hour apart; blocks 1 and 2, of which a person released
 * the second, and a release by nobody. */
static void a_period_has_its_sums(void **state)
{
	struct fixture *f = *state;
	struct review_sums sums;
	struct decision d = {.seq = 4,
	    .customer = "C2",
	    .line_class = CLASS_DYNAMIC,
	    .action = ACTION_ALLOW,
	    .cause = CAUSE_RELEASED,
	    .since_us = DAY_US + HOUR_US / 2,
	    .ends_seq = 2,
	    .mode = MODE_ENFORCE};
	struct op_action op = {.ts_us = DAY_US,
	    .verb = OP_RELEASE,
	    .actor = "aiko",
	    .customer = "C2",
	    .reason = "x"};

	(void)state;
	for (int64_t id = 1; id <= 4; id++)
		add_incident(
		    f->db, id, id == 4 ? INCIDENT_OPEN : INCIDENT_CLOSED);
	shell(f->db, "UPDATE incident SET closed_as = 'false_positive' "
		     "WHERE id = 2");
	add_decision(f->db, 1, "C1", ACTION_BLOCK, CAUSE_DETECTOR, 0);
	add_decision(f->db, 2, "C2", ACTION_BLOCK, CAUSE_DETECTOR, 0);
	add_decision(f->db, 3, "C1", ACTION_ALLOW, CAUSE_RELEASED, 1);
	assert_int_equal(write_op_action(f->db, &op), 0);
	d.op_id = op.id;
	assert_int_equal(write_decision(f->db, &d), 0);
	assert_int_equal(read_review_sums(f->db, 0, 2 * DAY_US, &sums), 0);
	assert_int_equal(sums.opened, 4);
	assert_int_equal(sums.closed, 3);
	assert_int_equal(sums.false_positives, 1);
	assert_int_equal(sums.blocks, 2);
	assert_int_equal(sums.overturned, 1);
	/* Half open, and nothing is no error. */
	assert_int_equal(read_review_sums(f->db, DAY_US + HOUR_US,
			     DAY_US + 3 * HOUR_US, &sums),
	    0);
	assert_int_equal(sums.opened, 2);
	assert_int_equal(sums.closed, 2);
	assert_int_equal(sums.blocks, 0);
	assert_int_equal(read_review_sums(f->db, 1, 2, &sums), 0);
	assert_int_equal(sums.opened + sums.closed + sums.overturned, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(notes_of_a_customer_come_newest_first),
	    STORE_TEST(notes_have_a_limit),
	    STORE_TEST(incidents_are_counted_by_state_and_kind),
	    STORE_TEST(incidents_fall_into_half_open_buckets),
	    STORE_TEST(a_period_has_its_sums),
	    STORE_TEST(decisions_come_in_pages),
	    STORE_TEST(what_stands_is_one_of_each_customer),
	    STORE_TEST(deliveries_are_summed_by_driver),
	    STORE_TEST(what_was_delivered_stays_counted),
	    STORE_TEST(counters_of_all_days_are_kept_as_one),
	    STORE_TEST(a_commit_of_another_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
