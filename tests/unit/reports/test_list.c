/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include "store/enforcement.h"

static void fill(void)
{
	struct db *db = open_fixture(DB_WRITE);
	struct incident i[3] = {fixed_incident(1, "C1"),
	    fixed_incident(2, "C2"), fixed_incident(3, "C1")};
	struct decision d[2] = {
	    fixed_decision(1, "C1", DAY_US + HOUR_US, DAY_US + 3 * HOUR_US),
	    fixed_decision(2, "C2", DAY_US + 2 * HOUR_US, 0)};
	struct delivery sent = {.decision_seq = 1, .created_us = DAY_US};

	i[1].kind = INCIDENT_BOT_BURST;
	i[1].state = INCIDENT_CLOSED;
	i[1].closed_as = CLOSED_QUIET;
	i[1].closed_us = DAY_US + 20 * HOUR_US;
	strcpy(i[2].summary, "\033[2Jgone");
	d[0].incident_id = 1;
	d[1].cause = CAUSE_MANUAL;
	d[1].step = 0;
	must_write(db, db_begin(db));
	for (int n = 0; n < 3; n++)
		must_write(db, write_incident(db, &i[n]));
	for (int n = 0; n < 2; n++)
		must_write(db, write_decision(db, &d[n]));
	must_write(db, db_commit(db));
	strcpy(sent.driver, "edge");
	strcpy(sent.op, "block");
	strcpy(sent.event, "new");
	strcpy(sent.state, "dead");
	must_write(db, write_delivery(db, &sent));
	db_close(db);
}

static int count_items(const char *line)
{
	char words[256];
	json_t *j;
	int n;

	snprintf(words, sizeof(words), "%s -o json", line);
	assert_code(sekisho(words), CLI_OK);
	j = parsed(fx->out);
	n = (int)json_array_size(json_object_get(j, "items"));
	assert_int_equal(json_integer_value(json_object_get(j, "total")), n);
	assert_true(json_is_null(json_object_get(j, "next_cursor")));
	json_decref(j);
	return n;
}

static void filters_choose_rows(void **state)
{
	static const struct {
		const char *line;
		int rows;
	} cases[] = {
	    {"lease list", 4},
	    {"lease list --customer C1", 1},
	    {"lease list --customer nobody", 0},
	    {"lease list --customer C3 --at 2026-11-24", 1},
	    {"incident list", 3},
	    {"incident list --customer C1", 2},
	    {"incident list --customer nobody", 0},
	    {"incident list --state closed", 1},
	    {"incident list --state fp", 0},
	    {"incident list --state ack", 0},
	    {"incident list --kind bot_burst", 1},
	    {"incident list --kind spam_bot --state closed", 0},
	    {"incident list --since 2026-11-24T02:30:00Z", 1},
	    {"incident list --until 2026-11-24T02:30:00Z", 2},
	    {"incident list --since 2026-11-24 --until 2026-11-25 --opened", 3},
	    {"incident list --since 2026-11-24T10:00:00Z --closed", 1},
	    {"incident list --ip 192.0.2.7", 2},
	    {"incident list --ip 192.0.2.0/24 --kind bot_burst", 1},
	    {"incident list --ip 192.0.2.7 --customer C2", 0},
	    {"incident list --ip 203.0.113.1", 0},
	    {"incident list --domain spoofed.example", 0},
	    {"incident list --min-score 1000", 0},
	    {"incident list --min-score 0", 3},
	    {"incident list --open-at 2026-11-25", 2},
	    {"incident list --open-at 2026-11-24T19:00:00Z", 3},
	    {"decision list", 2},
	    {"decision list --customer C2", 1},
	    {"decision list --cause manual", 1},
	    {"decision list --action allow", 0},
	    {"decision list --repeats", 0},
	    {"decision list --in-force --at 2026-11-24T02:30:00Z", 2},
	    {"decision list --in-force --at 2026-11-24T04:00:00Z", 1},
	    {"decision list --in-force --at 2026-11-24T00:30:00Z", 0},
	    {"hook list", 1},
	    {"hook list --state dead", 1},
	    {"hook list --state pending", 0},
	    {"hook list --driver other", 0},
	    {"observation list", 0},
	};

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int n = count_items(cases[i].line);

		if (n != cases[i].rows)
			print_error("%s\n", cases[i].line);
		assert_int_equal(n, cases[i].rows);
	}
}

