/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include "reports/complaint/match.h"
#include "store/read.h"

static struct complaint about(const char *address, uint16_t port, int64_t at_us)
{
	struct complaint c = {.received_us = DAY_US + 24 * HOUR_US,
	    .at_us = at_us,
	    .client_port = port,
	    .format = "arf",
	    .type = "abuse"};

	if (address)
		assert_int_equal(addr_parse(&c.client, address), 0);
	return c;
}

static void add_lease(struct db *db, const char *target, const char *customer,
    uint16_t first, uint16_t last, int64_t from_us, int64_t until_us)
{
	struct lease l = {.first_port = first,
	    .last_port = last,
	    .from_us = from_us,
	    .until_us = until_us,
	    .source = "radius"};

	assert_int_equal(prefix_parse(&l.prefix, target), 0);
	strcpy(l.customer, customer);
	must_write(db, write_lease(db, &l));
}

static void customers_are_found_or_the_reason_is(void **state)
{
	static const struct {
		const char *address;
		int port, minute; /* of the day; -1: none */
		const char *customer, *why;
	} cases[] = {
	    {"192.0.2.7", 0, 60, "C1", ""},
	    {"2001:db8:1:ff::1", 0, 60, "C4", ""},
	    {"203.0.113.9", 0, 60, "", "nobody"},
	    {NULL, 0, 60, "", "no_source"},
	    {"192.0.2.7", 0, -1, "", "no_time"},
	    {"192.0.2.7", 0, 24 * 60 + 6, "", "future"},
	    {"203.0.113.1", 0, 60, "", "no_port"},
	    {"203.0.113.1", 1500, 60, "S1", ""},
	    {"203.0.113.1", 2500, 60, "S2", ""},
	    {"203.0.113.1", 9000, 60, "", "wrong_port"},
	    {"203.0.113.2", 0, 60, "H1", ""},
	    {"203.0.113.2", 0, 118, "", "changed_hands"},
	    {"203.0.113.2", 0, 122, "", "changed_hands"},
	    {"203.0.113.2", 0, 126, "H2", ""},
	    /* the same customer again: a new session */
	    {"203.0.113.3", 0, 119, "H1", ""},
	};
	struct db *db = open_fixture(DB_WRITE);
	int64_t two_us = DAY_US + 2 * HOUR_US;
	struct conf conf;
	char err[CONF_ERROR_BYTES];

	(void)state;
	assert_int_equal(conf_load(&conf, NULL, err), 0);
	add_lease(db, "203.0.113.1/32", "S1", 1024, 2047, DAY_US, INT64_MAX);
	add_lease(db, "203.0.113.1/32", "S2", 2048, 4095, DAY_US, INT64_MAX);
	add_lease(db, "203.0.113.2/32", "H1", 0, 0, DAY_US, two_us);
	add_lease(db, "203.0.113.2/32", "H2", 0, 0, two_us, INT64_MAX);
	add_lease(db, "203.0.113.3/32", "H1", 0, 0, DAY_US, two_us);
	add_lease(db, "203.0.113.3/32", "H1", 0, 0, two_us, INT64_MAX);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct complaint c =
		    about(cases[i].address, (uint16_t)cases[i].port,
			cases[i].minute < 0
			    ? 0
			    : DAY_US + cases[i].minute * 60 * US_PER_S);

		must_write(db, complaint_match(db, &conf, &c));
		if (strcmp(c.customer, cases[i].customer) != 0 ||
		    strcmp(c.unmatched, cases[i].why) != 0)
			fail_msg(
			    "case %zu: %s, %s", i, c.customer, c.unmatched);
		assert_int_equal(complaint_unmatched(c.unmatched)[0] == '\0',
		    c.customer[0] != '\0');
	}
	conf_free(&conf);
	db_close(db);
}

static void incidents_of_that_time_are_named(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	struct complaint c = about("192.0.2.7", 0, DAY_US);
	struct incident i;
	char text[64], small[4];

	(void)state;
	strcpy(c.customer, "C1");
	for (int64_t id = 1; id <= 3; id++) {
		i = fixed_incident(id, id == 2 ? "C2" : "C1");
		must_write(db, write_incident(db, &i));
	}
	i = fixed_incident(4, "C1"); /* says no abuse */
	i.kind = INCIDENT_MISCONFIGURED_CLIENT;
	must_write(db, write_incident(db, &i));
	must_write(db, complaint_incidents(db, &c, text, sizeof(text)));
	assert_string_equal(text, "I1 I3");
	must_write(db, complaint_incidents(db, &c, small, sizeof(small)));
	assert_string_equal(small, "I1");
	/* 24 h before the first and after the last evidence */
	c.at_us = DAY_US + HOUR_US - 24 * HOUR_US;
	must_write(db, complaint_incidents(db, &c, text, sizeof(text)));
	assert_string_equal(text, "I1");
	c.at_us = DAY_US + 3 * HOUR_US + 60 * US_PER_S + 24 * HOUR_US;
	must_write(db, complaint_incidents(db, &c, text, sizeof(text)));
	assert_string_equal(text, "I3");
	c.at_us++;
	must_write(db, complaint_incidents(db, &c, text, sizeof(text)));
	assert_string_equal(text, "");
	c.at_us = DAY_US;
	assert_int_equal(write_complaint(db, &c), 1);
	must_write(db, read_incident(db, 1, &i) == 1 ? 0 : -1);
	must_write(db, complaints_of(db, &i, text, sizeof(text)));
	assert_string_equal(text, "R1");
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(customers_are_found_or_the_reason_is),
	    REPORTS_TEST(incidents_of_that_time_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
