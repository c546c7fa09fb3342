/* SPDX-License-Identifier: Apache-2.0 */
/* Every noun that has list has show: all that the store knows of one. */
#include "tests/unit/reports/fixture.h"

#include "store/access.h"
#include "store/enforcement.h"
#include "store/member.h"

static void add_access(struct db *db)
{
	struct token t = {.id = "abc",
	    .kind = "crowdsec",
	    .name = "edge",
	    .created_us = DAY_US,
	    .pulled_seq = 7};
	struct operator_row o = {.name = "aiko", .created_us = DAY_US};
	struct session_row s = {.operator= "aiko",
	    .csrf = "x",
	    .created_us = DAY_US,
	    .expires_us = INT64_C(4000000000000000)};
	struct audit a[] = {
	    {.verb = "token create", .object = "abc", .reason = "for edge"},
	    {.verb = "token revoke", .object = "abc"},
	    {.verb = "block", .object = "abc"},
	    {.verb = "operator add", .object = "aiko"},
	    {.verb = "login", .detail = "from 192.0.2.9"},
	};

	must_write(db, write_token(db, &t));
	must_write(db, write_operator(db, &o));
	must_write(db, write_session(db, &s));
	for (size_t i = 0; i < sizeof(a) / sizeof(a[0]); i++) {
		a[i].at_us = DAY_US + (int64_t)i * HOUR_US;
		strcpy(a[i].operator, "aiko");
		strcpy(a[i].outcome, "done");
		must_write(db, write_audit(db, &a[i]));
	}
}

static void add_enforcement(struct db *db)
{
	struct decision d = fixed_decision(1, "C1", DAY_US, 0);
	struct delivery sent = {
	    .decision_seq = 1, .created_us = DAY_US, .turn = 3};
	struct difference diff = {.driver = "edge",
	    .kind = "missing",
	    .customer = "C1",
	    .decision_seq = 1,
	    .found_us = DAY_US,
	    .last_us = DAY_US + HOUR_US,
	    .seen = 2};
	struct brake_row b = {.id = 1,
	    .began_us = DAY_US,
	    .ended_us = DAY_US + HOUR_US,
	    .ended_by = BRAKE_DROPPED,
	    .reason = "too many",
	    .obs_no = 1};

	strcpy(sent.driver, "edge");
	strcpy(sent.op, "block");
	strcpy(sent.event, "new");
	strcpy(sent.state, "done");
	strcpy(d.reason, "score above threshold");
	must_write(db, write_decision(db, &d));
	must_write(db, write_delivery(db, &sent));
	must_write(db, write_difference(db, &diff));
	must_write(db, write_brake(db, &b));
}

static void fill(void)
{
	struct db *db = open_fixture(DB_WRITE);
	struct observation o = {.kind = OBS_ATTEMPT,
	    .ts_us = DAY_US,
	    .boot = UINT64_MAX,
	    .outcome = 2,
	    .line_class = CLASS_DYNAMIC,
	    .agent = "tap0",
	    .helo = "\033[2J"};

	assert_int_equal(addr_parse(&o.client, "192.0.2.7"), 0);
	strcpy(o.customer, "C1");
	must_write(db, db_begin(db));
	must_write(db, write_observation(db, &o));
	must_write(db, db_commit(db));
	add_enforcement(db);
	add_access(db);
	db_close(db);
}

