/* SPDX-License-Identifier: Apache-2.0 */
#include "base/radius_auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#define AUTH_AT 4 /* of the authenticator in the packet */

struct radius_auth {
	EVP_MD *md5;
	EVP_MD_CTX *ctx;
};

static const uint8_t zero[RADIUS_AUTH_BYTES];

struct radius_auth *radius_auth_new(void)
{
	struct radius_auth *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	/* Fetched once: looking it up costs more than a packet's digest. */
	a->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
	a->ctx = EVP_MD_CTX_new();
	if (a->md5 != NULL && a->ctx != NULL)
		return a;
	radius_auth_free(a);
	return NULL;
}

void radius_auth_free(struct radius_auth *a)
{
	if (a == NULL)
		return;
	EVP_MD_free(a->md5);
	EVP_MD_CTX_free(a->ctx);
	free(a);
}

/* MD5(packet with auth for its authenticator + secret). */
static bool digest(struct radius_auth *a, const uint8_t *data, size_t len,
    const uint8_t *auth, struct radius_secret s, uint8_t *out)
{
	const uint8_t *attributes = data + RADIUS_HEADER_BYTES;

	return EVP_DigestInit_ex2(a->ctx, a->md5, NULL) == 1 &&
	       EVP_DigestUpdate(a->ctx, data, AUTH_AT) == 1 &&
	       EVP_DigestUpdate(a->ctx, auth, RADIUS_AUTH_BYTES) == 1 &&
	       EVP_DigestUpdate(
		   a->ctx, attributes, len - RADIUS_HEADER_BYTES) == 1 &&
	       EVP_DigestUpdate(a->ctx, s.bytes, s.len) == 1 &&
	       EVP_DigestFinal_ex(a->ctx, out, NULL) == 1;
}

/* HMAC-MD5 over the packet with auth for its authenticator and zeros for the
 * Message-Authenticator at mac_at. */
static bool message_mac(struct radius_auth *a, const uint8_t *data, size_t len,
    size_t mac_at, const uint8_t *auth, struct radius_secret s, uint8_t *out)
{
	uint8_t copy[RADIUS_PACKET_MAX];

	memcpy(copy, data, len);
	memcpy(copy + AUTH_AT, auth, RADIUS_AUTH_BYTES);
	memset(copy + mac_at, 0, RADIUS_AUTH_BYTES);
	return HMAC(a->md5, s.bytes, (int)s.len, copy, len, out, NULL) != NULL;
}

/* RFC 2869 says nothing of accounting; with RFC 5176 section 3.4 and what
 * FreeRADIUS does, the authenticator counts as zeros there. */
static bool mac_is_true(struct radius_auth *a, const struct radius_packet *p,
    const uint8_t *auth, struct radius_secret s)
{
	uint8_t mac[EVP_MAX_MD_SIZE];

	return message_mac(a, p->data, p->length,
		   (size_t)(p->message_mac - p->data), auth, s, mac) &&
	       CRYPTO_memcmp(mac, p->message_mac, RADIUS_AUTH_BYTES) == 0;
}

bool radius_request_is_true(struct radius_auth *a,
    const struct radius_packet *p, struct radius_secret s)
{
	uint8_t md[EVP_MAX_MD_SIZE];

	if (p->code == RADIUS_STATUS_SERVER)
		return p->message_mac != NULL && mac_is_true(a, p, p->auth, s);
	if (p->code != RADIUS_ACCOUNTING_REQUEST ||
	    !digest(a, p->data, p->length, zero, s, md) ||
	    CRYPTO_memcmp(md, p->auth, RADIUS_AUTH_BYTES) != 0)
		return false;
	return p->message_mac == NULL || mac_is_true(a, p, zero, s);
}

static size_t copy_proxy_states(
    const struct radius_packet *p, uint8_t *out, size_t n)
{
	struct cursor c;

	cursor_init(&c, p->attributes, p->length - RADIUS_HEADER_BYTES);
	while (cursor_left(&c) > 0) {
		const uint8_t *start = c.p;
		uint8_t type = cursor_u8(&c), len = cursor_u8(&c);

		cursor_skip(&c, (size_t)len - 2);
		if (type != RADIUS_PROXY_STATE)
			continue;
		memcpy(out + n, start, len);
		n += len;
	}
	return n;
}

size_t radius_respond(struct radius_auth *a, const struct radius_packet *p,
    struct radius_secret s, uint8_t *out)
{
	const uint8_t *auth = p->code == RADIUS_STATUS_SERVER ? p->auth : zero;
	size_t n, mac_at = RADIUS_HEADER_BYTES + 2;
	uint8_t md[EVP_MAX_MD_SIZE];

	n = RADIUS_HEADER_BYTES;
	if (p->message_mac != NULL) {
		out[n] = RADIUS_MESSAGE_AUTHENTICATOR;
		out[n + 1] = 2 + RADIUS_AUTH_BYTES;
		n += 2 + RADIUS_AUTH_BYTES;
	}
	n = copy_proxy_states(p, out, n);
	out[0] = RADIUS_ACCOUNTING_RESPONSE;
	out[1] = p->id;
	out[2] = (uint8_t)(n >> 8);
	out[3] = (uint8_t)n;
	if (p->message_mac != NULL) {
		if (!message_mac(a, out, n, mac_at, auth, s, md))
			return 0;
		memcpy(out + mac_at, md, RADIUS_AUTH_BYTES);
	}
	if (!digest(a, out, n, p->auth, s, md))
		return 0;
	memcpy(out + AUTH_AT, md, RADIUS_AUTH_BYTES);
	return n;
}

bool radius_sign_request(
    struct radius_auth *a, uint8_t *data, size_t len, struct radius_secret s)
{
	uint8_t md[EVP_MAX_MD_SIZE];
	struct radius_packet p;

	if (radius_open(&p, data, len) != RADIUS_OK)
		return false;
	if (p.message_mac != NULL) {
		size_t at = (size_t)(p.message_mac - p.data);

		if (!message_mac(a, data, p.length, at, zero, s, md))
			return false;
		memcpy(data + at, md, RADIUS_AUTH_BYTES);
	}
	if (!digest(a, data, p.length, zero, s, md))
		return false;
	memcpy(data + AUTH_AT, md, RADIUS_AUTH_BYTES);
	return true;
}
