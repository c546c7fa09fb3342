/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/dhcp/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/target.h"

static char told[4096];
static int bads;

/* "+192.0.2.7/32 C1 100-200 " begin, "-..." end; seconds, with .N for the
 * Nth of one second. */
static int on_event(void *arg, const struct lease_event *e, int64_t expires_us)
{
	size_t n = strlen(told);
	char text[TARGET_STRLEN];

	(void)arg;
	assert_int_equal(e->n_targets, 1);
	assert_string_equal(e->source, "dhcp");
	assert_string_equal(e->session, target_format(&e->targets[0], text));
	n += (size_t)snprintf(told + n, sizeof(told) - n, "%c%s",
	    e->verb == LEASE_VERB_BEGIN ? '+' : '-', text);
	if (e->customer[0])
		n += (size_t)snprintf(
		    told + n, sizeof(told) - n, " %s", e->customer);
	n += (size_t)snprintf(told + n, sizeof(told) - n, " %lld",
	    (long long)(e->at_us / US_PER_S));
	if (e->at_us % US_PER_S)
		n += (size_t)snprintf(told + n, sizeof(told) - n, ".%lld",
		    (long long)(e->at_us % US_PER_S));
	if (expires_us != INT64_MAX)
		n += (size_t)snprintf(told + n, sizeof(told) - n, "-%lld",
		    (long long)(expires_us / US_PER_S));
	snprintf(told + n, sizeof(told) - n, "\n");
	return 0;
}

static void on_bad(void *arg, const char *why)
{
	(void)arg;
	assert_true(why[0] != '\0');
	bads++;
}

/* Nameless ones. */
static int64_t feed(
    enum lease_format format, const char *field, const char *text)
{
	struct lease_source s = {.format = format};
	struct lease_file_owner owner = {on_event, on_bad, NULL};
	struct lease_file *f;
	int64_t nameless;

	snprintf(s.field, sizeof(s.field), "%s", field);
	told[0] = '\0';
	bads = 0;
	f = lease_file_new(&s, owner);
	assert_non_null(f);
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		assert_int_equal(lease_file_line(f, text, len), 0);
		text += len + (text[len] != '\0');
	}
	assert_true(lease_file_is_between(f));
	nameless = lease_file_count(f, LEASE_FILE_NAMELESS);
	assert_int_equal(lease_file_count(f, LEASE_FILE_BAD), bads);
	lease_file_free(f);
	return nameless;
}

/* --- Kea ------------------------------------------------------------------ */

#define H4                                                                     \
	"address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,"   \
	"fqdn_rev,hostname,state,user_context,pool_id\n"
#define R4(hw, id, life, expire, host, state, context)                         \
	"192.0.2.7," hw "," id "," life "," expire ",1,0,0," host "," state    \
	"," context ",0\n"
#define OPTIONS(hex)                                                           \
	"{ \"ISC\": { \"relay-agent-info\": { \"sub-options\": \"" hex         \
	"\" } } }"

