/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#define AT "--at 2026-11-24T02:00:00Z"

static void fill(void)
{
	struct db *db = open_fixture(DB_WRITE);
	struct decision d[4] = {
	    fixed_decision(1, "C1", DAY_US + HOUR_US, DAY_US + 3 * HOUR_US),
	    fixed_decision(2, "C4", DAY_US + HOUR_US, 0),
	    fixed_decision(3, "it's", DAY_US + HOUR_US, 0),
	    fixed_decision(4, "C3", DAY_US + HOUR_US, 0)};

	assert_int_equal(
	    prefix_parse(&d[1].targets[0].prefix, "2001:db8:1::/56"), 0);
	assert_int_equal(
	    prefix_parse(&d[2].targets[0].prefix, "192.0.2.5/32"), 0);
	d[2].targets[0].first_port = 4096;
	d[2].targets[0].last_port = 4335;
	d[3].mode = MODE_MONITOR;
	must_write(db, db_begin(db));
	for (int i = 0; i < 4; i++)
		must_write(db, write_decision(db, &d[i]));
	must_write(db, db_commit(db));
	db_close(db);
}

static void each_form_has_its_words(void **state)
{
	static const struct {
		const char *form, *has, *also;
	} cases[] = {
	    {"nft",
		"add element inet op25b block4 { 192.0.2.7 timeout 3600s "
		"comment \"D1\" }\n",
		"block4p { 192.0.2.5 . 4096-4335 comment \"D3\" }\n"},
	    {"ipset", "add op25b-v4 192.0.2.7 timeout 3600 comment \"D1\"\n",
		"add op25b-v6 2001:db8:1::/56 timeout 0"},
	    {"plain", "192.0.2.5/32#4096-4335\n192.0.2.7/32\n2001:db8:1::/56\n",
		"# generation 4 at 2026-11-24T02:00:00.000000Z expires "
		"2026-11-24T03:00:00.000000Z count 3\n"},
	    {"csv", "192.0.2.7/32,0,0,D1,2026-11-24T03:00:00.000000Z\r\n",
		"prefix,first_port,"},
	    {"json", "\"generation\":4", "\"prefix\":\"192.0.2.7/32\""},
	    {"exabgp", "{ source 192.0.2.7/32; protocol =tcp; dest",
		"{ source 2001:db8:1::/56; next-header =tcp;"},
	    {"gobgp", "ipv4-flowspec add match source 192.0.2.7/32 protocol",
		"ipv6-flowspec add match source 2001:db8:1::/56"},
	    {"bird", "route flow4 { src 192.0.2.7/32; proto = 6; dport = 25;",
		"route flow6 { src 2001:db8:1::/56; next header = 6;"},
	    {"radreply", "VALUES('it''s','Filter-Id'", "VALUES('C1',"},
	};

	(void)state;
	fill();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char line[100];

		snprintf(line, sizeof(line), "export --format %s " AT,
		    cases[i].form);
		assert_code(sekisho(line), CLI_OK);
		assert_has(fx->out, cases[i].has);
		assert_has(fx->out, cases[i].also);
		/* What is only watched is nobody's to block. */
		assert_null(strstr(fx->out, "D4"));
		assert_null(strstr(fx->out, "C3"));
	}
	assert_code(sekisho("export --format bird " AT), CLI_OK);
	assert_has(fx->err, "1 targets are parts of the ports");
	assert_null(strstr(fx->out, "192.0.2.5"));
	assert_has(fx->out, "count 2\n");
	assert_code(sekisho("export --format iptables"), CLI_USAGE);
	assert_code(sekisho("export"), CLI_USAGE);
}

static void only_the_difference_is_shown(void **state)
{
	char line[200], path[100];
	FILE *f;

	(void)state;
	fill();
	snprintf(path, sizeof(path), "%s/plain", fx->dir);
	assert_code(sekisho("export --format plain " AT), CLI_OK);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(fx->out, f);
	fclose(f);
	snprintf(
	    line, sizeof(line), "export --format plain --diff %s " AT, path);
	assert_code(sekisho(line), CLI_OK);
	assert_string_equal(fx->out, "");
	/* Later one block is over. */
	snprintf(line, sizeof(line),
	    "export --format plain --diff %s --at 2026-11-24T04:00:00Z", path);
	assert_code(sekisho(line), CLI_FAILED);
	assert_string_equal(fx->out, "-192.0.2.7/32\n");
	assert_code(
	    sekisho("export --format plain --diff /no/such"), CLI_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(each_form_has_its_words),
	    REPORTS_TEST(only_the_difference_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
