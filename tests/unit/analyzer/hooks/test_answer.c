/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/hooks/answer.h"

static void answers_are_read(void **state)
{
	static const struct {
		const char *line;
		int rc;
		int64_t seq;
		bool ok;
		const char *error;
	} cases[] = {
	    {"{\"seq\":41,\"ok\":true}", 0, 41, true, NULL},
	    {" {\"ok\":true, \"seq\":1, \"more\":[]} ", 0, 1, true, NULL},
	    {"{\"seq\":41,\"ok\":false,\"error\":\"full\"}", 0, 41, false,
		"full"},
	    {"{\"seq\":41,\"ok\":false}", 0, 41, false,
		"the driver gave no reason"},
	    {"{\"seq\":9223372036854775807,\"ok\":true}", 0, INT64_MAX, true,
		NULL},
	    {"{\"seq\":9223372036854775808,\"ok\":true}", -1, 0, false, NULL},
	    {"{\"seq\":\"41\",\"ok\":true}", -1, 0, false, NULL},
	    {"{\"seq\":4.5,\"ok\":true}", -1, 0, false, NULL},
	    {"{\"seq\":41,\"ok\":1}", -1, 0, false, NULL},
	    {"{\"seq\":41}", -1, 0, false, NULL},
	    {"{\"ok\":true}", -1, 0, false, NULL},
	    {"{\"seq\":41,\"seq\":42,\"ok\":true}", -1, 0, false, NULL},
	    {"[41,true]", -1, 0, false, NULL},
	    {"{\"seq\":41,\"ok\":true", -1, 0, false, NULL},
	    {"{\"seq\":41,\"ok\":true} x", -1, 0, false, NULL},
	    {"\xff\xfe", -1, 0, false, NULL},
	    {"", -1, 0, false, NULL},
	};
	struct answer a;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *line = cases[i].line;

		if (answer_read(line, strlen(line), &a) != cases[i].rc)
			fail_msg("%s", line);
		if (cases[i].rc != 0)
			continue;
		assert_true(a.seq == cases[i].seq);
		assert_int_equal(a.ok, cases[i].ok);
		if (cases[i].error != NULL)
			assert_string_equal(a.error, cases[i].error);
	}
}

static void a_long_error_is_cut(void **state)
{
	char line[2000] = "{\"seq\":1,\"ok\":false,\"error\":\"";
	struct answer a;

	(void)state;
	memset(line + strlen(line), 'x', 1500);
	strcat(line, "\"}");
	assert_int_equal(answer_read(line, strlen(line), &a), 0);
	assert_int_equal(strlen(a.error), ANSWER_ERROR_BYTES - 1);
}

static void a_greeting_is_any_object(void **state)
{
	static const char whole[] = "{\"ports\":true,\"port_sets\":false,"
				    "\"sees_refused\":true,\"max_entries\":7}";
	struct hello h;

	(void)state;
	assert_int_equal(answer_read_hello(whole, strlen(whole), &h), 0);
	assert_true(h.ports && !h.port_sets && h.sees_refused);
	assert_int_equal(h.max_entries, 7);
	assert_int_equal(answer_read_hello("{}", 2, &h), 0);
	/* what is not said: it closes ports, and knows nothing more */
	assert_true(h.ports);
	assert_false(h.port_sets || h.sees_refused);
	assert_int_equal(h.max_entries, 0);
	assert_int_equal(answer_read_hello("7", 1, &h), -1);
	assert_int_equal(answer_read_hello("hello", 5, &h), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers_are_read),
	    cmocka_unit_test(a_long_error_is_cut),
	    cmocka_unit_test(a_greeting_is_any_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
