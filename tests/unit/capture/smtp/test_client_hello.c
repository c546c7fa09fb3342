/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "capture/smtp/client_hello.h"
#include "hello.h"

static const uint16_t modern[] = {0x1a1a, 0x0303, 0x0304, 0x7f1c};
static uint8_t bytes[32768];
static struct client_hello got;

/* In pieces of so many octets. */
static enum client_hello_status feed(size_t len, size_t piece)
{
	struct client_hello_reader *r = client_hello_new();
	enum client_hello_status status = CLIENT_HELLO_MORE;
	uint8_t *copy;

	assert_non_null(r);
	memset(&got, 0, sizeof(got));
	for (size_t i = 0; i < len && status == CLIENT_HELLO_MORE; i += piece) {
		size_t n = len - i < piece ? len - i : piece;

		copy = malloc(n); /* a read past its end is seen */
		assert_non_null(copy);
		memcpy(copy, bytes + i, n);
		status = client_hello_feed(r, copy, n, &got);
		free(copy);
		assert_true(client_hello_bytes(r) < CLIENT_HELLO_MAX + 128);
	}
	client_hello_free(r);
	return status;
}

static void name_and_version_are_read_at_any_split(void **state)
{
	struct hello_spec spec = {0x0303, modern, 4, "MX.Example", 0, 0};
	size_t len;

	(void)state;
	for (size_t record = 0; record < 40; record++) {
		spec.record = record;
		len = hello_make(bytes, &spec);
		for (size_t piece = 1; piece <= len; piece++) {
			assert_int_equal(feed(len, piece), CLIENT_HELLO_DONE);
			assert_string_equal(got.sni, "mx.example");
			assert_int_equal(got.version, 0x0304);
		}
	}
}

static void the_highest_known_version_counts(void **state)
{
	static const uint16_t grease[] = {0x0a0a, 0x7f17, 0xfafa};
	static const struct {
		struct hello_spec spec;
		int version;
	} rows[] = {
	    {{0x0303, NULL, 0, NULL, 0, 0}, 0x0303},
	    {{0x0301, NULL, 0, NULL, 0, 0}, 0x0301},
	    {{0x0300, NULL, 0, NULL, 0, 0}, 0x0300},
	    {{0x0303, modern, 4, NULL, 0, 0}, 0x0304},
	    {{0x0303, modern, 2, NULL, 0, 0}, 0x0303},
	    {{0x0303, grease, 3, NULL, 0, 0}, 0x0303},
	    {{0x7f1c, NULL, 0, NULL, 0, 0}, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(feed(hello_make(bytes, &rows[i].spec), 9999),
		    CLIENT_HELLO_DONE);
		assert_int_equal(got.version, rows[i].version);
		assert_string_equal(got.sni, "");
	}
}

static void a_name_that_is_no_domain_is_not_kept(void **state)
{
	static const char *const bad[] = {
	    "mark@one.example", "", "a b", "mark\n", "-x", "a..b"};
	struct hello_spec spec = {0x0303, NULL, 0, NULL, 0, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		spec.name = bad[i];
		assert_int_equal(
		    feed(hello_make(bytes, &spec), 9999), CLIENT_HELLO_DONE);
		assert_string_equal(got.sni, "");
	}
}

static void a_large_one_is_read_up_to_the_bound(void **state)
{
	struct hello_spec spec = {0x0303, modern, 4, "mx.example", 3000, 0};

	(void)state;
	assert_int_equal(
	    feed(hello_make(bytes, &spec), 700), CLIENT_HELLO_DONE);
	assert_string_equal(got.sni, "mx.example");
	/* What stands behind the bound is not seen, and not made up. */
	spec.padding = 9000;
	assert_int_equal(
	    feed(hello_make(bytes, &spec), 700), CLIENT_HELLO_DONE);
	assert_string_equal(got.sni, "");
	assert_int_equal(got.version, 0x0303);
}

static void what_is_none_is_refused(void **state)
{
	struct hello_spec spec = {0x0303, modern, 4, "mx.example", 0, 20};
	size_t len;

	(void)state;
	for (size_t at = 0; at < 3; at++) {
		len = hello_make(bytes, &spec);
		bytes[at == 2 ? 5 : at] ^= 0x40;
		assert_int_equal(feed(len, 1), CLIENT_HELLO_NONE);
	}
	/* Another record type in the midst of it: an alert. */
	len = hello_make(bytes, &spec);
	bytes[25] = 0x15;
	assert_int_equal(feed(len, len), CLIENT_HELLO_NONE);
	len = hello_make(bytes, &spec);
	bytes[3] = bytes[4] = 0;
	assert_int_equal(feed(len, len), CLIENT_HELLO_NONE);
	assert_int_equal(feed(3, 3), CLIENT_HELLO_MORE);
}

/* Each length field in turn is a lie. */
static void a_lie_about_a_length_is_survived(void **state)
{
	struct hello_spec spec = {0x0303, modern, 4, "mx.example", 2, 0};
	size_t len = hello_make(bytes, &spec);
	static uint8_t good[32768];

	(void)state;
	memcpy(good, bytes, len);
	for (size_t at = 0; at < len; at++)
		for (int v = 0; v < 256; v += 5) {
			memcpy(bytes, good, len);
			bytes[at] = (uint8_t)v;
			(void)feed(len, len);
			(void)feed(len, 3);
			assert_true(strlen(got.sni) < sizeof(got.sni));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(name_and_version_are_read_at_any_split),
	    cmocka_unit_test(the_highest_known_version_counts),
	    cmocka_unit_test(a_name_that_is_no_domain_is_not_kept),
	    cmocka_unit_test(a_large_one_is_read_up_to_the_bound),
	    cmocka_unit_test(what_is_none_is_refused),
	    cmocka_unit_test(a_lie_about_a_length_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
