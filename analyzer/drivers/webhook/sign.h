/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of Standard Webhooks 1.0.0: HMAC-SHA256 over
 * "id.timestamp.body", base64. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "analyzer/drivers/kit/order.h"

#define SIGN_KEYS_MAX    4
#define SIGN_KEY_MIN     24
#define SIGN_KEY_MAX     64
#define SIGN_HEADER_SIZE 256 /* of SIGN_KEYS_MAX signatures */
#define SIGN_ID_SIZE     64

struct sign_keys {
	struct {
		uint8_t b[SIGN_KEY_MAX];
		size_t len;
	} v[SIGN_KEYS_MAX];
	size_t n;
};

/* A file of lines "whsec_" and base64; # begins a comment. The first keys are
 * the newest, all sign. 0, or -1 and why. */
int sign_keys_read(
    struct sign_keys *k, const char *path, char *why, size_t n_why);
/* "v1,BASE64 v1,BASE64". 0, or -1: libcrypto failed. */
int sign_header(char buf[SIGN_HEADER_SIZE], const struct sign_keys *k,
    const char *id, int64_t timestamp_s, const char *body, size_t len);
/* The same order has the same id, whichever event brings it and however
 * often: it is the receiver's key. No dot is in it. */
void sign_order_id(char buf[SIGN_ID_SIZE], const struct order *o);
