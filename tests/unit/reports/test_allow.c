/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

static int items_of(const char *line)
{
	char words[256];
	json_t *j;
	int n;

	snprintf(words, sizeof(words), "%s -o json", line);
	assert_code(sekisho(words), CLI_OK);
	j = parsed(fx->out);
	n = (int)json_array_size(json_object_get(j, "items"));
	json_decref(j);
	return n;
}

static void the_list_has_what_was_added_and_not_removed(void **state)
{
	(void)state;
	assert_int_equal(items_of("allow list"), 0);
	assert_code(
	    sekisho("allow add C1 --ttl 90d --reason mail~server --ticket T9 "
		    "--operator aiko"),
	    CLI_OK);
	assert_code(sekisho("block C2 --reason spam"), CLI_OK);
	assert_code(sekisho("allow list -o csv"), CLI_OK);
	assert_has(fx->out, "customer,decision,class,since,until,operator,"
			    "reason,targets\r\nC1,D1,dynamic,");
	assert_has(fx->out, ",aiko,mail server (ticket T9),192.0.2.7/32");
	assert_int_equal(items_of("allow list --customer C2"), 0);
	assert_int_equal(items_of("allow list -q reason:server"), 1);
	/* Gone is only what is on it. */
	assert_code(sekisho("allow remove C2 --reason x"), CLI_NOT_FOUND);
	assert_has(fx->err, "C2 is not on the allow list");
	assert_code(sekisho("allow remove C1"), CLI_USAGE);
	assert_code(
	    sekisho("allow remove 192.0.2.7 --reason moved --dry-run"), CLI_OK);
	assert_int_equal(items_of("allow list"), 1);
	assert_code(sekisho("allow remove 192.0.2.7 --reason moved"), CLI_OK);
	assert_int_equal(items_of("allow list"), 0);
	assert_int_equal(items_of("decision list --in-force"), 1);
	assert_code(sekisho("audit list --verb disallow -o csv"), CLI_OK);
	assert_has(fx->out, ",disallow,C1,accepted,moved,");
}

static void removing_leaves_a_block_below_it(void **state)
{
	(void)state;
	assert_code(sekisho("block C1 --reason spam"), CLI_OK);
	assert_code(sekisho("allow C1 --reason server"), CLI_OK);
	assert_code(sekisho("allow test C1 -o jsonl"), CLI_OK);
	assert_code(sekisho("allow remove C1 --reason moved"), CLI_OK);
	assert_code(sekisho("decision list --in-force -o csv "
			    "--fields customer,action,cause,reason"),
	    CLI_OK);
	assert_has(fx->out, "C1,block,manual,\"in force again: the block D1");
}

static void a_test_says_which_entry_and_why(void **state)
{
	json_t *j;

	(void)state;
	assert_code(
	    sekisho("allow C1 --reason server --operator aiko"), CLI_OK);
	assert_code(sekisho("allow test 192.0.2.7 -o json"), CLI_OK);
	j = parsed(fx->out);
	assert_true(json_is_true(json_object_get(j, "listed")));
	assert_string_equal(
	    json_string_value(json_object_get(j, "decision")), "D1");
	assert_string_equal(json_string_value(json_object_get(j, "why")),
	    "192.0.2.7/32 is held by C1: the allow D1 of aiko goes before "
	    "every block");
	json_decref(j);
	assert_code(sekisho("block C2 --reason spam"), CLI_OK);
	assert_code(sekisho("allow test C2 -o json"), CLI_NOT_FOUND);
	assert_has(fx->out, "C2 has no entry; the block D2 holds (manual)");
	assert_code(sekisho("allow test C3"), CLI_NOT_FOUND);
	assert_has(fx->out, "C3 has no entry; the rule of the class holds");
	assert_code(sekisho("allow test 203.0.113.1"), CLI_NOT_FOUND);
	assert_has(fx->err, "nobody is known to have had 203.0.113.1");
	/* before it was on the list */
	assert_code(
	    sekisho("allow test C1 --at 2026-11-24T00:00:00Z"), CLI_NOT_FOUND);
}

static int import(const char *text, const char *options)
{
	char path[128], words[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/list.csv", fx->dir);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	snprintf(words, sizeof(words), "allow import %s %s", path, options);
	return sekisho(words);
}

static void a_file_is_taken_whole_or_not_at_all(void **state)
{
	(void)state;
	assert_code(import("target,ttl,reason\n"
			   "C1,24h,\"mail, of the shop\"\n"
			   "C9\n"
			   "C2,soon,x\n"
			   "C3,24h,\n"
			   ",24h,x\n"
			   "C3,24h,\"open\n",
			"--operator aiko"),
	    CLI_FAILED);
	assert_has(fx->err, "list.csv:3: it has not as many fields");
	assert_has(fx->err, "list.csv:4: the ttl is no time");
	assert_has(fx->err, "list.csv:5: the reason is missing");
	assert_has(fx->err, "list.csv:6: the target is missing");
	assert_has(fx->err, "list.csv:7: this is no line of CSV");
	assert_has(fx->err, "5 bad lines; nobody was touched");
	assert_int_equal(items_of("allow list"), 0);
	assert_code(import("target,owner\nC1,x\n", "--reason x"), CLI_FAILED);
	assert_has(fx->err, "list.csv:1: the first line names the columns");
	assert_code(import("ttl,reason\n24h,x\n", ""), CLI_FAILED);
	assert_has(fx->err, "list.csv:1: the first line names no column");
}

static void a_good_file_is_on_the_list(void **state)
{
	static const char text[] = "# who has a mail server\n"
				   "reason,target,ttl\r\n"
				   "\"mail, of the shop\",C1,24h\r\n"
				   "\n"
				   ",192.0.2.8,2099-12-31\r\n";

	(void)state;
	assert_code(import(text, "--reason contract --dry-run"), CLI_OK);
	assert_has(fx->err, "dry run, allow: 2 customers");
	assert_int_equal(items_of("allow list"), 0);
	assert_code(import(text, "--reason contract"), CLI_OK);
	assert_code(sekisho("allow list -o csv --fields customer,until,reason"),
	    CLI_OK);
	assert_has(fx->out, ",\"mail, of the shop\"\r\n");
	assert_has(fx->out, "C2,2099-12-31T00:00:00.000000Z,contract\r\n");
	assert_code(sekisho("audit list --verb allow -o csv --fields "
			    "object,reason"),
	    CLI_OK);
	assert_has(fx->out, "C1,\"mail, of the shop\"\r\n");
	assert_has(fx->out, "C2,contract\r\n");
	/* who is not known is told, the others are taken */
	assert_code(
	    import("target\nC3\nnobody\n", "--reason x"), CLI_NOT_FOUND);
	assert_int_equal(items_of("allow list"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(the_list_has_what_was_added_and_not_removed),
	    REPORTS_TEST(removing_leaves_a_block_below_it),
	    REPORTS_TEST(a_test_says_which_entry_and_why),
	    REPORTS_TEST(a_file_is_taken_whole_or_not_at_all),
	    REPORTS_TEST(a_good_file_is_on_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
