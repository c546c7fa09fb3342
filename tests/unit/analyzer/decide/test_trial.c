/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/trial.h"

#include <unistd.h>

#include "../detect/feed.h"
#include "analyzer/decide/trial_events.h"
#include "store/write.h"

struct scene {
	char dir[64], path[96];
	struct db *db;
	struct feed *f;
	int64_t steps;
	struct trial_event old[8], new[8];
	bool has_old[8], has_new[8];
	int n, stop;
};

static int scene_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	char err[DB_ERROR_BYTES];

	strcpy(s->dir, "/tmp/sekisho-trial-XXXXXX");
	if (mkdtemp(s->dir) == NULL)
		return -1;
	snprintf(s->path, sizeof(s->path), "%s/a.db", s->dir);
	s->db = db_open(s->path, DB_CREATE, err);
	s->f = feed_new();
	*state = s;
	return s->db == NULL ? -1 : 0;
}

static int scene_down(void **state)
{
	struct scene *s = *state;
	char command[128];

	db_close(s->db);
	feed_free(s->f);
	snprintf(command, sizeof(command), "rm -r '%s'", s->dir);
	free(s);
	return system(command);
}

static void put(struct scene *s, struct observation o)
{
	assert_int_equal(write_observation(s->db, &o), 0);
	s->f->obs = o.obs_no - 1;
	feed_row(s->f, &o);
	assert_int_equal(write_applied(s->db, &o), 0);
}

static void put_policy(struct scene *s)
{
	struct observation o = {
	    .kind = OBS_POLICY, .ts_us = FEED_T0, .mode = MODE_ENFORCE};
	char key[32], *text = conf_policy_text(&s->f->conf);

	assert_non_null(text);
	memcpy(o.policy_hash, s->f->policy.hash, sizeof(o.policy_hash));
	snprintf(key, sizeof(key), "policy:%s", o.policy_hash);
	assert_int_equal(write_meta(s->db, key, text), 0);
	free(text);
	put(s, o);
}

/* 15 connections to as many servers: a burst by the policy of the log. */
static void put_burst(struct scene *s, const char *customer, int64_t t_ms)
{
	for (int i = 0; i < 15; i++)
		put(s, row_attempt(customer, t_ms + i * 100, i, ANSWERED));
}

static void step(void *arg)
{
	((struct scene *)arg)->steps++;
}

static int keep(void *arg, const struct trial_difference *d)
{
	struct scene *s = arg;

	assert_true(s->n < 8 && (d->old || d->new));
	s->has_old[s->n] = d->old != NULL;
	s->has_new[s->n] = d->new != NULL;
	if (d->old)
		s->old[s->n] = *d->old;
	if (d->new)
		s->new[s->n] = *d->new;
	return ++s->n == s->stop ? -9 : 0;
}

static struct trial_sum run(struct scene *s, const struct conf *other,
    int64_t since_us, int64_t until_us, int want)
{
	const struct trial_owner owner = {step, keep, s};
	struct trial_sum sum;
	char err[512] = "";

	s->n = 0;
	s->steps = 0;
	if (trial_run(s->db, other, since_us, until_us, &owner, &sum, err,
		sizeof(err)) != want)
		fail_msg("%s", err);
	return sum;
}

/* The log's policy, with another number of connections for a burst. */
static struct conf with_connections(int64_t n)
{
	struct conf c;
	char err[CONF_ERROR_BYTES];

	assert_int_equal(conf_load_policy_text(&c, FEED_OLDER, err), 0);
	c.classes[CLASS_DYNAMIC].burst_connections = n;
	return c;
}

static void the_policy_of_the_log_differs_in_nothing(void **state)
{
	struct scene *s = *state;
	struct conf other = with_connections(15);
	struct trial_sum sum;

	put_policy(s);
	put_burst(s, "C1", 1000);
	sum = run(s, &other, 0, 0, 0);
	assert_int_equal(s->n, 0);
	assert_int_equal(sum.rows, 16);
	assert_int_equal(s->steps, 16);
	assert_int_equal(sum.old.blocks, 1);
	assert_int_equal(sum.old.customers, 1);
	assert_int_equal(sum.new.blocks, 1);
	assert_int_equal(sum.same, 1);
	conf_free(&other);
}

