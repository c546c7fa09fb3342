/* SPDX-License-Identifier: Apache-2.0 */
/* The key record of a DKIM signer: RFC 6376 section 3.6.1, RFC 8463. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DKIM_KEY_BITS_MAX     8192 /* longer ones are not read at all */
#define DKIM_KEY_DIGEST_BYTES 32

enum dkim_key_type { DKIM_KEY_RSA, DKIM_KEY_ED25519 };

struct dkim_key {
	enum dkim_key_type type;
	bool revoked;   /* p= is empty; nothing below but the flags */
	bool testing;   /* t=y */
	bool exact;     /* t=s: i= must not be below d= */
	bool for_mail;  /* s= */
	bool sha256;    /* h= */
	size_t bits;    /* of the modulus, without leading zeros */
	size_t modulus; /* where n is in bytes, its length is (bits + 7) / 8 */
	size_t exponent, exponent_len;
	size_t len;
	uint8_t bytes[DKIM_KEY_BITS_MAX / 8 + 64]; /* of p= */
};

/* False, *what then is a constant that says what is wrong. */
bool dkim_key_parse(
    struct dkim_key *k, const char *text, size_t len, const char **what);

enum dkim_key_check { DKIM_KEY_GOOD, DKIM_KEY_BAD, DKIM_KEY_NO_MEMORY };

/* Is the signature one of this digest (SHA-256)? The key is not revoked. */
enum dkim_key_check dkim_key_verify(const struct dkim_key *k,
    const uint8_t digest[static DKIM_KEY_DIGEST_BYTES],
    const uint8_t *signature, size_t signature_len);
