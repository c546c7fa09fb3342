/* SPDX-License-Identifier: Apache-2.0 */
/* What takes a desk away, and what is only said. */
#include "tests/unit/reports/fixture.h"

#include "reports/api/routes.h"
#include "store/heard.h"

#define NOW_US DAY_US

static const char *ready(struct db *db, const char *query)
{
	static char text[512];
	struct call *c = calloc(1, sizeof(*c));
	const char *answer;
	char target[80];
	size_t n;

	assert_non_null(c);
	c->db = db;
	c->now_us = NOW_US;
	snprintf(target, sizeof(target), "/readyz%s", query);
	assert_int_equal(uri_parse(&c->uri, target), 0);
	health_ready(c);
	answer = call_body(c, &n);
	snprintf(text, sizeof(text), "%d %.*s", c->status, (int)n, answer);
	call_clear(c);
	free(c);
	return text;
}

static void heard(struct db *db, enum heard who, int64_t ago_s)
{
	struct heard_told told = {{0}};

	must_write(db, write_heard(db, &told, who, NOW_US - ago_s * US_PER_S));
}

/* Two handles: one is the analyzer's. */
struct desk {
	struct db *analyzer, *db;
};

static struct desk open_desk(void)
{
	struct desk d = {open_fixture(DB_WRITE), open_fixture(DB_WRITE)};

	return d;
}

static void close_desk(struct desk *d)
{
	db_close(d->analyzer);
	db_close(d->db);
}

static void a_silent_pipeline_is_said_and_takes_no_desk_away(void **state)
{
	struct desk d = open_desk();

	(void)state;
	assert_string_equal(ready(d.db, ""),
	    "200 ok\nanalyzer: none runs\n"
	    "capture: no agent has ever reported\n");
	assert_string_equal(ready(d.db, "?strict"),
	    "503 not ready\nanalyzer: none runs\n"
	    "capture: no agent has ever reported\n");
	assert_int_equal(db_lock_apply(d.analyzer), 0);
	heard(d.analyzer, HEARD_AGENTS, 61);
	heard(d.analyzer, HEARD_LEASES, 3601);
	assert_string_equal(ready(d.db, "?strict"),
	    "503 not ready\ncapture: silent for 61 s\n"
	    "identity: silent for 3601 s\n");
	heard(d.analyzer, HEARD_AGENTS, 60);
	heard(d.analyzer, HEARD_LEASES, 3600);
	assert_string_equal(ready(d.db, "?strict"), "200 ok\n");
	assert_string_equal(ready(d.db, "?strict&verbose"),
	    "200 ok\nstore: ok\nanalyzer: ok\ncapture: ok\nidentity: ok\n");
	close_desk(&d);
}

static void without_a_store_to_write_nothing_can_be_served(void **state)
{
	struct desk d = open_desk();

	(void)state;
	db_set_patience(d.db, 10);
	assert_int_equal(db_lock_apply(d.analyzer), 0);
	heard(d.analyzer, HEARD_AGENTS, 1);
	must_write(d.analyzer, db_begin(d.analyzer));
	assert_string_equal(
	    ready(d.db, ""), "503 not ready\nstore: cannot be written\n");
	db_rollback(d.analyzer);
	assert_string_equal(ready(d.db, ""), "200 ok\n");
	close_desk(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(a_silent_pipeline_is_said_and_takes_no_desk_away),
	    REPORTS_TEST(without_a_store_to_write_nothing_can_be_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
