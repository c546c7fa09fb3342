/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

static void write_conf(const char *text, char words[static 256], int with_db)
{
	char path[96];
	FILE *f;

	snprintf(path, sizeof(path), "%s/t.conf", fx->dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	snprintf(words, 256, "config diff -o json -c %s%s%s", path,
	    with_db ? " --db " : "", with_db ? fx->db : "");
}

static json_t *diff(const char *text, int with_db, int code, size_t rows)
{
	char words[256];
	json_t *j, *items;

	write_conf(text, words, with_db);
	assert_code(sekisho_line(words, 0), code);
	j = parsed(fx->out);
	items = json_object_get(j, "items");
	if (json_array_size(items) != rows)
		fail_msg("%s", fx->out);
	return j;
}

static const char *field(json_t *j, size_t i, const char *key)
{
	json_t *items = json_object_get(j, "items");

	return json_string_value(
	    json_object_get(json_array_get(items, i), key));
}

static void defaults_do_not_differ(void **state)
{
	(void)state;
	json_decref(diff("", 0, CLI_OK, 0));
	/* Said, and the default all the same. */
	json_decref(diff("policy { burst_window_s = 60 }", 0, CLI_OK, 0));
}

static void what_differs_is_told_with_both_values(void **state)
{
	json_t *j = diff("provider = \"X\"\npolicy { burst_window_s = 30 }\n"
			 "class \"dynamic\" { port25 = open }\n",
	    0, CLI_FAILED, 3);

	(void)state;
	assert_string_equal(field(j, 0, "key"), "provider");
	assert_string_equal(field(j, 0, "is"), "\"X\"");
	assert_string_equal(field(j, 1, "key"), "policy.burst_window_s");
	assert_string_equal(field(j, 1, "was"), "60");
	assert_string_equal(field(j, 1, "is"), "30");
	assert_string_equal(field(j, 2, "key"), "class.dynamic.port25");
	json_decref(j);
}

static void a_section_that_only_one_has_is_told(void **state)
{
	json_t *j =
	    diff("class \"hotel\" { port25 = closed }\n", 0, CLI_FAILED, 7);

	(void)state;
	assert_string_equal(field(j, 0, "key"), "class.hotel.port25");
	assert_null(field(j, 0, "was"));
	json_decref(j);
}

/* The log's policy: the desk wrote it with its first action. */
static void with_a_database_its_policy_is_compared(void **state)
{
	json_t *j;

	(void)state;
	assert_code(sekisho("block C1 --reason x"), CLI_OK);
	json_decref(diff("provider = \"X\"", 1, CLI_OK, 0));
	j = diff("policy { min_domains = 6 }", 1, CLI_FAILED, 1);
	assert_string_equal(field(j, 0, "key"), "policy.min_domains");
	assert_string_equal(field(j, 0, "was"), "5");
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(defaults_do_not_differ),
	    REPORTS_TEST(what_differs_is_told_with_both_values),
	    REPORTS_TEST(a_section_that_only_one_has_is_told),
	    REPORTS_TEST(with_a_database_its_policy_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
