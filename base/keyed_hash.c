/* SPDX-License-Identifier: Apache-2.0 */
#include "base/keyed_hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hashkey.h"

#define HMAC_BYTES 32

struct keyed_hash {
	EVP_MAC *mac;
	EVP_MAC_CTX *ctx; /* holds the key */
};

struct keyed_hash *keyed_hash_new(const void *key, size_t key_len)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[2] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
	    OSSL_PARAM_construct_end()};
	struct keyed_hash *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	h->ctx = h->mac != NULL ? EVP_MAC_CTX_new(h->mac) : NULL;
	if (h->ctx == NULL || !EVP_MAC_init(h->ctx, key, key_len, params)) {
		keyed_hash_free(h);
		return NULL;
	}
	return h;
}

struct keyed_hash *keyed_hash_load(const char *path, char *err, size_t size)
{
	uint8_t key[HASHKEY_MAX_BYTES];
	struct keyed_hash *h;
	int len = hashkey_read(path, key, err, size);

	if (len < 0)
		return NULL;
	h = keyed_hash_new(key, (size_t)len);
	explicit_bzero(key, sizeof(key));
	if (h == NULL)
		snprintf(err, size,
		    "the keyed hash cannot be set up: out of memory, or "
		    "libcrypto without HMAC or SHA-256");
	return h;
}

void keyed_hash_free(struct keyed_hash *h)
{
	if (h == NULL)
		return;
	EVP_MAC_CTX_free(h->ctx); /* cleanses the key */
	EVP_MAC_free(h->mac);
	free(h);
}

bool keyed_hash(struct keyed_hash *h, const char *purpose, const char *a,
    const char *b, uint8_t out[static KEYED_HASH_BYTES])
{
	uint8_t mac[HMAC_BYTES];
	size_t len = 0;

	if (!EVP_MAC_init(h->ctx, NULL, 0, NULL) ||
	    !EVP_MAC_update(
		h->ctx, (const unsigned char *)purpose, strlen(purpose) + 1) ||
	    !EVP_MAC_update(h->ctx, (const unsigned char *)a, strlen(a)) ||
	    (b != NULL &&
		(!EVP_MAC_update(h->ctx, (const unsigned char *)"@", 1) ||
		    !EVP_MAC_update(
			h->ctx, (const unsigned char *)b, strlen(b)))) ||
	    !EVP_MAC_final(h->ctx, mac, &len, sizeof(mac)) ||
	    len != sizeof(mac))
		return false;
	memcpy(out, mac, KEYED_HASH_BYTES);
	explicit_bzero(mac, sizeof(mac));
	return true;
}
