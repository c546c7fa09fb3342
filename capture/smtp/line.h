/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts one direction of a connection into lines. LF ends a line, a CR before
 * it belongs to the ending; a bare CR is a character. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 5321 section 4.5.3.1.4 asks for 512 octets in a command line; AUTH and
 * real clients need more. What is longer is cut and skipped to its LF. */
#define SMTP_LINE_MAX 1024

/* Holds memory only while a line has begun and not ended. */
struct smtp_line {
	char *text;
	uint16_t len, capacity;
	bool too_long; /* the rest is skipped */
	bool skip;     /* drop up to the next LF */
	bool torn;     /* after a gap: the beginning may be missing */
};

/* A whole line, in the bytes that were fed or in the buffer. */
struct smtp_cut {
	const char *text; /* NULL: none yet; not NUL-terminated */
	size_t len;
	bool too_long, torn;
};

/* Takes bytes until a line is done; returns how many were used. When
 * out->text is set, the caller reads it and calls smtp_line_next(). */
size_t smtp_line_feed(
    struct smtp_line *l, const uint8_t *data, size_t len, struct smtp_cut *out);
/* Wipes what was buffered, which may be a credential, and frees it. */
void smtp_line_next(struct smtp_line *l);
/* The rest of the line that stands here is none: drops it. */
void smtp_line_skip(struct smtp_line *l);
/* Bytes are missing: forgets the line begun; the next one is torn. */
void smtp_line_gap(struct smtp_line *l);