static void a_decision_has_its_fields_in_order(void **state)
{
	(void)state;
	fill();
	assert_code(sekisho("decision show D1 -o json"), CLI_OK);
	assert_string_equal(fx->out,
	    "{\"id\":\"D1\",\"seq\":1,\"customer\":\"C1\",\"class\":"
	    "\"dynamic\",\"action\":\"block\",\"cause\":\"detector\","
	    "\"since\":\"2026-11-24T01:00:00.000000Z\",\"until\":"
	    "\"2026-11-24T03:00:00.000000Z\",\"incident\":\"I1\",\"ends\":null,"
	    "\"step\":1,\"mode\":\"enforce\",\"policy_hash\":\"\",\"reason\":"
	    "\"\",\"targets\":[\"192.0.2.7/32\"]}\n");
	assert_code(sekisho("decision show 2 -o csv"), CLI_OK);
	assert_has(fx->out,
	    "id,seq,customer,class,action,cause,since,until,incident,ends,"
	    "step,mode,policy_hash,reason,targets\r\nD2,2,C2,dynamic,block,"
	    "manual,2026-11-24T02:00:00.000000Z,,,,0,enforce,,,");
}

static void an_incident_has_its_fields_in_order(void **state)
{
	(void)state;
	fill();
	assert_code(sekisho("incident show i1 -o json"), CLI_OK);
	assert_string_equal(fx->out,
	    "{\"id\":\"I1\",\"kind\":\"spam_bot\",\"customer\":\"C1\","
	    "\"class\":\"dynamic\",\"state\":\"open\",\"closed_as\":null,"
	    "\"opened\":\"2026-11-24T01:00:00.000000Z\",\"last\":"
	    "\"2026-11-24T01:01:00.000000Z\",\"closed\":null,\"observations\":"
	    "10,\"servers\":7,\"unknown_users\":3,\"blocklisted\":0,"
	    "\"spoofed\":0,\"score_milli\":9300,\"peak_milli\":9400,"
	    "\"summary\":\"10 refused mails\",\"policy_hash\":\"\","
	    "\"decisions\":[\"D1\"],"
	    "\"actions\":null,\"complaints\":[]}\n");
}

/* Two rows in pages of one. */
static void deliveries_go_on_where_a_page_ended(void **state)
{
	struct delivery sent = {.decision_seq = 2, .created_us = DAY_US};
	struct db *db;

	(void)state;
	fill();
	db = open_fixture(DB_WRITE);
	strcpy(sent.driver, "edge");
	strcpy(sent.state, "done");
	must_write(db, write_delivery(db, &sent));
	db_close(db);
	assert_code(sekisho("hook list --limit 1 -o ids"), CLI_OK);
	assert_string_equal(fx->out, "1\n");
	assert_has(
	    fx->err, "showing 1 of more (--all, --count, or --cursor 1)");
	assert_code(sekisho("hook list --limit 1 --cursor 1 -o ids"), CLI_OK);
	assert_string_equal(fx->out, "2\n");
	assert_string_equal(fx->err, "");
	assert_code(sekisho("hook list --limit 1 --count -o json"), CLI_OK);
	assert_has(fx->out, "\"next_cursor\":\"1\",\"total\":2");
	assert_code(
	    sekisho("hook list --limit 1 --cursor 1 --count -o json"), CLI_OK);
	assert_has(fx->out, "\"next_cursor\":null,\"total\":2");
	assert_code(sekisho("hook list --cursor x"), CLI_USAGE);
}

static void a_limit_says_what_it_left_out(void **state)
{
	json_t *j;

	(void)state;
	fill();
	assert_code(sekisho("incident list --limit 1 -o json"), CLI_OK);
	j = parsed(fx->out);
	assert_int_equal(json_array_size(json_object_get(j, "items")), 1);
	assert_int_equal(json_integer_value(json_object_get(j, "total")), 3);
	json_decref(j);
	assert_string_equal(
	    fx->err, "showing 1 of 3 (--all, or --cursor I1)\n");
	assert_code(sekisho("incident list --limit 0"), CLI_OK);
	assert_string_equal(fx->err, "");
}

