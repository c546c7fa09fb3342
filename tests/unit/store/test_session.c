/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access.h"
#include "tests/unit/store/fixture.h"

static const uint8_t one[ACCESS_HASH_BYTES] = {1};
static const uint8_t two[ACCESS_HASH_BYTES] = {2};

static void add_operator(struct db *db, const char *name)
{
	struct operator_row o = {.scopes = 7, .created_us = DAY_US};

	snprintf(o.name, sizeof(o.name), "%s", name);
	assert_int_equal(write_operator(db, &o), 0);
}

static void a_session_lasts_until_its_end(void **state)
{
	struct fixture *f = *state;
	struct session_row got, s = {.hash = {1},
				    .operator= "aiko",
				    .csrf = "token",
				    .created_us = DAY_US,
				    .expires_us = DAY_US + HOUR_US};

	add_operator(f->db, "aiko");
	assert_int_equal(write_session(f->db, &s), 0);
	assert_int_equal(read_session(f->db, one, DAY_US, &got), 1);
	s.scopes = 7; /* the operator's */
	assert_memory_equal(&got, &s, sizeof(s));
	assert_int_equal(
	    read_session(f->db, one, DAY_US + HOUR_US - 1, &got), 1);
	assert_int_equal(read_session(f->db, one, DAY_US + HOUR_US, &got), 0);
	assert_int_equal(read_session(f->db, two, DAY_US, &got), 0);
	assert_int_equal(write_session_gone(f->db, one), 0);
	assert_int_equal(read_session(f->db, one, DAY_US, &got), 0);
}

static void a_new_session_throws_out_those_that_have_ended(void **state)
{
	struct fixture *f = *state;
	struct session_row got, s = {.hash = {1},
				    .operator= "aiko",
				    .created_us = DAY_US,
				    .expires_us = DAY_US + HOUR_US};

	add_operator(f->db, "aiko");
	assert_int_equal(write_session(f->db, &s), 0);
	s.hash[0] = 2;
	s.created_us = DAY_US + HOUR_US;
	s.expires_us = DAY_US + 2 * HOUR_US;
	assert_int_equal(write_session(f->db, &s), 0);
	assert_int_equal(read_session(f->db, one, DAY_US, &got), 0);
	assert_int_equal(read_session(f->db, two, DAY_US, &got), 1);
}

static int claim(struct db *db, const char *actor, const char *key,
    const uint8_t *request, int64_t now_us, int *status, char **body)
{
	return idempotency_claim(db, actor, key, request, now_us, status, body);
}

static void a_second_asking_gets_the_first_answer(void **state)
{
	struct fixture *f = *state;
	int status;
	char *body;

	assert_int_equal(
	    claim(f->db, "a", "k", one, DAY_US, &status, &body), 0);
	/* at work, for others too */
	assert_int_equal(
	    claim(f->db, "a", "k", one, DAY_US, &status, &body), 3);
	assert_int_equal(
	    claim(f->db, "b", "k", one, DAY_US, &status, &body), 0);
	assert_int_equal(idempotency_done(f->db, "a", "k", 201, "{}"), 0);
	assert_int_equal(
	    claim(f->db, "a", "k", one, DAY_US, &status, &body), 1);
	assert_int_equal(status, 201);
	assert_string_equal(body, "{}");
	free(body);
	assert_int_equal(
	    claim(f->db, "a", "k", two, DAY_US, &status, &body), 2);
	assert_null(body);
}

static void what_was_not_done_leaves_the_key_free(void **state)
{
	struct fixture *f = *state;
	int status;
	char *body;

	assert_int_equal(
	    claim(f->db, "a", "k", one, DAY_US, &status, &body), 0);
	assert_int_equal(idempotency_done(f->db, "a", "k", 0, NULL), 0);
	assert_int_equal(
	    claim(f->db, "a", "k", two, DAY_US, &status, &body), 0);
}

static void answers_are_kept_for_a_day_and_claims_for_ten_minutes(void **state)
{
	struct fixture *f = *state;
	int status;
	char *body;

	assert_int_equal(
	    claim(f->db, "a", "k", one, DAY_US, &status, &body), 0);
	assert_int_equal(claim(f->db, "a", "k", one, DAY_US + 599 * US_PER_S,
			     &status, &body),
	    3);
	/* whoever claimed it was killed */
	assert_int_equal(claim(f->db, "a", "k", one, DAY_US + 600 * US_PER_S,
			     &status, &body),
	    0);
	assert_int_equal(idempotency_done(f->db, "a", "k", 200, "x"), 0);
	assert_int_equal(
	    claim(f->db, "a", "k", one, DAY_US + 23 * HOUR_US, &status, &body),
	    1);
	free(body);
	assert_int_equal(
	    claim(f->db, "a", "k", one, DAY_US + 25 * HOUR_US, &status, &body),
	    0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_session_lasts_until_its_end),
	    STORE_TEST(a_new_session_throws_out_those_that_have_ended),
	    STORE_TEST(a_second_asking_gets_the_first_answer),
	    STORE_TEST(what_was_not_done_leaves_the_key_free),
	    STORE_TEST(answers_are_kept_for_a_day_and_claims_for_ten_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
