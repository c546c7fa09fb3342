/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include "reports/filter.h"

#define NOW_US (DAY_US + 12 * HOUR_US)

static struct filter filter;

static struct incident row(void)
{
	struct incident i = fixed_incident(12, "C7");

	i.score_milli = 20500;
	i.state = INCIDENT_OPEN;
	strcpy(i.summary, "120 refused mails to 7 servers (probe)");
	return i;
}

static void terms_hold_or_do_not(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
	    {"", true},
	    {"  ", true},
	    {"kind:spam_bot", true},
	    {"kind=spam_bot", true},
	    {"kind<>spam_bot", false},
	    {"-kind:spam_bot", false},
	    {"--kind:spam_bot", true},
	    {"NOT kind:bot_burst", true},
	    {"score>20", true},
	    {"score>20.5", false},
	    {"score>=20.5", true},
	    {"score<20.501", true},
	    {"score<=20.499", false},
	    {"id:I12", true},
	    {"id:12", true},
	    {"id>12", false},
	    {"customer:C7", true},
	    {"customer:C", false},
	    {"summary:REFUSED", true},
	    {"summary=refused", false},
	    {"summary:\"refused mails\"", true},
	    {"\"mails to\"", true},
	    {"c7", true},
	    {"\"(probe)\"", true},
	    {"kind:bot_burst OR score>20", true},
	    {"kind:bot_burst AND score>20", false},
	    {"kind:bot_burst score>20", false},
	    {"kind:bot_burst OR kind:port_probe score>20", false},
	    {"(kind:bot_burst OR kind:spam_bot) score>20", true},
	    {"-(kind:bot_burst OR kind:spam_bot)", false},
	    {"-(kind:bot_burst OR kind:port_probe) C7", true},
	    {"since:1h", true},
	    {"since:2026-11-25", false},
	    {"until:2026-11-25", true},
	    {"until:2026-11-24", false},
	    {"opened>=2026-11-24 closed<now", false},
	    {"class:dynamic state:open", true},
	    {"ORDER", false},
	    {"unknown_users:3 servers>=7", true},
	};
	struct incident i = row();

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		struct filter_error e = {0};

		if (filter_parse(&filter, &filter_incident, cases[n].text,
			NOW_US, false, &e) != 0)
			fail_msg("%s: %s", cases[n].text, e.why);
		if (filter_match(&filter, &i) != cases[n].want)
			fail_msg("%s", cases[n].text);
	}
}

static void an_error_points_at_the_character(void **state)
{
	static const struct {
		const char *text, *why;
		size_t at;
	} cases[] = {
	    {"kind:bot_brust", "nearest: bot_burst", 5},
	    {"x scor>2", "nearest: score", 2},
	    {"score>", "value is missing", 6},
	    {"score>x", "is a number", 6},
	    {"score>2x", "is a number", 6},
	    {"kind>spam_bot", "has no order", 4},
	    {"since:soon", "is a time", 6},
	    {"since>2h", "write since:TIME", 5},
	    {"(a OR b", "not closed", 0},
	    {"a) b", "closes nothing", 1},
	    {"a OR )", "closes nothing", 5},
	    {"a OR", "term is missing", 4},
	    {"a -", "term is missing", 3},
	    {"a \"b", "not closed", 2},
	    {"()", "closes nothing", 1},
	    {"score>>20", "is a number", 6},
	    {"((((((((((((((((((a))))))))))))))))))", "brackets in", 16},
	};
	struct filter_error e;

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		if (filter_parse(&filter, &filter_incident, cases[n].text,
			NOW_US, false, &e) == 0)
			fail_msg("%s is taken", cases[n].text);
		assert_has(e.why, cases[n].why);
		if (e.at != cases[n].at)
			fail_msg("%s: at %zu", cases[n].text, e.at);
	}
}

static void too_much_is_said(void **state)
{
	char text[2000];
	struct filter_error e;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(
	    filter_parse(&filter, &filter_incident, text, NOW_US, false, &e),
	    -1);
	assert_has(e.why, "too long");
	for (size_t i = 0; i < sizeof(text) - 2; i += 2)
		memcpy(text + i, "x ", 2);
	assert_int_equal(
	    filter_parse(&filter, &filter_incident, text, NOW_US, false, &e),
	    -1);
	assert_has(e.why, "too long");
}

static void addresses_are_asked_by_prefix(void **state)
{
	struct observation o = {.spf = SPF_FAIL, .kind = OBS_TRANSACTION};
	struct filter_error e;

	(void)state;
	assert_int_equal(addr_parse(&o.client, "192.0.2.7"), 0);
	assert_int_equal(filter_parse(&filter, &filter_observation,
			     "-spf:pass ip:192.0.2.0/24", NOW_US, false, &e),
	    0);
	assert_true(filter_match(&filter, &o));
	assert_int_equal(filter_parse(&filter, &filter_observation,
			     "ip<>192.0.2.7", NOW_US, false, &e),
	    0);
	assert_false(filter_match(&filter, &o));
	assert_int_equal(filter_parse(&filter, &filter_observation,
			     "ip:192.0.2.1/24", NOW_US, false, &e),
	    -1);
}

