/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/verify.h"

#include <dirent.h>
#include <unistd.h>

#include "../detect/feed.h"
#include "store/write.h"

enum tamper {
	INTACT,
	OTHER_LABEL,
	OTHER_SCORE,
	OTHER_WEIGHT,
	OTHER_APPLIED,
	OTHER_SPF_TEXT,
	OTHER_REASON,
	OTHER_UNTIL,
	OTHER_SUMMARY,
	STALE_INCIDENT, /* the last change of an open one is lost */
	NO_INCIDENT,
	NO_DECISION,
	EXTRA_INCIDENT,
	EXTRA_DECISION,
	NO_POLICY_TEXT,
	WRONG_POLICY_TEXT
};

struct scene {
	char dir[64], path[96];
	struct db *db;
	enum tamper tamper;
	struct op_action op;
	struct feed *f;
	int64_t rows;
	/* what verify_db() said */
	char first[1200];
	int lines;
	struct verified v;
	char err[512];
};

static void scene_open(struct scene *s, enum tamper tamper)
{
	char err[DB_ERROR_BYTES];

	memset(s, 0, sizeof(*s));
	s->tamper = tamper;
	s->op = (struct op_action){.ts_us = FEED_T0,
	    .actor = "desk",
	    .verb = OP_BLOCK,
	    .target = "C2",
	    .customer = "C2"};
	snprintf(s->dir, sizeof(s->dir), "/tmp/sekisho-verify-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/a.db", s->dir);
	s->db = db_open(s->path, DB_CREATE, err);
	if (s->db == NULL)
		fail_msg("%s", err);
	s->f = feed_new();
	assert_int_equal(write_op_action(s->db, &s->op), 0);
	assert_int_equal(db_begin(s->db), 0);
}

static void scene_close(struct scene *s)
{
	DIR *d;
	struct dirent *e;

	db_close(s->db);
	feed_free(s->f);
	d = opendir(s->dir);
	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	assert_int_equal(rmdir(s->dir), 0);
}

static void keep_incident(struct scene *s, struct incident i)
{
	if (s->tamper == NO_INCIDENT && i.kind == INCIDENT_PORT_PROBE)
		return;
	if (s->tamper == STALE_INCIDENT && i.observations == 17)
		return;
	if (s->tamper == OTHER_SUMMARY)
		i.summary[0] = '?';
	assert_int_equal(write_incident(s->db, &i), 0);
}

static void keep_decision(struct scene *s, struct decision d)
{
	if (s->tamper == NO_DECISION && d.seq == 6)
		return;
	if (s->tamper == OTHER_REASON)
		d.reason[0] = '?';
	if (s->tamper == OTHER_UNTIL)
		d.until_us++;
	assert_int_equal(write_decision(s->db, &d), 0);
}

/* As the applier does. */
static void put(struct scene *s, struct observation o)
{
	assert_int_equal(write_observation(s->db, &o), 0);
	assert_int_equal(engine_apply(s->f->engine, &o, &s->f->fx), 0);
	for (size_t i = 0; i < s->f->fx.n; i++)
		if (s->f->fx.v[i].kind == EFFECT_INCIDENT)
			keep_incident(s, s->f->fx.v[i].u.incident);
		else
			keep_decision(s, s->f->fx.v[i].u.decision);
	if (s->rows == 5 && s->tamper == OTHER_LABEL)
		o.label = LABEL_BLOCKLISTED;
	if (s->rows == 5 && s->tamper == OTHER_SCORE)
		o.score_milli++;
	if (s->rows == 5 && s->tamper == OTHER_WEIGHT)
		o.weight_milli++;
	if (s->rows == 30 && s->tamper == OTHER_APPLIED)
		o.applied_no += 100;
	assert_int_equal(write_applied(s->db, &o), 0);
	if (s->rows == 5 && s->tamper == OTHER_SPF_TEXT) {
		strcpy(o.spf_record, "v=spf1 +all");
		assert_int_equal(write_authentication(s->db, &o), 0);
	}
	s->rows++;
}

