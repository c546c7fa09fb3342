/* SPDX-License-Identifier: Apache-2.0 */
/* The feed of decisions, and what a purge leaves of it. */
#include "tests/unit/reports/fixture.h"

#include <inttypes.h>

#include "reports/api/routes.h"
#include "store/retain.h"

#define NOW_US (DAY_US + 40 * US_PER_DAY)

/* D1 blocks C1 and stands; D2 blocks C2, D3 ends it, but old D4, which blocks
 * C4, has an end that is young, D6; D5 and D7 are young. */
static void fill(struct db *db)
{
	struct decision d[] = {
	    fixed_decision(1, "C1", DAY_US, 0),
	    fixed_decision(2, "C2", DAY_US, 0),
	    fixed_decision(3, "C2", DAY_US + HOUR_US, 0),
	    fixed_decision(4, "C4", DAY_US + 2 * HOUR_US, 0),
	    fixed_decision(5, "C5", NOW_US - 3 * HOUR_US, 0),
	    fixed_decision(6, "C4", NOW_US - 2 * HOUR_US, 0),
	    fixed_decision(7, "C7", NOW_US - HOUR_US, 0),
	};

	d[2].action = d[5].action = ACTION_ALLOW;
	d[2].cause = d[5].cause = CAUSE_RELEASED;
	d[2].ends_seq = 2;
	d[5].ends_seq = 4;
	must_write(db, db_begin(db));
	for (size_t i = 0; i < sizeof(d) / sizeof(d[0]); i++)
		must_write(db, write_decision(db, &d[i]));
	must_write(db, db_commit(db));
}

static void purge(struct db *db)
{
	struct retain_limits l = {.count = true};
	struct audit who = {.operator= "timer", .verb = "db purge"};
	struct retain *r;
	int64_t n;

	l.before_us[RETAIN_DECISIONS] = NOW_US - 10 * US_PER_DAY;
	r = retain_new(db, &l, &who);
	assert_non_null(r);
	while (retain_step(r, RETAIN_DECISIONS, NOW_US, &n) == 1)
		;
	retain_free(r);
}

/* "5 6 7" of the changes, or the status of a refusal. */
static const char *changes_after(struct db *db, int64_t after)
{
	static char text[256];
	struct call *c = calloc(1, sizeof(*c));
	struct conf conf = {.serve_memory_bytes = 1 << 20};
	const char *answer;
	char target[80];
	json_t *body, *x;
	size_t i, n;

	assert_non_null(c);
	c->conf = &conf;
	c->db = db;
	c->method = "GET";
	c->now_us = NOW_US;
	snprintf(target, sizeof(target),
	    "/api/v1/decisions/changes?after=%" PRId64, after);
	assert_int_equal(uri_parse(&c->uri, target), 0);
	changes_get(c);
	snprintf(text, sizeof(text), "%d", c->status);
	answer = call_body(c, &n);
	body = json_loadb(answer, n, 0, NULL);
	assert_non_null(body);
	if (c->status == 200)
		text[0] = '\0';
	json_array_foreach(json_object_get(body, "changes"), i, x)
	    snprintf(text + strlen(text), 16, "%s%d", i > 0 ? " " : "",
		(int)json_integer_value(json_object_get(x, "seq")));
	json_decref(body);
	call_clear(c);
	free(c);
	return text;
}

static void a_whole_log_is_told_from_everywhere(void **state)
{
	struct db *db = open_fixture(DB_WRITE);

	(void)state;
	fill(db);
	assert_string_equal(changes_after(db, 0), "1 2 3 4 5 6 7");
	assert_string_equal(changes_after(db, 1), "2 3 4 5 6 7");
	assert_string_equal(changes_after(db, 7), "");
	assert_string_equal(changes_after(db, 8), "410");
	db_close(db);
}

/* Who knew of D2's block would never hear of its end: D1, before the hole, is
 * still there. */
static void behind_what_was_purged_is_gone(void **state)
{
	struct db *db = open_fixture(DB_WRITE);

	(void)state;
	fill(db);
	purge(db);
	assert_string_equal(changes_after(db, 1), "410");
	assert_string_equal(changes_after(db, 2), "410");
	assert_string_equal(changes_after(db, 3), "4 5 6 7");
	assert_string_equal(changes_after(db, 4), "5 6 7");
	assert_string_equal(changes_after(db, 7), "");
	/* Nothing yet, and all that is left. */
	assert_string_equal(changes_after(db, 0), "1 4 5 6 7");
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(a_whole_log_is_told_from_everywhere),
	    REPORTS_TEST(behind_what_was_purged_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
