/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

static struct audit fixed(
    const char *operator, const char * verb, int64_t at_us)
{
	struct audit a = {.at_us = at_us,
	    .source = AUDIT_CONSOLE,
	    .object = "C7",
	    .reason = "asked for it",
	    .detail = "until tomorrow",
	    .outcome = "accepted"};

	snprintf(a.operator, sizeof(a.operator), "%s", operator);
	snprintf(a.verb, sizeof(a.verb), "%s", verb);
	return a;
}

struct seen {
	struct audit rows[8];
	int n;
};

static int keep(void *arg, const struct audit *a)
{
	struct seen *s = arg;

	s->rows[s->n++] = *a;
	return 0;
}

static void add_four(struct db *db)
{
	static const char *const who[] = {"aiko", "bo", "aiko", "bo"};
	static const char *const what[] = {"block", "block", "allow", "allow"};

	for (int i = 0; i < 4; i++) {
		struct audit a = fixed(who[i], what[i], DAY_US + i * HOUR_US);

		assert_int_equal(write_audit(db, &a), 0);
		assert_int_equal(a.audit_no, i + 1);
	}
}

static void a_row_comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct audit a = fixed("aiko", "db purge", DAY_US);
	struct audit_range all = {0};
	struct seen s = {0};

	assert_int_equal(write_audit(f->db, &a), 0);
	assert_int_equal(read_audits(f->db, &all, keep, &s), 0);
	assert_int_equal(s.n, 1);
	assert_memory_equal(&s.rows[0], &a, sizeof(a));
}

static void the_newest_come_first_and_a_key_goes_on(void **state)
{
	struct fixture *f = *state;
	struct audit_range r = {.limit = 3};
	struct seen s = {0};
	int64_t n = 0;

	add_four(f->db);
	assert_int_equal(read_audits(f->db, &r, keep, &s), 0);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.rows[0].audit_no, 4);
	r.before_no = s.rows[2].audit_no;
	assert_int_equal(read_audits(f->db, &r, keep, &s), 0);
	assert_int_equal(s.n, 4);
	assert_int_equal(s.rows[3].audit_no, 1);
	assert_int_equal(read_audit_count(f->db, &r, &n), 0);
	assert_int_equal(n, 4);
}

static void filters_hold_together(void **state)
{
	struct fixture *f = *state;
	const struct {
		struct audit_range r;
		int want;
	} cases[] = {{
	    {.operator= "aiko" }, 2},
	    {{.operator= "aiko", .verb = "allow"}, 1},
	    {{.object = "C7"}, 4},
	    {{.object = "C8"}, 0},
	    {{.since_us = DAY_US + HOUR_US}, 3},
	    {{.until_us = DAY_US + HOUR_US}, 1},
	};

	add_four(f->db);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct seen s = {0};
		int64_t n = -1;

		assert_int_equal(read_audits(f->db, &cases[i].r, keep, &s), 0);
		assert_int_equal(s.n, cases[i].want);
		assert_int_equal(read_audit_count(f->db, &cases[i].r, &n), 0);
		assert_int_equal(n, cases[i].want);
	}
}

/* It is written with what it tells of, or neither is. */
static void it_is_part_of_the_transaction(void **state)
{
	struct fixture *f = *state;
	struct audit a = fixed("aiko", "block", DAY_US);
	struct op_action op = {.ts_us = DAY_US, .verb = OP_BLOCK};
	struct audit_range all = {0};
	int64_t n = -1;

	assert_int_equal(db_begin(f->db), 0);
	assert_int_equal(write_op_action(f->db, &op), 0);
	assert_int_equal(write_audit(f->db, &a), 0);
	db_rollback(f->db);
	assert_int_equal(read_audit_count(f->db, &all, &n), 0);
	assert_int_equal(n, 0);
}

static void it_is_never_changed_and_numbers_stay_away(void **state)
{
	struct fixture *f = *state;
	struct audit a = fixed("aiko", "block", DAY_US);

	add_four(f->db);
	assert_int_equal(
	    stmt_exec(f->db, "UPDATE audit SET operator = 'x'"), -1);
	assert_non_null(strstr(db_error(f->db), "never changed"));
	a.audit_no = 2;
	assert_int_equal(write_audit(f->db, &a), -1);
	assert_int_equal(stmt_exec(f->db, "DELETE FROM audit"), 0);
	a.audit_no = 0;
	assert_int_equal(write_audit(f->db, &a), 0);
	assert_int_equal(a.audit_no, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_row_comes_back_as_it_was),
	    STORE_TEST(the_newest_come_first_and_a_key_goes_on),
	    STORE_TEST(filters_hold_together),
	    STORE_TEST(it_is_part_of_the_transaction),
	    STORE_TEST(it_is_never_changed_and_numbers_stay_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
