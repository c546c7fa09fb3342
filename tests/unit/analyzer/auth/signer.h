/* SPDX-License-Identifier: Apache-2.0 */
/* Makes DKIM keys, their records and signatures of a digest. */
#pragma once

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline size_t signer_spki(EVP_PKEY *key, uint8_t *out)
{
	int n = i2d_PUBKEY(key, &out);

	return n > 0 ? (size_t)n : 0;
}

/* What p= holds: bare is RSAPublicKey; Ed25519 always is. */
static inline size_t signer_der(EVP_PKEY *key, bool bare, uint8_t *out)
{
	size_t n = 32;

	if (EVP_PKEY_is_a(key, "ED25519"))
		return EVP_PKEY_get_raw_public_key(key, out, &n) == 1 ? n : 0;
	if (!bare)
		return signer_spki(key, out);
	n = (size_t)i2d_PublicKey(key, &out);
	return n;
}

/* TAGSp=BASE64 */
static inline void signer_text(
    const uint8_t *der, size_t len, const char *tags, char *text, size_t size)
{
	uint8_t b64[2048];

	if (len * 4 / 3 + 8 > sizeof(b64))
		abort();
	EVP_EncodeBlock(b64, der, (int)len);
	snprintf(text, size, "%sp=%s", tags, (const char *)b64);
}

static inline void signer_record(
    EVP_PKEY *key, bool bare, const char *tags, char *text, size_t size)
{
	uint8_t der[1400];

	signer_text(der, signer_der(key, bare, der), tags, text, size);
}

/* Into out, 1024 bytes or what the key needs. */
static inline size_t signer_sign(
    EVP_PKEY *key, const uint8_t digest[static 32], uint8_t *out)
{
	size_t len = 1024;
	bool ok;

	if (EVP_PKEY_is_a(key, "ED25519")) {
		EVP_MD_CTX *md = EVP_MD_CTX_new();

		ok = EVP_DigestSignInit(md, NULL, NULL, NULL, key) == 1 &&
		     EVP_DigestSign(md, out, &len, digest, 32) == 1;
		EVP_MD_CTX_free(md);
	} else {
		EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);

		ok = EVP_PKEY_sign_init(c) == 1 &&
		     EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1 &&
		     EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) == 1 &&
		     EVP_PKEY_sign(c, out, &len, digest, 32) == 1;
		EVP_PKEY_CTX_free(c);
	}
	if (!ok)
		abort();
	return len;
}
