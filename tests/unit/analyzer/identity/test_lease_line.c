/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "analyzer/identity/lease_line.h"

#define T    "2026-11-24T08:00:00Z"
#define T_US INT64_C(1795507200000000)

static struct lease_event e;
static char why[LEASE_WHY_LEN];

static int parse(const char *line)
{
	return lease_line_parse(&e, line, strlen(line), why);
}

static void words(void **state)
{
	(void)state;
	assert_int_equal(parse("begin " T " C1 192.0.2.7"), 1);
	assert_int_equal(e.verb, LEASE_VERB_BEGIN);
	assert_true(e.at_us == T_US);
	assert_string_equal(e.customer, "C1");
	assert_int_equal(e.n_targets, 1);
	assert_int_equal(e.targets[0].prefix.len, 128);
	assert_int_equal(e.targets[0].first_port, 0);
	assert_int_equal(e.targets[0].last_port, 0);
	assert_string_equal(e.source, "desk");
	assert_string_equal(e.session, "192.0.2.7/32");
	assert_string_equal(e.nas, "");

	assert_int_equal(
	    parse("  begin @1795507200\tC=1 "
		  "192.0.2.7,2001:db8:1::/56,203.0.113.7:1024-2047 "
		  "session=a%20b%25 class=static nas=bras1 source=cgn\r"),
	    1);
	assert_true(e.at_us == T_US);
	assert_string_equal(e.customer, "C=1");
	assert_int_equal(e.n_targets, 3);
	assert_int_equal(e.targets[1].prefix.len, 56);
	assert_int_equal(e.targets[2].first_port, 1024);
	assert_int_equal(e.targets[2].last_port, 2047);
	assert_string_equal(e.session, "a b%");
	assert_string_equal(e.line_class, "static");
	assert_string_equal(e.nas, "bras1");
	assert_string_equal(e.source, "cgn");

	assert_int_equal(parse("end " T " 203.0.113.7#1024-2047"), 1);
	assert_int_equal(e.verb, LEASE_VERB_END);
	assert_string_equal(e.session, "203.0.113.7#1024-2047");
	assert_int_equal(parse("end " T " session=x nas=n"), 1);
	assert_int_equal(e.n_targets, 0);
	assert_int_equal(parse("refresh " T " session=x"), 1);
	assert_int_equal(e.verb, LEASE_VERB_REFRESH);
	assert_int_equal(parse("refresh " T " C1 192.0.2.7"), 1);
	assert_string_equal(e.customer, "C1");
	assert_int_equal(parse("reset " T " bras1"), 1);
	assert_int_equal(e.verb, LEASE_VERB_RESET);
	assert_string_equal(e.nas, "bras1");
	assert_int_equal(parse(""), 0);
	assert_int_equal(parse(" # begin"), 0);
}

static void json(void **state)
{
	(void)state;
	assert_int_equal(
	    parse("{\"verb\":\"begin\",\"time\":\"" T "\",\"customer\":\"C1\","
		  "\"targets\":[\"192.0.2.7\",\"[2001:db8::7]:1-2\"],"
		  "\"session\":\"a b%\",\"class\":\"dynamic\",\"nas\":\"n\","
		  "\"source\":\"cgn\"}"),
	    1);
	assert_int_equal(e.n_targets, 2);
	assert_int_equal(e.targets[1].first_port, 1);
	assert_string_equal(e.session, "a b%");
	assert_int_equal(
	    parse("{\"verb\":\"end\",\"time\":1795507200,\"session\":\"s\"}"),
	    1);
	assert_true(e.at_us == T_US);
	assert_int_equal(parse("{\"verb\":\"end\",\"time\":1,\"targets\":[],"
			       "\"session\":\"s\"}"),
	    1);
}

