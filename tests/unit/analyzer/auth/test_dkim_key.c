/* SPDX-License-Identifier: Apache-2.0 */
/* Keys are made here, but for those of RFC 8463 appendix A. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/auth/dkim_key.h"
#include "tests/unit/analyzer/auth/signer.h"

#define ED "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static struct dkim_key k;
static const char *what;

static bool parses(const char *text)
{
	return dkim_key_parse(&k, text, strlen(text), &what);
}

static void flags_are_read(void **state)
{
	(void)state;
	assert_true(parses("v=DKIM1; k=ed25519; p=" ED));
	assert_int_equal(k.type, DKIM_KEY_ED25519);
	assert_int_equal(k.bits, 256);
	assert_true(k.sha256 && k.for_mail);
	assert_false(k.revoked || k.testing || k.exact);
	assert_true(parses("k=ED25519; h=sha1; s=tlsrpt; t=y:s; p=" ED ";"));
	assert_false(k.sha256 || k.for_mail);
	assert_true(k.testing && k.exact);
	assert_true(parses("k=ed25519; h=sha1 : sha256; s=x:*; t=s; p=" ED));
	assert_true(k.sha256 && k.for_mail && k.exact);
	assert_false(k.testing);
	assert_true(parses("s=email; n=a note; g=*; x=y; k=ed25519; p=" ED));
	assert_true(k.for_mail);
	assert_true(parses("v=DKIM1; p="));
	assert_true(k.revoked);
	assert_true(parses("p= ;t=y"));
	assert_true(k.revoked && k.testing);
}

static void what_is_no_key(void **state)
{
	static const char *const rows[] = {
	    "",
	    "v=spf1 -all",
	    "v=DKIM1",
	    "v=DKIM2; k=ed25519; p=" ED,
	    "v=dkim1; k=ed25519; p=" ED,
	    "k=ed25519; v=DKIM1; p=" ED,
	    "k=ed448; p=" ED,
	    "k=; p=" ED,
	    "k=ed25519; p=" ED "; p=" ED,
	    "k=ed25519; p=?",
	    "k=ed25519; p=AAAA",
	    "k=ed25519; p=" ED ";;",
	    "k=ed25519; p=AAAA" ED,
	    "p=" ED, /* an RSA key that is none */
	    "p=MAA=",
	    "p=MIIB",
	    "p=MIL///8=",
	    "p=MIT/////",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		what = NULL;
		if (parses(rows[i]))
			fail_msg("row %zu is a key: %s", i, rows[i]);
		assert_non_null(what);
	}
}

/* 10,000 bits and more: no work is done on it. */
static void a_huge_key_is_not_read(void **state)
{
	static char text[8192];
	size_t n = (size_t)sprintf(text, "k=rsa; p=MIIE");

	(void)state;
	while (n < sizeof(text) - 8)
		n += (size_t)sprintf(text + n, "////");
	assert_false(parses(text));
}

static void both_forms_of_an_rsa_key(void **state)
{
	static const size_t sizes[] = {512, 1024, 2048, 1535};
	char text[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		EVP_PKEY *key = EVP_RSA_gen((unsigned)sizes[i]);
		size_t spki;

		signer_record(key, false, "", text, sizeof(text));
		assert_true(parses(text));
		assert_int_equal(k.bits, sizes[i]);
		spki = k.len;
		signer_record(
		    key, true, "v=DKIM1; k=rsa; ", text, sizeof(text));
		assert_true(parses(text));
		assert_int_equal(k.bits, sizes[i]);
		assert_true(k.len < spki);
		EVP_PKEY_free(key);
	}
}

/* Any one octet of the key may be wrong, and any end be missing. */
static void a_broken_rsa_key_is_no_key(void **state)
{
	EVP_PKEY *key = EVP_RSA_gen(1024);
	uint8_t der[1024], digest[32] = {1}, sig[1024];
	size_t len = signer_der(key, false, der), n;
	char text[4096];

	(void)state;
	n = signer_sign(key, digest, sig);
	for (size_t cut = 0; cut < len; cut++) {
		signer_text(der, cut, "k=rsa; p=", text, sizeof(text));
		assert_false(cut > 0 && parses(text));
	}
	for (size_t at = 0; at < len; at++) {
		der[at] ^= 0x41;
		signer_text(der, len, "", text, sizeof(text));
		if (parses(text))
			(void)dkim_key_verify(&k, digest, sig, n);
		der[at] ^= 0x41;
	}
	EVP_PKEY_free(key);
}

/* n^1 is n: anybody can sign for such a key. */
static void an_exponent_that_proves_nothing(void **state)
{
	static const uint8_t good[] = {
	    0x30, 13, 2, 8, 0x7f, 1, 2, 3, 4, 5, 6, 7, 2, 1, 3};
	uint8_t der[sizeof(good)];
	char text[4096];

	(void)state;
	memcpy(der, good, sizeof(der));
	signer_text(der, sizeof(der), "", text, sizeof(text));
	assert_true(parses(text));
	assert_int_equal(k.bits, 63);
	der[14] = 1;
	signer_text(der, sizeof(der), "", text, sizeof(text));
	assert_false(parses(text));
	der[14] = 0;
	signer_text(der, sizeof(der), "", text, sizeof(text));
	assert_false(parses(text));
	der[14] = 4;
	signer_text(der, sizeof(der), "", text, sizeof(text));
	assert_false(parses(text));
	der[14] = 0x83; /* negative */
	signer_text(der, sizeof(der), "", text, sizeof(text));
	assert_false(parses(text));
	memcpy(der, good, sizeof(der));
	der[4] = 0xff;
	signer_text(der, sizeof(der), "", text, sizeof(text));
	assert_false(parses(text));
	memcpy(der, good, sizeof(der));
	der[11] = 8; /* an even modulus */
	signer_text(der, sizeof(der), "", text, sizeof(text));
	assert_false(parses(text));
}

