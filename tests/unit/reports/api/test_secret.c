/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "reports/api/secret.h"

static void a_token_is_split_as_it_was_made(void **state)
{
	char text[TOKEN_TEXT_LEN], id[TOKEN_ID_LEN], again[TOKEN_ID_LEN];
	uint8_t hash[SECRET_BYTES], other[SECRET_BYTES];

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(token_make(text, id, hash), 0);
		assert_int_equal(token_split(text, again, other), 0);
		assert_string_equal(id, again);
		assert_true(secret_equal(hash, other, sizeof(hash)));
	}
	text[strlen(text) - 1] ^= 1;
	assert_int_equal(token_split(text, again, other), 0);
	assert_false(secret_equal(hash, other, sizeof(hash)));
}

static void what_is_no_token_is_not_split(void **state)
{
	char text[TOKEN_TEXT_LEN + 8], id[TOKEN_ID_LEN];
	uint8_t hash[SECRET_BYTES];

	(void)state;
	assert_int_equal(token_make(text, id, hash), 0);
	for (size_t n = 0; n < strlen(text); n++) {
		char part[TOKEN_TEXT_LEN];

		snprintf(part, sizeof(part), "%.*s", (int)n, text);
		assert_int_equal(token_split(part, id, hash), -1);
	}
	strcat(text, "x");
	assert_int_equal(token_split(text, id, hash), -1);
	assert_int_equal(token_split("", id, hash), -1);
	assert_int_equal(
	    token_split("tk_ABCDEFGHIJKL_abcdefghijklmnopqrstuvwxyz"
			"abcdefghijklmnopqr",
		id, hash),
	    -1);
}

static void a_password_is_hashed_with_its_salt(void **state)
{
	uint8_t salt[SECRET_SALT_BYTES] = {1}, a[SECRET_BYTES], b[SECRET_BYTES];

	(void)state;
	assert_int_equal(secret_password("correct horse", salt, a), 0);
	assert_int_equal(secret_password("correct horse", salt, b), 0);
	assert_true(secret_equal(a, b, sizeof(a)));
	salt[0] = 2;
	assert_int_equal(secret_password("correct horse", salt, b), 0);
	assert_false(secret_equal(a, b, sizeof(a)));
	salt[0] = 1;
	assert_int_equal(secret_password("correct hors", salt, b), 0);
	assert_false(secret_equal(a, b, sizeof(a)));
}

static void secrets_differ(void **state)
{
	char a[SECRET_TEXT_LEN], b[SECRET_TEXT_LEN];

	(void)state;
	assert_int_equal(secret_text(a), 0);
	assert_int_equal(secret_text(b), 0);
	assert_int_equal(strlen(a), SECRET_TEXT_LEN - 1);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_token_is_split_as_it_was_made),
	    cmocka_unit_test(what_is_no_token_is_not_split),
	    cmocka_unit_test(a_password_is_hashed_with_its_salt),
	    cmocka_unit_test(secrets_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
