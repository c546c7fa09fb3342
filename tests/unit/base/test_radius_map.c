/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/radius_map.h"

static void references_are_names_numbers_or_vendors(void **state)
{
	static const struct {
		const char *text;
		int rc;
		uint32_t vendor;
		uint8_t type;
	} rows[] = {{"user_name", 0, 0, 1}, {"class", 0, 0, 25},
	    {"chargeable_user_identity", 0, 0, 89}, {"nas_port_id", 0, 0, 87},
	    {"31", 0, 0, 31}, {"2011:162", 0, 2011, 162},
	    {"4294967295:255", 0, 4294967295u, 255}, {"0", -1, 0, 0},
	    {"256", -1, 0, 0}, {"2011:", -1, 0, 0}, {"2011:256", -1, 0, 0},
	    {"0:1", -1, 0, 0}, {"4294967296:1", -1, 0, 0}, {":1", -1, 0, 0},
	    {"-1", -1, 0, 0}, {"1x", -1, 0, 0}, {"1:2:3", -1, 0, 0},
	    {"User-Name", -1, 0, 0}, {"", -1, 0, 0}, {" 1", -1, 0, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct radius_ref r = {0};

		if (radius_ref_parse(&r, rows[i].text) != rows[i].rc)
			fail_msg("%s", rows[i].text);
		if (rows[i].rc != 0)
			continue;
		assert_int_equal(r.vendor, rows[i].vendor);
		assert_int_equal(r.type, rows[i].type);
	}
}

static void half_a_port_block_is_refused(void **state)
{
	static const struct {
		char *address, *first, *last, *count, *block;
		const char *why; /* NULL: right */
	} rows[] = {
	    {NULL, NULL, NULL, NULL, NULL, NULL},
	    {"1:1", "1:2", "1:3", NULL, NULL, NULL},
	    {NULL, "1:2", NULL, "1:4", NULL, NULL},
	    {NULL, NULL, NULL, NULL, "6527:121", NULL},
	    {"1:1", NULL, NULL, NULL, NULL, "need cgn_first_port"},
	    {NULL, "1:2", NULL, NULL, NULL, "needs one of"},
	    {NULL, "1:2", "1:3", "1:4", NULL, "needs one of"},
	    {NULL, NULL, "1:3", NULL, NULL, "need cgn_first_port"},
	    {NULL, "1:2", "1:3", NULL, "1:5", "cgn_block"},
	    {NULL, "x", "1:3", NULL, NULL, "cgn_first_port: \"x\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conf c = {.radius_customer = "user_name",
		    .radius_cgn_address = rows[i].address,
		    .radius_cgn_first_port = rows[i].first,
		    .radius_cgn_last_port = rows[i].last,
		    .radius_cgn_port_count = rows[i].count,
		    .radius_cgn_block = rows[i].block};
		char err[CONF_ERROR_BYTES] = "";
		struct radius_map m;
		int rc = radius_map_set(&m, &c, err, sizeof(err));

		if (rows[i].why == NULL && rc != 0)
			fail_msg("row %zu: %s", i, err);
		if (rows[i].why != NULL &&
		    (rc == 0 || strstr(err, rows[i].why) == NULL))
			fail_msg("row %zu: %s", i, err);
	}
}

static void a_listener_needs_clients_and_a_mirror_whom_to_believe(void **state)
{
	char err[CONF_ERROR_BYTES];
	struct conf c;

	(void)state;
	assert_int_equal(conf_load(&c, NULL, err), 0);
	assert_int_equal(conf_check(&c, err), 0);
	c.radius_ports.v[0] = 1813;
	c.radius_ports.n = 1;
	assert_int_equal(conf_check(&c, err), -1);
	assert_non_null(strstr(err, "radius_nas"));
	c.radius_ports.n = 0;
	c.radius_listen = strdup("192.0.2.1@1813");
	assert_int_equal(conf_check(&c, err), -1);
	assert_non_null(strstr(err, "clients_file"));
	conf_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(references_are_names_numbers_or_vendors),
	    cmocka_unit_test(half_a_port_block_is_refused),
	    cmocka_unit_test(
		a_listener_needs_clients_and_a_mirror_whom_to_believe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
