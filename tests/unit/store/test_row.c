/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

static void words_go_both_ways(void **state)
{
	static const struct {
		enum word w;
		int count;
	} words[] = {
	    {WORD_LABEL, LABEL_COUNT},
	    {WORD_LINE_CLASS, CLASS_OWN},
	    {WORD_ACTION, ACTION_COUNT},
	    {WORD_CAUSE, CAUSE_COUNT},
	    {WORD_INCIDENT_KIND, INCIDENT_KIND_COUNT},
	    {WORD_INCIDENT_STATE, INCIDENT_STATE_COUNT},
	    {WORD_CLOSED_AS, CLOSED_AS_COUNT},
	    {WORD_SPF, SPF_RESULT_COUNT},
	    {WORD_VERDICT, VERDICT_COUNT},
	    {WORD_TIER, PRIVACY_COUNT},
	    {WORD_MODE, MODE_COUNT},
	    {WORD_OBS_KIND, OBS_KIND_COUNT},
	    {WORD_AUTH_STATE, AUTH_STATE_COUNT},
	    {WORD_OP, OP_VERB_COUNT},
	    {WORD_LOGIN, LOGIN_RESULT_COUNT},
	    {WORD_AUDIT_SOURCE, AUDIT_SOURCE_COUNT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		for (int v = 0; v < words[i].count; v++)
			assert_int_equal(
			    word_parse(words[i].w, word_name(words[i].w, v)),
			    v);
		assert_string_equal(word_name(words[i].w, words[i].count), "?");
		assert_int_equal(word_parse(words[i].w, "?"), -1);
		assert_int_equal(word_parse(words[i].w, NULL), -1);
	}
	assert_string_equal(word_name(WORD_NONE, 0), "?");
	assert_int_equal(word_parse(WORD_NONE, "none"), -1);
}

static void a_class_of_an_older_configuration_is_read(void **state)
{
	int k;

	(void)state;
	assert_int_equal(line_class_parse("old-class"), -1);
	k = word_parse(WORD_LINE_CLASS, "old-class");
	assert_true(k >= CLASS_OWN);
	assert_string_equal(word_name(WORD_LINE_CLASS, k), "old-class");
	assert_int_equal(word_parse(WORD_LINE_CLASS, "Old"), -1);
}

static int see(void *arg, const struct observation *o)
{
	*(struct observation *)arg = *o;
	return 0;
}

/* A hand or a newer program wrote it: said, not guessed at. */
static void what_we_never_write_is_an_error(void **state)
{
	static const struct {
		const char *set, *column;
	} cases[] = {
	    {"label = 'terrible'", "label"},
	    {"kind = ''", "kind"},
	    {"client_port = 65536", "client_port"},
	    {"client_port = -1", "client_port"},
	    {"gap = 2", "gap"},
	    {"reply_code = 4294967297", "reply_code"},
	    {"score_milli = -2147483649", "score_milli"},
	    {"client = x'c0000205'", "client"},
	    {"mail_from_hash = x''", "mail_from_hash"},
	};
	struct fixture *f = *state;
	const struct read_range all = {.state = -1, .kind = -1};
	struct observation o = observation_full();

	for (size_t i = 0; i < COUNT(cases); i++) {
		char sql[128], want[128];

		assert_int_equal(db_begin(f->db), 0);
		assert_int_equal(write_observation(f->db, &o), 0);
		snprintf(sql, sizeof(sql), "UPDATE observation_20261124 SET %s",
		    cases[i].set);
		assert_int_equal(stmt_exec(f->db, sql), 0);
		assert_int_equal(
		    read_observations_range(f->db, &all, see, &o), -1);
		snprintf(want, sizeof(want), "column %s of observation 1 holds",
		    cases[i].column);
		assert_non_null(strstr(db_error(f->db), want));
		assert_true(db_is_broken(f->db));
		db_rollback(f->db);
	}
}

static void a_longer_text_is_cut(void **state)
{
	struct fixture *f = *state;
	const struct read_range all = {.state = -1, .kind = -1};
	struct observation o = observation_full();

	assert_int_equal(write_observation(f->db, &o), 0);
	must_run(f->db, "UPDATE observation_20261124 "
			"SET dpi = '0123456789abcdef0123456789'");
	assert_int_equal(read_observations_range(f->db, &all, see, &o), 0);
	assert_string_equal(o.dpi, "0123456789abcdef0123456");
}

static void a_text_may_fill_its_array(void **state)
{
	struct fixture *f = *state;
	const struct read_range all = {.state = -1, .kind = -1};
	struct observation o = observation_full(), got;

	memset(o.dpi, 'x', sizeof(o.dpi) - 1);
	memset(o.rcpt_domains, 'y', sizeof(o.rcpt_domains) - 1);
	strcpy(o.helo, "\xff\xfe ' \" ; \x01");
	assert_int_equal(write_observation(f->db, &o), 0);
	assert_int_equal(read_observations_range(f->db, &all, see, &got), 0);
	assert_memory_equal(&got, &o, sizeof(o));
}

static void columns_are_typed(void **state)
{
	static const char *const refused[] = {
	    "INSERT INTO meta VALUES ('k', x'00')",
	    "INSERT INTO counter VALUES ('today', 'n', 1)",
	    "INSERT INTO lease VALUES (x'00', 1, 1, 's', NULL, 'c', 'static', "
	    "NULL)",
	    "INSERT INTO lease VALUES (zeroblob(16), 129, 1, 's', NULL, 'c', "
	    "'static', NULL)",
	    "INSERT INTO lease VALUES (zeroblob(16), 8, 5, 's', 5, 'c', "
	    "'static', NULL)",
	    "INSERT INTO incident (id) VALUES (1)",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(refused); i++)
		assert_int_equal(stmt_exec(f->db, refused[i]), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_go_both_ways),
	    cmocka_unit_test(a_class_of_an_older_configuration_is_read),
	    STORE_TEST(what_we_never_write_is_an_error),
	    STORE_TEST(a_longer_text_is_cut),
	    STORE_TEST(a_text_may_fill_its_array),
	    STORE_TEST(columns_are_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
