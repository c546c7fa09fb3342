/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/drivers/nft/ruleset.h"

static struct nft_ruleset r;

static int parse(const char *json)
{
	return nft_ruleset_parse(&r, json, strlen(json));
}

#define SET(name, elements)                                                    \
	"{\"nftables\":[{\"metainfo\":{}},{\"table\":{\"name\":\"op25b\"}},"   \
	"{\"set\":{\"name\":\"" name "\",\"elem\":[" elements "]}}]}"

static void elements_of_ours_and_of_others(void **state)
{
	(void)state;
	assert_int_equal(
	    parse(SET("block4",
		"{\"elem\":{\"val\":\"192.0.2.7\",\"timeout\":3600,\"comment\":"
		"\"sekisho 41 5 C1\",\"counter\":{\"packets\":3,\"bytes\":180}"
		"}},{\"elem\":{\"val\":\"192.0.2.8\",\"comment\":\"x\"}},"
		"\"192.0.2.9\"")),
	    0);
	assert_true(r.is_there);
	assert_false(r.dormant);
	assert_int_equal(r.n, 3);
	assert_string_equal(r.v[0].subscriber, "C1");
	assert_int_equal(r.v[0].seq, 41);
	assert_int_equal(r.v[0].until_us, 5);
	assert_int_equal(r.v[0].packets, 3);
	assert_int_equal(r.v[0].bytes, 180);
	assert_int_equal(r.v[0].target.prefix.len, 128);
	assert_string_equal(r.v[1].subscriber, "");
	assert_string_equal(r.v[2].subscriber, "");
	assert_false(target_is_shared(&r.v[2].target));
	nft_ruleset_free(&r);
}

static void prefixes_have_the_length_of_their_set(void **state)
{
	(void)state;
	assert_int_equal(parse(SET("block6_56", "\"2001:db8::\"")), 0);
	assert_int_equal(r.v[0].target.prefix.len, 56);
	assert_true(r.lengths.has6[56]);
	assert_false(r.lengths.has6[128]);
	nft_ruleset_free(&r);
}

static void port_ranges(void **state)
{
	(void)state;
	assert_int_equal(
	    parse(SET("block4p",
		"{\"elem\":{\"val\":{\"concat\":[\"192.0.2.9\",{\"range\":"
		"[1024,2047]}]}}},{\"concat\":[\"192.0.2.9\",4096]},"
		"{\"concat\":[{\"prefix\":{\"addr\":\"192.0.2.0\",\"len\":24}},"
		"25]}")),
	    0);
	assert_int_equal(r.n, 3);
	assert_int_equal(r.v[0].target.first_port, 1024);
	assert_int_equal(r.v[0].target.last_port, 2047);
	assert_int_equal(r.v[1].target.first_port, 4096);
	assert_int_equal(r.v[1].target.last_port, 4096);
	assert_int_equal(r.v[2].target.prefix.len, 120);
	nft_ruleset_free(&r);
}

static void what_no_target_can_name_is_counted(void **state)
{
	(void)state;
	assert_int_equal(
	    parse(SET("block4",
		"{\"range\":[\"192.0.2.1\",\"192.0.2.9\"]},7,null,\"x\"")),
	    0);
	assert_int_equal(r.n, 0);
	assert_int_equal(r.n_strange, 4);
	nft_ruleset_free(&r);
}

static void other_sets_and_chains_are_not_ours(void **state)
{
	(void)state;
	assert_int_equal(parse(SET("own4", "\"192.0.2.7\"")), 0);
	assert_int_equal(r.n, 0);
	nft_ruleset_free(&r);
	assert_int_equal(
	    parse("{\"nftables\":[{\"table\":{\"flags\":[\"dormant\"]}},"
		  "{\"rule\":{\"chain\":\"forward\"}},"
		  "{\"rule\":{\"chain\":\"refuse\"}},"
		  "{\"rule\":{\"chain\":\"mine\"}}]}"),
	    0);
	assert_true(r.dormant);
	assert_int_equal(r.n_rules, 2);
	nft_ruleset_free(&r);
}

static void what_is_no_json_of_nft_is_refused(void **state)
{
	static const char *const texts[] = {
	    "", "[]", "{}", "{\"nftables\":7}", "{\"nftables\":["};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(parse(texts[i]), -1);
	assert_int_equal(parse("{\"nftables\":[7,null,{}]}"), 0);
	assert_false(r.is_there);
	nft_ruleset_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(elements_of_ours_and_of_others),
	    cmocka_unit_test(prefixes_have_the_length_of_their_set),
	    cmocka_unit_test(port_ranges),
	    cmocka_unit_test(what_no_target_can_name_is_counted),
	    cmocka_unit_test(other_sets_and_chains_are_not_ours),
	    cmocka_unit_test(what_is_no_json_of_nft_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