static void each_noun_shows_one(void **state)
{
	static const struct {
		const char *line, *has;
	} cases[] = {
	    {"audit show A1", "\"reason\":\"for edge\""},
	    {"audit show 5", "\"detail\":\"from 192.0.2.9\""},
	    {"brake show B1", "\"ended_by\":\"dropped\""},
	    {"hook show 1", "\"turn\":3,\"customer\":\"C1\""},
	    {"hook show 1", "\"targets\":[\"192.0.2.7/32\"]"},
	    {"hook list", "\"turn\":3"},
	    {"enforce show 1", "\"decision\":\"D1\",\"held_decision\":null"},
	    {"token show abc", "\"told_up_to\":\"D7\""},
	    {"token show abc",
		"\"actions\":\"2026-11-24T00:00:00.000000Z aiko create: for "
		"edge; 2026-11-24T01:00:00.000000Z aiko revoke\""},
	    {"operator show aiko", "\"sessions\":1"},
	    {"operator show aiko",
		"\"logged_in\":\"2026-11-24T04:00:00.000000Z\",\"login\":"
		"\"from 192.0.2.9\",\"actions\":\"2026-11-24T03:00:00.000000Z "
		"aiko add\""},
	    {"observation show 1", "\"boot\":\"18446744073709551615\""},
	    {"observation show 1", "\"outcome\":\"half_open\""},
	    {"observation show 1", "\"client\":\"192.0.2.7\""},
	    {"lease show 192.0.2.7", "\"customer\":\"C1\""},
	    {"lease show 192.0.2.7/32",
		"\"session_holds\":[\"192.0.2.7/32\"],\"holders\":[{"
		"\"customer\":\"C1\",\"source\":\"static\""},
	};

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char line[128];

		snprintf(line, sizeof(line), "%s -o json", cases[i].line);
		assert_code(sekisho(line), CLI_OK);
		json_decref(parsed(fx->out));
		assert_has(fx->out, cases[i].has);
		/* A text for people, with no escape of others. */
		snprintf(line, sizeof(line), "%s -o table", cases[i].line);
		assert_code(sekisho(line), CLI_OK);
		assert_null(strchr(fx->out, '\033'));
	}
}

/* A column that the store gets is shown with no line for it here. */
static void an_observation_shows_every_column(void **state)
{
	static const struct observation none;
	struct member m;
	size_t n = 0;
	json_t *shown;

	(void)state;
	fill();
	assert_code(sekisho("observation show 1 -o json"), CLI_OK);
	shown = parsed(fx->out);
	while (observation_member(&none, n, &m))
		n++;
	assert_int_equal(json_object_size(shown), n);
	json_decref(shown);
}

static void who_is_not_there_is_code_3(void **state)
{
	static const struct {
		const char *line;
		int code;
		const char *says;
	} cases[] = {
	    {"audit show A99", CLI_NOT_FOUND, "sekisho audit list"},
	    {"audit show D1", CLI_USAGE, "A7"},
	    {"brake show B9", CLI_NOT_FOUND, "sekisho brake list"},
	    {"hook show 99", CLI_NOT_FOUND, "sekisho hook list"},
	    {"hook show x", CLI_USAGE, "such as 7"},
	    {"enforce show 99", CLI_NOT_FOUND, "sekisho enforce list"},
	    {"token show nope", CLI_NOT_FOUND, "sekisho token list"},
	    {"operator show nope", CLI_NOT_FOUND, "sekisho operator list"},
	    {"observation show 99", CLI_NOT_FOUND, "observation list"},
	    {"lease show 192.0.2.9", CLI_NOT_FOUND, "sekisho lease list"},
	    {"lease show 192.0.2.0/24", CLI_NOT_FOUND, "sekisho who"},
	    {"lease show here", CLI_USAGE, "neither an address"},
	    {"lease show 192.0.2.7 -o csv", CLI_USAGE, "json"},
	    {"customer show C1 -o ids", CLI_USAGE, "json"},
	    {"explain D1 -o tsv", CLI_USAGE, "json"},
	};

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_code(sekisho(cases[i].line), cases[i].code);
		assert_has(fx->err, cases[i].says);
		assert_string_equal(fx->out, "");
	}
}

/* The table of verbs itself. */
static void every_noun_with_list_has_show(void **state)
{
	/* test says of the allow list what show would. */
	static const char *const others[] = {"allow"};
	const struct verb *v;
	size_t n;

	(void)state;
	v = verb_table(&n);
	for (size_t i = 0; i < n; i++) {
		bool found = strcmp(v[i].noun, others[0]) == 0;

		if (!v[i].verb || strcmp(v[i].verb, "list") != 0)
			continue;
		for (size_t j = 0; j < n; j++)
			found |= strcmp(v[i].noun, v[j].noun) == 0 &&
				 v[j].verb && strcmp(v[j].verb, "show") == 0;
		if (!found)
			fail_msg("%s has list and no show", v[i].noun);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(each_noun_shows_one),
	    REPORTS_TEST(an_observation_shows_every_column),
	    REPORTS_TEST(who_is_not_there_is_code_3),
	    REPORTS_TEST(every_noun_with_list_has_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
