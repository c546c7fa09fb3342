/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

struct numbers {
	char text[256];
	int n, stop_at;
};

static void add(struct numbers *l, int64_t number)
{
	size_t len = strlen(l->text);

	snprintf(l->text + len, sizeof(l->text) - len, "%s%lld",
	    len > 0 ? " " : "", (long long)number);
	l->n++;
}

static int take_incident(void *arg, const struct incident *i)
{
	add(arg, i->id);
	return 0;
}

static int take_decision(void *arg, const struct decision *d)
{
	struct numbers *l = arg;

	add(l, d->seq);
	return l->n == l->stop_at ? 42 : 0;
}

static const char *incidents(struct db *db, const struct read_range *r)
{
	static struct numbers l;

	l = (struct numbers){.n = 0};
	assert_int_equal(read_incidents(db, r, take_incident, &l), 0);
	return l.text;
}

static const char *decisions(struct db *db, const struct read_range *r)
{
	static struct numbers l;

	l = (struct numbers){.n = 0};
	assert_int_equal(read_decisions(db, r, take_decision, &l), 0);
	return l.text;
}

static void put_incident(struct db *db, int64_t id, const char *customer,
    enum incident_kind kind, enum incident_state state, int64_t from_us,
    int64_t last_us)
{
	struct incident i = incident_full(id);

	snprintf(i.customer, sizeof(i.customer), "%s", customer);
	i.kind = kind;
	i.state = state;
	i.opened_us = from_us;
	i.last_us = last_us;
	assert_int_equal(write_incident(db, &i), 0);
}

static void incidents_are_chosen(void **state)
{
	struct fixture *f = *state;
	static const struct {
		struct read_range r;
		const char *ids;
	} cases[] = {
	    {{.state = -1, .kind = -1}, "1 2 3"},
	    {{.state = -1, .kind = -1, .limit = 2}, "1 2"},
	    {{.customer = "C1", .state = -1, .kind = -1}, "1 3"},
	    {{.customer = "C9", .state = -1, .kind = -1}, ""},
	    {{.state = INCIDENT_OPEN, .kind = -1}, "1"},
	    {{.state = INCIDENT_CLOSED, .kind = -1}, "3"},
	    {{.state = -1, .kind = INCIDENT_BOT_BURST}, "1"},
	    {{.state = -1, .kind = INCIDENT_SPAM_BOT}, "2 3"},
	    /* what has touched the range */
	    {{.since_us = 20, .state = -1, .kind = -1}, "1 2 3"},
	    {{.since_us = 21, .state = -1, .kind = -1}, "2 3"},
	    {{.until_us = 10, .state = -1, .kind = -1}, ""},
	    {{.until_us = 11, .state = -1, .kind = -1}, "1"},
	    {{.since_us = 25, .until_us = 31, .state = -1, .kind = -1}, "2 3"},
	};

	put_incident(
	    f->db, 3, "C1", INCIDENT_SPAM_BOT, INCIDENT_CLOSED, 30, 40);
	put_incident(f->db, 1, "C1", INCIDENT_BOT_BURST, INCIDENT_OPEN, 10, 20);
	put_incident(
	    f->db, 2, "C2", INCIDENT_SPAM_BOT, INCIDENT_ACKNOWLEDGED, 20, 30);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    incidents(f->db, &cases[i].r), cases[i].ids);
}