static const struct {
	const char *field, *line, *want;
	int nameless, bad;
} kea4[] = {
    {"hwaddr", R4("02:00:00:00:00:0A", "", "60", "160", "", "0", ""),
	"+192.0.2.7/32 02:00:00:00:00:0a 100-160\n", 0, 0},
    {"client-id", R4("", "01:02", "60", "160", "", "0", ""),
	"+192.0.2.7/32 01:02 100-160\n", 0, 0},
    {"hostname", R4("", "", "60", "160", "Box&#x2c1.Example.", "0", ""),
	"+192.0.2.7/32 box,1.example 100-160\n", 0, 0},
    {"circuit-id",
	R4("", "", "60", "160", "", "0", OPTIONS("0x01026131020262FF")),
	"+192.0.2.7/32 a1 100-160\n", 0, 0},
    {"remote-id",
	R4("", "", "60", "160", "", "0", OPTIONS("0x01026131020262FF")),
	"+192.0.2.7/32 62:ff 100-160\n", 0, 0},
    {"remote-id",
	R4("", "", "60", "160", "", "0",
	    "{ \"ISC\": { \"relay-agent-info\": \"0x0202C3B1\" } }"),
	"+192.0.2.7/32 c3:b1 100-160\n", 0, 0},
    /* an option that is longer than what is there */
    {"remote-id", R4("", "", "60", "160", "", "0", OPTIONS("0x020961")),
	"-192.0.2.7/32 100\n", 1, 0},
    {"remote-id", R4("02:00:00:00:00:01", "", "60", "160", "", "0", ""),
	"-192.0.2.7/32 100\n", 1, 0},
    {"remote-id", R4("", "", "60", "160", "", "0", "{ [ broken"),
	"-192.0.2.7/32 100\n", 1, 0},
    {"context:customer",
	R4("", "", "60", "160", "", "0",
	    "{ \"a\": 1&#x2c \"customer\": \"C1\" }"),
	"+192.0.2.7/32 C1 100-160\n", 0, 0},
    {"context:customer",
	R4("", "", "60", "160", "", "0", "{ \"customer\": \"C 1\" }"),
	"-192.0.2.7/32 100\n", 1, 0},
    /* for ever; released; expired; declined; a state to come */
    {"hwaddr", R4("02:01", "", "4294967295", "4294967395", "", "0", ""),
	"+192.0.2.7/32 02:01 100\n", 0, 0},
    {"hwaddr", R4("02:01", "", "0", "160", "", "0", ""), "-192.0.2.7/32 160\n",
	0, 0},
    {"hwaddr", R4("02:01", "", "60", "160", "", "2", ""), "-192.0.2.7/32 160\n",
	0, 0},
    {"hwaddr", R4("", "", "60", "160", "", "1", ""), "-192.0.2.7/32 160\n", 0,
	0},
    {"hwaddr", R4("02:01", "", "60", "160", "", "7", ""), "-192.0.2.7/32 160\n",
	0, 0},
    /* no such lines */
    {"hwaddr", R4("02:01", "", "160", "60", "", "0", ""), "", 0, 1},
    {"hwaddr", R4("02:01", "", "-1", "160", "", "0", ""), "", 0, 1},
    {"hwaddr", R4("02:01", "", "60", "9999999999999", "", "0", ""), "", 0, 1},
    {"hwaddr", R4("02:01", "", "60", "", "", "0", ""), "", 0, 1},
    {"hwaddr", "192.0.2.7\n", "", 0, 1},
    {"hwaddr", "2001:db8::1,02:01,,60,160,1,0,0,,0,,0\n", "", 0, 1},
    {"hwaddr", "192.0.2,02:01,,60,160,1,0,0,,0,,0\n", "", 0, 1},
    {"hwaddr", ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n", "", 0,
	1},
    {"hwaddr", "\n\r\n", "", 0, 0},
};

static void kea_tells_of_ipv4(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kea4) / sizeof(kea4[0]); i++) {
		char text[1024];

		snprintf(text, sizeof(text), H4 "%s", kea4[i].line);
		if (feed(LEASE_FORMAT_KEA4, kea4[i].field, text) !=
			kea4[i].nameless ||
		    bads != kea4[i].bad || strcmp(told, kea4[i].want) != 0)
			fail_msg("%s%s: %s", kea4[i].field, kea4[i].line, told);
		/* Without a header the columns are the usual ones. */
		feed(LEASE_FORMAT_KEA4, kea4[i].field, kea4[i].line);
		assert_string_equal(told, kea4[i].want);
	}
}

static void keas_header_names_the_columns(void **state)
{
	(void)state;
	feed(LEASE_FORMAT_KEA4, "hwaddr",
	    "address,state,expire,valid_lifetime,hwaddr\n"
	    "192.0.2.7,0,160,60,02:01\n");
	assert_string_equal(told, "+192.0.2.7/32 02:01 100-160\n");
	/* One that lacks a column that is needed: nothing is guessed. */
	feed(LEASE_FORMAT_KEA4, "hwaddr",
	    "address,expire,valid_lifetime,hwaddr\n192.0.2.7,160,60,02:01\n");
	assert_string_equal(told, "");
	assert_int_equal(bads, 1);
}

static void within_one_second_the_order_of_the_file_counts(void **state)
{
	(void)state;
	feed(LEASE_FORMAT_KEA4, "hwaddr",
	    R4("02:01", "", "60", "160", "", "0", "") R4("02:01", "", "0",
		"100", "", "0", "") R4("02:02", "", "60", "160", "", "0", "")
		R4("02:03", "", "60", "150", "", "0", ""));
	assert_string_equal(told,
	    "+192.0.2.7/32 02:01 100-160\n-192.0.2.7/32 100.1\n"
	    "+192.0.2.7/32 02:02 100.2-160\n+192.0.2.7/32 02:03 90-150\n");
}

