/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that an older policy does not know, with the numbers of today. */
#include "feed.h"

#define HOUR_MS INT64_C(3600000)

static int blocks(struct feed *f)
{
	return (int)f->n_decisions;
}

static struct observation row_listed(int64_t t_ms, int server)
{
	struct observation o = row_rejected("C1", t_ms, server);

	o.reply_class = SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED;
	o.names_client = true;
	return o;
}

static void silence_weighs_nothing(void **state)
{
	struct feed *f = feed_default();

	(void)state;
	f->conf.classes[CLASS_DYNAMIC].port25_open = true;
	feed_policy(f);
	for (int i = 0; i < 5000; i++) {
		struct observation o =
		    row_attempt("C1", i * 60000, i, UNANSWERED);

		o.source_validated = true;
		feed_row(f, &o);
		assert_int_equal(o.score_milli, 0);
	}
	assert_int_equal(blocks(f), 0);
	feed_free(f);
}

static void a_listing_counts_once_a_day(void **state)
{
	struct feed *f = feed_default();
	struct observation o;

	(void)state;
	for (int i = 0; i < 200; i++) {
		o = row_listed(i * 60000, i);
		feed_row(f, &o);
		assert_int_equal(o.weight_milli, i == 0 ? 3500 : 0);
	}
	o = row_listed(24 * HOUR_MS, 1);
	feed_row(f, &o);
	assert_int_equal(o.weight_milli, 3500);
	o = row_listed(24 * HOUR_MS + 1, 2);
	o.names_client = false; /* the range */
	feed_row(f, &o);
	assert_int_equal(o.label, LABEL_REJECTED);
	assert_int_equal(o.weight_milli, 0);
	assert_int_equal(blocks(f), 0);
	feed_free(f);
}

static void a_score_is_halved_in_its_time(void **state)
{
	struct feed *f = feed_default();
	struct observation o = row_unknown("C1", 0, 1);

	(void)state;
	feed_row(f, &o);
	assert_int_equal(o.score_milli, 2485);
	o = row_unknown("C1", 12 * HOUR_MS, 2);
	feed_row(f, &o);
	assert_in_range(o.score_milli, 2485 + 1230, 2485 + 1243);
	o = row_unknown("C1", 1200 * HOUR_MS, 3);
	feed_row(f, &o);
	assert_int_equal(o.score_milli, 2485);
	feed_free(f);
}

static void one_dead_address_is_no_bot(void **state)
{
	for (int servers = 1; servers <= 3; servers++) {
		struct feed *f = feed_default();

		(void)state;
		for (int i = 0; i < 100; i++) {
			struct observation o =
			    row_unknown("C1", i * 60000, i % servers);

			feed_row(f, &o);
		}
		assert_int_equal(blocks(f) > 0, servers == 3);
		feed_free(f);
	}
}

/* Four dead addresses: enough while eight servers are called in a minute. */
static void a_hurry_lowers_the_threshold(void **state)
{
	for (int calls = 7; calls <= 8; calls++) {
		struct feed *f = feed_default();
		struct observation o;

		(void)state;
		for (int i = 0; i < calls; i++) {
			o = row_attempt("C1", i, i, ANSWERED);
			feed_row(f, &o);
		}
		for (int i = 0; i < 3; i++) {
			o = row_unknown("C1", 100 + i, i);
			feed_row(f, &o);
		}
		assert_int_equal(blocks(f), 0);
		o = row_unknown("C1", 200, 3);
		feed_row(f, &o);
		assert_int_equal(blocks(f), calls == 8);
		feed_free(f);
	}
}

static void encrypted_mail_to_a_thousand_servers_blocks(void **state)
{
	struct feed *f = feed_default();
	int n = 0;

	(void)state;
	for (; n < 3000 && blocks(f) == 0; n++) {
		struct observation o = row_at(OBS_CLOSE, "C1", n * 120000, n);

		o.tls = SEKISHO__TLS_STATE__TLS_STARTED;
		feed_row(f, &o);
	}
	assert_in_range(n, 900, 1100);
	assert_int_equal(f->incidents[0].kind, INCIDENT_BOT_BURST);
	assert_int_equal(f->incidents[0].observations, n);
	assert_non_null(
	    strstr(f->incidents[0].summary, "to about 1000 different"));
	feed_free(f);
}

static void a_forwarder_is_no_forger(void **state)
{
	for (int every = 1; every <= 10; every += 9) {
		struct feed *f = feed_default();

		(void)state;
		for (int i = 0; i < 400; i++) {
			struct observation o =
			    row_delivered("C1", i * 600000, i % 40);

			o.mail_from_seen = true;
			o.verdict = i % every == 0 ? VERDICT_SPOOFED
						   : VERDICT_AUTHORISED;
			feed_row(f, &o);
		}
		assert_int_equal(blocks(f) > 0, every == 1);
		feed_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(silence_weighs_nothing),
	    cmocka_unit_test(a_listing_counts_once_a_day),
	    cmocka_unit_test(a_score_is_halved_in_its_time),
	    cmocka_unit_test(one_dead_address_is_no_bot),
	    cmocka_unit_test(a_hurry_lowers_the_threshold),
	    cmocka_unit_test(encrypted_mail_to_a_thousand_servers_blocks),
	    cmocka_unit_test(a_forwarder_is_no_forger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
