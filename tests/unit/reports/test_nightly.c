/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/nightly.h"

#include <dirent.h>

#include "reports/nightly/page.h"
#include "store/sample.h"

/* A configuration in the fixture's folder; returns " -c PATH". */
static const char *conf(const char *text)
{
	static char option[128];
	FILE *f;

	snprintf(option, sizeof(option), " -c %s/t.conf", fx->dir);
	f = fopen(option + 4, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return option;
}

static void spoof(struct db *db, const char *domain, int messages)
{
	for (int i = 0; i < messages; i++) {
		struct observation o = {.kind = OBS_TRANSACTION,
		    .ts_us = DAY_US + HOUR_US + i,
		    .start_us = DAY_US + HOUR_US + i,
		    .traffic_case = 2,
		    .server_port = 25,
		    .line_class = CLASS_DYNAMIC,
		    .tier = PRIVACY_DOMAINS,
		    .label = LABEL_SPF_FAIL,
		    .verdict = VERDICT_SPOOFED};

		strcpy(o.customer, i % 2 ? "C1" : "C2");
		snprintf(o.mail_from, sizeof(o.mail_from), "%s", domain);
		must_write(db, write_observation(db, &o));
	}
}

static void fill(void)
{
	struct db *db = open_fixture(DB_WRITE);
	struct incident i[3] = {fixed_incident(1, "C1"),
	    fixed_incident(2, "C2"), fixed_incident(3, "C2")};
	struct decision d[3] = {
	    fixed_decision(1, "C1", DAY_US + HOUR_US, DAY_US + 48 * HOUR_US),
	    fixed_decision(2, "C2", DAY_US - HOUR_US, DAY_US + HOUR_US),
	    fixed_decision(
		3, "C2", DAY_US + 2 * HOUR_US, DAY_US + 3 * HOUR_US)};
	struct delivery sent = {.decision_seq = 1, .created_us = DAY_US + 1};
	struct observation big = {.kind = OBS_TRANSACTION,
	    .ts_us = DAY_US + 1,
	    .start_us = DAY_US + 1,
	    .traffic_case = 2,
	    .server_port = 25,
	    .line_class = CLASS_WHOLESALE,
	    .label = LABEL_OVERSIZE};

	i[0].opened_us = DAY_US - HOUR_US;
	i[2].kind = INCIDENT_BLOCKED_ATTEMPTS;
	i[2].line_class = CLASS_WHOLESALE;
	strcpy(i[1].policy_hash, "0123456789abcdef");
	d[2].step = 2;
	strcpy(big.customer, "C3");
	must_write(db, db_begin(db));
	for (int n = 0; n < 3; n++)
		must_write(db, write_incident(db, &i[n]));
	for (int n = 0; n < 3; n++)
		must_write(db, write_decision(db, &d[n]));
	must_write(db, write_observation(db, &big));
	spoof(db, "bank.example", 6);
	spoof(db, "few.example", 4);
	spoof(db, "\033[31mred.example", 5);
	must_write(db, write_counter(db, DAY_US, "case2", 1234));
	must_write(db, write_counter(db, DAY_US, "records", 2000));
	must_write(db, write_counter(db, DAY_US, "capture_seconds", 5400));
	must_write(db, db_commit(db));
	strcpy(sent.driver, "edge");
	strcpy(sent.op, "block");
	strcpy(sent.event, "new");
	strcpy(sent.state, "dead");
	strcpy(sent.error, "router r1 does not answer");
	must_write(db, write_delivery(db, &sent));
	db_close(db);
}

static int widest(char *s)
{
	int best = 0;

	for (char *line = strtok(s, "\n"); line; line = strtok(NULL, "\n")) {
		int w = page_width(line, strlen(line));

		best = w > best ? w : best;
	}
	return best;
}

static void the_text_says_what_the_store_holds(void **state)
{
	static const char *const parts[] = {
	    "Sekisho: Nightly report 2026-11-24, Example Net\n",
	    "  2 incidents, 2 blocks, capture 6.2 %. Orders that no driver "
	    "carried\n"
	    "    out: 1; see 6. Open incidents without a block that need a "
	    "person: 1;\n    see 4.\n",
	    "  incidents that need a person                                   "
	    "    1\n",
	    "  capture: 6.2 %: 1 h 30 min of 24 h (UTC); taps in the log: 0\n",
	    "  privacy tier: domains\n  legal basis: test\n  mode: enforce\n",
	    "  subscribers on port 25 to other networks                       "
	    "    3\n",
	    "  incidents opened                                               "
	    "    2\n    7-day median 0, change +2\n"
	    "    $ sekisho incident list --since 2026-11-24T00:00:00Z --until "
	    "\\\n        2026-11-25T00:00:00Z --opened -o ids | wc -l\n",
	    "  incidents open at the end                                      "
	    "    3\n    7-day median 0, change +3\n",
	    "  dynamic: subscribers on port 25                                "
	    "    2\n",
	    "  wholesale: incidents opened                                    "
	    "    1\n",
	    "  2 own line to another's server (OP25B)                         "
	    "   16\n",
	    "  (incident, kind, customer)\n  I2, spam bot, C2\n"
	    "    class: dynamic; first seen: 2026-11-24 02:00 +00:00; last "
	    "seen:\n      2026-11-24 02:01 +00:00; state: open; evidence: 20 "
	    "refused mails;\n      action: no decision in force; age: 22 h 00 "
	    "min\n    $ sekisho explain I2\n",
	    "  On lines of other providers (wholesale), for these to act on:\n",
	    "  I1, spam bot, C1\n    first seen: 2026-11-23 23:00 +00:00; age: "
	    "1 d 1 h\n",
	    "  D3, C2, 2026-11-24 02:00 +00:00\n    step: 2; ended before: -\n",
	    "  edge: orders failed for good                                   "
	    "    1\n",
	    "  edge: last error: router r1 does not answer\n",
	    "  mails with a forged sender domain                              "
	    "   15\n",
	    "  bank.example, 6, 2\n",
	    "  \\x1b[31mred.example, 5, 2\n",
	    "  mails over the size limit                                      "
	    "    1\n",
	    "  policy hash: 0123456789abcdef\n",
	    "\n8 Quality\n",
	    "\n10 Method\n",
	};
	char *s;

	(void)state;
	fill();
	s = report("2026-11-24", "txt");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_has(s, parts[i]);
	assert_null(strstr(s, "few.example"));
	assert_null(strchr(s, '\033'));
	assert_true(widest(s) <= 72);
	free(s);
}

static json_t *section(json_t *j, const char *name, const char *group)
{
	return json_object_get(
	    json_object_get(json_object_get(j, "sections"), name), group);
}

static int64_t value(json_t *j, const char *name, const char *key)
{
	json_t *v = json_object_get(
	    json_object_get(section(j, name, "values"), key), "value");

	if (!json_is_integer(v))
		fail_msg("%s.%s is no number", name, key);
	return json_integer_value(v);
}

static void the_json_says_the_same(void **state)
{
	char *s, *again;
	json_t *j;

	(void)state;
	fill();
	s = report("2026-11-24", "json");
	j = parsed(s);
	assert_int_equal(json_integer_value(json_object_get(j, "schema")), 2);
	assert_int_equal(json_object_size(json_object_get(j, "sections")), 10);
	assert_int_equal(value(j, "numbers", "incidents_opened"), 2);
	assert_int_equal(value(j, "numbers", "blocks_in_force"), 1);
	assert_int_equal(value(j, "spoofed", "other_messages"), 4);
	assert_int_equal(value(j, "enforcement", "orders_dead"), 1);
	assert_int_equal(json_array_size(json_object_get(
			     section(j, "incidents", "tables"), "incidents")),
	    1);
	json_decref(j);
	assert_null(strstr(s, "few.example"));
	/* The same store gives the same bytes. */
	again = report("2026-11-24", "json");
	assert_string_equal(s, again);
	free(again);
	free(s);
}

/* In a zone east of us the day begins and ends earlier. */
static void a_day_is_of_the_zone_that_was_configured(void **state)
{
	const char *option =
	    conf("report { time_zone = \"Asia/Tokyo\" language = \"ja\" }\n");
	char *s;
	json_t *j;

	(void)state;
	if (access("/usr/share/zoneinfo/Asia/Tokyo", R_OK) != 0) {
		print_message("no time zones on this machine: skipped\n");
		skip();
	}
	fill();
	/* I1 of 23:00Z of the day before is of the 24th there. */
	s = report_with("2026-11-24", "nightly", "json", option);
	j = parsed(s);
	assert_int_equal(value(j, "numbers", "incidents_opened"), 3);
	assert_string_equal(json_string_value(json_object_get(j, "since")),
	    "2026-11-23T15:00:00Z");
	assert_string_equal(json_string_value(json_object_get(j, "until")),
	    "2026-11-24T15:00:00Z");
	json_decref(j);
	free(s);
	s = report_with("2026-11-24", "nightly", "txt", option);
	assert_has(s, "インシデント 3 件、規制 3 件");
	assert_has(s, "2026-11-24 08:00 +09:00");
	assert_true(widest(s) <= 72);
	free(s);
}

static void held(struct db *db, const char *driver, int from_min, int to_min,
    int64_t missing, int64_t worst, bool after_hole)
{
	const int64_t minute_us = INT64_C(60000000);
	struct enforcer_sample s = {.first_us = DAY_US + from_min * minute_us,
	    .last_us = DAY_US + to_min * minute_us,
	    .lists = 2,
	    .wanted = 5,
	    .held = 5 - missing,
	    .missing = missing,
	    .worst = worst,
	    .after_hole = after_hole};

	snprintf(s.driver, sizeof(s.driver), "%s", driver);
	must_write(db, write_sample(db, &s));
}

/* "driver: worst began ended lasted". */
static const char *gap(json_t *j, size_t i)
{
	static char text[256];
	json_t *row = json_array_get(
	    json_object_get(section(j, "enforcement", "tables"), "gaps"), i);
	const char *driver, *worst, *began, *ended, *lasted;

	if (json_unpack(row, "{s:s, s:s, s:s, s:s, s:s}", "driver", &driver,
		"worst", &worst, "began", &began, "ended", &ended, "lasted",
		&lasted) != 0)
		fail_msg("no row %zu of gaps", i);
	snprintf(text, sizeof(text), "%s: %s %.16s %.16s %s", driver, worst,
	    began, ended, lasted);
	return text;
}

static void the_worst_gap_of_each_driver_is_told(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	json_t *j;
	char *s;

	(void)state;
	/* Put right within the minute, later one as bad that lasts longer, then
	 * a smaller one for hours. */
	held(db, "a", 10, 11, 0, 4, false);
	held(db, "a", 30, 35, 4, 4, false);
	held(db, "a", 40, 40, 1, 3, false);
	held(db, "a", 42, 90, 0, 0, false);
	held(db, "a", 95, 900, 1, 1, false);
	held(db, "a", 905, 906, 0, 0, false);
	/* From the day before, when it was worse, into this one. */
	held(db, "b", -90, -30, 2, 9, false);
	held(db, "b", 125, 126, 0, 0, false);
	/* Lost while it was there; then there until the end. */
	held(db, "c", 100, 200, 3, 3, false);
	held(db, "c", 400, 401, 0, 0, true);
	held(db, "d", 1400, 1500, 2, 2, false);
	held(db, "e", 0, 1430, 0, 0, false);
	db_close(db);
	s = report("2026-11-24", "json");
	j = parsed(s);
	assert_int_equal(value(j, "enforcement", "worst_gap"), 4);
	assert_string_equal(
	    gap(j, 0), "a: 4 2026-11-24 00:30 2026-11-24 00:42 12 min");
	assert_string_equal(
	    gap(j, 1), "b: 2 2026-11-24 00:00 2026-11-24 02:05 2 h 05 min");
	assert_string_equal(gap(j, 2), "c: 3 2026-11-24 01:40 - 100 min");
	assert_string_equal(gap(j, 3), "d: 2 2026-11-24 23:20 - 40 min");
	assert_string_equal(gap(j, 4), "e: 0 - - -");
	json_decref(j);
	free(s);
	s = report("2026-11-24", "txt");
	assert_has(s, "enforce history a --since 2026-11-24T00:00:00Z");
	assert_has(s, "12 min");
	free(s);
}

static void outside_nothing_small_or_personal_is_told(void **state)
{
	static const char *const secrets[] = {"C1", "C2", "C3", "192.0.2.7",
	    "router r1", "edge", "I1", "D1", "refused mails", "sekisho "};
	static const char *const suffixes[] = {"txt", "html", "csv", "json"};
	struct db *db;
	char *s;
	json_t *j;

	(void)state;
	fill();
	db = open_fixture(DB_WRITE);
	must_write(db, db_begin(db));
	spoof(db, "192.0.2.7", 9);
	must_write(db, db_commit(db));
	db_close(db);
	for (size_t f = 0; f < 4; f++) {
		s = report_with(
		    "2026-11-24", "public", suffixes[f], " --public");
		for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]);
		     i++)
			if (strstr(s, secrets[i]))
				fail_msg("%s is in the %s form", secrets[i],
				    suffixes[f]);
		assert_has(s, "bank.example");
		free(s);
	}
	s = report_with("2026-11-24", "public", "json", " --public");
	j = parsed(s);
	assert_true(json_is_null(
	    json_object_get(json_object_get(section(j, "numbers", "values"),
				"incidents_opened"),
		"value")));
	assert_int_equal(value(j, "spoofed", "spoofed_messages"), 24);
	/* The address was taken for no domain. */
	assert_int_equal(value(j, "spoofed", "other_messages"), 13);
	json_decref(j);
	free(s);
}

