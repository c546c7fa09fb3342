/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include "store/access.h"
#include "store/enforcement.h"

static void the_first_words_are_verbs(void **state)
{
	(void)state;
	assert_code(sekisho_line("__complete inc", 0), CLI_OK);
	assert_string_equal(fx->out, "incident\t...\n");
	assert_code(sekisho_line("__complete incident s", 0), CLI_OK);
	assert_has(fx->out, "show\tone incident whole\n");
	assert_null(strstr(fx->out, "list"));
	assert_code(sekisho_line("__complete", 0), CLI_OK);
	assert_has(fx->out, "block\t");
}

static void options_and_their_values_follow(void **state)
{
	(void)state;
	assert_code(sekisho_line("__complete incident list --st", 0), CLI_OK);
	assert_has(fx->out, "--state\t");
	assert_null(strstr(fx->out, "--since"));
	assert_code(
	    sekisho_line("__complete incident list --state o", 0), CLI_OK);
	assert_string_equal(fx->out, "open\tstate\n");
	assert_code(sekisho_line("__complete incident list -o js", 0), CLI_OK);
	assert_has(fx->out, "json\t");
	assert_has(fx->out, "jsonl\t");
}

static void a_value_stands_behind_an_equals_sign(void **state)
{
	(void)state;
	assert_code(
	    sekisho_line("__complete incident list --state=o", 0), CLI_OK);
	assert_string_equal(fx->out, "--state=open\tstate\n");
	assert_code(
	    sekisho_line("__complete incident close --as f", 0), CLI_OK);
	assert_string_equal(fx->out, "fp\tas\nfixed\tas\n");
	assert_code(sekisho_line("__complete export --format n", 0), CLI_OK);
	assert_string_equal(fx->out, "nft\tformat\n");
	assert_code(sekisho_line("__complete v", 0), CLI_OK);
	assert_string_equal(fx->out, "version\tprint the version\n");
}

/* Each noun has names of its own: no incident stands for a token. */
static void each_noun_has_its_names(void **state)
{
	static const struct {
		const char *verb, *rest, *out;
	} cases[] = {
	    {"incident show", "", "I12\tC1\n"},
	    {"explain", "", "I12\tC1\nD1\tC2\n"},
	    {"complaint show", "", ""},
	    {"hook show", "", "1\tedge\n"},
	    {"hook retry", "", "1\tedge\n"},
	    {"hook test", "", "edge\tready\n"},
	    {"hook list", "--driver", "edge\tready\n"},
	    {"incident list", "--customer", "C1\tspam_bot\n"},
	    {"audit show", "", "A1\tblock\n"},
	    {"token show", "", "abc\tscript\n"},
	    {"token revoke", "", "abc\tscript\n"},
	    {"operator remove", "", "aiko\toperator\n"},
	    {"enforce show", "", ""},
	    {"lease add", "", "C1\tspam_bot\n"},
	    {"lease add", "C1",
		"192.0.2.7/32\tC1\n"
		"192.0.2.8/32\tC2\n"
		"192.0.2.128/29\tC3\n"
		"2001:db8:1::/56\tC4\n"},
	};
	struct db *db = open_fixture(DB_WRITE);
	struct incident i = fixed_incident(12, "C1");
	struct decision d = fixed_decision(1, "C2", DAY_US, 0);
	struct delivery sent = {.decision_seq = 1, .created_us = DAY_US};
	struct enforcer e = {.driver = "edge", .state = "ready"};
	struct audit a = {.at_us = DAY_US, .operator= "aiko", .verb = "block"};
	struct token t = {.id = "abc", .kind = "api", .name = "script"};
	struct operator_row o = {.name = "aiko"};
	char line[256];

	(void)state;
	strcpy(sent.driver, "edge");
	strcpy(sent.state, "done");
	strcpy(a.outcome, "done");
	must_write(db, write_incident(db, &i));
	i.id = 13;
	strcpy(i.customer, "C$(reboot)");
	must_write(db, write_decision(db, &d));
	must_write(db, write_delivery(db, &sent));
	must_write(db, write_enforcer(db, &e));
	must_write(db, write_audit(db, &a));
	must_write(db, write_token(db, &t));
	must_write(db, write_operator(db, &o));
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		snprintf(line, sizeof(line), "__complete %s --db %s %s ^",
		    cases[n].verb, fx->db, cases[n].rest);
		assert_code(sekisho_line(line, 0), CLI_OK);
		if (strcmp(fx->out, cases[n].out) != 0)
			print_error("%s %s\n", cases[n].verb, cases[n].rest);
		assert_string_equal(fx->out, cases[n].out);
	}
	/* A name that a shell would take apart is not offered. */
	must_write(db, write_incident(db, &i));
	snprintf(line, sizeof(line), "__complete block --db %s C", fx->db);
	assert_code(sekisho_line(line, 0), CLI_OK);
	assert_string_equal(fx->out, "C1\tspam_bot\n");
	db_close(db);
}

