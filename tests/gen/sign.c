/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/sign.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "tests/gen/base64.h"

#define DIGEST_BYTES    32
#define SIGNATURE_BYTES 64

static void must(int ok)
{
	if (ok != 1)
		log_fatal("trafficgen", "libcrypto without SHA-256 or Ed25519");
}

/* The same domain has the same key, in every run. */
static EVP_PKEY *key_of(const char *domain)
{
	uint8_t seed[DIGEST_BYTES];
	char text[300];
	EVP_PKEY *key;

	snprintf(text, sizeof(text), "trafficgen %s", domain);
	must(EVP_Digest(text, strlen(text), seed, NULL, EVP_sha256(), NULL));
	key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
	must(key != NULL);
	return key;
}

void sign_record(const char *domain, char out[SIGN_RECORD_BYTES])
{
	EVP_PKEY *key = key_of(domain);
	uint8_t raw[DIGEST_BYTES];
	char b64[BASE64_LEN(sizeof(raw))];
	size_t len = sizeof(raw);

	must(EVP_PKEY_get_raw_public_key(key, raw, &len));
	base64_encode(raw, len, b64);
	snprintf(out, SIGN_RECORD_BYTES, "v=DKIM1; k=ed25519; p=%s", b64);
	EVP_PKEY_free(key);
}

static void hash(EVP_MD_CTX *md, const char *p, size_t len)
{
	must(EVP_DigestUpdate(md, p, len));
}

static bool is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

/* One line without its CR LF, relaxed: runs of white space are one space,
 * those at the end are none (section 3.4.4). */
static size_t relax(const char *p, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (!is_wsp(p[i]))
			out[n++] = p[i];
		else if (n == 0 || out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	return n;
}

static void hash_body(
    const char *p, size_t len, uint8_t digest[static DIGEST_BYTES])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t empty = 0;
	char line[1000];

	must(md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL));
	while (len > 0) {
		const char *end = memchr(p, '\r', len);
		size_t all = end != NULL ? (size_t)(end - p) + 2 : len;
		size_t dot = p[0] == '.', n;

		n = relax(p + dot,
		    (end != NULL ? (size_t)(end - p) : len) - dot, line);
		/* Empty lines count only in front of another one. */
		if (n == 0)
			empty++;
		for (; n > 0 && empty > 0; empty--)
			hash(md, "\r\n", 2);
		if (n > 0) {
			hash(md, line, n);
			hash(md, "\r\n", 2);
		}
		p += all;
		len -= all;
	}
	must(EVP_DigestFinal_ex(md, digest, NULL));
	EVP_MD_CTX_free(md);
}

/* "name:value", unfolded, relaxed (section 3.4.2); without a line end. */
static void hash_field(EVP_MD_CTX *md, const char *p, size_t len)
{
	const char *colon = memchr(p, ':', len);
	char flat[1000], value[1000];
	size_t n = 0, at = (size_t)(colon - p);

	for (size_t i = 0; i < at; i++) {
		char c = (char)tolower((unsigned char)p[i]);

		hash(md, &c, 1);
	}
	for (size_t i = at + 1; i < len && n < sizeof(flat); i++)
		if (p[i] != '\r' && p[i] != '\n')
			flat[n++] = p[i];
	n = relax(flat, n, value);
	hash(md, ":", 1);
	hash(md, value + (n > 0 && value[0] == ' '),
	    n - (n > 0 && value[0] == ' '));
}

/* A field by its name, folded lines included, without its last CR LF. */
static const char *find(
    const char *message, const char *end, const char *name, size_t *len)
{
	size_t n = strlen(name);
	const char *p = message, *q;

	while (p < end) {
		q = p;
		do {
			q = memchr(q, '\n', (size_t)(end - q));
			q = q != NULL ? q + 1 : end;
		} while (q < end && is_wsp(*q));
		*len = (size_t)(q - p) - 2;
		if (strncasecmp(p, name, n) == 0 && p[n] == ':')
			return p;
		p = q;
	}
	log_fatal("trafficgen", "a message without %s cannot be signed", name);
}

void sign_field(const char *domain, const char *message, size_t len,
    char out[SIGN_FIELD_BYTES])
{
	static const char *const names[] = {"From", "To", "Subject", "Date"};
	const char *body = memmem(message, len, "\r\n\r\n", 4);
	EVP_PKEY *key = key_of(domain);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t digest[DIGEST_BYTES], signature[SIGNATURE_BYTES];
	char b64[BASE64_LEN(SIGNATURE_BYTES)];
	size_t n, signature_len = sizeof(signature);

	must(md != NULL && body != NULL);
	hash_body(body + 4, len - (size_t)(body + 4 - message), digest);
	base64_encode(digest, sizeof(digest), b64);
	n = (size_t)snprintf(out, SIGN_FIELD_BYTES,
	    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=%s; "
	    "s=" SIGN_SELECTOR ";\r\n\th=from:to:subject:date; bh=%s;\r\n\tb=",
	    domain, b64);
	must(EVP_DigestInit_ex(md, EVP_sha256(), NULL));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t field_len;
		const char *field =
		    find(message, body + 2, names[i], &field_len);

		hash_field(md, field, field_len);
		hash(md, "\r\n", 2);
	}
	hash_field(md, out, n);
	must(EVP_DigestFinal_ex(md, digest, NULL));
	/* RFC 8463 section 3: what Ed25519 signs is the digest. */
	must(EVP_MD_CTX_reset(md));
	must(EVP_DigestSignInit(md, NULL, NULL, NULL, key));
	must(EVP_DigestSign(
	    md, signature, &signature_len, digest, sizeof(digest)));
	base64_encode(signature, signature_len, b64);
	snprintf(
	    out + n, SIGN_FIELD_BYTES - n, "%.40s\r\n\t %s\r\n", b64, b64 + 40);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
}
