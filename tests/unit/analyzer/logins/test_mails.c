/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/mails.h"

#include "tests/unit/analyzer/logins/cases.h"

#define MINUTE INT64_C(60000000)

static const uint8_t anna[KEYED_HASH_BYTES] = {1};
static const uint8_t bert[KEYED_HASH_BYTES] = {2};

static struct login_queue queue_of(int n)
{
	struct login_queue q = {.host = 7};

	snprintf(q.id, sizeof(q.id), "4C%d", n);
	return q;
}

static void begin(struct mails *m, int n, const uint8_t *account)
{
	struct login_queue q = queue_of(n);
	struct addr client;

	addr_parse(&client, "192.0.2.7");
	assert_int_equal(mails_begin(m, &q, account, &client), 0);
}

static struct login_mail unknown(int n, uint64_t server, uint64_t recipient)
{
	return (struct login_mail){.step = LOGIN_MAIL_ANSWERED,
	    .queue = queue_of(n),
	    .server = server,
	    .recipient = recipient,
	    .answers = {.unknown = 1}};
}

static bool is_news(struct mails *m, struct login_mail of, int64_t ts_us)
{
	uint8_t account[KEYED_HASH_BYTES];
	struct login_event e;

	return mails_step(m, &of, ts_us, account, &e);
}

static void an_answer_is_the_accounts(void **state)
{
	struct mails *m = mails_new();
	struct login_mail of = unknown(1, 5, 6);
	uint8_t account[KEYED_HASH_BYTES];
	struct login_event e;
	char client[ADDR_STRLEN];

	(void)state;
	begin(m, 1, anna);
	begin(m, 2, bert);
	assert_true(mails_step(m, &of, 9, account, &e));
	assert_memory_equal(account, anna, sizeof(account));
	assert_int_equal(e.result, LOGIN_DELIVERY);
	assert_int_equal(e.ts_us, 9);
	assert_int_equal(e.attempts, 1);
	assert_int_equal(e.answers.unknown, 1);
	assert_string_equal(addr_format(&e.client, client), "192.0.2.7");
	/* the same to another account */
	assert_true(is_news(m, unknown(2, 5, 6), 9));
	/* a mail of nobody */
	assert_false(is_news(m, unknown(3, 5, 7), 9));
	/* the same id at another server */
	of = unknown(1, 8, 8);
	of.queue.host = 6;
	assert_false(mails_step(m, &of, 9, account, &e));
	mails_free(m);
}

static void the_same_again_is_no_news(void **state)
{
	struct mails *m = mails_new();
	struct login_mail taken = unknown(1, 5, 6);

	(void)state;
	begin(m, 1, anna);
	assert_true(is_news(m, unknown(1, 5, 6), 0));
	/* a server, once a minute */
	assert_false(is_news(m, unknown(1, 5, 7), MINUTE - 1));
	assert_true(is_news(m, unknown(1, 5, 7), MINUTE));
	/* a dead address, once */
	assert_false(is_news(m, unknown(1, 5, 6), 2 * MINUTE));
	assert_false(is_news(m, unknown(1, 9, 6), 2 * MINUTE));
	assert_true(is_news(m, unknown(1, 9, 8), 2 * MINUTE));
	/* good news of the same friend are, each minute */
	taken.answers = (struct login_answers){.delivered = 1};
	assert_true(is_news(m, taken, 3 * MINUTE));
	assert_false(is_news(m, taken, 3 * MINUTE));
	assert_true(is_news(m, taken, 4 * MINUTE));
	mails_free(m);
}

static void a_filter_gives_it_back_as_another(void **state)
{
	struct mails *m = mails_new();
	struct login_mail of = {.step = LOGIN_MAIL_PASSED_ON,
	    .queue = queue_of(2),
	    .before = queue_of(1)};

	(void)state;
	begin(m, 1, anna);
	assert_false(is_news(m, of, 0));
	assert_true(is_news(m, unknown(2, 5, 6), 0));
	of = (struct login_mail){
	    .step = LOGIN_MAIL_REMOVED, .queue = queue_of(1)};
	assert_false(is_news(m, of, 0));
	assert_false(is_news(m, unknown(1, 6, 7), 0));
	assert_true(is_news(m, unknown(2, 6, 7), 0));
	of.step = LOGIN_MAIL_PASSED_ON; /* of what is gone */
	of.before = queue_of(1);
	of.queue = queue_of(3);
	assert_false(is_news(m, of, 0));
	assert_false(is_news(m, unknown(3, 7, 8), 0));
	mails_free(m);
}

/* Nobody says of a mail that it is gone: then the oldest are forgotten. */
static void memory_is_bounded(void **state)
{
	struct mails *m = mails_new();
	const int n = LOGIN_MAILS_MAX + 10;

	(void)state;
	for (int i = 0; i < n; i++)
		begin(m, i, anna);
	assert_false(is_news(m, unknown(9, 1, 1), 0));
	assert_true(is_news(m, unknown(10, 2, 2), 0));
	assert_true(is_news(m, unknown(n - 1, 3, 3), 0));
	/* One that is used anew is another's. */
	begin(m, 10, bert);
	assert_true(is_news(m, unknown(10, 2, 2), 0));
	mails_free(m);
	mails_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_is_the_accounts),
	    cmocka_unit_test(the_same_again_is_no_news),
	    cmocka_unit_test(a_filter_gives_it_back_as_another),
	    cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
