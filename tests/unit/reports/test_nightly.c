/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include <dirent.h>

static char *read_whole(const char *path)
{
	char *s = calloc(1, 1 << 18);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_non_null(s);
	assert_true(fread(s, 1, (1 << 18) - 1, f) > 0);
	fclose(f);
	return s;
}

static char *report(const char *day, const char *suffix)
{
	char line[256], path[256];

	snprintf(line, sizeof(line), "report nightly --date %s --out %s/r/n",
	    day, fx->dir);
	assert_code(sekisho(line), CLI_OK);
	snprintf(
	    path, sizeof(path), "%s/r/n/nightly-%s.%s", fx->dir, day, suffix);
	assert_has(fx->out, path);
	return read_whole(path);
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

/* Columns of the widest line, a character one or (over U+1100) two. */
static int widest(const char *s)
{
	int best = 0, w = 0;

	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '\n')
			w = 0;
		else if ((c & 0xc0) != 0x80)
			w += c >= 0xe3 ? 2 : 1;
		if (w > best)
			best = w;
	}
	return best;
}

static void the_text_says_what_the_store_holds(void **state)
{
	static const char *const parts[] = {
	    "Sekisho nightly report 2026-11-24, Example Net\n",
	    "  2 new incidents, 2 blocks. 1 could not be enforced: see 5. 1 "
	    "open\n"
	    "    without a block needs a person: see 4.\n",
	    "  1 h 30 min captured of 24 h (taps together).\n",
	    "  Privacy tier: domains. Legal basis: test\n",
	    "  subscribers on 25                                       3\n",
	    "  incidents opened                                        2\n"
	    "    7-day median 0, change +2\n"
	    "    $ sekisho incident list --since 2026-11-24 --until 2026-11-25 "
	    "\\\n        --opened\n",
	    "  incidents open                                          3\n"
	    "    $ sekisho incident list --open-at 2026-11-25\n",
	    "  blocks by detector                                      2\n",
	    "  repeat blocks                                           1\n",
	    "  blocks in force                                         1\n",
	    "  By class of line:\n  dynamic\n"
	    "  subscribers on 25                                       2\n",
	    "  wholesale (users of other providers)\n"
	    "  subscribers on 25                                       1\n",
	    "    $ sekisho incident list --since 2026-11-24 --until 2026-11-25 "
	    "\\\n        --opened --class wholesale\n"
	    "  blocks                                                  0\n",
	    "  On lines of other providers (wholesale), for these to act on:\n"
	    "  I3 blocked_attempts, customer C",
	    "  2 own line to another's server (OP25B)              1,234\n",
	    "  I2 spam_bot, customer C2 (dynamic line)\n"
	    "    2026-11-24T02:00Z to 2026-11-24T02:01Z, now open\n"
	    "    20 refused mails\n"
	    "    Action: no decision in force\n"
	    "    $ sekisho explain I2\n",
	    "    I1 C1 spam_bot since 2026-11-23T23:00Z\n",
	    "  edge: 0 delivered, 0 pending, 1 failed for good\n"
	    "    last error: router r1 does not answer\n",
	    "  mails with a forged sender domain                      15\n",
	    "  bank.example: 6 mails, 2 customers\n",
	    "  \\x1b[31mred.example: 5 mails, 2 customers\n",
	    "  other: 4 mails\n",
	    "  mails over the size limit                               1\n"
	    "    of 1 customer\n",
	    "  Policy hash: 0123456789abcdef\n",
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

static void the_json_says_the_same(void **state)
{
	char *s, *again;
	json_t *j, *n;

	(void)state;
	fill();
	s = report("2026-11-24", "json");
	j = parsed(s);
	n = json_object_get(j, "numbers");
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(n, "incidents_opened"), "value")),
	    2);
	assert_int_equal(json_array_size(json_object_get(j, "incidents")), 2);
	assert_int_equal(json_integer_value(json_object_get(
			     json_object_get(j, "spoofed"), "other_messages")),
	    4);
	json_decref(j);
	assert_null(strstr(s, "few.example"));
	/* The same store gives the same bytes. */
	again = report("2026-11-24", "json");
	assert_string_equal(s, again);
	free(again);
	free(s);
}

/* Under a number stands the line that gives it. */
static int try_commands(json_t *numbers)
{
	json_t *number;
	const char *name;
	int tried = 0;

	json_object_foreach(numbers, name, number)
	{
		const char *command =
		    json_string_value(json_object_get(number, "command"));
		char line[512];
		json_t *list;

		if (!command) /* the name of the class */
			continue;
		assert_has(command, "sekisho ");
		if (strchr(command, '|'))
			continue;
		snprintf(line, sizeof(line), "%s -o json",
		    command + strlen("sekisho "));
		assert_code(sekisho(line), CLI_OK);
		list = parsed(fx->out);
		if (json_integer_value(json_object_get(list, "total")) !=
		    json_integer_value(json_object_get(number, "value")))
			fail_msg("%s: %s gives %s", name, command, fx->out);
		json_decref(list);
		tried++;
	}
	return tried;
}

static void the_commands_give_the_numbers(void **state)
{
	char *s;
	json_t *j, *classes, *class;
	size_t i;

	(void)state;
	fill();
	s = report("2026-11-24", "json");
	j = parsed(s);
	assert_int_equal(try_commands(json_object_get(j, "numbers")), 10);
	classes = json_object_get(j, "classes");
	assert_int_equal(json_array_size(classes), 2);
	json_array_foreach(classes, i, class)
	{
		assert_int_equal(try_commands(class), 2);
	}
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
	assert_has(s, "0 new incidents, 0 blocks. No traffic was captured");
	assert_has(s, "No new incident.");
	assert_has(s, "8 Method");
	free(s);
	s = report("2025-01-01", "json");
	json_decref(parsed(s));
	free(s);
}

static void nothing_half_written_is_left(void **state)
{
	char line[256], path[128];
	struct dirent *e;
	int files = 0;
	DIR *d;

	(void)state;
	free(report("2025-01-01", "txt"));
	snprintf(path, sizeof(path), "%s/r/n", fx->dir);
	d = opendir(path);
	assert_non_null(d);
	while ((e = readdir(d)))
		files += e->d_name[0] != '.';
	closedir(d);
	assert_int_equal(files, 2);
	/* A directory that is a file. */
	snprintf(
	    line, sizeof(line), "report nightly --date today --out %s", fx->db);
	assert_code(sekisho(line), CLI_FAILED);
	assert_has(fx->err, "--out");
	assert_code(sekisho("report nightly --date today --out /proc/none"),
	    CLI_FAILED);
	assert_has(fx->err, "/proc/none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(the_text_says_what_the_store_holds),
	    REPORTS_TEST(the_json_says_the_same),
	    REPORTS_TEST(the_commands_give_the_numbers),
	    REPORTS_TEST(at_a_lower_tier_no_name_is_printed),
	    REPORTS_TEST(an_empty_night_gives_a_report),
	    REPORTS_TEST(nothing_half_written_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
