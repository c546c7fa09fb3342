/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/sum.h"

#include "tests/unit/analyzer/logins/cases.h"

#define MINUTE INT64_C(60000000)

static struct login_event event(
    int64_t ts_us, const char *client, enum login_result result)
{
	struct login_event e = {
	    .ts_us = ts_us, .result = result, .attempts = 1};

	addr_parse(&e.client, client);
	e.messages = result == LOGIN_SUCCESS;
	return e;
}

static int add(struct login_sums *s, int account, const struct login_event *e)
{
	uint8_t id[KEYED_HASH_BYTES] = {0};

	memcpy(id, &account, sizeof(account));
	return login_sums_add(s, id, e);
}

static void the_same_within_a_minute_is_one(void **state)
{
	struct login_sums s = {0};
	struct login_event e;

	(void)state;
	for (int i = 0; i < 60; i++) {
		e = event(
		    10 * MINUTE + i * 1000000, "192.0.2.7", LOGIN_SUCCESS);
		assert_int_equal(add(&s, 1, &e), 0);
	}
	assert_int_equal(HASH_COUNT(s.by_key), 1);
	assert_int_equal(s.by_key->attempts, 60);
	assert_int_equal(s.by_key->messages, 60);
	assert_int_equal(s.by_key->first_us, 10 * MINUTE);
	assert_int_equal(s.by_key->last_us, 11 * MINUTE - 1000000);
	e = event(11 * MINUTE, "192.0.2.7", LOGIN_SUCCESS);
	add(&s, 1, &e);
	e = event(10 * MINUTE, "192.0.2.8", LOGIN_SUCCESS);
	add(&s, 1, &e);
	e = event(10 * MINUTE, "192.0.2.7", LOGIN_FAILURE);
	add(&s, 1, &e);
	add(&s, 2, &e);
	assert_int_equal(HASH_COUNT(s.by_key), 5);
	login_sums_clear(&s);
	assert_null(s.by_key);
}

static void answers_are_a_row_of_their_own(void **state)
{
	struct login_sums s = {0};
	struct login_event e = event(MINUTE, "192.0.2.7", LOGIN_SUCCESS);
	struct observation o = {0};

	(void)state;
	add(&s, 1, &e);
	e = event(MINUTE + 1, "192.0.2.7", LOGIN_DELIVERY);
	e.answers.unknown = 1;
	add(&s, 1, &e);
	e.answers = (struct login_answers){.delivered = 3, .rejected = 2};
	add(&s, 1, &e);
	assert_int_equal(HASH_COUNT(s.by_key), 2);
	login_sum_answers(s.by_key->hh.next, &o);
	assert_int_equal(o.rcpt_count, 6);
	assert_int_equal(o.rcpt_accepted, 3);
	assert_int_equal(o.unknown_users, 1);
	((struct login_sum *)s.by_key->hh.next)->answers.unknown =
	    INT64_MAX / 2;
	login_sum_answers(s.by_key->hh.next, &o);
	assert_int_equal(o.unknown_users, INT32_MAX);
	login_sums_clear(&s);
}

static void failures_of_a_network_are_one(void **state)
{
	static const char *const clients[] = {"192.0.2.7", "192.0.2.200",
	    "2001:db8:1:2::3", "2001:db8:1:ffff::3"};
	struct login_sums s = {0};
	char text[ADDR_STRLEN];

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct login_event e = event(MINUTE, clients[i], LOGIN_FAILURE);

		assert_int_equal(add(&s, 1, &e), 0);
	}
	assert_int_equal(HASH_COUNT(s.by_key), 2);
	assert_string_equal(addr_format(&s.by_key->client, text), "192.0.2.7");
	assert_int_equal(s.by_key->attempts, 2);
	login_sums_clear(&s);
}

static void a_flood_says_when_it_is_full(void **state)
{
	struct login_sums s = {0};
	struct login_event e = event(MINUTE, "192.0.2.7", LOGIN_FAILURE);
	int i = 1;

	(void)state;
	while (add(&s, i, &e) == 0)
		i++;
	assert_int_equal(i, LOGIN_SUMS_MAX);
	login_sums_clear(&s);
	assert_int_equal(add(&s, 1, &e), 0);
	login_sums_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_within_a_minute_is_one),
	    cmocka_unit_test(answers_are_a_row_of_their_own),
	    cmocka_unit_test(failures_of_a_network_are_one),
	    cmocka_unit_test(a_flood_says_when_it_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