static void no_escape_reaches_the_terminal(void **state)
{
	(void)state;
	fill();
	assert_code(sekisho("incident list"), CLI_OK);
	assert_null(strchr(fx->out, '\033'));
	assert_has(fx->out, "\\x1b[2Jgone");
}

static void exit_codes_say_what_happened(void **state)
{
	static const struct {
		const char *line;
		int code;
		const char *says;
	} cases[] = {
	    {"incident show I9", CLI_NOT_FOUND, "no incident I9"},
	    {"decision show D9", CLI_NOT_FOUND, "no decision D9"},
	    {"explain D9", CLI_NOT_FOUND, "no decision D9"},
	    {"explain I9", CLI_NOT_FOUND, "no incident I9"},
	    {"explain 9", CLI_USAGE, "I12"},
	    {"incident show D1", CLI_USAGE, "I7"},
	    {"incident show", CLI_USAGE, "ID is missing"},
	    {"incident list extra", CLI_USAGE, "one argument too many"},
	    {"incidnt list", CLI_USAGE, "nearest: sekisho incident list"},
	    {"incident lst", CLI_USAGE, "nearest: sekisho incident list"},
	    {"incident list --stat open", CLI_OK, ""},
	    {"incident list --custmer C1", CLI_USAGE, "nearest: --customer"},
	    {"incident list --state opn", CLI_USAGE, "nearest: open"},
	    {"incident list -o jsom", CLI_USAGE, "nearest: json"},
	    {"incident list --kind bot", CLI_USAGE, "nearest: "},
	    {"incident list --since whenever", CLI_USAGE, "no time"},
	    {"incident list --since 2026-11-24 --until 2026-11-23", CLI_USAGE,
		"swap"},
	    {"incident list --limit -1", CLI_USAGE, "number of rows"},
	    {"incident list -x", CLI_USAGE, "--help"},
	    {"observation list --case 5", CLI_USAGE, "1, 2, 3 or 4"},
	    {"hook list --state lost", CLI_USAGE, "pending, done or dead"},
	    {"who 192.0.2.300", CLI_USAGE, "no IPv4"},
	    {"who 203.0.113.9", CLI_NOT_FOUND, "nobody"},
	    {"block C1", CLI_USAGE, "--reason"},
	    {"block C1 --reason x --ttl soon", CLI_USAGE, "permanent"},
	    {"report nightly --date 2026-11-24", CLI_USAGE, "--out"},
	    {"replay", CLI_USAGE, "FILE"},
	};

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int code = sekisho(cases[i].line);

		if (code != cases[i].code)
			print_error("%s\n", cases[i].line);
		assert_code(code, cases[i].code);
		assert_has(fx->err, cases[i].says);
	}
}

static void errors_are_problems_with_json(void **state)
{
	json_t *j;

	(void)state;
	assert_code(sekisho("-o json"), CLI_USAGE);
	assert_code(sekisho("incident show I9 -o json"), CLI_NOT_FOUND);
	j = parsed(fx->err);
	assert_int_equal(json_integer_value(json_object_get(j, "status")), 404);
	assert_int_equal(
	    json_integer_value(json_object_get(j, "exit_code")), 3);
	assert_string_equal(
	    json_string_value(json_object_get(j, "title")), "Not found");
	json_decref(j);
	assert_string_equal(fx->out, "");
}

static void a_missing_database_is_named(void **state)
{
	(void)state;
	assert_code(sekisho_line("incident list --db /nonexistent/x.db", 0),
	    CLI_FAILED);
	assert_has(fx->err, "/nonexistent/x.db");
	assert_code(
	    sekisho_line("incident list -c /nonexistent/x.conf", 0), CLI_USAGE);
	assert_has(fx->err, "/nonexistent/x.conf");
}