static void put_policy(struct scene *s, int64_t t_ms, enum mode mode)
{
	struct observation o = {
	    .kind = OBS_POLICY, .ts_us = FEED_T0 + t_ms * 1000, .mode = mode};
	char key[32], *text = conf_policy_text(&s->f->conf);

	assert_non_null(text);
	assert_int_equal(policy_init(&s->f->policy, &s->f->conf), 0);
	engine_set_policy(s->f->engine, &s->f->policy, mode);
	snprintf(o.policy_hash, sizeof(o.policy_hash), "%s", s->f->policy.hash);
	snprintf(key, sizeof(key), "policy:%s", o.policy_hash);
	if (s->tamper == WRONG_POLICY_TEXT) {
		free(text);
		s->f->conf.burst_window_s++;
		text = conf_policy_text(&s->f->conf);
		s->f->conf.burst_window_s--;
	}
	if (s->tamper != NO_POLICY_TEXT)
		assert_int_equal(write_meta(s->db, key, text), 0);
	free(text);
	put(s, o);
}

/* A burst, an operator, ticks, a policy that is not the default, a quiet
 * incident and an open one. */
static void play(struct scene *s)
{
	struct observation o;

	put_policy(s, 0, MODE_ENFORCE);
	for (int i = 0; i < 16; i++)
		put(s, row_attempt("C1", 1000 + i * 100, i, ANSWERED));
	o = row_operator("C2", 3000, OP_BLOCK, 9000);
	o.op_id = s->op.id;
	put(s, o);
	for (int i = 0; i < 6; i++)
		put(s, row_unknown("C1", 4000 + i, i));
	put(s, row_tick("C2", FEED_T0 + 9000000));
	for (int i = 0; i < 30; i++) {
		o = row_attempt("C4", 9001 + i, i, REFUSED);
		o.line_class = CLASS_STATIC;
		put(s, o);
	}
	s->f->conf.classes[CLASS_DYNAMIC].threshold_milli = 3000;
	s->f->conf.min_domains = 2;
	put_policy(s, 10000, MODE_MONITOR);
	for (int i = 0; i < 4; i++)
		put(s, row_unknown("C3", 11000 + i, i));
	put(s, row_tick("C1", FEED_T0 + INT64_C(86500000000)));
	for (int i = 0; i < 17; i++)
		put(s, row_attempt("C1", 86600000 + i * 100, i, ANSWERED));
	if (s->tamper == EXTRA_INCIDENT) {
		struct incident i = {.id = 99, .customer = "C9"};

		assert_int_equal(write_incident(s->db, &i), 0);
	}
	if (s->tamper == EXTRA_DECISION) {
		struct decision d = {.seq = 99, .customer = "C9"};

		assert_int_equal(write_decision(s->db, &d), 0);
	}
	assert_int_equal(db_commit(s->db), 0);
}

/* As a program wrote it that knew two classes: other words, other hash. */
static void put_old_policy(struct scene *s)
{
	static const char text[] = "burst_servers_dynamic=3\n"
				   "burst_connections_dynamic=4\n"
				   "dynamic_port25_open=true\n";
	struct observation o = {.kind = OBS_POLICY,
	    .ts_us = FEED_T0,
	    .mode = MODE_ENFORCE,
	    .policy_hash = "63d540801a78212d"};
	char err[CONF_ERROR_BYTES];

	conf_free(&s->f->conf);
	if (conf_load_policy_text(&s->f->conf, text, err) != 0)
		fail_msg("%s", err);
	policy_init_logged(&s->f->policy, &s->f->conf, text);
	assert_string_equal(s->f->policy.hash, o.policy_hash);
	engine_set_policy(s->f->engine, &s->f->policy, MODE_ENFORCE);
	assert_int_equal(write_meta(s->db, "policy:63d540801a78212d", text), 0);
	put(s, o);
}

static void on_line(void *arg, const char *line)
{
	struct scene *s = arg;

	if (s->lines++ == 0)
		snprintf(s->first, sizeof(s->first), "%s", line);
}

static int verify(struct scene *s)
{
	return verify_db(s->db, on_line, s, &s->v, s->err, sizeof(s->err));
}

