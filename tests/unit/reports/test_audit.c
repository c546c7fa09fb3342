/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

static json_t *listed(const char *options, size_t want)
{
	char words[256];
	json_t *j;

	snprintf(words, sizeof(words), "audit list -o json %s", options);
	assert_code(sekisho(words), CLI_OK);
	j = parsed(fx->out);
	assert_int_equal(json_array_size(json_object_get(j, "items")), want);
	return j;
}

static const char *field(json_t *j, size_t i, const char *key)
{
	json_t *row = json_array_get(json_object_get(j, "items"), i);

	return json_string_value(json_object_get(row, key));
}

static void each_change_names_who_and_why(void **state)
{
	json_t *j;

	(void)state;
	assert_code(
	    sekisho("block C1 --ttl 1h --reason spam --operator aiko"), 0);
	assert_code(
	    sekisho("release 192.0.2.7 --reason clean --operator bo"), 0);
	j = listed("", 2);
	assert_string_equal(field(j, 0, "id"), "A2");
	assert_string_equal(field(j, 0, "operator"), "bo");
	assert_string_equal(field(j, 0, "verb"), "release");
	assert_string_equal(field(j, 0, "object"), "C1");
	assert_string_equal(field(j, 1, "operator"), "aiko");
	assert_string_equal(field(j, 1, "reason"), "spam");
	assert_string_equal(field(j, 1, "source"), "cli");
	assert_string_equal(field(j, 1, "outcome"), "accepted");
	assert_has(field(j, 1, "detail"), "action 1, C1, until 20");
	json_decref(j);
	json_decref(listed("--operator aiko", 1));
	json_decref(listed("--verb release", 1));
	json_decref(listed("--object C2", 0));
	j = listed("--cursor A2", 1);
	assert_string_equal(field(j, 0, "id"), "A1");
	json_decref(j);
	assert_code(sekisho("audit list --cursor x"), CLI_USAGE);
}

static void what_was_refused_is_there_too(void **state)
{
	json_t *j;

	(void)state;
	assert_code(sekisho("block 192.0.2.0/24 --reason x"), CLI_REFUSED);
	j = listed("", 1);
	assert_string_equal(field(j, 0, "outcome"), "refused");
	assert_string_equal(field(j, 0, "object"), "192.0.2.0/24");
	json_decref(j);
	/* A mistake in the command is no attempt to change anything. */
	assert_code(sekisho("block C1"), CLI_USAGE);
	assert_code(sekisho("block nobody --reason x"), CLI_NOT_FOUND);
	json_decref(listed("", 1));
}

static void the_operator_is_who_called_sudo(void **state)
{
	json_t *j;

	(void)state;
	if (getuid() != 0)
		skip();
	setenv("SUDO_USER", "keiko", 1);
	assert_code(sekisho("block C1 --reason x"), CLI_OK);
	unsetenv("SUDO_USER");
	j = listed("", 1);
	assert_string_equal(field(j, 0, "operator"), "keiko");
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(each_change_names_who_and_why),
	    REPORTS_TEST(what_was_refused_is_there_too),
	    REPORTS_TEST(the_operator_is_who_called_sudo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