static void at_a_lower_tier_no_name_is_printed(void **state)
{
	struct db *db;
	char *s;

	(void)state;
	fill();
	db = open_fixture(DB_WRITE);
	must_write(db, db_begin(db));
	must_write(db, write_meta(db, "privacy_tier", "envelope"));
	must_write(db, db_commit(db));
	db_close(db);
	s = report("2026-11-24", "txt");
	assert_null(strstr(s, "bank.example"));
	assert_has(s, "Names are kept at privacy tier domains only.");
	free(s);
	s = report("2026-11-24", "json");
	assert_null(strstr(s, "bank.example"));
	free(s);
}

static void an_empty_night_gives_a_report(void **state)
{
	char *s;

	(void)state;
	s = report("2025-01-01", "txt");
	assert_has(s, "0 incidents, 0 blocks, capture 0.0 %. No traffic was");
	assert_has(s, "No new incident.");
	assert_has(s, "10 Method");
	free(s);
	s = report("2025-01-01", "json");
	json_decref(parsed(s));
	free(s);
}

static void a_quiet_night_says_that_all_was_seen(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	char *s;

	(void)state;
	must_write(db, db_begin(db));
	must_write(db, write_counter(db, DAY_US, "capture_seconds", 86400));
	must_write(db, db_commit(db));
	db_close(db);
	s = report("2026-11-24", "txt");
	assert_has(s,
	    "0 incidents, 0 blocks, capture 100.0 %. Nothing needs a person.");
	free(s);
}

