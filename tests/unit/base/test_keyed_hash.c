/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/keyed_hash.h"

static void it_is_hmac_sha_256_cut_to_16_bytes(void **state)
{
	/* printf 'account\\0foo@example.com' | openssl dgst -sha256 \\
	 *     -hmac 0123456789abcdef */
	static const uint8_t want[KEYED_HASH_BYTES] = {0x62, 0xe7, 0x84, 0xa0,
	    0xad, 0x02, 0xb8, 0xd3, 0x16, 0x0c, 0xbf, 0x2f, 0x8c, 0x7d, 0x67,
	    0xbd};
	struct keyed_hash *h = keyed_hash_new("0123456789abcdef", 16);
	uint8_t got[KEYED_HASH_BYTES], joined[KEYED_HASH_BYTES];

	(void)state;
	assert_non_null(h);
	assert_true(keyed_hash(h, "account", "foo@example.com", NULL, got));
	assert_memory_equal(got, want, sizeof(want));
	assert_true(keyed_hash(h, "account", "foo", "example.com", joined));
	assert_memory_equal(got, joined, sizeof(got));
	keyed_hash_free(h);
}

static void purpose_and_key_change_it(void **state)
{
	struct keyed_hash *h = keyed_hash_new("0123456789abcdef", 16);
	struct keyed_hash *other = keyed_hash_new("0123456789abcdeF", 16);
	uint8_t a[KEYED_HASH_BYTES], b[KEYED_HASH_BYTES], c[KEYED_HASH_BYTES];

	(void)state;
	assert_true(keyed_hash(h, "account", "foo", NULL, a));
	assert_true(keyed_hash(h, "address", "foo", NULL, b));
	assert_true(keyed_hash(other, "account", "foo", NULL, c));
	assert_memory_not_equal(a, b, sizeof(a));
	assert_memory_not_equal(a, c, sizeof(a));
	keyed_hash_free(h);
	keyed_hash_free(other);
	keyed_hash_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_hmac_sha_256_cut_to_16_bytes),
	    cmocka_unit_test(purpose_and_key_change_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