static void test_an_intact_database_agrees(void **state)
{
	struct scene *s = malloc(sizeof(*s));

	(void)state;
	scene_open(s, INTACT);
	play(s);
	assert_int_equal(verify(s), 0);
	assert_string_equal(s->first, "");
	assert_int_equal(s->v.differences, 0);
	assert_int_equal(s->v.rows, s->rows);
	assert_true(s->rows > 40);
	scene_close(s);
	free(s);
}

static void test_the_log_of_an_older_version_agrees(void **state)
{
	struct scene *s = malloc(sizeof(*s));

	(void)state;
	scene_open(s, INTACT);
	put_old_policy(s);
	for (int i = 0; i < 4; i++)
		put(s, row_attempt("C1", 1000 + i * 100, i, ANSWERED));
	assert_int_equal(db_commit(s->db), 0);
	assert_int_equal(verify(s), 0);
	assert_string_equal(s->first, "");
	assert_int_equal(s->v.rows, 5);
	scene_close(s);
	free(s);
}

static void test_every_difference_is_found_by_its_number(void **state)
{
	static const struct {
		enum tamper tamper;
		const char *want; /* begins the first line */
	} cases[] = {
	    {OTHER_LABEL, "obs 6: label is blocklisted in the store, none "},
	    {OTHER_SCORE, "obs 6: score is 1 in the store, 0 from the log"},
	    {OTHER_WEIGHT, "obs 6: weight is 1 in the store, 0 from "},
	    {OTHER_APPLIED, "obs 32: applied as number 32, the log gives 31"},
	    {OTHER_SPF_TEXT, "obs 6: what it was decided from was changed: its "
			     "digest does not fit (SPF record \"v=spf1 +all\", "
			     "term \"\"); D1, D5, I1 rest on it"},
	    {OTHER_REASON, "D1: reason is \"?1: 15 new"},
	    {OTHER_UNTIL, "D1: until_us is "},
	    {OTHER_SUMMARY, "I1: summary is \"?6 new"},
	    {STALE_INCIDENT, "I5: last_us is "},
	    {NO_INCIDENT, "I3: missing in the store, the log gives 30 con"},
	    {NO_DECISION, "D6: missing in the store, the log gives I5: 15"},
	    {EXTRA_INCIDENT, "I99: in the store, but not from the log"},
	    {EXTRA_DECISION, "D99: in the store, but not from the log"},
	    {WRONG_POLICY_TEXT, "obs 1: policy is "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene *s = malloc(sizeof(*s));

		scene_open(s, cases[i].tamper);
		play(s);
		assert_int_equal(verify(s), 0);
		assert_true(s->v.differences > 0);
		assert_int_equal(s->v.differences, s->lines);
		if (strncmp(s->first, cases[i].want, strlen(cases[i].want)))
			fail_msg("case %zu: %s", i, s->first);
		scene_close(s);
		free(s);
	}
}

static void test_without_the_policys_text_nothing_is_said(void **state)
{
	struct scene *s = malloc(sizeof(*s));

	(void)state;
	scene_open(s, NO_POLICY_TEXT);
	play(s);
	assert_int_equal(verify(s), -1);
	assert_non_null(strstr(s->err, "is not in the database"));
	assert_non_null(strstr(s->err, "policy "));
	scene_close(s);
	free(s);
}

static void test_an_empty_database_has_nothing_to_differ(void **state)
{
	struct scene *s = malloc(sizeof(*s));

	(void)state;
	scene_open(s, INTACT);
	assert_int_equal(db_commit(s->db), 0);
	assert_int_equal(verify(s), 0);
	assert_int_equal(s->v.rows, 0);
	assert_int_equal(s->v.differences, 0);
	scene_close(s);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_an_intact_database_agrees),
	    cmocka_unit_test(test_the_log_of_an_older_version_agrees),
	    cmocka_unit_test(test_every_difference_is_found_by_its_number),
	    cmocka_unit_test(test_without_the_policys_text_nothing_is_said),
	    cmocka_unit_test(test_an_empty_database_has_nothing_to_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
