/* SPDX-License-Identifier: Apache-2.0 */
/* The shared secret of RADIUS: whether a request knows it, and answers that
 * show that we do (RFC 2866 section 3, RFC 2869 section 5.14). MD5 is what
 * the protocol has; OpenSSL computes it. */
#pragma once

#include "base/radius.h"

/* What OpenSSL needs; one for each thread of work. NULL: no memory, or no
 * MD5 in this OpenSSL. */
struct radius_auth;
struct radius_auth *radius_auth_new(void);
void radius_auth_free(struct radius_auth *a);

struct radius_secret {
	const void *bytes;
	size_t len;
};

/* An Accounting-Request: its authenticator, and its Message-Authenticator
 * when it has one. A Status-Server (RFC 5997): its Message-Authenticator.
 * In constant time. */
bool radius_request_is_true(struct radius_auth *a,
    const struct radius_packet *p, struct radius_secret secret);
/* The Accounting-Response: each Proxy-State as it came and in its order
 * (RFC 2865 section 5.33), a Message-Authenticator when the request had one.
 * out has RADIUS_PACKET_MAX bytes. Returns the length; 0: OpenSSL failed. */
size_t radius_respond(struct radius_auth *a, const struct radius_packet *p,
    struct radius_secret secret, uint8_t *out);
/* Sets the authenticator, and the Message-Authenticator if there is one, of
 * an Accounting-Request in data: for those who send. False: it is no packet,
 * or OpenSSL failed. */
bool radius_sign_request(struct radius_auth *a, uint8_t *data, size_t len,
    struct radius_secret secret);
