/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/radius_session.h"
#include "tests/unit/base/radius_pkt.h"

#define NOW_US (INT64_C(1700000000) * US_PER_S)

static const struct radius_map plain = {.customer = {0, RADIUS_USER_NAME},
    .customer_prefix = "",
    .class_prefix = "",
    .strip_realms = ""};
static struct radius_session session;

static enum radius_says read_by(
    const struct rpkt *k, const struct radius_map *m)
{
	struct radius_clock *clock = radius_clock_new(5 * US_PER_S, true);
	struct radius_packet p;
	struct addr from;
	enum radius_says says;

	assert_non_null(clock);
	assert_int_equal(addr_parse(&from, "198.51.100.250"), 0);
	assert_int_equal(radius_open(&p, k->b, k->n), RADIUS_OK);
	says = radius_session_read(&session, &p, m, clock, NOW_US, &from);
	radius_clock_free(clock);
	return says;
}

static enum radius_says read_it(const struct rpkt *k)
{
	return read_by(k, &plain);
}

static void status_types_are_verbs(void **state)
{
	static const struct {
		uint32_t status;
		enum radius_says says;
		enum radius_verb verb;
	} rows[] = {{1, RADIUS_SAYS_SESSION, RADIUS_BEGIN},
	    {2, RADIUS_SAYS_SESSION, RADIUS_END},
	    {3, RADIUS_SAYS_SESSION, RADIUS_REFRESH},
	    {7, RADIUS_SAYS_SESSION, RADIUS_RESET},
	    {8, RADIUS_SAYS_SESSION, RADIUS_RESET},
	    {0, RADIUS_SAYS_OTHER, RADIUS_BEGIN},
	    {9, RADIUS_SAYS_OTHER, RADIUS_BEGIN},
	    {15, RADIUS_SAYS_OTHER, RADIUS_BEGIN},
	    {UINT32_MAX, RADIUS_SAYS_OTHER, RADIUS_BEGIN}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rpkt k;

		rpkt_start(&k, rows[i].status);
		rpkt_u32(&k, RADIUS_FRAMED_IP_ADDRESS, 0xc6336407);
		if (read_it(&k) != rows[i].says ||
		    (rows[i].says == RADIUS_SAYS_SESSION &&
			session.verb != rows[i].verb))
			fail_msg("status %u", rows[i].status);
	}
}

static void a_start_says_all_of_it(void **state)
{
	struct rpkt k;

	(void)state;
	rpkt_start(&k, 1);
	rpkt_u32(&k, RADIUS_FRAMED_IP_ADDRESS, 0xc6336407);
	rpkt_u32(&k, RADIUS_ACCT_DELAY_TIME, 10);
	assert_int_equal(read_it(&k), RADIUS_SAYS_SESSION);
	assert_string_equal(session.nas, "192.0.2.1");
	assert_string_equal(session.session, "s1");
	assert_string_equal(session.customer, "cust-1");
	assert_string_equal(session.line_class, "");
	assert_int_equal(session.n_targets, 1);
	assert_int_equal(session.at_us, NOW_US - 10 * US_PER_S);
}

static void what_is_missing_is_said(void **state)
{
	struct rpkt k;

	(void)state;
	rpkt_begin(&k, 4);
	assert_int_equal(read_it(&k), RADIUS_SAYS_BROKEN);
	rpkt_u32(&k, RADIUS_ACCT_STATUS_TYPE, 1);
	rpkt_u32(&k, RADIUS_FRAMED_IP_ADDRESS, 0xc6336407);
	assert_int_equal(read_it(&k), RADIUS_SAYS_NO_SESSION);
	rpkt_text(&k, RADIUS_ACCT_SESSION_ID, "s1");
	assert_int_equal(read_it(&k), RADIUS_SAYS_NO_CUSTOMER);
	rpkt_text(&k, RADIUS_USER_NAME, "cust-1");
	assert_int_equal(read_it(&k), RADIUS_SAYS_SESSION);
	assert_string_equal(session.nas, "198.51.100.250");
	rpkt_start(&k, 1);
	assert_int_equal(read_it(&k), RADIUS_SAYS_NO_TARGET);
	/* A Stop needs neither, an Interim-Update no address. */
	rpkt_begin(&k, 4);
	rpkt_u32(&k, RADIUS_ACCT_STATUS_TYPE, 2);
	rpkt_text(&k, RADIUS_ACCT_SESSION_ID, "s1");
	assert_int_equal(read_it(&k), RADIUS_SAYS_SESSION);
	rpkt_start(&k, 3);
	assert_int_equal(read_it(&k), RADIUS_SAYS_SESSION);
	assert_int_equal(session.n_targets, 0);
}

static void what_is_old_is_refused(void **state)
{
	struct rpkt k;

	(void)state;
	rpkt_start(&k, 2);
	rpkt_u32(&k, RADIUS_ACCT_DELAY_TIME, 7 * 86400);
	assert_int_equal(read_it(&k), RADIUS_SAYS_SESSION);
	rpkt_start(&k, 2);
	rpkt_u32(&k, RADIUS_ACCT_DELAY_TIME, 7 * 86400 + 1);
	assert_int_equal(read_it(&k), RADIUS_SAYS_TOO_OLD);
	rpkt_start(&k, 2);
	rpkt_u32(&k, RADIUS_ACCT_DELAY_TIME, UINT32_MAX);
	assert_int_equal(read_it(&k), RADIUS_SAYS_TOO_OLD);
	/* A clock without battery. */
	rpkt_start(&k, 2);
	rpkt_u32(&k, RADIUS_EVENT_TIMESTAMP, 5);
	assert_int_equal(read_it(&k), RADIUS_SAYS_SESSION);
	assert_int_equal(session.at_us, NOW_US);
}

