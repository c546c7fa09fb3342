/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/accounts.h"

#include "tests/unit/analyzer/logins/files.h"

static char err[512];

static struct login_accounts *load(const char *text)
{
	put("accounts.csv", "w", text);
	free(conf.login_accounts_file);
	conf.login_accounts_file = strdup(in_dir("accounts.csv"));
	err[0] = '\0';
	return login_accounts_new(&conf, err, sizeof(err));
}

static const char *whose(struct login_accounts *a, const char *account)
{
	uint8_t id[KEYED_HASH_BYTES];

	assert_true(login_accounts_id(a, account, id));
	return login_accounts_customer(a, id);
}

static void accounts_lead_to_customers(void **state)
{
	struct login_accounts *a = load("\xef\xbb\xbf"
					"account,customer\r\n"
					"foo@example.com,C1\r\n"
					"\n"
					"\"Bar@example.com\",\"C,2\"\n"
					"baz,C1");

	(void)state;
	assert_non_null(a);
	assert_int_equal(login_accounts_count(a), 3);
	assert_string_equal(whose(a, "foo@example.com"), "C1");
	assert_string_equal(whose(a, "FOO@Example.com"), "C1");
	assert_string_equal(whose(a, "bar@example.com"), "C,2");
	assert_string_equal(whose(a, "baz"), "C1");
	assert_null(whose(a, "foo"));
	login_accounts_free(a);
}

static void the_domain_is_added_where_none_is(void **state)
{
	struct login_accounts *a;

	(void)state;
	conf.login_domain = strdup("example.com");
	a = load("account,customer\nfoo,C1\nbar@example.com,C2\n");
	assert_non_null(a);
	assert_string_equal(whose(a, "foo@example.com"), "C1");
	assert_string_equal(whose(a, "bar"), "C2");
	assert_null(whose(a, "foo@example.org"));
	login_accounts_free(a);
}

static void a_bad_file_is_refused_and_shows_no_account(void **state)
{
	static const struct {
		const char *text, *place, *word;
	} cases[] = {
	    {"", ":1:", "account,customer"},
	    {"customer,account\n", ":1:", "account,customer"},
	    {"account,customer\nsecret\n", ":2:", "2 fields"},
	    {"account,customer\nsecret,C1,x\n", ":2:", "2 fields"},
	    {"account,customer\n\"secret,C1\n", ":2:", "2 fields"},
	    {"account,customer\nsecret a,C1\n", ":2:", "without spaces"},
	    {"account,customer\n,C1\n", ":2:", "account"},
	    {"account,customer\nsecret,\n", ":2:", "customer"},
	    {"account,customer\nsecret,account:12\n", ":2:", "account:"},
	    {"account,customer\nsecret,C1\nother,C2\nSECRET,C3\n",
		"lines 2 and 4", "same account"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_null(load(cases[i].text));
		if (strstr(err, cases[i].place) == NULL ||
		    strstr(err, cases[i].word) == NULL ||
		    strstr(err, "secret") != NULL)
			fail_msg("%s", err);
	}
	unlink(in_dir("accounts.csv"));
	assert_null(login_accounts_new(&conf, err, sizeof(err)));
	assert_non_null(strstr(err, "logins.accounts_file"));
}

static void a_bad_file_leaves_the_one_before(void **state)
{
	struct login_accounts *a = load("account,customer\nfoo,C1\n");

	(void)state;
	assert_non_null(a);
	put("accounts.csv", "w", "account,customer\nfoo\n");
	assert_int_equal(login_accounts_reload(a, &conf, err, sizeof(err)), -1);
	assert_string_equal(whose(a, "foo"), "C1");
	put("accounts.csv", "w", "account,customer\nfoo,C7\n");
	assert_int_equal(login_accounts_reload(a, &conf, err, sizeof(err)), 0);
	assert_string_equal(whose(a, "foo"), "C7");
	login_accounts_free(a);
}

static void without_a_file_everybody_is_nobody(void **state)
{
	struct login_accounts *a = login_accounts_new(&conf, err, sizeof(err));

	(void)state;
	assert_non_null(a);
	assert_null(whose(a, "foo"));
	login_accounts_free(a);
	login_accounts_free(NULL);
	put("key", "w", "short");
	assert_null(login_accounts_new(&conf, err, sizeof(err)));
	assert_non_null(strstr(err, "hash_key_file"));
}

static void many_accounts_are_found(void **state)
{
	FILE *f = fopen(in_dir("many.csv"), "w");
	struct login_accounts *a;
	char name[32], want[32];

	(void)state;
	assert_non_null(f);
	fputs("account,customer\n", f);
	for (int i = 0; i < 20000; i++)
		fprintf(f, "u%d@example.com,C%d\n", i, i / 2);
	fclose(f);
	conf.login_accounts_file = strdup(in_dir("many.csv"));
	a = login_accounts_new(&conf, err, sizeof(err));
	assert_non_null(a);
	for (int i = 0; i < 20000; i += 7) {
		snprintf(name, sizeof(name), "u%d@example.com", i);
		snprintf(want, sizeof(want), "C%d", i / 2);
		assert_string_equal(whose(a, name), want);
	}
	login_accounts_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FILES_TEST(accounts_lead_to_customers),
	    FILES_TEST(the_domain_is_added_where_none_is),
	    FILES_TEST(a_bad_file_is_refused_and_shows_no_account),
	    FILES_TEST(a_bad_file_leaves_the_one_before),
	    FILES_TEST(without_a_file_everybody_is_nobody),
	    FILES_TEST(many_accounts_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
