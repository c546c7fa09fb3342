/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "analyzer/drivers/nft/script.h"

static struct target target(const char *text, int first, int last)
{
	struct target t = {
	    .first_port = (uint16_t)first, .last_port = (uint16_t)last};

	assert_int_equal(prefix_parse(&t.prefix, text), 0);
	return t;
}

static void sets_are_named_by_family_and_length(void **state)
{
	static const struct {
		const char *target, *name;
		int last;
	} cases[] = {
	    {"192.0.2.7", "block4", 0},
	    {"192.0.2.0/24", "block4_24", 0},
	    {"0.0.0.0/0", "block4_0", 0},
	    {"2001:db8::1", "block6", 0},
	    {"2001:db8::/56", "block6_56", 0},
	    {"192.0.2.7", "block4p", 1023},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target t = target(cases[i].target, 0, cases[i].last);
		struct target back;
		char name[NFT_SET_NAME];

		assert_string_equal(nft_set_name(&t, name), cases[i].name);
		assert_true(nft_set_parse(&back, name));
		assert_int_equal(back.prefix.len, t.prefix.len);
		assert_int_equal(
		    addr_is_v4(&back.prefix.addr), addr_is_v4(&t.prefix.addr));
		assert_int_equal(target_is_shared(&back), target_is_shared(&t));
	}
}

static void other_sets_are_not_ours(void **state)
{
	static const char *const names[] = {"own4", "allow6", "block4_33",
	    "block4_", "block4x", "block6p", "block4_2x", "block5",
	    "block6_129", "block"};
	struct target t;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (nft_set_parse(&t, names[i]))
			fail_msg("%s", names[i]);
}

static void comments_come_back(void **state)
{
	static const char *const names[] = {"C123", "a b", "\"q\"", "50%", "\\",
	    "\n", "h\xc3\xa9", "x\x7f",
	    "012345678901234567890123456789012345678901234567890123456789012"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char comment[NFT_COMMENT_MAX + 1], who[ROW_ID_LEN];
		int64_t seq, until;

		assert_int_equal(nft_comment_write(comment, names[i],
				     INT64_C(123456789012), 1780000000000000),
		    0);
		assert_null(strchr(comment, '"'));
		assert_null(strchr(comment, '\n'));
		assert_int_equal(
		    nft_comment_parse(comment, who, &seq, &until), 0);
		assert_string_equal(who, names[i]);
		assert_int_equal(seq, INT64_C(123456789012));
		assert_int_equal(until, 1780000000000000);
	}
}

static void a_comment_that_is_too_long_is_none(void **state)
{
	char comment[NFT_COMMENT_MAX + 1], name[ROW_ID_LEN];

	(void)state;
	memset(name, '"', sizeof(name));
	name[63] = '\0';
	assert_int_equal(nft_comment_write(comment, name, 1, 1), -1);
}

static void other_comments_are_not_ours(void **state)
{
	static const char *const texts[] = {"", "by hand", "sekisho",
	    "sekisho 4", "sekisho 4 5", "sekisho 4 5 ", "sekisho x 5 A",
	    "sekisho 4 x A", "sekisho 4 5 %Z", "sekisho 4 5 %2"};
	char who[ROW_ID_LEN];
	int64_t seq, until;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(
		    nft_comment_parse(texts[i], who, &seq, &until), -1);
}

static struct nft_conf conf = {.table = "t", .log_group = -1, .grace_s = 60};

static char *text_of(struct ledger *l, int64_t now_us)
{
	size_t n, n_v;
	char *text;
	FILE *f = open_memstream(&text, &n);
	struct ledger_claim **v = ledger_touched(l, &n_v);

	nft_write_changes(f, &conf, v, n_v, now_us);
	fclose(f);
	return text;
}

static void put(struct ledger *l, enum order_op op, int64_t seq,
    const char *who, struct target *t, size_t n, int64_t until_us)
{
	struct order o = {.op = op,
	    .seq = seq,
	    .subscriber = who,
	    .targets = t,
	    .n_targets = n,
	    .until_us = until_us};
	struct ledger_undo undo;

	ledger_put(l, &o, &undo);
	ledger_forget_undo(&undo);
}

