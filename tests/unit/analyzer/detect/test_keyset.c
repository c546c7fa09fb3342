/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/keyset.h"

#include "feed.h"

static void test_counts_what_is_distinct_up_to_its_maximum(void **state)
{
	struct keyset k = {0};

	(void)state;
	for (int round = 0; round < 2; round++)
		for (uint64_t key = 0; key < 500; key++)
			if (key != 1) /* 0 is kept as 1 */
				assert_int_equal(
				    keyset_add(&k, key, 1000), round == 0);
	assert_int_equal(k.n, 499);
	assert_int_equal(keyset_add(&k, 7777, 499), 0);
	assert_int_equal(k.n, 499);
	assert_int_equal(keyset_add(&k, 7777, 500), 1);
	keyset_clear(&k);
	assert_int_equal(k.n, 0);
	assert_int_equal(keyset_add(&k, 3, 1), 1);
	keyset_clear(&k);
}

static void test_different_addresses_have_different_keys(void **state)
{
	struct keyset k = {0};
	struct addr a;
	char text[ADDR_STRLEN];

	(void)state;
	for (int i = 0; i < 4096; i++) {
		snprintf(text, sizeof(text), "198.18.%d.%d", i / 256, i % 256);
		addr_parse(&a, text);
		assert_int_equal(keyset_add(&k, key_of_addr(&a), 10000), 1);
		assert_int_equal(keyset_add(&k, key_of_addr(&a), 10000), 0);
		snprintf(text, sizeof(text), "2001:db8:%x::1", i);
		addr_parse(&a, text);
		assert_int_equal(keyset_add(&k, key_of_addr(&a), 10000), 1);
	}
	keyset_clear(&k);
}

static void test_names_ignore_letter_case(void **state)
{
	(void)state;
	assert_true(
	    key_of_name("Example.COM", 11) == key_of_name("example.com", 11));
	assert_true(
	    key_of_name("example.com", 11) != key_of_name("example.net", 11));
	assert_true(
	    key_of_name("example.com", 10) != key_of_name("example.com", 11));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_counts_what_is_distinct_up_to_its_maximum),
	    cmocka_unit_test(test_different_addresses_have_different_keys),
	    cmocka_unit_test(test_names_ignore_letter_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
