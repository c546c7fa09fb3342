/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "analyzer/drivers/flowspec/exabgp.h"
#include "analyzer/drivers/flowspec/gobgp.h"

static struct target target(const char *text, int first, int last)
{
	struct target t = {
	    .first_port = (uint16_t)first, .last_port = (uint16_t)last};

	assert_int_equal(prefix_parse(&t.prefix, text), 0);
	return t;
}

static const struct {
	const char *target, *command, *rule;
	int first, last;
} rules[] = {
    {"192.0.2.7",
	"announce flow route { match { source 192.0.2.7/32; protocol =tcp; "
	"destination-port =25; } then { discard; } }",
	"neighbor 127.0.0.2 ipv4 flow flow source-ipv4 192.0.2.7/32 protocol "
	"=tcp destination-port =25",
	0, 0},
    {"2001:db8:12:3400::/56",
	"announce flow route { match { source 2001:db8:12:3400::/56; "
	"next-header =tcp; destination-port =25; } then { discard; } }",
	"neighbor 127.0.0.2 ipv6 flow flow source-ipv6 "
	"2001:db8:12:3400::/56/0 next-header =tcp destination-port =25",
	0, 0},
    {"192.0.2.10",
	"announce flow route { match { source 192.0.2.10/32; protocol =tcp; "
	"destination-port =25; source-port >=1024&<=2047; } then { discard; } "
	"}",
	"neighbor 127.0.0.2 ipv4 flow flow source-ipv4 192.0.2.10/32 protocol "
	"=tcp destination-port =25 source-port [ >=1024&<=2047 ]",
	1024, 2047},
    {"192.0.2.11",
	"announce flow route { match { source 192.0.2.11/32; protocol =tcp; "
	"destination-port =25; source-port =4096; } then { discard; } }",
	"neighbor 127.0.0.2 ipv4 flow flow source-ipv4 192.0.2.11/32 protocol "
	"=tcp destination-port =25 source-port =4096",
	4096, 4096},
};

static void exabgp_says_what_was_announced(void **state)
{
	char command[EXABGP_LINE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct target want =
		    target(rules[i].target, rules[i].first, rules[i].last);
		struct target got;

		assert_string_equal(
		    exabgp_command(command, &want, true, "discard"),
		    rules[i].command);
		assert_int_equal(exabgp_parse_rule(&got, rules[i].rule), 0);
		assert_int_equal(target_compare(&got, &want), 0);
	}
}

#define RULE "neighbor 127.0.0.2 ipv4 flow flow "

static void rules_of_others_are_not_ours(void **state)
{
	static const char *const lines[] = {"", "done",
	    "neighbor 127.0.0.2 ipv4 unicast 192.0.2.0/24 next-hop self", RULE,
	    RULE "source-ipv4", RULE "source-ipv4 192.0.2.7/32",
	    RULE "source-ipv4 junk protocol =tcp destination-port =25",
	    RULE "source-ipv4 192.0.2.7/32 protocol =udp destination-port =25",
	    RULE "source-ipv4 192.0.2.7/32 protocol =tcp destination-port =26",
	    RULE "source-ipv4 192.0.2.7/32 protocol =tcp destination-port "
		 "[ =25 =26 ]",
	    RULE "source-ipv6 2001:db8::/56/8 next-header =tcp "
		 "destination-port =25",
	    RULE "source-ipv4 192.0.2.7/32 protocol =tcp destination-port =25 "
		 "tcp-flags =syn",
	    RULE "source-ipv4 192.0.2.7/32 protocol =tcp destination-port =25 "
		 "source-port [ >=5&<=4 ]",
	    RULE "source-ipv4 192.0.2.7/32 protocol =tcp destination-port =25 "
		 "source-port [ >=5&<=9 >=20&<=30 ]",
	    RULE "source-ipv4 192.0.2.7/32 protocol =tcp destination-port =25 "
		 "source-port =70000",
	    RULE "source-ipv4 192.0.2.7/32 protocol =tcp destination-port =25 "
		 "source-port =25 fragment dont-fragment"};
	struct target t;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (exabgp_parse_rule(&t, lines[i]) == 0)
			fail_msg("%s", lines[i]);
}

/* What "gobgp -j global rib -a ipv4-flowspec" of 3.10 printed, without
 * attributes. */