/* Only what must hold for every match may be left to the store. */
static void the_store_reads_no_more_than_it_must(void **state)
{
	static const struct {
		const char *text, *customer;
		int kind, state;
		int64_t since_us;
		bool whole;
		int64_t least_milli;
	} cases[] = {
	    {"customer:C7 kind:spam_bot", "C7", INCIDENT_SPAM_BOT, -1, 0, true,
		0},
	    {"a (state:open since:1h)", NULL, -1, INCIDENT_OPEN,
		NOW_US - HOUR_US, false, 0},
	    {"since:1h since:2h", NULL, -1, -1, NOW_US - HOUR_US, true, 0},
	    {"customer:C7 OR kind:spam_bot", NULL, -1, -1, 0, false, 0},
	    {"-customer:C7", NULL, -1, -1, 0, false, 0},
	    {"customer<>C7 kind<>spam_bot", NULL, -1, -1, 0, false, 0},
	    {"", NULL, -1, -1, 0, true, 0},
	    {"score>20 kind:spam_bot", NULL, INCIDENT_SPAM_BOT, -1, 0, true,
		20001},
	    {"score>=20 score>=7.5", NULL, -1, -1, 0, true, 20000},
	    {"score<20", NULL, -1, -1, 0, false, 0},
	    {"last>1h last>=2h", NULL, -1, -1, NOW_US - HOUR_US + 1, true, 0},
	    {"score>-1", NULL, -1, -1, 0, false, 0},
	    {"kind:spam_bot kind:bot_burst", NULL, INCIDENT_SPAM_BOT, -1, 0,
		false, 0},
	};
	struct filter_error e;

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		struct read_range r = {.state = -1, .kind = -1};

		assert_int_equal(filter_parse(&filter, &filter_incident,
				     cases[n].text, NOW_US, false, &e),
		    0);
		assert_true(filter_narrow(&filter, &r));
		/* What the range alone does not say. */
		assert_int_equal(r.where == NULL, cases[n].whole);
		assert_int_equal(r.least_milli, cases[n].least_milli);
		if (cases[n].customer)
			assert_string_equal(r.customer, cases[n].customer);
		else
			assert_null(r.customer);
		assert_int_equal(r.kind, cases[n].kind);
		assert_int_equal(r.state, cases[n].state);
		assert_int_equal(r.since_us, cases[n].since_us);
	}
}

static void numbers_bound_what_the_store_reads(void **state)
{
	static const struct {
		const char *text;
		enum incident_number number;
		bool bounded;
		int64_t least, most;
	} cases[] = {
	    {"id:I12", INCIDENT_NUMBER_ID, true, 12, 12},
	    {"id>5 id<=9", INCIDENT_NUMBER_ID, true, 6, 9},
	    {"peak>=7.5", INCIDENT_NUMBER_PEAK, true, 7500, INT64_MAX},
	    {"servers<3", INCIDENT_NUMBER_SERVERS, true, INT64_MIN, 2},
	    {"spoofed>0 a", INCIDENT_NUMBER_SPOOFED, true, 1, INT64_MAX},
	    {"opened>=1h", INCIDENT_NUMBER_OPENED, true, NOW_US - HOUR_US,
		INT64_MAX},
	    {"id<>5", INCIDENT_NUMBER_ID, false, 0, 0},
	    {"-id:5", INCIDENT_NUMBER_ID, false, 0, 0},
	    {"id:5 OR id:6", INCIDENT_NUMBER_ID, false, 0, 0},
	};
	struct filter_error e;

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		struct read_range r = {.state = -1, .kind = -1};
		int id = (int)cases[n].number;

		assert_int_equal(filter_parse(&filter, &filter_incident,
				     cases[n].text, NOW_US, false, &e),
		    0);
		assert_true(filter_narrow(&filter, &r));
		assert_non_null(r.where);
		assert_int_equal(
		    r.bounded, cases[n].bounded ? UINT32_C(1) << id : 0);
		if (!cases[n].bounded)
			continue;
		assert_int_equal(r.bounds[id].least, cases[n].least);
		assert_int_equal(r.bounds[id].most, cases[n].most);
	}
}

static void the_caret_stands_below(void **state)
{
	struct filter_error e;
	char shown[16384];
	const char *text = "a\x01 kindd:x";

	(void)state;
	assert_int_equal(
	    filter_parse(&filter, &filter_incident, text, 0, false, &e), -1);
	assert_string_equal(filter_caret(text, &e, shown, sizeof(shown)),
	    "a\\x01 kindd:x\n      ^");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(terms_hold_or_do_not),
	    cmocka_unit_test(an_error_points_at_the_character),
	    cmocka_unit_test(too_much_is_said),
	    cmocka_unit_test(addresses_are_asked_by_prefix),
	    cmocka_unit_test(the_store_reads_no_more_than_it_must),
	    cmocka_unit_test(numbers_bound_what_the_store_reads),
	    cmocka_unit_test(the_caret_stands_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