static void twice_or_too_long_is_broken(void **state)
{
	static const struct {
		uint8_t type, len;
	} rows[] = {{RADIUS_ACCT_STATUS_TYPE, 4}, {RADIUS_ACCT_SESSION_ID, 3},
	    {RADIUS_NAS_IP_ADDRESS, 4}, {RADIUS_NAS_IPV6_ADDRESS, 15},
	    {RADIUS_ACCT_DELAY_TIME, 3}, {RADIUS_EVENT_TIMESTAMP, 8},
	    {RADIUS_FRAMED_IP_ADDRESS, 4}, {RADIUS_FRAMED_IP_ADDRESS, 0},
	    {RADIUS_FRAMED_IP_NETMASK, 5}, {RADIUS_FRAMED_INTERFACE_ID, 7},
	    {RADIUS_FRAMED_IPV6_ADDRESS, 17}, {RADIUS_FRAMED_IPV6_PREFIX, 1},
	    {RADIUS_DELEGATED_IPV6_PREFIX, 19}};
	static const uint8_t ones[32] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rpkt k;

		rpkt_start(&k, 1);
		rpkt_u32(&k, RADIUS_FRAMED_IP_ADDRESS, 0xc6336407);
		assert_int_equal(read_it(&k), RADIUS_SAYS_SESSION);
		rpkt_attr(&k, rows[i].type, ones, rows[i].len);
		if (read_it(&k) != RADIUS_SAYS_BROKEN)
			fail_msg(
			    "type %u, %u bytes", rows[i].type, rows[i].len);
	}
}

static void a_nas_keeps_to_one_name(void **state)
{
	static const uint8_t nas6[16] = {0x20, 1, 0xd, 0xb8, [15] = 9};
	static const uint8_t null6[16];
	struct rpkt k;

	(void)state;
	rpkt_begin(&k, 4);
	rpkt_u32(&k, RADIUS_ACCT_STATUS_TYPE, 7);
	rpkt_text(&k, RADIUS_NAS_IDENTIFIER, "bng 1");
	assert_int_equal(read_it(&k), RADIUS_SAYS_SESSION);
	assert_string_equal(session.nas, "198.51.100.250"); /* a space */
	assert_string_equal(session.session, "");
	rpkt_begin(&k, 4);
	rpkt_u32(&k, RADIUS_ACCT_STATUS_TYPE, 7);
	rpkt_text(&k, RADIUS_NAS_IDENTIFIER, "bng1");
	rpkt_u32(&k, RADIUS_NAS_IP_ADDRESS, 0);
	(void)read_it(&k);
	assert_string_equal(session.nas, "bng1");
	rpkt_attr(&k, RADIUS_NAS_IPV6_ADDRESS, nas6, 16);
	(void)read_it(&k);
	assert_string_equal(session.nas, "2001:db8::9");
	rpkt_start(&k, 7);
	rpkt_attr(&k, RADIUS_NAS_IPV6_ADDRESS, null6, 16);
	(void)read_it(&k);
	assert_string_equal(session.nas, "192.0.2.1");
}

static void names_come_from_the_configured_attributes(void **state)
{
	const struct radius_map by_class = {.customer = {0, RADIUS_CLASS},
	    .customer_prefix = "cust=",
	    .line_class = {0, RADIUS_CLASS},
	    .class_prefix = "line=",
	    .strip_realms = ""};
	const struct radius_map by_vendor = {.customer = {9, 1},
	    .customer_prefix = "",
	    .line_class = {0, 31},
	    .class_prefix = "",
	    .strip_realms = "isp.example"};
	static const char avpair[] = "bob@isp.example";
	struct rpkt k;

	(void)state;
	rpkt_start(&k, 1);
	rpkt_u32(&k, RADIUS_FRAMED_IP_ADDRESS, 0xc6336407);
	rpkt_attr(&k, RADIUS_CLASS, "\x00\xff\x00", 3);
	rpkt_text(&k, RADIUS_CLASS, "line=static");
	assert_int_equal(read_by(&k, &by_class), RADIUS_SAYS_NO_CUSTOMER);
	rpkt_text(&k, RADIUS_CLASS, "cust=A17");
	rpkt_text(&k, RADIUS_CLASS, "cust=A18");
	assert_int_equal(read_by(&k, &by_class), RADIUS_SAYS_SESSION);
	assert_string_equal(session.customer, "A17");
	assert_string_equal(session.line_class, "static");
	rpkt_vendor(&k, 9, 1, avpair, sizeof(avpair) - 1);
	rpkt_text(&k, 31, "no class!");
	assert_int_equal(read_by(&k, &by_vendor), RADIUS_SAYS_SESSION);
	assert_string_equal(session.customer, "bob");
	assert_string_equal(session.line_class, "");
}

static void says_have_names(void **state)
{
	(void)state;
	assert_string_equal(radius_says_name(RADIUS_SAYS_SESSION), "session");
	assert_string_equal(radius_says_name(RADIUS_SAYS_BROKEN), "broken");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(status_types_are_verbs),
	    cmocka_unit_test(a_start_says_all_of_it),
	    cmocka_unit_test(what_is_missing_is_said),
	    cmocka_unit_test(what_is_old_is_refused),
	    cmocka_unit_test(twice_or_too_long_is_broken),
	    cmocka_unit_test(a_nas_keeps_to_one_name),
	    cmocka_unit_test(names_come_from_the_configured_attributes),
	    cmocka_unit_test(says_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