#define SOURCE(p) "{\"type\":2,\"value\":{\"prefix\":\"" p "\"}}"
#define TCP       "{\"type\":3,\"value\":[{\"op\":129,\"value\":6}]}"
#define PORT25    "{\"type\":5,\"value\":[{\"op\":129,\"value\":25}]}"
#define RANGE                                                                  \
	"{\"type\":6,\"value\":[{\"op\":19,\"value\":1024},"                   \
	"{\"op\":213,\"value\":2047}]}"
#define ONE               "{\"type\":6,\"value\":[{\"op\":145,\"value\":4096}]}"
#define PATH(parts, more) "{\"x\":[{\"nlri\":{\"value\":[" parts "]}" more "}]}"

static size_t found(const char *json, struct target *t)
{
	struct flow f = {.ledger = ledger_new()};
	struct ledger_claim *c;
	size_t n;

	assert_int_equal(gobgp_parse_rib(&f, json, strlen(json)), 0);
	c = ledger_claims(f.ledger);
	n = HASH_COUNT(c);
	if (n > 0)
		*t = c->target;
	ledger_free(f.ledger);
	return n;
}

static void gobgps_table_is_read(void **state)
{
	static const struct {
		const char *json, *target;
		int first, last;
	} cases[] = {
	    {PATH(SOURCE("192.0.2.7/32") "," TCP "," PORT25, ""), "192.0.2.7",
		0, 0},
	    {PATH("{\"type\":2,\"value\":{\"prefix\":\"2001:db8::/56\"},"
		  "\"offset\":0}," TCP "," PORT25,
		 ""),
		"2001:db8::/56", 0, 0},
	    {PATH(SOURCE("192.0.2.7/32") "," TCP "," PORT25 "," RANGE, ""),
		"192.0.2.7", 1024, 2047},
	    {PATH(SOURCE("192.0.2.7/32") "," TCP "," PORT25 "," ONE, ""),
		"192.0.2.7", 4096, 4096},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target want =
		    target(cases[i].target, cases[i].first, cases[i].last);
		struct target got;

		assert_int_equal(found(cases[i].json, &got), 1);
		assert_int_equal(target_compare(&got, &want), 0);
	}
}

static void gobgps_other_rules_are_not_ours(void **state)
{
	static const char *const cases[] = {
	    "{}",
	    "{\"x\":7,\"y\":[7],\"z\":[{}]}",
	    PATH(SOURCE("192.0.2.7/32"), ""),
	    PATH(TCP "," PORT25, ""),
	    PATH(SOURCE("junk") "," TCP "," PORT25, ""),
	    PATH(SOURCE("192.0.2.7/32") "," TCP "," PORT25 "," TCP, ""),
	    PATH(SOURCE("192.0.2.7/32") "," TCP "," PORT25
					",{\"type\":9,\"value\":[]}",
		""),
	    PATH(SOURCE("192.0.2.7/32") "," TCP "," PORT25
					",{\"type\":40,\"value\":[]}",
		""),
	    PATH(SOURCE("192.0.2.7/32") "," TCP
					",{\"type\":5,\"value\":[{\"op\":131,"
					"\"value\":25}]}",
		""),
	    /* heard from a neighbour */
	    PATH(SOURCE("192.0.2.7/32") "," TCP "," PORT25,
		",\"neighbor-ip\":\"192.0.2.1\""),
	};
	struct target t;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (found(cases[i], &t) != 0)
			fail_msg("%s", cases[i]);
}

static void what_is_no_json_is_told(void **state)
{
	struct flow f = {.ledger = ledger_new()};

	(void)state;
	assert_int_equal(gobgp_parse_rib(&f, "", 0), -1);
	assert_int_equal(gobgp_parse_rib(&f, "[]", 2), -1);
	ledger_free(f.ledger);
	assert_int_equal(gobgp_parse_neighbors("", 0), -1);
	assert_int_equal(gobgp_parse_neighbors("{}", 2), -1);
}

static void sessions_are_counted(void **state)
{
	static const char json[] = "[{\"state\":{\"session_state\":6}},"
				   "{\"state\":{\"session_state\":3}},{}]";

	(void)state;
	assert_int_equal(gobgp_parse_neighbors(json, strlen(json)), 1);
	assert_int_equal(gobgp_parse_neighbors("[]", 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exabgp_says_what_was_announced),
	    cmocka_unit_test(rules_of_others_are_not_ours),
	    cmocka_unit_test(gobgps_table_is_read),
	    cmocka_unit_test(gobgps_other_rules_are_not_ours),
	    cmocka_unit_test(what_is_no_json_is_told),
	    cmocka_unit_test(sessions_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
