/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access.h"
#include "tests/unit/store/fixture.h"

static struct token fixed_token(const char *id, int64_t created_us)
{
	struct token t = {.kind = "api",
	    .name = "script",
	    .hash = {1, 2, 3},
	    .scopes = 5,
	    .cidr = "192.0.2.0/24",
	    .created_us = created_us,
	    .expires_us = created_us + HOUR_US};

	snprintf(t.id, sizeof(t.id), "%s", id);
	return t;
}

struct seen {
	struct token tokens[4];
	struct operator_row operators[4];
	int n;
};

static int keep_token(void *arg, const struct token *t)
{
	struct seen *s = arg;

	s->tokens[s->n++] = *t;
	return 0;
}

static int keep_operator(void *arg, const struct operator_row *o)
{
	struct seen *s = arg;

	s->operators[s->n++] = *o;
	return 0;
}

static void a_token_comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct token t = fixed_token("aaa", DAY_US), got;

	assert_int_equal(read_token(f->db, "aaa", &got), 0);
	assert_int_equal(write_token(f->db, &t), 0);
	assert_int_equal(read_token(f->db, "aaa", &got), 1);
	assert_memory_equal(&got, &t, sizeof(t));
	assert_int_equal(write_token(f->db, &t), -1); /* its id is taken */
}

static void a_token_is_revoked_once(void **state)
{
	struct fixture *f = *state;
	struct token t = fixed_token("aaa", DAY_US), got;

	assert_int_equal(write_token(f->db, &t), 0);
	assert_int_equal(write_token_revoked(f->db, "bbb", DAY_US), 1);
	assert_int_equal(write_token_revoked(f->db, "aaa", DAY_US + 1), 0);
	assert_int_equal(write_token_revoked(f->db, "aaa", DAY_US + 2), 1);
	assert_int_equal(write_token_used(f->db, "aaa", DAY_US + 3), 0);
	assert_int_equal(write_token_pulled(f->db, "aaa", 77), 0);
	assert_int_equal(read_token(f->db, "aaa", &got), 1);
	assert_int_equal(got.revoked_us, DAY_US + 1);
	assert_int_equal(got.used_us, DAY_US + 3);
	assert_int_equal(got.pulled_seq, 77);
}

static void tokens_come_in_the_order_they_were_made(void **state)
{
	struct fixture *f = *state;
	struct token b = fixed_token("bbb", DAY_US);
	struct token a = fixed_token("aaa", DAY_US + 1);
	struct seen s = {.n = 0};

	assert_int_equal(write_token(f->db, &a), 0);
	assert_int_equal(write_token(f->db, &b), 0);
	assert_int_equal(read_tokens(f->db, keep_token, &s), 0);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.tokens[0].id, "bbb");
	assert_string_equal(s.tokens[1].id, "aaa");
}

static struct operator_row fixed_operator(const char *name)
{
	struct operator_row o = {
	    .salt = {9}, .hash = {8}, .scopes = 3, .created_us = DAY_US};

	snprintf(o.name, sizeof(o.name), "%s", name);
	return o;
}

static void log_in(struct db *db, const char *name, uint8_t hash)
{
	struct session_row s = {.hash = {hash},
	    .csrf = "c",
	    .created_us = DAY_US,
	    .expires_us = DAY_US + HOUR_US};

	snprintf(s.operator, sizeof(s.operator), "%s", name);
	assert_int_equal(write_session(db, &s), 0);
}

static void an_operator_comes_back_and_goes(void **state)
{
	struct fixture *f = *state;
	struct operator_row o = fixed_operator("aiko"), got;
	struct seen s = {.n = 0};

	assert_int_equal(read_operator(f->db, "aiko", &got), 0);
	assert_int_equal(write_operator(f->db, &o), 0);
	assert_int_equal(read_operator(f->db, "aiko", &got), 1);
	assert_memory_equal(&got, &o, sizeof(o));
	o = fixed_operator("bo");
	assert_int_equal(write_operator(f->db, &o), 0);
	assert_int_equal(read_operators(f->db, keep_operator, &s), 0);
	assert_int_equal(s.n, 2);
	assert_string_equal(s.operators[0].name, "aiko");
	assert_int_equal(write_operator_gone(f->db, "aiko"), 0);
	assert_int_equal(write_operator_gone(f->db, "aiko"), 1);
	assert_int_equal(read_operator(f->db, "aiko", &got), 0);
}

static void a_new_password_ends_the_sessions_of_its_owner(void **state)
{
	struct fixture *f = *state;
	struct operator_row aiko = fixed_operator("aiko");
	struct operator_row bo = fixed_operator("bo");
	const uint8_t one[ACCESS_HASH_BYTES] = {1};
	const uint8_t two[ACCESS_HASH_BYTES] = {2};
	struct session_row s;

	assert_int_equal(write_operator(f->db, &aiko), 0);
	assert_int_equal(write_operator(f->db, &bo), 0);
	log_in(f->db, "aiko", 1);
	log_in(f->db, "bo", 2);
	assert_int_equal(read_session(f->db, one, DAY_US, &s), 1);
	assert_int_equal(write_operator(f->db, &aiko), 0);
	assert_int_equal(read_session(f->db, one, DAY_US, &s), 0);
	assert_int_equal(read_session(f->db, two, DAY_US, &s), 1);
	assert_int_equal(write_operator_gone(f->db, "bo"), 0);
	assert_int_equal(read_session(f->db, two, DAY_US, &s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_token_comes_back_as_it_was),
	    STORE_TEST(a_token_is_revoked_once),
	    STORE_TEST(tokens_come_in_the_order_they_were_made),
	    STORE_TEST(an_operator_comes_back_and_goes),
	    STORE_TEST(a_new_password_ends_the_sessions_of_its_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