static void decisions_are_chosen(void **state)
{
	struct fixture *f = *state;
	struct numbers l = {.stop_at = 2};
	static const struct {
		struct read_range r;
		const char *seqs;
	} cases[] = {
	    {{.state = -1}, "1 2 3 4"},
	    {{.state = -1, .limit = 3}, "1 2 3"},
	    {{.state = -1, .customer = "C1"}, "1 3"},
	    {{.state = -1, .since_us = 20}, "2 3 4"},
	    {{.state = -1, .since_us = 20, .until_us = 40}, "2 3"},
	    {{.state = -1, .after_id = 2}, "3 4"},
	    {{.state = -1, .since_us = 20, .after_id = 2}, "3 4"},
	    {{.state = -1, .customer = "C1", .after_id = 1}, "3"},
	    {{.state = 1, .now_us = 100, .after_id = 3}, "4"},
	};

	for (int i = 1; i <= 4; i++) {
		struct decision d = decision_at(i, i % 2 ? "C1" : "C2");

		d.since_us = 10 * i;
		assert_int_equal(write_decision(f->db, &d), 0);
	}
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    decisions(f->db, &cases[i].r), cases[i].seqs);
	assert_int_equal(read_decisions_after(f->db, 1, take_decision, &l), 42);
	assert_string_equal(l.text, "2 3");
	for (size_t i = 0; i < 5; i++) {
		struct read_range r = cases[i].r;
		int64_t n;

		assert_int_equal(read_decision_count(f->db, &r, 0, &n), 0);
		r.limit = 0;
		assert_int_equal(n, (strlen(decisions(f->db, &r)) + 1) / 2);
		assert_int_equal(read_decision_count(f->db, &r, 1, &n), 0);
		assert_int_equal(n, 1);
	}
}

/* --- precedence ----------------------------------------------------------- */

#define MA ACTION_ALLOW, CAUSE_MANUAL
#define MB ACTION_BLOCK, CAUSE_MANUAL
#define DB ACTION_BLOCK, CAUSE_DETECTOR
#define EX ACTION_ALLOW, CAUSE_EXPIRED
#define RE ACTION_ALLOW, CAUSE_RELEASED

/* Times are relative; the question is asked at 100. */
struct row {
	enum action action;
	enum cause cause;
	int64_t since, until, ends;
};
struct ruling {
	const char *what;
	struct row rows[5];
	int64_t in_force; /* its seq, 0: the class rule */
};

static const struct ruling rulings[] = {
    {"nothing", {{0}}, 0},
    {"a detector's block", {{DB, 10, 0, 0}}, 1},
    {"until is the first moment without it", {{DB, 10, 100, 0}}, 0},
    {"one before it", {{DB, 10, 101, 0}}, 1},
    {"since is the first moment with it", {{DB, 100, 0, 0}}, 1},
    {"one before that", {{DB, 101, 0, 0}}, 0},
    {"manual block over detector", {{MB, 10, 0, 0}, {DB, 20, 0, 0}}, 1},
    {"manual allow over manual block", {{MA, 10, 0, 0}, {MB, 20, 0, 0}}, 1},
    {"manual allow over detector", {{DB, 10, 0, 0}, {MA, 20, 0, 0}}, 2},
    {"all three", {{DB, 10, 0, 0}, {MA, 20, 0, 0}, {MB, 30, 0, 0}}, 2},
    {"of two equals the later", {{MB, 30, 0, 0}, {MB, 20, 0, 0}}, 2},
    {"an allow that ran out", {{DB, 10, 0, 0}, {MA, 20, 90, 0}}, 1},
    {"an allow that ends later", {{DB, 10, 0, 0}, {MA, 20, 110, 0}}, 2},
    {"expired", {{DB, 10, 50, 0}, {EX, 50, 0, 1}}, 0},
    {"ended early", {{DB, 10, 200, 0}, {EX, 50, 0, 1}}, 0},
    {"its end is yet to come", {{DB, 10, 0, 0}, {RE, 101, 0, 1}}, 1},
    {"its end is now", {{DB, 10, 0, 0}, {RE, 100, 0, 1}}, 0},
    {"only one is released", {{MB, 10, 0, 0}, {DB, 20, 0, 0}, {RE, 30, 0, 1}},
	2},
    {"in force again",
	{{DB, 10, 0, 0}, {MA, 20, 30, 0}, {EX, 30, 0, 2}, {DB, 30, 0, 1}}, 4},
    {"a newer manual block takes the place", {{MB, 10, 0, 0}, {MB, 20, 90, 1}},
	0},
    {"an end is no decision", {{EX, 10, 0, 0}}, 0},
};

