/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/bearing.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/write.h"

static void put_incident(struct db *db, int64_t id, const char *customer,
    int64_t first, int64_t last)
{
	struct incident i = {.id = id, .first_obs = first, .last_obs = last};

	snprintf(i.customer, sizeof(i.customer), "%s", customer);
	assert_int_equal(write_incident(db, &i), 0);
}

static void put_decision(struct db *db, int64_t seq, const char *customer,
    int64_t incident_id, int64_t obs_no)
{
	struct decision d = {
	    .seq = seq, .incident_id = incident_id, .obs_no = obs_no};

	snprintf(d.customer, sizeof(d.customer), "%s", customer);
	assert_int_equal(write_decision(db, &d), 0);
}

static void what_rests_on_a_row_is_named(void **state)
{
	static const struct {
		const char *customer;
		int64_t obs_no;
		const char *want;
	} cases[] = {
	    {"C1", 4, "nothing rests on it"},
	    {"C1", 5, "D1, I1 rest on it"},
	    {"C1", 8, "D1, I1 rest on it"},
	    {"C1", 9, "I1 rests on it"},  /* the block came before */
	    {"C1", 20, "D2 rests on it"}, /* an operator's */
	    {"C2", 6, "I2 rests on it"},
	    {"C3", 6, "nothing rests on it"},
	    {"", 6, "nothing rests on it"},
	};
	char dir[] = "/tmp/sekisho-bearing-XXXXXX", path[64];
	char err[DB_ERROR_BYTES], text[384], command[64];
	struct db *db;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.db", dir);
	db = db_open(path, DB_CREATE, err);
	assert_non_null(db);
	put_incident(db, 1, "C1", 5, 10);
	put_incident(db, 2, "C2", 6, 6);
	put_decision(db, 1, "C1", 1, 8);
	put_decision(db, 2, "C1", 0, 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct observation o = {.obs_no = cases[i].obs_no};

		snprintf(
		    o.customer, sizeof(o.customer), "%s", cases[i].customer);
		assert_int_equal(bearing_of(db, &o, text, sizeof(text)), 0);
		assert_string_equal(text, cases[i].want);
	}
	for (int64_t seq = 3; seq < 20; seq++)
		put_decision(db, seq, "C4", 0, 30);
	assert_int_equal(
	    bearing_of(db,
		&(struct observation){.obs_no = 30, .customer = "C4"}, text,
		sizeof(text)),
	    0);
	assert_string_equal(
	    text, "D3, D4, D5, D6, D7, D8, D9, D10, and others rest on it");
	db_close(db);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_rests_on_a_row_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
