/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/checkpoint.h"
#include "tests/unit/store/fixture.h"

#include "analyzer/detect/policy.h"
#include "base/conf.h"

/* A log of one policy and some mails, applied. */
struct log {
	struct fixture *f;
	struct conf conf;
	struct policy policy;
	struct engine *engine;
};

static void apply(struct log *l, struct observation *o)
{
	struct effects fx;

	assert_int_equal(write_observation(l->f->db, o), 0);
	assert_int_equal(engine_apply(l->engine, o, &fx), 0);
	assert_int_equal(write_applied(l->f->db, o), 0);
}

static void mails(struct log *l, int from, int to)
{
	for (int i = from; i < to; i++) {
		char name[16];
		struct observation o;

		snprintf(name, sizeof(name), "C%d", i % 7);
		o = observation_at(DAY_US + i * US_PER_S, name);
		o.kind = OBS_TRANSACTION;
		o.line_class = CLASS_DYNAMIC;
		o.traffic_case = 2;
		o.server_port = 25;
		o.verdict = VERDICT_SPOOFED;
		apply(l, &o);
	}
}

static void begin(struct log *l, struct fixture *f)
{
	char err[CONF_ERROR_BYTES], key[40], *text;
	struct observation o = observation_at(DAY_US, "");

	l->f = f;
	assert_int_equal(conf_load(&l->conf, NULL, err), 0);
	assert_int_equal(policy_init(&l->policy, &l->conf), 0);
	l->engine = engine_new(&l->policy, MODE_ENFORCE);
	assert_non_null(l->engine);
	text = conf_policy_text(&l->conf);
	assert_non_null(text);
	snprintf(key, sizeof(key), "policy:%s", l->policy.hash);
	assert_int_equal(write_meta(f->db, key, text), 0);
	free(text);
	o.kind = OBS_POLICY;
	o.mode = MODE_ENFORCE;
	memcpy(o.policy_hash, l->policy.hash, sizeof(o.policy_hash));
	apply(l, &o);
}

static void end(struct log *l)
{
	engine_free(l->engine);
	conf_free(&l->conf);
}

/* What an engine knows, as bytes: its own checkpoint's digest. */
static void digest_of(struct log *l, struct engine *e, uint8_t digest[32])
{
	struct checkpoint cp = {.last_us = 1, .mode = MODE_ENFORCE};
	char err[512] = "", path[128];
	struct db *db;

	snprintf(path, sizeof(path), "%s/other.db", l->f->dir);
	unlink(path);
	db = must_open(path, DB_CREATE);
	memcpy(cp.policy_hash, l->policy.hash, sizeof(cp.policy_hash));
	assert_int_equal(checkpoint_save(db, e, &cp, err, sizeof(err)), 0);
	memcpy(digest, cp.digest.b, 32);
	db_close(db);
}

static void made_from_the_log_it_is_what_the_engine_knows(void **state)
{
	struct fixture *f = *state;
	uint8_t want[32], got[32];
	struct log l = {0};
	struct checkpoint cp;
	struct engine *e;
	char err[512] = "";

	begin(&l, f);
	mails(&l, 0, 60);
	digest_of(&l, l.engine, want);
	assert_int_equal(
	    checkpoint_make(f->db, 61, NULL, NULL, err, sizeof(err)), 0);
	e = engine_new(&l.policy, MODE_ENFORCE);
	assert_int_equal(checkpoint_load(f->db, e, &cp, err, sizeof(err)), 1);
	assert_int_equal(cp.applied_no, 61);
	assert_string_equal(cp.policy_hash, l.policy.hash);
	digest_of(&l, e, got);
	assert_memory_equal(want, got, 32);
	engine_free(e);
	end(&l);
}

