/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/clock.h"

#define MINUTE_US (60 * US_PER_S)

static void begin(struct mailbox *m)
{
	static struct life l;

	memset(m, 0, sizeof(*m));
	l.line_class = CLASS_DYNAMIC;
	mailbox_begin(m, &l, "c");
}

static void add(
    struct mailbox *m, int64_t s, struct where from, int messages, bool failure)
{
	struct event e = {.ts_us = LIFE_T0_US + s * US_PER_S,
	    .kind = EVENT_LOGIN,
	    .login = {.from = from,
		.messages = (uint16_t)messages,
		.failure = failure}};

	assert_int_equal(mailbox_add(m, &e), 0);
}

static void a_row_is_a_client_of_a_minute(void **state)
{
	const struct where a = {7, 1, 1}, b = {7, 1, 2};
	struct observation *o;
	struct mailbox m;

	(void)state;
	begin(&m);
	add(&m, 5, a, 1, false);
	add(&m, 20, b, 1, false);
	add(&m, 50, a, 2, false);
	assert_null(mailbox_row(&m, LIFE_T0_US + MINUTE_US - 1));
	o = mailbox_row(&m, LIFE_T0_US + MINUTE_US);
	assert_non_null(o);
	assert_int_equal(o->kind, OBS_LOGIN);
	assert_string_equal(o->customer, "c");
	assert_int_equal(o->login, LOGIN_SUCCESS);
	assert_int_equal(o->attempts, 2);
	assert_int_equal(o->messages, 3);
	assert_int_equal(o->start_us, LIFE_T0_US + 5 * US_PER_S);
	assert_int_equal(o->ts_us, LIFE_T0_US + 50 * US_PER_S);
	assert_false(o->own_line);
	assert_int_equal(o->traffic_case, 3);
	o = mailbox_row(&m, INT64_MAX);
	assert_int_equal(o->login, LOGIN_DELIVERY);
	assert_int_equal(o->rcpt_accepted, 1);
	o = mailbox_row(&m, LIFE_T0_US + MINUTE_US);
	assert_non_null(o);
	assert_int_equal(o->messages, 1);
	assert_null(mailbox_row(&m, INT64_MAX));
	mailbox_end(&m);
}

static void mail_to(
    struct mailbox *m, enum fate fate, uint32_t server, uint32_t recipient)
{
	struct event e = {.ts_us = LIFE_T0_US,
	    .kind = EVENT_LOGIN,
	    .login = {.messages = 1,
		.fate = fate,
		.server = server,
		.recipient = recipient}};

	assert_int_equal(mailbox_add(m, &e), 0);
}

static void receivers_answer(void **state)
{
	struct observation *o;
	struct mailbox m;

	(void)state;
	begin(&m);
	mail_to(&m, FATE_UNKNOWN, 1, 1);
	mail_to(&m, FATE_UNKNOWN, 2, 1); /* the same recipient */
	mail_to(&m, FATE_UNKNOWN, 2, 2);
	mail_to(&m, FATE_REJECTED, 2, 3);
	mail_to(&m, FATE_LISTED, 3, 4); /* our server is, not he */
	mail_to(&m, FATE_DELIVERED, 3, 5);
	mail_to(&m, FATE_DELIVERED, 3, 6); /* the same server */
	o = mailbox_row(&m, INT64_MAX);
	assert_int_equal(o->login, LOGIN_SUCCESS);
	assert_int_equal(o->messages, 7);
	assert_int_equal(o->rcpt_count, 0);
	o = mailbox_row(&m, INT64_MAX);
	assert_int_equal(o->login, LOGIN_DELIVERY);
	assert_int_equal(o->messages, 0);
	assert_int_equal(o->unknown_users, 2);
	assert_int_equal(o->rcpt_accepted, 1);
	assert_int_equal(o->rcpt_count, 4);
	assert_null(mailbox_row(&m, INT64_MAX));
	mailbox_end(&m);
}

static void failures_of_a_network_are_one_row(void **state)
{
	const struct where a = {7, 1, 1}, b = {7, 1, 2}, far = {7, 2, 1};
	struct observation *o;
	struct mailbox m;

	(void)state;
	begin(&m);
	add(&m, 1, a, 0, true);
	add(&m, 2, b, 0, true);
	add(&m, 3, far, 0, true);
	o = mailbox_row(&m, INT64_MAX);
	assert_int_equal(o->login, LOGIN_FAILURE);
	assert_int_equal(o->attempts, 2);
	o = mailbox_row(&m, INT64_MAX);
	assert_int_equal(o->attempts, 1);
	mailbox_end(&m);
}

static void the_own_line_is_told_and_another_opens_the_log(void **state)
{
	const struct where home = {.block = LIFE_OWN_LINE};
	struct observation other, *o;
	struct mailbox m;

	(void)state;
	begin(&m);
	other = *mailbox_opening(&m);
	assert_int_equal(other.ts_us, LIFE_T0_US);
	add(&m, 61, home, 1, false);
	o = mailbox_row(&m, INT64_MAX);
	assert_true(o->own_line);
	assert_int_equal(o->traffic_case, 1);
	assert_memory_not_equal(
	    o->account_hash, other.account_hash, sizeof(o->account_hash));
	/* What was not taken is forgotten with the life. */
	add(&m, 200, home, 1, false);
	mailbox_begin(&m, &(struct life){0}, "c");
	assert_null(mailbox_row(&m, INT64_MAX));
	mailbox_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_row_is_a_client_of_a_minute),
	    cmocka_unit_test(receivers_answer),
	    cmocka_unit_test(failures_of_a_network_are_one_row),
	    cmocka_unit_test(the_own_line_is_told_and_another_opens_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