static void who_tells_customer_and_decision(void **state)
{
	json_t *j;

	(void)state;
	fill();
	assert_code(
	    sekisho("who 192.0.2.7 --at 2026-11-24T01:30:00Z -o json"), CLI_OK);
	j = parsed(fx->out);
	assert_string_equal(
	    json_string_value(json_object_get(j, "customer")), "C1");
	assert_string_equal(
	    json_string_value(json_object_get(j, "decision")), "D1");
	assert_string_equal(
	    json_string_value(json_object_get(j, "port25")), "closed");
	json_decref(j);
	assert_code(sekisho("who 192.0.2.130 -o json"), CLI_OK);
	j = parsed(fx->out);
	assert_string_equal(
	    json_string_value(json_object_get(j, "prefix")), "192.0.2.128/29");
	assert_string_equal(
	    json_string_value(json_object_get(j, "port25")), "open");
	assert_true(json_is_null(json_object_get(j, "decision")));
	json_decref(j);
}

static void help_is_everywhere(void **state)
{
	static const char *const lines[] = {"--help", "help", "incident --help",
	    "incident list --help", "incident show -h", "decision list --help",
	    "decision show --help", "explain --help", "block --help",
	    "allow --help", "release --help", "who --help",
	    "observation list --help", "hook list --help",
	    "report nightly --help", "replay --help", "run --help",
	    "config check --help", "config show --help", "status --help"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_code(sekisho_line(lines[i], 0), CLI_OK);
		assert_has(fx->out, "usage: sekisho ");
		assert_has(fx->out,
		    i < 2 ? "examples:\n  sekisho " : "example: sekisho ");
	}
	assert_code(sekisho_line("version", 0), CLI_OK);
	assert_has(fx->out, "sekisho ");
}

static void status_counts(void **state)
{
	json_t *j;

	(void)state;
	assert_code(sekisho("status"), CLI_OK);
	fill();
	/* A dead delivery: something is not as it was decided. */
	assert_code(sekisho("status --date 2026-11-24 -o json"), CLI_FAILED);
	j = parsed(fx->out);
	assert_int_equal(
	    json_integer_value(json_object_get(j, "incidents_open")), 2);
	assert_int_equal(
	    json_integer_value(json_object_get(j, "deliveries_dead")), 1);
	assert_true(json_is_object(json_object_get(j, "counters")));
	json_decref(j);
}

static void assert_ids(const char *line, const char *want)
{
	char words[256];

	snprintf(words, sizeof(words), "%s -o ids", line);
	assert_code(sekisho(words), CLI_OK);
	assert_string_equal(fx->out, want);
}

static void a_list_goes_on_where_it_ended(void **state)
{
	(void)state;
	fill();
	assert_ids("incident list", "I1\nI2\nI3\n");
	assert_ids("incident list --sort -id", "I3\nI2\nI1\n");
	assert_ids("incident list --sort -last --limit 2", "I3\nI2\n");
	assert_has(fx->err, "--cursor ");
	assert_ids("incident list --limit 1 --cursor I1", "I2\n");
	assert_ids("incident list --cursor I3", "");
	assert_string_equal(fx->err, "");
	assert_code(
	    sekisho("incident list --sort -last --limit 2 -o json"), CLI_OK);
	{
		json_t *j = parsed(fx->out);
		char line[160];

		snprintf(line, sizeof(line),
		    "incident list --sort -last --cursor %s",
		    json_string_value(json_object_get(j, "next_cursor")));
		assert_int_equal(
		    json_integer_value(json_object_get(j, "total")), 3);
		json_decref(j);
		assert_ids(line, "I1\n");
	}
	assert_code(sekisho("incident list --cursor x"), CLI_USAGE);
	assert_code(
	    sekisho("incident list --cursor I1 --sort last"), CLI_USAGE);
	assert_code(sekisho("incident list --sort size"), CLI_USAGE);
}

