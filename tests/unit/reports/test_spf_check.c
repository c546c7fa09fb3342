/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

static const char zone[] =
    "plain.example. 300 IN TXT \"v=spf1 ip4:192.0.2.0/24 -all exp=why.example\""
    "\n"
    "why.example. 300 IN TXT \"%{i} is none of ours\"\n"
    "user.example. 300 IN TXT \"v=spf1 exists:%{l}.list.example -all\"\n"
    "joe.list.example. 300 IN A 127.0.0.2\n"
    "postmaster.list.example. 300 IN A 127.0.0.2\n"
    "quiet.example. 300 IN TXT \"v=spf1 ip4:203.0.113.1\"\n"
    "two.example. 300 IN TXT \"v=spf1 a:x.example a:y.example -all\"\n";

#define GOOD " --ip 192.0.2.7 --helo mail.plain.example --from a@plain.example"

static const char *path_of(const char *name)
{
	static char path[2][160];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[0]), "%s/%s", fx->dir, name);
	return path[turn];
}

static const char *file_of(const char *name, const char *text)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

/* The verb with the zone above. */
static int spf(const char *options)
{
	char line[900];

	snprintf(line, sizeof(line), "spf check --zone %s %s",
	    file_of("t.zone", zone), options);
	return sekisho_line(line, 0);
}

