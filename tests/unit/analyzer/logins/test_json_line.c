/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/json_line.h"

#include "tests/unit/analyzer/logins/cases.h"

#define EVENT(line, account, client, result, n)                                \
	{                                                                      \
		line, LOGIN_LINE_EVENT, account, client, result, 1, n          \
	}
#define BAD(line)                                                              \
	{                                                                      \
		line, LOGIN_LINE_BAD, NULL, NULL, LOGIN_NONE, 0, 0             \
	}
#define T "\"time\":\"2026-11-25T18:43:53+09:00\","

static const struct line_case cases[] = {
    EVENT("{" T "\"account\":\"foo@example.com\",\"client\":\"192.0.2.7\","
	  "\"result\":\"success\",\"messages\":3}",
	"foo@example.com", "192.0.2.7", LOGIN_SUCCESS, 3),
    EVENT("{\"result\":\"failure\"," T
	  "\"account\":\"foo\",\"client\":\"2001:db8::7\",\"more\":[{}]}",
	"foo", "2001:db8::7", LOGIN_FAILURE, 0),
    {"{" T "\"account\":\"foo\",\"client\":\"192.0.2.7\","
     "\"result\":\"delivery\",\"delivered\":4,\"unknown\":2}",
	LOGIN_LINE_EVENT, "foo", "192.0.2.7", LOGIN_DELIVERY, 6, 0},
    BAD("{"),
    BAD("{}"),
    BAD("{" T "\"account\":\"foo\",\"client\":\"192.0.2.7\"}"),
    BAD("{\"time\":\"yesterday\",\"account\":\"foo\",\"client\":"
	"\"192.0.2.7\",\"result\":\"success\"}"),
    BAD("{\"time\":\"2026-11-25T18:43:53\",\"account\":\"foo\",\"client\":"
	"\"192.0.2.7\",\"result\":\"success\"}"),
    BAD("{" T "\"account\":\"foo\",\"client\":\"192.0.2\","
	"\"result\":\"success\"}"),
    BAD("{" T "\"account\":\"\",\"client\":\"192.0.2.7\","
	"\"result\":\"success\"}"),
    BAD("{" T "\"account\":\"a b\",\"client\":\"192.0.2.7\","
	"\"result\":\"success\"}"),
    BAD("{" T "\"account\":\"a\\u0000b\",\"client\":\"192.0.2.7\","
	"\"result\":\"success\"}"),
    BAD("{" T "\"account\":\"a\",\"account\":\"victim\",\"client\":"
	"\"192.0.2.7\",\"result\":\"success\"}"),
    BAD("{" T "\"account\":7,\"client\":\"192.0.2.7\","
	"\"result\":\"success\"}"),
    BAD("{" T "\"account\":\"a\",\"client\":\"192.0.2.7\","
	"\"result\":\"success\",\"messages\":-1}"),
    BAD("{" T "\"account\":\"a\",\"client\":\"192.0.2.7\","
	"\"result\":\"success\",\"messages\":1e300}"),
    BAD("{" T "\"account\":\"a\",\"client\":\"192.0.2.7\","
	"\"result\":\"failure\",\"messages\":2}"),
    BAD("{" T "\"account\":\"a\",\"client\":\"192.0.2.7\","
	"\"result\":\"successful\"}"),
    BAD("{" T "\"account\":\"a\",\"client\":\"192.0.2.7\","
	"\"result\":\"delivery\"}"),
    BAD("{" T "\"account\":\"a\",\"client\":\"192.0.2.7\","
	"\"result\":\"delivery\",\"unknown\":2,\"messages\":1}"),
    BAD("{" T "\"account\":\"a\",\"client\":\"192.0.2.7\","
	"\"result\":\"success\",\"unknown\":2}"),
    BAD("{" T "\"account\":\"a\",\"client\":\"192.0.2.7\","
	"\"result\":\"delivery\",\"rejected\":-2,\"unknown\":3}"),
};

static void lines_of_json_are_whole_or_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct login_event e = {0};

		check_case(&cases[i], json_line(whole(cases[i].line), &e), &e);
		if (i == 0)
			assert_int_equal(
			    e.ts_us, INT64_C(1795599833) * 1000000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_of_json_are_whole_or_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