static void a_filter_thins_a_list(void **state)
{
	(void)state;
	fill();
	assert_ids("incident list -q id>1", "I2\nI3\n");
	assert_ids("incident list -q (id:1~OR~id:3)~kind:spam_bot", "I1\nI3\n");
	assert_ids("incident list -q id>1 --limit 1", "I2\n");
	assert_string_equal(
	    fx->err, "showing 1 of more (--all, --count, or --cursor I2)\n");
	assert_ids("incident list -q id>1 --limit 1 --count", "I2\n");
	assert_string_equal(
	    fx->err, "showing 1 of 2 (--all, or --cursor I2)\n");
	assert_ids("incident list -q kind:spam_bot --limit 1", "I1\n");
	assert_string_equal(
	    fx->err, "showing 1 of 2 (--all, or --cursor I1)\n");
	assert_code(sekisho("incident list --ip 192.0.2"), CLI_USAGE);
	assert_code(sekisho("incident list --min-score much"), CLI_USAGE);
	assert_code(sekisho("decision list --cursor I1"), CLI_USAGE);
	assert_ids("decision list --limit 1", "D1\n");
	assert_string_equal(
	    fx->err, "showing 1 of 2 (--all, or --cursor D1)\n");
	assert_ids("decision list --limit 1 --cursor D1", "D2\n");
	assert_string_equal(fx->err, "");
	assert_ids("decision list --cause manual --limit 1 --count", "D2\n");
	assert_code(sekisho("incident list -q state:opn"), CLI_USAGE);
	assert_has(fx->err, "state:opn\n      ^\n");
	assert_has(fx->err, "character 7");
	assert_has(fx->err, "nearest: open");
	assert_code(sekisho("decision list -q stepp:1"), CLI_USAGE);
	assert_code(sekisho("observation list -q spf:maybe"), CLI_USAGE);
	assert_ids("decision list -q id<0", "");
}

static void the_output_is_chosen(void **state)
{
	(void)state;
	fill();
	assert_code(
	    sekisho("incident list --fields state,id --limit 1"), CLI_OK);
	assert_string_equal(fx->out, "state\tid\nopen\tI1\n");
	assert_code(sekisho("incident list --fields stat"), CLI_USAGE);
	assert_has(fx->err, "nearest: state");
	assert_code(
	    sekisho("incident list -q id>99 --fail-empty"), CLI_NOT_FOUND);
	assert_code(sekisho("incident list --color sometimes"), CLI_USAGE);
	assert_code(sekisho("incident list -o table --color always"), CLI_OK);
	assert_has(fx->out, "\x1b[");
	assert_code(sekisho("incident list -o table"), CLI_OK);
	assert_null(strchr(fx->out, '\x1b'));
	assert_code(sekisho("incident list -v --since 2026-11-24"), CLI_OK);
	assert_has(fx->err, "range: 2026-11-24T00:00:00");
}

/* One lease of each kind of place that orders them. */
static void add_many(void)
{
	static const struct {
		const char *prefix, *source;
		uint16_t first, last;
		int64_t from_us;
	} rows[] = {
	    {"192.0.2.7/32", "radius", 0, 0, 2},
	    {"192.0.2.7/32", "radius", 1024, 2047, 1},
	    {"192.0.2.7/32", "radius", 2048, 4095, 1},
	    {"192.0.2.7/32", "dhcp", 2048, 4095, 1},
	    {"192.0.2.0/24", "dhcp", 0, 0, 5},
	    {"2001:db8:1::/64", "dhcp", 0, 0, 5},
	};
	struct db *db = open_fixture(DB_WRITE);
	struct customer_row who[3];
	struct difference d = {.driver = "edge",
	    .kind = "missing",
	    .found_us = DAY_US,
	    .last_us = DAY_US};
	struct observation o = {.kind = OBS_TICK};

	memset(who, 0, sizeof(who));
	must_write(db, db_begin(db));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lease l = {.first_port = rows[i].first,
		    .last_port = rows[i].last,
		    .from_us = rows[i].from_us,
		    .until_us = INT64_MAX};

		assert_int_equal(prefix_parse(&l.prefix, rows[i].prefix), 0);
		strcpy(l.source, rows[i].source);
		strcpy(l.customer, "C1");
		must_write(db, write_lease(db, &l));
	}
	for (int i = 0; i < 3; i++) {
		snprintf(who[i].id, sizeof(who[i].id), "C%d", i);
		who[i].line_class = i == 1 ? CLASS_STATIC : CLASS_DYNAMIC;
		must_write(db, write_difference(db, &d));
		d.id = 0;
	}
	must_write(db, write_customers(db, who, 3));
	/* Rows of two days alternate. */
	for (int i = 0; i < 7; i++) {
		o.ts_us = DAY_US + (i % 2 - 1) * 12 * HOUR_US;
		strcpy(o.customer, i % 3 == 0 ? "C1" : "C2");
		must_write(db, write_observation(db, &o));
	}
	must_write(db, db_commit(db));
	db_close(db);
}

