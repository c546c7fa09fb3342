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

/* A queue that is flushed: what it delivered just before speaks for it. */
static void good_mail_in_a_hurry_is_remembered(void **state)
{
	for (int good = 0; good <= 4; good += 4) {
		struct feed *f = feed_default();
		struct observation o;

		(void)state;
		for (int i = 0; i < 12; i++) {
			o = row_attempt("C1", i, i, ANSWERED);
			feed_row(f, &o);
		}
		for (int i = 0; i < good; i++) {
			o = row_delivered("C1", 100 + i, 20 + i);
			feed_row(f, &o);
		}
		for (int i = 0; i < 4; i++) {
			o = row_unknown("C1", 200 + i, i);
			feed_row(f, &o);
		}
		assert_int_equal(o.score_milli, 4 * 2485);
		assert_int_equal(blocks(f), good == 0);
		/* No more than so much: two dead addresses weigh it up. */
		for (int i = 4; i < 6; i++) {
			o = row_unknown("C1", 300 + i, i);
			feed_row(f, &o);
		}
		assert_int_equal(blocks(f), 1);
		feed_free(f);
	}
}

/* Good mail of an hour ago does not. */
static void good_mail_before_the_burst_is_forgotten(void **state)
{
	struct feed *f = feed_default();
	struct observation o;

	(void)state;
	for (int i = 0; i < 9; i++) {
		o = row_delivered("C1", i * 1000, 20 + i);
		feed_row(f, &o);
	}
	for (int i = 0; i < 12; i++) {
		o = row_attempt("C1", HOUR_MS + i, i, ANSWERED);
		feed_row(f, &o);
	}
	for (int i = 0; i < 4; i++) {
		o = row_unknown("C1", HOUR_MS + 200 + i, i);
		feed_row(f, &o);
	}
	assert_int_equal(blocks(f), 1);
	feed_free(f);
}

/* Two hundred connections in 40 s to as many servers; of a fortieth or more the
 * mail is seen: delivered, but for so many. */
static void pace_alone_is_no_burst_when_mail_arrives(void **state)
{
	static const struct {
		int good, bad, blocks;
	} cases[] = {{0, 0, 1}, {4, 0, 1}, {5, 0, 0}, {5, 1, 1}, {9, 1, 0},
	    {20, 4, 0}, {20, 5, 1}};

	(void)state;
	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct feed *f = feed_default();
		struct observation o;

		f->conf.hurry_connections = 0;
		feed_policy(f);
		for (int i = 0; i < 200; i++) {
			o = row_attempt("C1", i * 200, i, ANSWERED);
			feed_row(f, &o);
			if (i < cases[c].good)
				o = row_delivered("C1", i * 200 + 100, i);
			else if (i < cases[c].good + cases[c].bad)
				o = row_rejected("C1", i * 200 + 100, i);
			else
				continue;
			feed_row(f, &o);
		}
		assert_int_equal(blocks(f), cases[c].blocks);
		feed_free(f);
	}
}

static void feed_opaque(struct feed *f, int64_t t_ms, int server)
{
	struct observation o = row_at(OBS_CLOSE, "C1", t_ms, server);

	o.tls = SEKISHO__TLS_STATE__TLS_STARTED;
	feed_row(f, &o);
}

/* All of it encrypted: two hundred servers are called within a minute, so many
 * of which had mail so many days ago. */
static int blocks_of_a_flush(int known, int days, int64_t percent)
{
	struct feed *f = feed_default();
	int64_t t_ms = days * 24 * HOUR_MS;
	int n;

	f->conf.burst_new_percent = percent;
	feed_policy(f);
	for (int i = 0; i < known; i++)
		feed_opaque(f, i * 60000, i);
	for (int i = 0; i < 200; i++) {
		struct observation o =
		    row_attempt("C1", t_ms + i * 200, i, ANSWERED);

		feed_row(f, &o);
	}
	n = blocks(f);
	feed_free(f);
	return n;
}

static void a_queue_goes_to_known_servers(void **state)
{
	(void)state;
	assert_int_equal(blocks_of_a_flush(0, 6, 100), 1);
	assert_int_equal(blocks_of_a_flush(80, 6, 100), 1);
	assert_int_equal(blocks_of_a_flush(120, 6, 100), 0);
	assert_int_equal(blocks_of_a_flush(120, 6, 70), 1);
	assert_int_equal(blocks_of_a_flush(120, 13, 100), 0);
	assert_int_equal(blocks_of_a_flush(120, 15, 100), 1);
	assert_int_equal(blocks_of_a_flush(200, 6, 0), 1);
}