#define R6(address, type, len, context)                                        \
	address ",00:03:00:01,60,160,1,30," type ",7," len ",0,0,,,0," context \
		",,,0\n"

static void kea_tells_of_ipv6(void **state)
{
	(void)state;
	feed(LEASE_FORMAT_KEA6, "duid",
	    R6("2001:db8::7", "0", "128", "") R6("2001:db8:40::", "2", "56", "")
		R6("2001:db8:41::", "2", "129", "") R6("2001:db8:42::", "3",
		    "56", "") R6("192.0.2.7", "0", "128", ""));
	assert_string_equal(told, "+2001:db8::7/128 00:03:00:01 100-160\n"
				  "+2001:db8:40::/56 00:03:00:01 100.1-160\n");
	assert_int_equal(bads, 3);
	/* the relay that heard the client, not the one behind it */
	feed(LEASE_FORMAT_KEA6, "remote-id",
	    R6("2001:db8:40::", "2", "56",
		"{ \"ISC\": { \"relay-info\": [ { \"hop\": 1&#x2c \"options\": "
		"\"0x002500060000000a6232\" }&#x2c { \"hop\": 0&#x2c "
		"\"options\": \"0x001200026131002500060000000a6231\" } ] } }"));
	assert_string_equal(told, "+2001:db8:40::/56 b1 100-160\n");
	feed(LEASE_FORMAT_KEA6, "interface-id",
	    R6("2001:db8:40::", "2", "56",
		"{ \"ISC\": { \"relay-info\": [ { \"hop\": 0&#x2c \"options\": "
		"\"0x001200026131\" } ] } }"));
	assert_string_equal(told, "+2001:db8:40::/56 a1 100-160\n");
	assert_int_equal(feed(LEASE_FORMAT_KEA6, "remote-id",
			     R6("2001:db8:40::", "2", "56",
				 "{ \"ISC\": { \"relay-info\": [ { \"options\":"
				 " \"0x0025000400\" } ] } }")),
	    1);
}

/* --- dhcpd ---------------------------------------------------------------- */

#define LEASE(rest) "lease 192.0.2.7 {\n  starts epoch 100;\n" rest "}\n"
#define ACTIVE      "  ends epoch 160;\n  binding state active;\n"

