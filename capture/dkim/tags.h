/* SPDX-License-Identifier: Apache-2.0 */
/* The tag list of a DKIM-Signature field: RFC 6376 sections 3.2 and 3.5. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.pb-c.h"
#include "base/taglist.h"

#define DKIM_SIGNATURE_MAX 1024 /* bytes: RSA with 8192 bits */

/* Spans point into the value that was parsed. */
struct dkim_tags {
	Sekisho__DkimAlgorithm algorithm;
	bool relaxed_header, relaxed_body;
	bool body_length; /* l= is there */
	uint64_t length;
	int64_t signed_s, expires_s; /* 0: absent */
	char domain[256], selector[256], identity_domain[256];
	struct span names; /* h= */
	struct span b;     /* b= from behind '=' to ';' or the end */
	uint8_t body_hash[64];
	size_t body_hash_len;
	uint8_t signature[DKIM_SIGNATURE_MAX];
	size_t signature_len;
};

/* False: malformed, a verifier must not use it; out is then undefined. */
bool dkim_tags_parse(struct dkim_tags *out, const char *value, size_t len);