static void verifies_its_own(EVP_PKEY *key, const char *tags)
{
	uint8_t digest[32] = {1, 2, 3}, sig[1024];
	char text[4096];
	size_t n = signer_sign(key, digest, sig);

	signer_record(key, false, tags, text, sizeof(text));
	assert_true(parses(text));
	assert_int_equal(dkim_key_verify(&k, digest, sig, n), DKIM_KEY_GOOD);
	for (size_t i = 0; i < n; i += n / 16) {
		sig[i] ^= 1;
		assert_int_equal(
		    dkim_key_verify(&k, digest, sig, n), DKIM_KEY_BAD);
		sig[i] ^= 1;
	}
	assert_int_equal(dkim_key_verify(&k, digest, sig, n - 1), DKIM_KEY_BAD);
	assert_int_equal(dkim_key_verify(&k, digest, sig, 0), DKIM_KEY_BAD);
	digest[31] ^= 1;
	assert_int_equal(dkim_key_verify(&k, digest, sig, n), DKIM_KEY_BAD);
}

static void signatures_are_verified(void **state)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);

	(void)state;
	verifies_its_own(key, "");
	EVP_PKEY_free(key);
	key = EVP_RSA_gen(1025);
	verifies_its_own(key, "k=rsa; ");
	EVP_PKEY_free(key);
	key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	verifies_its_own(key, "k=ed25519; ");
	EVP_PKEY_free(key);
}

/* RFC 8410's form, which is longer than RFC 8463's. */
static void an_ed25519_key_in_the_form_of_certificates(void **state)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	uint8_t der[256], digest[32] = {7}, sig[128];
	size_t n = signer_sign(key, digest, sig);
	char text[4096];

	(void)state;
	signer_text(
	    der, signer_spki(key, der), "k=ed25519; ", text, sizeof(text));
	assert_true(parses(text));
	assert_int_equal(dkim_key_verify(&k, digest, sig, n), DKIM_KEY_GOOD);
	EVP_PKEY_free(key);
}

/* SEQUENCE { INTEGER n, INTEGER e } */
static bool bare_parses(size_t n_len, size_t e_len)
{
	static char text[4096];
	uint8_t der[1400];
	size_t at = 4;

	memset(der, 0x7f, sizeof(der));
	der[at++] = 2;
	der[at++] = 0x82;
	der[at++] = (uint8_t)(n_len >> 8);
	der[at++] = (uint8_t)n_len;
	at += n_len;
	der[at++] = 2;
	der[at++] = (uint8_t)e_len;
	at += e_len;
	der[0] = 0x30;
	der[1] = 0x82;
	der[2] = (uint8_t)((at - 4) >> 8);
	der[3] = (uint8_t)(at - 4);
	signer_text(der, at, "", text, sizeof(text));
	return parses(text);
}

/* What it costs to verify is bounded before it is tried. */
static void sizes_are_bounded(void **state)
{
	(void)state;
	assert_true(bare_parses(1024, 8));
	assert_int_equal(k.bits, 8191);
	assert_false(bare_parses(1025, 8));
	assert_false(bare_parses(1024, 9));
	assert_false(bare_parses(0, 3));
	assert_false(bare_parses(1024, 0));
}

/* Another kind of key in the form of certificates, and other tags. */
static void only_rsa_is_read_as_rsa(void **state)
{
	EVP_PKEY *key = EVP_RSA_gen(1024);
	uint8_t der[1024];
	size_t len = signer_der(key, false, der);
	char text[4096];

	/* SEQUENCE, SEQUENCE, OID, BIT STRING, SEQUENCE, INTEGER */
	static const size_t tags[] = {0, 3, 5, 18, 22, 25};

	(void)state;

	for (size_t i = 5; i < 5 + 11; i++) {
		der[i] ^= 1;
		signer_text(der, len, "", text, sizeof(text));
		assert_false(parses(text));
		der[i] ^= 1;
	}
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		der[tags[i]] ^= 0x44;
		signer_text(der, len, "", text, sizeof(text));
		assert_false(parses(text));
		der[tags[i]] ^= 0x44;
	}
	signer_text(der, len, "", text, sizeof(text));
	assert_true(parses(text));
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(flags_are_read),
	    cmocka_unit_test(what_is_no_key),
	    cmocka_unit_test(a_huge_key_is_not_read),
	    cmocka_unit_test(both_forms_of_an_rsa_key),
	    cmocka_unit_test(a_broken_rsa_key_is_no_key),
	    cmocka_unit_test(an_exponent_that_proves_nothing),
	    cmocka_unit_test(sizes_are_bounded),
	    cmocka_unit_test(only_rsa_is_read_as_rsa),
	    cmocka_unit_test(signatures_are_verified),
	    cmocka_unit_test(an_ed25519_key_in_the_form_of_certificates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
