/* SPDX-License-Identifier: Apache-2.0 */
/* Canonicalisation of RFC 6376 section 3.4, streaming. Output goes to a
 * function in pieces of any size. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void (*dkim_put)(void *arg, const void *data, size_t len);

/* One body. A CR or LF alone is a character like others, as it was sent. */
struct dkim_canon {
	dkim_put put;
	void *arg;
	uint64_t lines; /* CRLFs that come only before more text */
	bool relaxed;
	bool space, cr; /* seen behind these */
	bool text;      /* something was put */
};

void dkim_canon_init(
    struct dkim_canon *c, bool relaxed, dkim_put put, void *arg);
void dkim_canon_feed(struct dkim_canon *c, const uint8_t *data, size_t len);
void dkim_canon_end(struct dkim_canon *c);

/* One header field, name to line end, without the octets from cut on up to
 * cut_end (the value of b=). last: without the line end. */
void dkim_canon_field(const char *field, size_t len, const char *cut,
    const char *cut_end, bool relaxed, bool last, dkim_put put, void *arg);