/* From the checkpoint before, as after a purge of the rows that led there. */
static void the_next_one_begins_at_the_one_before(void **state)
{
	struct fixture *f = *state;
	uint8_t want[32], got[32];
	struct log l = {0};
	struct checkpoint cp;
	struct engine *e;
	char err[512] = "";

	begin(&l, f);
	mails(&l, 0, 30);
	assert_int_equal(
	    checkpoint_make(f->db, 31, NULL, NULL, err, sizeof(err)), 0);
	must_run(f->db, "DELETE FROM observation_20261124 "
			"WHERE applied_no <= 31");
	mails(&l, 30, 60);
	digest_of(&l, l.engine, want);
	assert_int_equal(
	    checkpoint_make(f->db, 61, NULL, NULL, err, sizeof(err)), 0);
	e = engine_new(&l.policy, MODE_ENFORCE);
	assert_int_equal(checkpoint_load(f->db, e, &cp, err, sizeof(err)), 1);
	digest_of(&l, e, got);
	assert_memory_equal(want, got, 32);
	/* Only the newest is kept. */
	assert_string_equal(
	    shell(f->db, "SELECT count(*), max(applied_no) FROM checkpoint"),
	    "1 61");
	engine_free(e);
	end(&l);
}

static int load_fails(struct log *l, const char *sql, const char *want)
{
	struct engine *e = engine_new(&l->policy, MODE_ENFORCE);
	struct checkpoint cp;
	char err[512] = "";
	int rc;

	must_run(l->f->db, sql);
	rc = checkpoint_load(l->f->db, e, &cp, err, sizeof(err));
	engine_free(e);
	if (!strstr(err, want))
		print_error("%s\n", err);
	return rc == -1 && strstr(err, want) ? 0 : -1;
}

static void a_damaged_one_is_refused(void **state)
{
	struct fixture *f = *state;
	struct log l = {0};
	char err[512] = "";

	begin(&l, f);
	mails(&l, 0, 30);
	assert_int_equal(
	    checkpoint_make(f->db, 31, NULL, NULL, err, sizeof(err)), 0);
	must_run(f->db, "CREATE TEMP TABLE kept AS SELECT * FROM checkpoint");
	assert_int_equal(load_fails(&l,
			     "UPDATE checkpoint SET digest = "
			     "zeroblob(32)",
			     "its digest is another"),
	    0);
	must_run(f->db, "UPDATE checkpoint SET digest = "
			"(SELECT digest FROM temp.kept)");
	assert_int_equal(
	    load_fails(&l, "UPDATE checkpoint SET form = 9999", "form 9999"),
	    0);
	must_run(f->db, "UPDATE checkpoint SET form = "
			"(SELECT form FROM temp.kept)");
	assert_int_equal(
	    load_fails(&l,
		"UPDATE checkpoint_part SET data = substr(data, 1, "
		"length(data) - 3)",
		"is damaged"),
	    0);
	assert_int_equal(
	    load_fails(&l, "DELETE FROM checkpoint_part", "is damaged"), 0);
	assert_int_equal(load_fails(&l, "UPDATE checkpoint SET parts = 0",
			     "anonymised copy"),
	    0);
	end(&l);
}

static void without_one_there_is_none(void **state)
{
	struct fixture *f = *state;
	struct log l = {0};
	struct checkpoint cp;
	char err[512] = "";

	begin(&l, f);
	assert_int_equal(
	    checkpoint_load(f->db, l.engine, &cp, err, sizeof(err)), 0);
	end(&l);
}

static int stop(void *arg, int64_t rows)
{
	(void)arg;
	(void)rows;
	return 1;
}

static void the_caller_can_end_it(void **state)
{
	struct fixture *f = *state;
	struct log l = {0};
	char err[512] = "";
	int rc;

	begin(&l, f);
	mails(&l, 0, 30);
	rc = checkpoint_make(f->db, 31, stop, NULL, err, sizeof(err));
	assert_int_equal(rc, 1);
	assert_string_equal(
	    shell(f->db, "SELECT count(*) FROM checkpoint"), "0");
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(made_from_the_log_it_is_what_the_engine_knows),
	    STORE_TEST(the_next_one_begins_at_the_one_before),
	    STORE_TEST(a_damaged_one_is_refused),
	    STORE_TEST(without_one_there_is_none),
	    STORE_TEST(the_caller_can_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