static const struct {
	const char *field, *text, *want;
	int nameless, bad;
} dhcpd[] = {
    {"hwaddr", LEASE(ACTIVE "  hardware ethernet 2:0:0:0:0:A;\n"),
	"+192.0.2.7/32 02:00:00:00:00:0a 100-160\n", 0, 0},
    {"client-id", LEASE(ACTIVE "  uid \"\\001\\\"a\\\\\";\n"),
	"+192.0.2.7/32 01:22:61:5c 100-160\n", 0, 0},
    {"hostname", LEASE(ACTIVE "  client-hostname \"Box\";\n"),
	"+192.0.2.7/32 box 100-160\n", 0, 0},
    {"circuit-id",
	LEASE(ACTIVE "  option agent.remote-id \"r\";\n"
		     "  option agent.circuit-id \"c } ;\\040\";\n"),
	"+192.0.2.7/32 63:20:7d:20:3b:20 100-160\n", 0, 0},
    {"remote-id",
	LEASE(ACTIVE "  option agent.circuit-id \"c\";\n"
		     "  option agent.remote-id 1:a:2b;\n"),
	"+192.0.2.7/32 01:0a:2b 100-160\n", 0, 0},
    {"set:cust",
	LEASE(ACTIVE "  set custom = \"no\";\n"
		     "  set cust = \"C1\";\n"),
	"+192.0.2.7/32 C1 100-160\n", 0, 0},
    {"remote-id", LEASE(ACTIVE "  hardware ethernet 2:1;\n"),
	"-192.0.2.7/32 100\n", 1, 0},
    {"hwaddr", LEASE(ACTIVE "  cltt epoch 120;\n  hardware ethernet 2:1;\n"),
	"+192.0.2.7/32 02:01 120-160\n", 0, 0},
    {"hwaddr",
	LEASE("  ends never;\n  binding state active;\n"
	      "  hardware ethernet 2:1;\n"),
	"+192.0.2.7/32 02:01 100\n", 0, 0},
    {"hwaddr",
	LEASE("  ends epoch 160;\n  next binding state active;\n"
	      "  rewind binding state active;\n"
	      "  binding state free;\n  hardware ethernet 2:1;\n"),
	"-192.0.2.7/32 160\n", 0, 0},
    {"hwaddr", LEASE("  ends epoch 160;\n  binding state abandoned;\n"),
	"-192.0.2.7/32 100\n", 0, 0},
    {"hwaddr",
	"lease 192.0.2.7 { starts 4 1970/01/01 00:01:40; binding "
	"state active; hardware ethernet 2:1; # to the end }\n}",
	"+192.0.2.7/32 02:01 100\n", 0, 0},
    {"hwaddr",
	LEASE(ACTIVE "  on expiry { set a = \"}\"; if x { y; } }\n"
		     "  hardware ethernet 2:1;\n"),
	"+192.0.2.7/32 02:01 100-160\n", 0, 0},
    /* no such declarations */
    {"hwaddr", LEASE("  hardware ethernet 2:1;\n"), "", 0, 1},
    {"hwaddr", LEASE(ACTIVE "  ends 4 2025/13/01 00:00:00;\n"), "", 0, 1},
    {"hwaddr", "lease 192.0.2 {\n" ACTIVE "}\n", "", 0, 1},
    {"hwaddr", "lease 2001:db8::1 {\n starts epoch 1;\n" ACTIVE "}\n", "", 0,
	1},
    {"hwaddr", "}\n}\n", "", 0, 2},
    {"hwaddr", "failover peer \"x\" state { my state normal; }\n", "", 0, 0},
    {"hwaddr", LEASE(ACTIVE "  hardware ethernet 2:1:;\n"),
	"-192.0.2.7/32 100\n", 1, 0},
    /* cut within a lease, then another file */
    {"hwaddr",
	"lease 192.0.2.6 {\n  on expiry {\n" LEASE(
	    ACTIVE "  hardware ethernet 2:1;\n"),
	"+192.0.2.7/32 02:01 100-160\n", 0, 1},
};

static void dhcpd_tells_of_ipv4(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dhcpd) / sizeof(dhcpd[0]); i++)
		if (feed(LEASE_FORMAT_DHCPD, dhcpd[i].field, dhcpd[i].text) !=
			dhcpd[i].nameless ||
		    bads != dhcpd[i].bad || strcmp(told, dhcpd[i].want) != 0)
			fail_msg("%s %s: %s (%d bad)", dhcpd[i].field,
			    dhcpd[i].text, told, bads);
}

#define IA(what, part)                                                         \
	what " \"\\001\\000\\000\\000\\000\\003\\000\\001\" {\n"               \
	     "  cltt epoch 100;\n" part "}\n"

static void dhcpd_tells_of_ipv6(void **state)
{
	(void)state;
	feed(LEASE_FORMAT_DHCPD6, "duid",
	    IA("ia-na", "  iaaddr 2001:db8::7 {\n    binding state active;\n"
			"    ends epoch 160;\n  }\n") IA("ia-pd",
		"  iaprefix 2001:db8:40::/56 {\n"
		"    binding state active;\n  }\n"
		"  iaprefix 2001:db8:41::/56 {\n"
		"    binding state released;\n    ends epoch 150;\n"
		"  }\n") IA("ia-pd", "  iaprefix 2001:db8:40:: {\n"
				     "    binding state active;\n  }\n"));
	assert_string_equal(told, "+2001:db8::7/128 00:03:00:01 100-160\n"
				  "+2001:db8:40::/56 00:03:00:01 100.1\n"
				  "-2001:db8:41::/56 150\n");
	assert_int_equal(bads, 1);
	feed(LEASE_FORMAT_DHCPD6, "set:cust",
	    IA("ia-na", "  iaaddr 2001:db8::7 {\n    binding state active;\n"
			"    set cust = \"C1\";\n  }\n"));
	assert_string_equal(told, "+2001:db8::7/128 C1 100\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kea_tells_of_ipv4),
	    cmocka_unit_test(keas_header_names_the_columns),
	    cmocka_unit_test(within_one_second_the_order_of_the_file_counts),
	    cmocka_unit_test(kea_tells_of_ipv6),
	    cmocka_unit_test(dhcpd_tells_of_ipv4),
	    cmocka_unit_test(dhcpd_tells_of_ipv6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
