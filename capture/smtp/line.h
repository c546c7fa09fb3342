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

struct smtp_line {
	char text[SMTP_LINE_MAX + 1]; /* NUL after len bytes */
	size_t len;
	bool too_long; /* the rest was skipped */
	bool done;     /* a whole line stands in text */
	bool skip;     /* after a gap: drop up to the next LF */
};

/* Takes bytes until a line is done; returns how many were used. When done,
 * the caller reads text and calls smtp_line_next(). */
size_t smtp_line_feed(struct smtp_line *l, const uint8_t *data, size_t len);
/* Wipes the line: it may have held a credential. */
void smtp_line_next(struct smtp_line *l);
/* Bytes are missing: forget the line begun, wait for the next whole one. */
void smtp_line_gap(struct smtp_line *l);
