/* SPDX-License-Identifier: Apache-2.0 */
/* What verifies the DKIM signatures (RFC 6376) of one message without the
 * message: taken while it passes, nothing of its text is kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.pb-c.h"

#define DKIM_SIGNATURES_MAX 3 /* the topmost of a message */
#define DKIM_DIGEST_BYTES   32

/* DkimEvidence of record.proto. Text is never NULL. */
struct dkim_evidence {
	const char *domain, *selector, *identity_domain;
	Sekisho__DkimAlgorithm algorithm;
	int64_t signed_s, expires_s;
	Sekisho__DkimBody body;
	bool body_length, malformed, from_signed;
	uint8_t digest[DKIM_DIGEST_BYTES];
	size_t digest_len; /* 0: unseen */
	const uint8_t *signature;
	size_t signature_len;
};

struct dkim;

/* Before the process locks itself up: libcrypto reads its files at its first
 * use. False: it has no SHA-256. */
bool dkim_start(void);
/* header: all of it, without the empty line. NULL: no signature in it, or no
 * memory. */
struct dkim *dkim_new(const char *header, size_t len);
void dkim_free(struct dkim *d);
/* Octets behind the empty line, unstuffed. */
void dkim_body(struct dkim *d, const uint8_t *data, size_t len);
/* The body was seen whole; else its verdict stays BODY_UNSEEN. */
void dkim_end(struct dkim *d);
/* Octets of the body are missing. */
void dkim_gap(struct dkim *d);
/* Borrowed until dkim_free(). */
const struct dkim_evidence *dkim_signatures(const struct dkim *d, size_t *n);
size_t dkim_bytes(const struct dkim *d);