static int files_in(const char *path, const char *suffix)
{
	struct dirent *e;
	int files = 0;
	DIR *d = opendir(path);

	assert_non_null(d);
	while ((e = readdir(d)))
		files += strcmp(e->d_name, ".") != 0 &&
			 strcmp(e->d_name, "..") != 0 &&
			 strncmp(e->d_name, suffix, strlen(suffix)) == 0;
	closedir(d);
	return files;
}

static void nothing_half_written_is_left(void **state)
{
	char line[256], path[128];

	(void)state;
	free(report("2025-01-01", "txt"));
	free(report("2025-01-01", "txt"));
	snprintf(path, sizeof(path), "%s/r/n", fx->dir);
	/* .lock, the folder, the time stamp. */
	assert_int_equal(files_in(path, ""), 3);
	snprintf(path, sizeof(path), "%s/r/n/nightly-2025-01-01", fx->dir);
	assert_int_equal(files_in(path, "nightly-"), 4);
	/* A directory that is a file. */
	snprintf(
	    line, sizeof(line), "report nightly --date today --out %s", fx->db);
	assert_code(sekisho(line), CLI_FAILED);
	assert_has(fx->err, "--out");
	assert_code(sekisho("report nightly --date today --out /proc/none"),
	    CLI_FAILED);
	assert_has(fx->err, "/proc/none");
}