/* Appends the items of a page to all; the cursor that it ends with, or NULL. */
static char *add_page(json_t *all, const char *line)
{
	const char *next;
	char *copy;
	json_t *j;

	assert_code(sekisho(line), CLI_OK);
	j = parsed(fx->out);
	json_array_extend(all, json_object_get(j, "items"));
	next = json_string_value(json_object_get(j, "next_cursor"));
	copy = next ? strdup(next) : NULL;
	json_decref(j);
	return copy;
}

static void pages_make_up_the_list(void **state)
{
	static const char *const lists[] = {"lease list",
	    "lease list --customer C1", "lease list 192.0.2.0/25",
	    "lease list --source radius", "customer list",
	    "customer list --class dynamic", "observation list",
	    "observation list --customer C1", "enforce list", "hook list"};

	(void)state;
	fill();
	add_many();
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (int limit = 1; limit < 4; limit++)
			for (int count = 0; count < 2; count++) {
				const char *more = count ? "--count" : "";
				char line[256], *next = NULL;
				json_t *whole = json_array();
				json_t *paged = json_array();

				if (count &&
				    strcmp(lists[i], "enforce list") == 0)
					more = "";
				snprintf(
				    line, sizeof(line), "%s -o json", lists[i]);
				assert_null(add_page(whole, line));
				assert_true(json_array_size(whole) > 0);
				do {
					snprintf(line, sizeof(line),
					    "%s -o json --limit %d %s %s%s",
					    lists[i], limit, more,
					    next ? "--cursor=" : "",
					    next ? next : "");
					free(next);
					next = add_page(paged, line);
				} while (next);
				if (!json_equal(whole, paged))
					print_error(
					    "%s by %d\n", lists[i], limit);
				assert_true(json_equal(whole, paged));
				json_decref(whole);
				json_decref(paged);
			}
}

static void a_cursor_of_another_list_is_refused(void **state)
{
	static const char *const lines[] = {"lease list --cursor 192.0.2.7",
	    "lease list --cursor 192.0.2.7/32@x@static",
	    "lease list --cursor 192.0.2.7#9-1@5@radius",
	    "observation list --cursor I7", "enforce list --cursor 0",
	    "hook list --cursor D1", "audit list --cursor 7x",
	    "decision list --cursor I1"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_code(sekisho(lines[i]), CLI_USAGE);
		assert_has(fx->err, "--cursor");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(filters_choose_rows),
	    REPORTS_TEST(pages_make_up_the_list),
	    REPORTS_TEST(a_cursor_of_another_list_is_refused),
	    REPORTS_TEST(a_decision_has_its_fields_in_order),
	    REPORTS_TEST(an_incident_has_its_fields_in_order),
	    REPORTS_TEST(deliveries_go_on_where_a_page_ended),
	    REPORTS_TEST(a_limit_says_what_it_left_out),
	    REPORTS_TEST(no_escape_reaches_the_terminal),
	    REPORTS_TEST(exit_codes_say_what_happened),
	    REPORTS_TEST(errors_are_problems_with_json),
	    REPORTS_TEST(a_missing_database_is_named),
	    REPORTS_TEST(who_tells_customer_and_decision),
	    REPORTS_TEST(help_is_everywhere),
	    REPORTS_TEST(status_counts),
	    REPORTS_TEST(a_list_goes_on_where_it_ended),
	    REPORTS_TEST(a_filter_thins_a_list),
	    REPORTS_TEST(the_output_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
