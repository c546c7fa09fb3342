/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include "reports/xarf.h"

static void write_conf(const char *contact)
{
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/t.conf", fx->dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "provider = \"Example Net\"\n%s%s%s",
	    contact ? "abuse_contact = \"" : "", contact ? contact : "",
	    contact ? "\"\n" : "");
	fclose(f);
}

static int export(const char *ids)
{
	char line[256];

	snprintf(line, sizeof(line), "incident export %s -c %s/t.conf", ids,
	    fx->dir);
	return sekisho(line);
}

static int64_t add_row(struct db *db, const char *client, int port, int server)
{
	struct observation o = {.kind = OBS_TRANSACTION,
	    .ts_us = DAY_US + 2 * US_PER_S + port,
	    .start_us = DAY_US + US_PER_S + port,
	    .traffic_case = 2,
	    .client_port = (uint16_t)port,
	    .server_port = (uint16_t)server,
	    .line_class = CLASS_DYNAMIC,
	    .tier = PRIVACY_DOMAINS};

	strcpy(o.customer, "C1");
	strcpy(o.mail_from, "secret.example");
	assert_int_equal(addr_parse(&o.client, client), 0);
	must_write(db, write_observation(db, &o));
	return o.obs_no;
}

static void fill(enum incident_kind kind, bool with_rows)
{
	struct db *db = open_fixture(DB_WRITE);
	struct incident i = fixed_incident(1, "C1");

	i.kind = kind;
	i.first_obs = i.last_obs = 1;
	strcpy(i.summary, "\"}\n\033[31m<b>");
	must_write(db, db_begin(db));
	if (with_rows) {
		i.first_obs = add_row(db, "192.0.2.7", 4100, 25);
		add_row(db, "192.0.2.9", 4200, 25);
		/* The submission port is no evidence. */
		i.last_obs = add_row(db, "192.0.2.99", 4300, 587);
	}
	must_write(db, write_incident(db, &i));
	must_write(db, db_commit(db));
	db_close(db);
}

static const char *text_of(json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	assert_non_null(s);
	return s;
}

static void a_private_address_does_not_leave(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	struct incident i = fixed_incident(1, "C1");

	(void)state;
	write_conf("abuse@isp.example");
	i.kind = INCIDENT_SPAM_BOT;
	must_write(db, db_begin(db));
	i.first_obs = add_row(db, "100.64.0.9", 4100, 25);
	i.last_obs = add_row(db, "10.0.0.9", 4200, 25);
	must_write(db, write_incident(db, &i));
	must_write(db, db_commit(db));
	assert_code(export("I1"), CLI_REFUSED);
	assert_null(strstr(fx->out, "100.64"));
	assert_has(fx->err, "private addresses only");
	must_write(db, db_begin(db));
	i.last_obs = add_row(db, "192.0.2.7", 4300, 25);
	add_row(db, "100.64.0.9", 4400, 25);
	must_write(db, write_incident(db, &i));
	must_write(db, db_commit(db));
	db_close(db);
	assert_code(export("I1"), CLI_OK);
	assert_has(fx->out, "192.0.2.7");
	assert_null(strstr(fx->out, "4400"));
}

static void a_bot_is_a_botnet_report(void **state)
{
	char *first;
	json_t *j;

	(void)state;
	write_conf("abuse@isp.example");
	fill(INCIDENT_SPAM_BOT, true);
	assert_code(export("I1"), CLI_OK);
	j = parsed(fx->out);
	assert_string_equal(text_of(j, "xarf_version"), "4.2.0");
	assert_string_equal(text_of(j, "category"), "infrastructure");
	assert_string_equal(text_of(j, "type"), "botnet");
	assert_string_equal(text_of(j, "source_identifier"), "192.0.2.9");
	/* The client's port: behind a shared address it is who it was. */
	assert_int_equal(
	    json_integer_value(json_object_get(j, "source_port")), 4200);
	assert_string_equal(
	    text_of(json_object_get(j, "reporter"), "domain"), "isp.example");
	assert_has(text_of(j, "compromise_evidence"), "unknown users 3");
	assert_int_equal(strlen(text_of(j, "report_id")), 36);
	assert_int_equal(text_of(j, "report_id")[14], '4');
	assert_null(json_object_get(j, "smtp_from"));
	assert_null(json_object_get(j, "_internal"));
	json_decref(j);
	/* Neither the customer, nor names, nor the summary's bytes. */
	assert_null(strstr(fx->out, "C1\""));
	assert_null(strstr(fx->out, "secret.example"));
	assert_null(strchr(fx->out, '\033'));
	/* Sent twice it is the same report. */
	first = strdup(fx->out);
	assert_non_null(first);
	assert_code(export("I1"), CLI_OK);
	assert_string_equal(fx->out, first);
	free(first);
}

static void a_probe_is_an_infected_host(void **state)
{
	json_t *j;

	(void)state;
	write_conf("abuse@isp.example");
	fill(INCIDENT_PORT_PROBE, true);
	assert_code(export("I1"), CLI_OK);
	j = parsed(fx->out);
	assert_string_equal(text_of(j, "category"), "connection");
	assert_string_equal(text_of(j, "type"), "infected_host");
	assert_string_equal(text_of(j, "protocol"), "tcp");
	assert_has(text_of(j, "first_seen"), "2026-11-24T00:00:01");
	json_decref(j);
}

static void what_no_other_desk_can_act_on_stays(void **state)
{
	(void)state;
	write_conf("abuse@isp.example");
	fill(INCIDENT_COMPROMISED_ACCOUNT, true);
	assert_code(export("I1"), CLI_REFUSED);
	assert_string_equal(fx->out, "");
	assert_has(fx->err, "compromised_account");
}

static void without_evidence_there_is_no_report(void **state)
{
	(void)state;
	write_conf("abuse@isp.example");
	fill(INCIDENT_SPAM_BOT, false);
	assert_code(export("I1"), CLI_NOT_FOUND);
	assert_string_equal(fx->out, "");
	assert_code(export("I7"), CLI_NOT_FOUND);
	assert_code(export("X"), CLI_USAGE);
}

static void a_report_names_who_sends_it(void **state)
{
	(void)state;
	fill(INCIDENT_SPAM_BOT, true);
	write_conf(NULL);
	assert_code(export("I1"), CLI_USAGE);
	assert_has(fx->err, "abuse_contact");
	write_conf("nobody");
	assert_code(export("I1"), CLI_USAGE);
	assert_has(fx->err, "\"nobody\" is no mail address");
}

static void contacts_are_mail_addresses(void **state)
{
	static const char *const bad[] = {"", "a", "@b.example", "a@b", "a@",
	    "a@b.", "a@.b", "a b@c.example", "a@b@c.example",
	    "a@b.example\r\nBcc: x"};

	(void)state;
	assert_true(xarf_contact_ok("abuse@isp.example"));
	assert_true(xarf_contact_ok("abuse+x.y_z@mail-1.isp.example"));
	for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++)
		if (xarf_contact_ok(bad[n]))
			fail_msg("\"%s\" was taken", bad[n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(a_private_address_does_not_leave),
	    REPORTS_TEST(a_bot_is_a_botnet_report),
	    REPORTS_TEST(a_probe_is_an_infected_host),
	    REPORTS_TEST(what_no_other_desk_can_act_on_stays),
	    REPORTS_TEST(without_evidence_there_is_no_report),
	    REPORTS_TEST(a_report_names_who_sends_it),
	    REPORTS_TEST(contacts_are_mail_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