static void the_metrics_can_read_when_it_was(void **state)
{
	char path[128], *s;

	(void)state;
	free(report("2025-01-01", "txt"));
	snprintf(path, sizeof(path), "%s/r/n/sekisho-report.prom", fx->dir);
	s = read_whole(path);
	assert_has(s, "\nsekisho_last_report_timestamp_seconds 1");
	assert_int_equal(s[strlen(s) - 1], '\n');
	free(s);
}

static void wrong_settings_are_told(void **state)
{
	static const struct {
		const char *conf, *options, *says;
	} cases[] = {
	    {"report { time_zone = \"Mars/Olympus\" }\n", "", "no such zone"},
	    {"report { time_zone = \"../../etc/passwd\" }\n", "",
		"no such zone"},
	    {"report { language = \"fr\" }\n", "", "give en or ja"},
	    {"", " --mail", "mail_to"},
	    {"report { mail_to = \"a@b.example\" }\n", " --mail", "mail_from"},
	    {"report { mail_to = \"a@b.example,c\" }\n", " --mail", "mail_to"},
	    {"report { mail_to = \"a@b.example\" mail_from = "
	     "\"x@y.example\" }\n",
		" --mail --public", "--public"},
	};
	char line[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(line, sizeof(line),
		    "report nightly --date 2026-11-24 --out %s/w%s%s", fx->dir,
		    conf(cases[i].conf), cases[i].options);
		assert_code(sekisho(line), CLI_USAGE);
		assert_has(fx->err, cases[i].says);
	}
	assert_code(
	    sekisho("report nightly --date 2026-02-30 --out x"), CLI_USAGE);
	assert_has(fx->err, "2026-02-30");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(the_text_says_what_the_store_holds),
	    REPORTS_TEST(the_json_says_the_same),
	    REPORTS_TEST(a_day_is_of_the_zone_that_was_configured),
	    REPORTS_TEST(the_worst_gap_of_each_driver_is_told),
	    REPORTS_TEST(outside_nothing_small_or_personal_is_told),
	    REPORTS_TEST(at_a_lower_tier_no_name_is_printed),
	    REPORTS_TEST(an_empty_night_gives_a_report),
	    REPORTS_TEST(a_quiet_night_says_that_all_was_seen),
	    REPORTS_TEST(nothing_half_written_is_left),
	    REPORTS_TEST(the_metrics_can_read_when_it_was),
	    REPORTS_TEST(wrong_settings_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