/* The rows of one case under a customer of its own. seq: the last used. */
static int64_t put_rows(
    struct db *db, const struct ruling *r, int64_t seq, int64_t base_us)
{
	int64_t before = seq;

	for (size_t i = 0; i < COUNT(r->rows); i++) {
		const struct row *w = &r->rows[i];
		struct decision d = decision_at(seq + 1, r->what);

		if (w->since == 0)
			break;
		d.action = w->action;
		d.cause = w->cause;
		d.since_us = base_us + w->since;
		d.until_us = w->until ? base_us + w->until : 0;
		d.ends_seq = w->ends ? before + w->ends : 0;
		assert_int_equal(write_decision(db, &d), 0);
		seq++;
	}
	return seq;
}

static void precedence_holds_at_a_moment(void **state)
{
	int64_t n;
	struct fixture *f = *state;
	int64_t seq = 0;
	struct read_range r = {.state = 1, .now_us = DAY_US + 100};
	struct numbers want = {.n = 0};

	for (size_t i = 0; i < COUNT(rulings); i++) {
		int64_t first = seq;
		struct decision d;
		int rc;

		seq = put_rows(f->db, &rulings[i], seq, DAY_US);
		rc = read_in_force(f->db, rulings[i].what, DAY_US + 100, &d);
		if (rc != (rulings[i].in_force != 0))
			print_error("%s\n", rulings[i].what);
		assert_int_equal(rc, rulings[i].in_force != 0);
		if (rc == 0)
			continue;
		if (d.seq != first + rulings[i].in_force)
			print_error("%s\n", rulings[i].what);
		assert_int_equal(d.seq, first + rulings[i].in_force);
		add(&want, d.seq);
	}
	assert_string_equal(decisions(f->db, &r), want.text);
	assert_int_equal(read_decision_count(f->db, &r, 0, &n), 0);
	assert_int_equal(n, want.n);
	r.customer = "all three";
	assert_int_equal(strlen(decisions(f->db, &r)), 2);
}

/* The same cases around this very moment, as the view sees them. */
static void the_view_has_the_same_precedence(void **state)
{
	struct fixture *f = *state;
	int64_t seq = 0, base_us;
	struct numbers want = {.n = 0};

	base_us = clock_now_us() / US_PER_S * US_PER_S - 100 * HOUR_US;
	for (size_t i = 0; i < COUNT(rulings); i++) {
		struct ruling r = rulings[i];
		int64_t first = seq;
		bool exact = false;

		/* A row an hour away from now; 'now' itself moves. */
		for (size_t k = 0; k < COUNT(r.rows); k++) {
			exact |= r.rows[k].since == 100;
			r.rows[k].since *= HOUR_US;
			r.rows[k].until *= HOUR_US;
		}
		if (exact)
			continue;
		seq = put_rows(f->db, &r, seq, base_us);
		if (r.in_force != 0)
			add(&want, first + r.in_force);
	}
	assert_string_equal(
	    shell(f->db, "SELECT seq FROM decision_in_force ORDER BY seq"),
	    want.text);
}

static void what_is_in_force_has_its_targets(void **state)
{
	struct fixture *f = *state;
	struct decision d = decision_at(1, "C1"), got;

	assert_int_equal(prefix_parse(&d.targets[0].prefix, "192.0.2.0/24"), 0);
	d.n_targets = 1;
	assert_int_equal(write_decision(f->db, &d), 0);
	assert_int_equal(read_in_force(f->db, "C1", DAY_US, &got), 1);
	assert_memory_equal(&got, &d, sizeof(d));
	assert_int_equal(read_in_force(f->db, "C2", DAY_US, &got), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(incidents_are_chosen),
	    STORE_TEST(decisions_are_chosen),
	    STORE_TEST(precedence_holds_at_a_moment),
	    STORE_TEST(the_view_has_the_same_precedence),
	    STORE_TEST(what_is_in_force_has_its_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
