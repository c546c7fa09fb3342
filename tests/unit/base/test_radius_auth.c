/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>

#include "base/radius_auth.h"
#include "tests/unit/base/radius_pkt.h"

static const struct radius_secret secret = {"testing123", 10};
static struct radius_auth *auth;

static int set_up(void **state)
{
	(void)state;
	auth = radius_auth_new();
	return auth != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	radius_auth_free(auth);
	return 0;
}

static bool is_true(const struct rpkt *k, struct radius_secret s)
{
	struct radius_packet p;

	assert_int_equal(radius_open(&p, k->b, k->n), RADIUS_OK);
	return radius_request_is_true(auth, &p, s);
}

static void every_bit_counts(void **state)
{
	static const struct radius_secret others[] = {
	    {"testing12", 9}, {"testing1234", 11}, {"Testing123", 10}};
	struct rpkt k;

	(void)state;
	rpkt_start(&k, 1);
	assert_false(is_true(&k, secret));
	assert_true(radius_sign_request(auth, k.b, k.n, secret));
	assert_true(is_true(&k, secret));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(is_true(&k, others[i]));
	for (size_t i = 0; i < k.n; i++) {
		struct radius_packet p;

		k.b[i] ^= 0x10;
		if (radius_open(&p, k.b, k.n) == RADIUS_OK &&
		    radius_request_is_true(auth, &p, secret))
			fail_msg("byte %zu", i);
		k.b[i] ^= 0x10;
	}
}

/* RFC 5997 section 6.2: a Status-Server to the accounting port. */
static void the_example_of_the_rfc_is_true(void **state)
{
	static const uint8_t b[] = {0x0c, 0xb3, 0x00, 0x26, 0x92, 0x5f, 0x6b,
	    0x66, 0xdd, 0x5f, 0xed, 0x57, 0x1f, 0xcb, 0x1d, 0xb7, 0xad, 0x38,
	    0x82, 0x60, 0x50, 0x12, 0xe8, 0xd6, 0xea, 0xbd, 0xa9, 0x10, 0x87,
	    0x5c, 0xd9, 0x1f, 0xda, 0xde, 0x26, 0x36, 0x78, 0x58};
	const struct radius_secret xyzzy = {"xyzzy5461", 9};
	struct radius_packet p;

	(void)state;
	assert_int_equal(radius_open(&p, b, sizeof(b)), RADIUS_OK);
	assert_true(radius_request_is_true(auth, &p, xyzzy));
	assert_false(radius_request_is_true(auth, &p, secret));
}

static void a_message_authenticator_is_checked_too(void **state)
{
	static const uint8_t zero[16];
	struct radius_packet p;
	struct rpkt k;

	(void)state;
	rpkt_start(&k, 1);
	rpkt_attr(&k, RADIUS_MESSAGE_AUTHENTICATOR, zero, 16);
	assert_true(radius_sign_request(auth, k.b, k.n, secret));
	assert_true(is_true(&k, secret));
	/* Right authenticator over a wrong Message-Authenticator. */
	k.b[k.n - 1] ^= 1;
	assert_int_equal(radius_open(&p, k.b, k.n), RADIUS_OK);
	memset(k.b + 4, 0, 16);
	{
		uint8_t md[16], copy[4200];

		memcpy(copy, k.b, k.n);
		memcpy(copy + k.n, secret.bytes, secret.len);
		assert_int_equal(EVP_Digest(copy, k.n + secret.len, md, NULL,
				     EVP_md5(), NULL),
		    1);
		memcpy(k.b + 4, md, 16);
	}
	assert_false(is_true(&k, secret));
}

static void other_codes_are_not_true(void **state)
{
	struct rpkt k;

	(void)state;
	for (unsigned int code = 0; code < 256; code++) {
		rpkt_start(&k, 1);
		k.b[0] = (uint8_t)code;
		assert_true(radius_sign_request(auth, k.b, k.n, secret));
		assert_int_equal(is_true(&k, secret), code == 4);
	}
}

static void the_answer_has_the_proxy_states_in_order(void **state)
{
	static const uint8_t want[] = {33, 3, 1, 33, 2, 33, 4, 2, 3};
	uint8_t out[RADIUS_PACKET_MAX], md[16], copy[256];
	struct radius_packet p;
	struct rpkt k;
	size_t n;

	(void)state;
	rpkt_start(&k, 1);
	rpkt_attr(&k, 33, "\1", 1);
	rpkt_text(&k, RADIUS_CLASS, "x");
	rpkt_attr(&k, 33, NULL, 0);
	rpkt_attr(&k, 33, "\2\3", 2);
	assert_true(radius_sign_request(auth, k.b, k.n, secret));
	assert_int_equal(radius_open(&p, k.b, k.n), RADIUS_OK);
	n = radius_respond(auth, &p, secret, out);
	assert_int_equal(n, 20 + sizeof(want));
	assert_memory_equal(out + 20, want, sizeof(want));
	assert_int_equal(out[0], 5);
	assert_int_equal(out[1], 7);
	assert_int_equal(out[2] << 8 | out[3], n);
	/* RFC 2866 section 3: over the request's authenticator. */
	memcpy(copy, out, n);
	memcpy(copy + 4, p.auth, 16);
	memcpy(copy + n, secret.bytes, secret.len);
	assert_int_equal(
	    EVP_Digest(copy, n + secret.len, md, NULL, EVP_md5(), NULL), 1);
	assert_memory_equal(out + 4, md, 16);
}

static void the_largest_request_has_an_answer_that_fits(void **state)
{
	static uint8_t out[RADIUS_PACKET_MAX + 64];
	static const uint8_t state253[253], zero[16];
	struct radius_packet p;
	struct rpkt k;
	size_t n;

	(void)state;
	rpkt_begin(&k, 4);
	rpkt_attr(&k, RADIUS_MESSAGE_AUTHENTICATOR, zero, 16);
	for (int i = 0; i < 15; i++)
		rpkt_attr(&k, 33, state253, 253);
	rpkt_attr(&k, 33, state253, RADIUS_PACKET_MAX - k.n - 2);
	assert_int_equal(k.n, RADIUS_PACKET_MAX);
	assert_true(radius_sign_request(auth, k.b, k.n, secret));
	assert_int_equal(radius_open(&p, k.b, k.n), RADIUS_OK);
	memset(out, 0xaa, sizeof(out));
	n = radius_respond(auth, &p, secret, out);
	assert_int_equal(n, RADIUS_PACKET_MAX);
	assert_int_equal(out[RADIUS_PACKET_MAX], 0xaa);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_bit_counts),
	    cmocka_unit_test(the_example_of_the_rfc_is_true),
	    cmocka_unit_test(a_message_authenticator_is_checked_too),
	    cmocka_unit_test(other_codes_are_not_true),
	    cmocka_unit_test(the_answer_has_the_proxy_states_in_order),
	    cmocka_unit_test(the_largest_request_has_an_answer_that_fits),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