static void results_by_identity_and_sender(void **state)
{
	static const char *const keys[] = {
	    "result", "identity", "domain", "term"};
	static const struct {
		const char *ip, *helo, *from;
		const char *result, *identity, *domain, *term;
	} rows[] = {
	    {"192.0.2.7", "h.example", "a@plain.example", "pass", "mail_from",
		"plain.example", "ip4:192.0.2.0/24"},
	    {"::ffff:192.0.2.7", "h.example", "<a@plain.example>", "pass",
		"mail_from", "plain.example", "ip4:192.0.2.0/24"},
	    {"2001:db8::7", "h.example", "a@plain.example", "fail", "mail_from",
		"plain.example", "-all"},
	    {"192.0.2.7", "plain.example", "<>", "pass", "helo",
		"plain.example", "ip4:192.0.2.0/24"},
	    {"192.0.2.7", "[192.0.2.7]", "<>", "none", "helo", "[192.0.2.7]",
		NULL},
	    {"192.0.2.7", "localhost", "a@nothing.example", "none", "mail_from",
		"nothing.example", NULL},
	    {"192.0.2.7", "h.example", "joe@user.example", "pass", "mail_from",
		"user.example", "exists:%{l}.list.example"},
	    {"192.0.2.7", "h.example", "bob@user.example", "fail", "mail_from",
		"user.example", "-all"},
	    {"192.0.2.7", "h.example", "@user.example", "pass", "mail_from",
		"user.example", "exists:%{l}.list.example"},
	    {"192.0.2.7", "user.example", "<>", "pass", "helo", "user.example",
		"exists:%{l}.list.example"},
	    {"192.0.2.7", "h.example", "\"a@b\"@quiet.example", "neutral",
		"mail_from", "quiet.example", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char options[300];
		const char *want[] = {rows[i].result, rows[i].identity,
		    rows[i].domain, rows[i].term};
		json_t *j;

		snprintf(options, sizeof(options),
		    "-o json --ip %s --helo %s --from %s", rows[i].ip,
		    rows[i].helo, rows[i].from);
		assert_code(spf(options), CLI_OK);
		j = parsed(fx->out);
		for (size_t k = 0; k < 4; k++) {
			const char *got =
			    json_string_value(json_object_get(j, keys[k]));

			if (!got != !want[k] || (got && strcmp(got, want[k])))
				fail_msg("%s: %s is %s, not %s", options,
				    keys[k], got, want[k]);
		}
		json_decref(j);
	}
}

static void an_empty_sender_is_the_null_sender(void **state)
{
	char *argv[] = {(char *)"sekisho", (char *)"spf", (char *)"check",
	    (char *)"--ip", (char *)"192.0.2.7", (char *)"--helo",
	    (char *)"plain.example", (char *)"--from", (char *)"",
	    (char *)"--zone", (char *)file_of("t.zone", zone), NULL};
	FILE *out = open_memstream(&fx->out, &fx->n_out);

	(void)state;
	assert_int_equal(cli_main(11, argv, out, stderr), CLI_OK);
	fclose(out);
	assert_has(fx->out, "identity       HELO");
	assert_has(fx->out, "mail_from      <>");
}

static void a_fail_is_explained(void **state)
{
	(void)state;
	assert_code(spf("--ip 203.0.113.9 --helo h.example --from "
			"a@plain.example"),
	    CLI_OK);
	assert_has(fx->out, "result         fail\n");
	assert_has(fx->out, "term           -all\n");
	assert_has(fx->out,
	    "record         v=spf1 ip4:192.0.2.0/24 -all exp=why.example\n");
	assert_has(fx->out, "explanation    203.0.113.9 is none of ours\n");
	assert_has(fx->out, "dns_terms      0 of 10\n");
	assert_has(fx->out, "dns            zone /");
	assert_has(fx->out, "exp       plain.example\n");
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *options, *says;
	} rows[] = {
	    {"--helo h --from a@b.example", "--ip ADDRESS is missing"},
	    {"--ip 192.0.2.7 --from a@b.example", "--helo NAME is missing"},
	    {"--ip 192.0.2.7 --helo h", "'' is the null sender"},
	    {"--ip 192.0.2.300 --helo h --from a@b.example",
		"--ip 192.0.2.300: no address"},
	    {"--ip 192.0.2.0/24 --helo h --from a@b.example", "no address"},
	    {"--ip 192.0.2.7 --helo h --from nobody", "there is no @ in it"},
	    {"--ip 192.0.2.7 --helo h --from a@", "is empty"},
	    {"--ip 192.0.2.7 --helo h --from a@b..example", "an empty label"},
	    {"--ip 192.0.2.7 --helo h --from a@b~c.example", "has a space"},
	    {"--ip 192.0.2.7 --helo h --from a@b\001.example", "control"},
	    {"--ip 192.0.2.7 --helo h --from a@\303\274.example", "A-labels"},
	    {"--ip 192.0.2.7 --helo h..h --from <>", "--helo: the domain"},
	    {"--ip 192.0.2.7 --helo h --from a@"
	     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	     ".example",
		"more than 63 bytes"},
	    {"-o csv" GOOD, "-o table or -o json"},
	    {"--resolver 192.0.2.53" GOOD, "give one"},
	    {"extra" GOOD, "one argument too many"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_code(spf(rows[i].options), CLI_USAGE);
		assert_has(fx->err, rows[i].says);
		assert_string_equal(fx->out, "");
	}
}

static void long_input_is_named(void **state)
{
	char options[800], many[400];

	(void)state;
	memset(many, 'a', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	snprintf(options, sizeof(options),
	    "--ip 192.0.2.7 --helo h --from %.256s@b.example", many);
	assert_code(spf(options), CLI_USAGE);
	assert_has(fx->err, "before the @ is longer than 255 bytes");
	snprintf(options, sizeof(options),
	    "--ip 192.0.2.7 --helo %.256s --from a@b.example", many);
	assert_code(spf(options), CLI_USAGE);
	assert_has(fx->err, "--helo: the name is longer than 255 bytes");
	for (size_t i = 9; i < sizeof(many) - 1; i += 10)
		many[i] = '.';
	snprintf(options, sizeof(options),
	    "--ip 192.0.2.7 --helo h --from a@%.255s", many);
	assert_code(spf(options), CLI_USAGE);
	assert_has(fx->err, "is longer than 253 bytes");
}

static void what_cannot_answer_is_named(void **state)
{
	char line[900];

	(void)state;
	snprintf(line, sizeof(line), "spf check --zone %s" GOOD,
	    path_of("none.zone"));
	assert_code(sekisho_line(line, 0), CLI_USAGE);
	assert_has(fx->err, "none.zone: No such file");
	snprintf(line, sizeof(line), "spf check --zone %s" GOOD, fx->dir);
	assert_code(sekisho_line(line, 0), CLI_USAGE);
	assert_has(fx->err, "a folder");
	snprintf(line, sizeof(line), "spf check --zone %s" GOOD,
	    file_of("bad.zone", "a.example. 300 IN A 192.0.2.1\nnonsense\n"));
	assert_code(sekisho_line(line, 0), CLI_USAGE);
	assert_has(fx->err, "bad.zone:2: no resource record");
	assert_code(sekisho_line("spf check --resolver dns.example" GOOD, 0),
	    CLI_USAGE);
	assert_has(fx->err, "\"dns.example\" is no DNS server");
}

static void limits_and_sources_come_from_the_configuration(void **state)
{
	char line[900], text[400];
	const char *path;
	json_t *j;
	int max;

	(void)state;
	file_of("t.zone", zone);
	snprintf(text, sizeof(text),
	    "analyzer {\n\tzone = \"%s\"\n\tspf_max_void = 1\n"
	    "\tspf_max_terms = 7\n}\n",
	    path_of("t.zone"));
	path = file_of("t.conf", text);
	snprintf(line, sizeof(line),
	    "spf check -o json -c %s --ip 192.0.2.7 --helo h --from "
	    "a@two.example",
	    path);
	assert_code(sekisho_line(line, 0), CLI_OK);
	j = parsed(fx->out);
	assert_int_equal(json_unpack(j, "{s:i}", "void_lookups_max", &max), 0);
	assert_int_equal(max, 1);
	assert_int_equal(json_unpack(j, "{s:i}", "dns_terms_max", &max), 0);
	assert_int_equal(max, 7);
	assert_string_equal(
	    json_string_value(json_object_get(j, "result")), "permerror");
	assert_string_equal(json_string_value(json_object_get(j, "reason")),
	    "more void look-ups than allowed");
	assert_string_equal(
	    json_string_value(json_object_get(j, "dns_source")), "zone");
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(results_by_identity_and_sender),
	    REPORTS_TEST(an_empty_sender_is_the_null_sender),
	    REPORTS_TEST(a_fail_is_explained),
	    REPORTS_TEST(what_is_wrong_is_named),
	    REPORTS_TEST(long_input_is_named),
	    REPORTS_TEST(what_cannot_answer_is_named),
	    REPORTS_TEST(limits_and_sources_come_from_the_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