/* Eight servers in a hurry, two of them new: four dead addresses block. */
static void a_hurry_needs_two_new_servers(void **state)
{
	for (int known = 6; known <= 7; known++) {
		struct feed *f = feed_default();
		struct observation o;

		(void)state;
		for (int i = 0; i < known; i++)
			feed_opaque(f, i * 60000, i);
		for (int i = 0; i < 8; i++) {
			o = row_attempt("C1", HOUR_MS + i, i, ANSWERED);
			feed_row(f, &o);
		}
		for (int i = 0; i < 4; i++) {
			o = row_unknown("C1", HOUR_MS + 100 + i, i);
			feed_row(f, &o);
		}
		assert_int_equal(blocks(f), known == 6);
		feed_free(f);
	}
}

static void encrypted_mail_to_a_thousand_servers_blocks(void **state)
{
	struct feed *f = feed_default();
	int n = 0;

	(void)state;
	for (; n < 3000 && blocks(f) == 0; n++)
		feed_opaque(f, n * 120000, n);
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

/* A readable mail, SPF and verdict as the letter says: s spoofed, f forwarded,
 * a authorised by SPF, c cannot tell. */
static void feed_mail(struct feed *f, int n, char what)
{
	struct observation o = row_delivered("C1", n * 600000, n % 40);

	o.mail_from_seen = true;
	if (what == 's' || what == 'f')
		o.spf = SPF_FAIL;
	if (what == 'a')
		o.spf = SPF_PASS;
	if (what == 'f' || what == 'a')
		o.verdict = VERDICT_AUTHORISED;
	if (what == 's')
		o.verdict = VERDICT_SPOOFED;
	feed_row(f, &o);
}

/* So often the round of mails until the customer is blocked; at most 100. */
static int rounds_until_blocked(int64_t forwarded_milli, const char *mails)
{
	struct feed *f = feed_default();
	int rounds = 0, n = 0;

	f->conf.forwarded_weight_milli = forwarded_milli;
	f->conf.weight_milli[LABEL_SPF_FAIL] = 0; /* the other score */
	feed_policy(f);
	while (rounds < 100 && blocks(f) == 0) {
		rounds++;
		for (const char *m = mails; *m != '\0'; m++)
			feed_mail(f, n++, *m);
	}
	feed_free(f);
	return rounds;
}

/* Eight in a row that nobody signed, among many that somebody did. */
static void signed_mail_that_spf_refuses_speaks_for_a_forwarder(void **state)
{
	(void)state;
	assert_int_equal(
	    rounds_until_blocked(-1000, "cffffffffffffffffssssssss"), 100);
	assert_int_equal(
	    rounds_until_blocked(0, "cffffffffffffffffssssssss"), 1);
	/* A household's own mail does not: a bot may be behind it. */
	assert_int_equal(
	    rounds_until_blocked(-1000, "caaaaaaaaaaaaaaaassssssss"), 1);
}

/* What other mail he has brings him no credit; and none of it lasts. */
static void a_forger_who_replays_signed_mail_is_found(void **state)
{
	(void)state;
	assert_in_range(rounds_until_blocked(-1000, "fs"), 15, 25);
	assert_in_range(rounds_until_blocked(-1000, "ccccccsssssss"), 1, 1);
	assert_in_range(rounds_until_blocked(-1000, "as"), 8, 9);
	assert_in_range(rounds_until_blocked(0, "as"), 8, 9);
}

static void without_a_threshold_of_its_own_three_are_enough(void **state)
{
	struct feed *f = feed_default();

	(void)state;
	f->conf.spoof_threshold_milli = 0;
	feed_policy(f);
	for (int n = 0; n < 6; n++)
		feed_mail(f, n, 'f');
	for (int n = 6; n < 9; n++)
		feed_mail(f, n, 's');
	assert_int_equal(blocks(f), 1);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(silence_weighs_nothing),
	    cmocka_unit_test(a_listing_counts_once_a_day),
	    cmocka_unit_test(a_score_is_halved_in_its_time),
	    cmocka_unit_test(one_dead_address_is_no_bot),
	    cmocka_unit_test(a_hurry_lowers_the_threshold),
	    cmocka_unit_test(good_mail_in_a_hurry_is_remembered),
	    cmocka_unit_test(good_mail_before_the_burst_is_forgotten),
	    cmocka_unit_test(pace_alone_is_no_burst_when_mail_arrives),
	    cmocka_unit_test(a_queue_goes_to_known_servers),
	    cmocka_unit_test(a_hurry_needs_two_new_servers),
	    cmocka_unit_test(encrypted_mail_to_a_thousand_servers_blocks),
	    cmocka_unit_test(a_forwarder_is_no_forger),
	    cmocka_unit_test(
		signed_mail_that_spf_refuses_speaks_for_a_forwarder),
	    cmocka_unit_test(a_forger_who_replays_signed_mail_is_found),
	    cmocka_unit_test(without_a_threshold_of_its_own_three_are_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