static void changes_are_grouped_by_set(void **state)
{
	struct ledger *l = ledger_new();
	struct target v[3] = {target("192.0.2.7", 0, 0),
	    target("2001:db8::/56", 0, 0), target("192.0.2.8", 5, 5)};
	char *text;

	(void)state;
	put(l, ORDER_BLOCK, 1, "A", v, 3, 100000000);
	text = text_of(l, 40000000);
	assert_string_equal(text,
	    "add element inet t block6_56 {\n"
	    "2001:db8:: timeout 120s comment \"sekisho 1 100000000 A\"\n}\n"
	    "add element inet t block4 {\n"
	    "192.0.2.7 timeout 120s comment \"sekisho 1 100000000 A\"\n}\n"
	    "add element inet t block4p {\n"
	    "192.0.2.8 . 5 timeout 120s comment \"sekisho 1 100000000 A\"\n}"
	    "\n");
	free(text);
	/* Its end is past: only an unblock ends it. */
	text = text_of(l, 999000000);
	assert_null(strstr(text, "timeout"));
	free(text);
	ledger_free(l);
}

static void what_is_replaced_is_added_deleted_and_added(void **state)
{
	struct ledger *l = ledger_new();
	struct target v[2] = {
	    target("192.0.2.7", 0, 0), target("192.0.2.8", 0, 0)};
	struct ledger_claim *c;
	char *text;

	(void)state;
	for (int i = 0; i < 2; i++) {
		c = ledger_adopt(l, "A", 1, 0, &v[i]);
		strcpy(c->placed_for, "A");
		c->placed_seq = 1;
		c->packets = 7;
		c->bytes = 420;
	}
	put(l, ORDER_BLOCK, 2, "A", v, 1, 0);
	assert_int_equal(nft_action_of(ledger_find(l, &v[0])), NFT_REPLACE);
	assert_int_equal(nft_action_of(ledger_find(l, &v[1])), NFT_REMOVE);
	text = text_of(l, 1);
	assert_string_equal(text,
	    "add element inet t block4 {\n192.0.2.7,\n192.0.2.8\n}\n"
	    "delete element inet t block4 {\n192.0.2.7,\n192.0.2.8\n}\n"
	    "add element inet t block4 {\n"
	    "192.0.2.7 counter packets 7 bytes 420 comment \"sekisho 2 0 A\"\n"
	    "}\n");
	free(text);
	c = ledger_find(l, &v[0]);
	c->placed_seq = 2;
	assert_int_equal(nft_action_of(c), NFT_ADD);
	c->foreign = true;
	assert_int_equal(nft_action_of(c), NFT_LEAVE);
	ledger_free(l);
}

static void the_skeleton_has_a_rule_for_each_set(void **state)
{
	struct nft_lengths lengths = {{false}, {false}};
	struct target t = target("2001:db8::/60", 0, 0);
	struct prefix own[2];
	struct nft_conf c = {.table = "t",
	    .log_group = 25,
	    .own = own,
	    .n_own = 2,
	    .refusal = NFT_RESET};
	size_t n;
	char *text;
	FILE *f = open_memstream(&text, &n);
	int rules, count = 0;

	(void)state;
	assert_int_equal(prefix_parse(&own[0], "192.0.2.0/24"), 0);
	assert_int_equal(prefix_parse(&own[1], "2001:db8:25::/48"), 0);
	nft_lengths_add(&lengths, &t);
	t = target("192.0.2.0/24", 0, 0);
	nft_lengths_add(&lengths, &t);
	t = target("192.0.2.7", 0, 9);
	nft_lengths_add(&lengths, &t);
	rules = nft_write_skeleton(f, &c, &lengths);
	fclose(f);
	for (char *s = text; (s = strstr(s, "add rule")) != NULL; s++)
		count++;
	assert_int_equal(rules, count);
	assert_non_null(strstr(text,
	    "ip6 saddr & ffff:ffff:ffff:fff0:: @block6_60 goto refuse\n"));
	assert_non_null(
	    strstr(text, "ip saddr & 255.255.255.0 @block4_24 goto refuse\n"));
	assert_non_null(strstr(text, "add element inet t own4 { 192.0.2.0/24 "
				     "}\n"));
	assert_non_null(strstr(text, "own6 { 2001:db8:25::/48 }\n"));
	assert_non_null(strstr(text, "refuse log prefix \"t \" group 25\n"));
	assert_non_null(strstr(text, "refuse reject with tcp reset\n"));
	assert_null(strstr(text, "block4_32"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sets_are_named_by_family_and_length),
	    cmocka_unit_test(other_sets_are_not_ours),
	    cmocka_unit_test(comments_come_back),
	    cmocka_unit_test(a_comment_that_is_too_long_is_none),
	    cmocka_unit_test(other_comments_are_not_ours),
	    cmocka_unit_test(changes_are_grouped_by_set),
	    cmocka_unit_test(what_is_replaced_is_added_deleted_and_added),
	    cmocka_unit_test(the_skeleton_has_a_rule_for_each_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