static void names_come_from_the_store(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	struct incident i = fixed_incident(12, "C1");
	struct decision d = fixed_decision(1, "C2", DAY_US, 0);
	char line[200];

	(void)state;
	must_write(db, write_incident(db, &i));
	must_write(db, write_decision(db, &d));
	db_close(db);
	snprintf(
	    line, sizeof(line), "__complete incident show --db %s I", fx->db);
	assert_code(sekisho_line(line, 0), CLI_OK);
	assert_string_equal(fx->out, "I12\tC1\n");
	snprintf(
	    line, sizeof(line), "__complete decision show --db %s D", fx->db);
	assert_code(sekisho_line(line, 0), CLI_OK);
	assert_string_equal(fx->out, "D1\tC2\n");
	snprintf(line, sizeof(line), "__complete block --db %s C", fx->db);
	assert_code(sekisho_line(line, 0), CLI_OK);
	assert_has(fx->out, "C1\t");
	/* A store that is not there is no error for a shell. */
	assert_code(
	    sekisho_line("__complete block --db /no/such C", 0), CLI_OK);
	assert_string_equal(fx->out, "");
}

/* docs/sekisho.1 knows each verb and each option that a verb takes. */
static void the_page_has_every_verb(void **state)
{
	static char page[200000];
	FILE *f = fopen("docs/sekisho.1", "re");
	const struct verb *v;
	size_t n, len;

	(void)state;
	if (!f)
		fail_msg("docs/sekisho.1: run this from the top folder");
	len = fread(page, 1, sizeof(page) - 1, f);
	fclose(f);
	page[len] = '\0';
	v = verb_table(&n);
	for (size_t i = 0; i < n; i++) {
		char name[64], line[160], *o, *save = NULL;

		snprintf(name, sizeof(name), "Cm %s%s%s", v[i].noun,
		    v[i].verb ? " " : "", v[i].verb ? v[i].verb : "");
		if (!strstr(page, name))
			fail_msg("docs/sekisho.1 lacks \"%s\"", name);
		snprintf(line, sizeof(line), "__complete %s %s --", v[i].noun,
		    v[i].verb ? v[i].verb : "");
		assert_code(sekisho_line(line, 0), CLI_OK);
		for (o = strtok_r(fx->out, "\n", &save); o;
		     o = strtok_r(NULL, "\n", &save)) {
			o[strcspn(o, "\t")] = '\0';
			snprintf(name, sizeof(name), "Fl -%s", o + 2);
			if (!strstr(page, name))
				fail_msg("docs/sekisho.1 lacks \"%s\" of %s",
				    name, line);
		}
	}
}

static void the_version_is_data_too(void **state)
{
	json_t *j;

	(void)state;
	assert_code(sekisho_line("version", 0), CLI_OK);
	assert_has(fx->out, "sekisho ");
	assert_code(sekisho_line("version -o json", 0), CLI_OK);
	j = parsed(fx->out);
	assert_string_equal(
	    json_string_value(json_object_get(j, "name")), "sekisho");
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(the_first_words_are_verbs),
	    REPORTS_TEST(options_and_their_values_follow),
	    REPORTS_TEST(a_value_stands_behind_an_equals_sign),
	    REPORTS_TEST(each_noun_has_its_names),
	    REPORTS_TEST(names_come_from_the_store),
	    REPORTS_TEST(the_page_has_every_verb),
	    REPORTS_TEST(the_version_is_data_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