static void blocks_are_lost_gained_and_moved(void **state)
{
	struct scene *s = *state;
	struct conf fewer = with_connections(16), more = with_connections(12);
	struct trial_sum sum;

	put_policy(s);
	put_burst(s, "C1", 1000);
	for (int i = 0; i < 12; i++)
		put(s, row_attempt("C2", 5000 + i * 100, i, ANSWERED));
	sum = run(s, &fewer, 0, 0, 0);
	assert_int_equal(sum.lost, 1);
	assert_int_equal(sum.gained + sum.changed + sum.same, 0);
	assert_true(s->has_old[0] && !s->has_new[0]);
	assert_string_equal(s->old[0].customer, "C1");
	assert_int_equal(s->old[0].kind, INCIDENT_BOT_BURST);
	assert_int_equal(s->old[0].decision_seq, 1);
	assert_int_equal(s->old[0].until_us - s->old[0].at_us, 600 * FEED_S);
	sum = run(s, &more, 0, 0, 0);
	assert_int_equal(sum.lost, 0);
	assert_int_equal(sum.gained, 1);
	assert_int_equal(sum.changed, 1);
	/* by time: C1 sooner, by three connections, then C2 */
	assert_int_equal(s->old[0].at_us - s->new[0].at_us, 300000);
	assert_false(s->has_old[1]);
	assert_string_equal(s->new[1].customer, "C2");
	assert_non_null(strstr(s->new[1].summary, "12 new connections"));
	s->stop = 1;
	run(s, &more, 0, 0, -9);
	conf_free(&fewer);
	conf_free(&more);
}

static void only_the_time_that_is_asked_for_counts(void **state)
{
	struct scene *s = *state;
	struct conf none = with_connections(1000);
	struct trial_sum sum;

	put_policy(s);
	put_burst(s, "C1", 1000);
	put_burst(s, "C2", 10000);
	put_burst(s, "C3", 20000);
	sum = run(s, &none, FEED_T0 + 9 * FEED_S, 0, 0);
	assert_int_equal(sum.rows, 46);
	assert_int_equal(sum.lost, 2);
	assert_string_equal(s->old[0].customer, "C2");
	sum = run(s, &none, 0, FEED_T0 + 19 * FEED_S, 0);
	assert_int_equal(sum.lost, 2);
	assert_string_equal(s->old[1].customer, "C2");
	sum = run(s, &none, FEED_T0 + 9 * FEED_S, FEED_T0 + 19 * FEED_S, 0);
	assert_int_equal(sum.lost, 1);
	conf_free(&none);
}

/* With another policy the incident has another number; what the operator said
 * of it is meant all the same. */
static void an_operators_word_is_about_the_same_incident(void **state)
{
	struct scene *s = *state;
	struct conf other = with_connections(12);
	struct observation o = row_at(OBS_OPERATOR, "C1", 20000, 0);
	struct trial_sum sum;

	put_policy(s);
	for (int i = 0; i < 12; i++) /* I1 of the new one alone */
		put(s, row_attempt("C0", i * 50, i, ANSWERED));
	put_burst(s, "C1", 1000);
	o.op = OP_CLOSE_FALSE_POSITIVE;
	o.op_incident = 1;
	put(s, o);
	/* Forgotten in both: the first rung of the ladder again. */
	put_burst(s, "C1", 30000);
	sum = run(s, &other, 0, 0, 0);
	assert_int_equal(sum.old.blocks, 2);
	assert_int_equal(sum.new.blocks, 3);
	assert_int_equal(sum.changed, 2);
	assert_int_equal(s->n, 3);
	for (int i = 1; i < 3; i++) {
		assert_string_equal(s->new[i].customer, "C1");
		assert_int_equal(s->new[i].until_us - s->new[i].at_us,
		    s->old[i].until_us - s->old[i].at_us);
	}
	conf_free(&other);
}

static void without_the_policys_text_nothing_is_said(void **state)
{
	struct scene *s = *state;
	struct conf other = with_connections(15);
	const struct trial_owner owner = {step, keep, s};
	struct trial_sum sum;
	char err[512] = "";

	put_policy(s);
	assert_int_equal(write_meta(s->db, "policy:0123456789abcdef", ""), 0);
	put(s, (struct observation){.kind = OBS_POLICY,
		   .ts_us = FEED_T0,
		   .policy_hash = "0123456789abcdef"});
	assert_int_equal(
	    trial_run(s->db, &other, 0, 0, &owner, &sum, err, sizeof(err)), -1);
	assert_non_null(
	    strstr(err, "policy 0123456789abcdef: its text is not"));
	conf_free(&other);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, scene_up, scene_down)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_policy_of_the_log_differs_in_nothing),
	    TEST(blocks_are_lost_gained_and_moved),
	    TEST(only_the_time_that_is_asked_for_counts),
	    TEST(an_operators_word_is_about_the_same_incident),
	    TEST(without_the_policys_text_nothing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
