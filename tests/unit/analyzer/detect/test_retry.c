/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/retry.h"

#include "feed.h"

#define MINUTE_MS INT64_C(60000)

/* Message n of a mail server, deferred. */
static struct observation row_deferred(int64_t t_ms, int server, int n)
{
	struct observation o = row_rejected("C1", t_ms, server);

	o.reply_code = 451;
	o.reply_class = SEKISHO__REPLY_CLASS__REPLY_CLASS_GREYLISTED;
	o.tier = PRIVACY_DOMAINS;
	o.mail_from_hash[3] = (uint8_t)(n + 1);
	snprintf(o.rcpt_domains, sizeof(o.rcpt_domains), "d%d.example", n);
	return o;
}

static void test_what_tells_messages_apart(void **state)
{
	struct observation a = row_deferred(0, 1, 1), b = a;
	struct observation flow = row_rejected("C1", 0, 1);

	(void)state;
	b.server.b[15]++; /* another MX of the domain */
	b.ts_us += FEED_S;
	assert_true(retry_key(&a) == retry_key(&b));
	b.declared_bytes = 700;
	assert_true(retry_key(&a) != retry_key(&b));
	b = a;
	b.mail_from_hash[0] = 9;
	assert_true(retry_key(&a) != retry_key(&b));
	b = a;
	b.rcpt_count = 2;
	assert_true(retry_key(&a) != retry_key(&b));
	b = a;
	b.rcpt_domains[0] = 'e';
	assert_true(retry_key(&a) != retry_key(&b));
	/* Where the recipients are known, they are what counts. */
	a.rcpt_hash[0] = 1;
	b = a;
	b.rcpt_domains[0] = 'e'; /* cut elsewhere */
	assert_true(retry_key(&a) == retry_key(&b));
	b.rcpt_hash[7] = 1;
	assert_true(retry_key(&a) != retry_key(&b));
	b = a;
	b.mail_from_hash[0] = 9;
	assert_true(retry_key(&a) != retry_key(&b));
	b = a;
	b.declared_bytes = 700;
	assert_true(retry_key(&a) != retry_key(&b));
	memset(b.rcpt_hash, 0, sizeof(b.rcpt_hash));
	memset(b.mail_from_hash, 0, sizeof(b.mail_from_hash)); /* a bounce */
	assert_true(retry_key(&b) != 0);
	assert_true(retry_key(&flow) == 0);
}

static void test_memory_is_bounded(void **state)
{
	struct retries r = {0};

	(void)state;
	for (uint64_t n = 1; n <= 100; n++)
		assert_int_equal(
		    retries_note(&r, n, (int64_t)n * FEED_S, FEED_S), 0);
	assert_int_equal(r.n, RETRIES_MAX);
	assert_int_equal(retries_note(&r, 100, 101 * FEED_S, FEED_S), 1);
	assert_int_equal(retries_note(&r, 69, 101 * FEED_S, 100 * FEED_S), 1);
	assert_int_equal(retries_note(&r, 68, 101 * FEED_S, 100 * FEED_S), 0);
	/* Long ago. */
	assert_int_equal(retries_note(&r, 99, 103 * FEED_S, FEED_S), 0);
	retries_clear(&r);
}

/* Ten receivers that defer all, a queue runner that comes back every five
 * minutes for three days. */
static int64_t highest(int64_t memory_s, int *blocks)
{
	struct feed *f = feed_default();
	int64_t most = 0;

	f->conf.retry_memory_s = memory_s;
	feed_policy(f);
	for (int round = 0; round < 864; round++)
		for (int n = 0; n < 10; n++) {
			struct observation o = row_deferred(
			    round * 5 * MINUTE_MS + n * 1000, n, n);

			feed_row(f, &o);
			if (o.score_milli > most)
				most = o.score_milli;
		}
	*blocks = (int)f->n_decisions;
	feed_free(f);
	return most;
}

static void test_a_queue_that_comes_back_is_no_bot(void **state)
{
	int blocks;

	(void)state;
	assert_int_equal(highest(432000, &blocks), 10 * 100);
	assert_int_equal(blocks, 0);
	/* Counted each time, it would have been one. */
	assert_true(highest(0, &blocks) >= 17300);
	assert_true(blocks > 0);
}

/* One sender, one size, two persons of the same domain. */
static void test_other_recipients_are_another_message(void **state)
{
	struct feed *f = feed_default();
	struct observation o;

	(void)state;
	for (int known = 0; known <= 1; known++) {
		for (int to = 0; to < 2; to++) {
			o = row_deferred(
			    (known * 60 + to) * MINUTE_MS, 1, 10 + known);
			o.rcpt_hash[2] = (uint8_t)(known * (to + 1));
			feed_row(f, &o);
			/* Without their hash it looks like the same. */
			assert_int_equal(
			    o.weight_milli, known || to == 0 ? 100 : 0);
		}
		for (int to = 0; to < 2; to++) {
			o = row_deferred(
			    (known * 60 + 30 + to) * MINUTE_MS, 2, 10 + known);
			o.rcpt_hash[2] = (uint8_t)(known * (to + 1));
			feed_row(f, &o);
			assert_int_equal(o.label, LABEL_DEFERRED);
			assert_int_equal(o.weight_milli, 0);
		}
	}
	feed_free(f);
}

static void test_other_answers_to_a_retry_count(void **state)
{
	struct feed *f = feed_default();
	struct observation o = row_deferred(0, 1, 1);

	(void)state;
	feed_row(f, &o);
	assert_int_equal(o.weight_milli, 100);
	o = row_deferred(5 * MINUTE_MS, 2, 1);
	feed_row(f, &o);
	assert_int_equal(o.label, LABEL_DEFERRED);
	assert_int_equal(o.weight_milli, 0);
	o = row_deferred(10 * MINUTE_MS, 2, 2);
	feed_row(f, &o);
	assert_int_equal(o.weight_milli, 100);
	o = row_deferred(15 * MINUTE_MS, 2, 1);
	o.reply_code = 550;
	o.reply_class = SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER;
	o.unknown_users = 1;
	feed_row(f, &o);
	assert_int_equal(o.weight_milli, 2485);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_tells_messages_apart),
	    cmocka_unit_test(test_memory_is_bounded),
	    cmocka_unit_test(test_a_queue_that_comes_back_is_no_bot),
	    cmocka_unit_test(test_other_recipients_are_another_message),
	    cmocka_unit_test(test_other_answers_to_a_retry_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
