/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluation must be able to fail: a policy that is wrong shows. */
#include "tests/eval/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "tests/eval/report.h"

struct bench {
	struct conf conf;
	struct policy policy;
	struct trial trial;
	struct run_plan plan;
	struct run run;
};

static void bench_begin(struct bench *b)
{
	char err[CONF_ERROR_BYTES];

	memset(b, 0, sizeof(*b));
	assert_int_equal(conf_load(&b->conf, NULL, err), 0);
	b->conf.classes[CLASS_DYNAMIC].port25_open = true;
	assert_int_equal(policy_init(&b->policy, &b->conf), 0);
	b->trial = (struct trial){.policy = &b->policy,
	    .tier = PRIVACY_DOMAINS,
	    .seed = 1,
	    .days = 5,
	    .load = 1,
	    .shift = 1,
	    .main_param = NAN,
	    .peer_factor = 1};
	b->plan.trial = &b->trial;
	b->plan.processes = 2;
}

static size_t place(const char *name)
{
	const struct kind *k = kind_find(name);

	assert_non_null(k);
	return (size_t)(k - kinds);
}

static const struct tally *bench_run(
    struct bench *b, const char *name, uint64_t customers)
{
	memset(b->plan.customers, 0, sizeof(b->plan.customers));
	b->plan.customers[place(name)] = customers;
	run_free(&b->run);
	assert_int_equal(run_all(&b->plan, &b->run), 0);
	return &b->run.v[place(name)];
}

static void bench_end(struct bench *b)
{
	run_free(&b->run);
	conf_free(&b->conf);
}

static void a_threshold_of_one_blocks_the_innocent(void **state)
{
	struct bench b;
	const struct tally *t;

	(void)state;
	bench_begin(&b);
	t = bench_run(&b, "home_server", 100);
	assert_int_equal(t->blocks, 0);
	b.policy.threshold_milli[CLASS_DYNAMIC] = 1;
	b.policy.threshold_milli[CLASS_STATIC] = 1;
	b.conf.min_domains = b.conf.min_strong_minutes = 1;
	t = bench_run(&b, "home_server", 100);
	assert_true(t->blocks > 50);
	assert_true(t->by_kind[INCIDENT_SPAM_BOT] == t->blocks);
	assert_true(upper_exact(t) > per_million(t->blocks, t->days));
	bench_end(&b);
}

static void a_huge_threshold_finds_nobody(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b);
	assert_true(recall(bench_run(&b, "snowshoe", 40)) > .9);
	b.policy.threshold_milli[CLASS_DYNAMIC] = INT64_MAX / 8;
	b.policy.threshold_milli[CLASS_STATIC] = INT64_MAX / 8;
	b.conf.hurry_connections = b.conf.spread_window_s = 0;
	assert_true(recall(bench_run(&b, "snowshoe", 40)) == 0);
	bench_end(&b);
}

static void the_number_of_processes_changes_nothing(void **state)
{
	struct bench b;
	struct tally one;
	struct sample first;

	(void)state;
	bench_begin(&b);
	b.plan.processes = 1;
	one = *bench_run(&b, "burst", 120);
	first = b.run.samples[place("burst")][0];
	b.plan.processes = 3;
	assert_memory_equal(bench_run(&b, "burst", 120), &one, sizeof(one));
	assert_memory_equal(
	    &b.run.samples[place("burst")][0], &first, sizeof(first));
	assert_int_equal(one.customers, 120);
	assert_true(one.found > 115);
	bench_end(&b);
}

/* What tier flow hides is not used: false senders go undetected. */
static void the_tier_decides_what_is_seen(void **state)
{
	struct bench b;
	double domains;

	(void)state;
	bench_begin(&b);
	domains = recall(bench_run(&b, "spoofer", 60));
	b.trial.tier = PRIVACY_FLOW;
	assert_true(recall(bench_run(&b, "spoofer", 60)) < domains);
	assert_true(domains > .9);
	bench_end(&b);
}

static void peers_are_told_the_same(void **state)
{
	struct bench b;
	const struct tally *t;

	(void)state;
	bench_begin(&b);
	t = bench_run(&b, "burst", 50);
	assert_true(t->peer_found[PEER_NTOPNG] >= 49);
	assert_true(t->peer_found[PEER_SPOT] >= 45);
	t = bench_run(&b, "snowshoe", 50);
	assert_int_equal(t->peer_found[PEER_EXIM], 0);
	t = bench_run(&b, "list", 30);
	assert_true(t->peer_alarms[PEER_NTOPNG] > 30);
	assert_int_equal(t->lost, 0);
	bench_end(&b);
}

static void a_sweep_sets_the_main_parameter(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b);
	b.trial.main_param = .02; /* a mail in 50 minutes */
	assert_true(recall(bench_run(&b, "starttls", 40)) < .5);
	b.trial.main_param = 200;
	assert_true(recall(bench_run(&b, "starttls", 40)) > .9);
	bench_end(&b);
}

/* A stolen password is an incident, no block, and no peer sees it. */
static void thieves_are_found_by_what_they_do(void **state)
{
	struct bench b;
	const struct tally *t;

	(void)state;
	bench_begin(&b);
	b.trial.days = 30;
	t = bench_run(&b, "submission", 60);
	assert_true(recall(t) > .9);
	assert_int_equal(t->blocks, 0);
	assert_int_equal(t->peer_found[PEER_NTOPNG], 0);
	b.conf.account_networks = 24;
	b.conf.account_burst_messages = 1000000;
	b.conf.account_guess_messages = 1000000;
	assert_true(recall(bench_run(&b, "submission_vps", 60)) > .9);
	b.conf.account_threshold_milli = 0;
	assert_true(recall(bench_run(&b, "submission", 60)) < .5);
	b.trial.main_param = 1; /* mail an hour */
	assert_true(recall(bench_run(&b, "submission", 60)) < .05);
	bench_end(&b);
}

static void a_rule_that_is_too_strict_accuses_owners(void **state)
{
	struct bench b;
	const struct tally *t;
	struct tally all;

	(void)state;
	bench_begin(&b);
	t = bench_run(&b, "account_person", 100);
	assert_true(t->days > 300);
	assert_true(t->accused <= 1);
	b.conf.account_networks = b.conf.account_blocks = 2;
	t = bench_run(&b, "account_person", 100);
	assert_true(t->accused_customers > 20);
	assert_true(t->accused >= t->accused_customers);
	assert_int_equal(t->blocks, 0);
	assert_true(upper_accused(t) > per_million(t->accused, t->days));
	all = report_normals(&b.run); /* not theirs */
	assert_int_equal(all.customers, 0);
	all = report_owners(&b.run);
	assert_int_equal(all.accused, t->accused);
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_threshold_of_one_blocks_the_innocent),
	    cmocka_unit_test(a_huge_threshold_finds_nobody),
	    cmocka_unit_test(the_number_of_processes_changes_nothing),
	    cmocka_unit_test(the_tier_decides_what_is_seen),
	    cmocka_unit_test(peers_are_told_the_same),
	    cmocka_unit_test(thieves_are_found_by_what_they_do),
	    cmocka_unit_test(a_rule_that_is_too_strict_accuses_owners),
	    cmocka_unit_test(a_sweep_sets_the_main_parameter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