static void bad_lines_name_the_field(void **state)
{
	static const struct {
		const char *line, *word;
	} rows[] = {
	    {"start " T " C1 192.0.2.7", "verb \"start\""},
	    {"begin", "time"},
	    {"begin 2026-11-24 C1 192.0.2.7", "time \"2026-11-24\""},
	    {"begin -2h C1 192.0.2.7", "time \"-2h\""},
	    {"begin 2026-11-24T08:00:00 C1 192.0.2.7", "time"},
	    {"begin 2026-13-24T08:00:00Z C1 192.0.2.7", "time"},
	    {"begin " T, "customer"},
	    {"begin " T " C1", "target"},
	    {"begin " T " C1 192.0.2", "target \"192.0.2\""},
	    {"begin " T " C1 192.0.2.7/24", "bits are set"},
	    {"begin " T " C1 192.0.2.0/24:1-2", "single address"},
	    {"begin " T " C1 192.0.2.7:0-2", "block of ports"},
	    {"begin " T " C1 192.0.2.7:5", "block of ports"},
	    {"begin " T " C1 192.0.2.7:1-65536", "block of ports"},
	    {"begin " T " C1 192.0.2.7:3-2", "lower one first"},
	    {"begin " T " C1 192.0.2.7,", "target \"\""},
	    {"begin " T " C1 192.0.2.7,192.0.2.8", "session"},
	    {"begin " T " C1 192.0.2.7 192.0.2.8", "one too many"},
	    {"begin " T " C1 192.0.2.7 clas=static", "field \"clas=static\""},
	    {"begin " T " C1 192.0.2.7 nas=a nas=b", "twice"},
	    {"begin " T " C1 192.0.2.7 session=%2", "session"},
	    {"begin " T " C1 192.0.2.7 session=%00", "session"},
	    {"begin " T " C1 192.0.2.7 source=static", "subscriber file"},
	    {"begin " T " C1 192.0.2.7 source=A", "source \"A\""},
	    {"begin " T " C1 192.0.2.7 source=", "source"},
	    {"begin " T " C2345678901234567890123456789012345678901234567890"
	     "12345678901234 192.0.2.7",
		"customer"},
	    {"end " T, "session"},
	    {"reset " T, "nas"},
	    {"{", "JSON"},
	    {"{} x", "JSON"},
	    {"{\"verb\":\"end\",\"time\":\"" T "\",\"foo\":1}",
		"field \"foo\""},
	    {"{\"verb\":1}", "verb"},
	    {"{\"verb\":\"end\",\"verb\":\"end\"}", "JSON"},
	    {"{\"verb\":\"begin\",\"time\":1,\"customer\":\"a b\"}",
		"customer \"a b\""},
	    {"{\"verb\":\"end\",\"time\":1,\"targets\":\"192.0.2.7\"}",
		"targets"},
	    {"{\"verb\":\"end\",\"time\":1,\"targets\":[1]}", "targets"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int rc = parse(rows[i].line);

		if (rc != -1 || !strstr(why, rows[i].word))
			fail_msg("%s: %d %s", rows[i].line, rc, why);
	}
	assert_int_equal(lease_line_parse(&e, "end\0x", 5, why), -1);
}

static void more_targets_than_one_session_holds(void **state)
{
	char line[LEASE_LINE_MAX + 1];
	int n = snprintf(line, sizeof(line), "begin " T " C1 192.0.2.1");

	(void)state;
	for (int i = 2; i <= LEASE_TARGETS_MAX; i++)
		n += snprintf(
		    line + n, sizeof(line) - (size_t)n, ",192.0.2.%d", i);
	snprintf(line + n, sizeof(line) - (size_t)n, " session=s");
	assert_int_equal(parse(line), 1);
	snprintf(line + n, sizeof(line) - (size_t)n, ",192.0.2.99 session=s");
	assert_int_equal(parse(line), -1);
	assert_non_null(strstr(why, "targets"));
	memset(line, 'x', LEASE_LINE_MAX);
	line[LEASE_LINE_MAX] = '\0';
	assert_int_equal(parse(line), -1);
	assert_non_null(strstr(why, "longer"));
}

static void written_and_read_again(void **state)
{
	static const char *const lines[] = {
	    "begin " T " C1 192.0.2.7",
	    "begin " T " C1 192.0.2.7,203.0.113.7:1024-2047,2001:db8::/56 "
	    "session=a%20%25%0a class=static nas=n%20m source=cgn",
	    "refresh " T " C1 192.0.2.7",
	    "refresh " T " session=q",
	    "end " T " 203.0.113.7:1024-2047",
	    "end " T " session=q source=radius nas=b",
	    "reset " T " bras1 source=cgn",
	};
	char text[LEASE_LINE_MAX];
	struct lease_event first;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(parse(lines[i]), 1);
		first = e;
		if (parse(lease_line_format(&first, text)) != 1)
			fail_msg("%s: %s", text, why);
		assert_memory_equal(&first, &e, sizeof(e));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words),
	    cmocka_unit_test(json),
	    cmocka_unit_test(bad_lines_name_the_field),
	    cmocka_unit_test(more_targets_than_one_session_holds),
	    cmocka_unit_test(written_and_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
