/* SPDX-License-Identifier: Apache-2.0 */
/* The octets of one message, by DATA (dot-stuffed, RFC 5321 section 4.5.2)
 * or by BDAT (counted, RFC 3030). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/smtp/header.h"

struct smtp_message {
	struct smtp_header header;
	uint64_t seen_bytes;   /* after unstuffing */
	uint64_t unsure_bytes; /* the same, since a gap */
	int64_t start_us;
	bool gap;
	/* of the dot-stuffed form: how far into CR LF . CR LF */
	enum {
		SMTP_DOT_START,  /* at the beginning of a line */
		SMTP_DOT_DOT,    /* a dot there */
		SMTP_DOT_DOT_CR, /* and CR */
		SMTP_DOT_TEXT,
		SMTP_DOT_CR,
		SMTP_DOT_SKIP /* after a gap, in the rest of a line */
	} dot;
	bool hard_start; /* CRLF, or nothing, stands before this line */
	bool crlf_seen;  /* the client knows how to end a line */
	bool soft_end;   /* just now: a dot line between bare LFs */
};

/* To be freed with smtp_header_clear(&m->header). */
void smtp_message_init(struct smtp_message *m, int64_t now_us);
/* Dot-stuffed octets. Returns how many were used; less than len, or *ended
 * set, means that the terminating line was reached. */
size_t smtp_message_feed(
    struct smtp_message *m, const uint8_t *data, size_t len, bool *ended);
/* Octets of a BDAT chunk. */
void smtp_message_chunk(
    struct smtp_message *m, const uint8_t *data, size_t len);
/* It is whole, if nothing was missing in between. */
void smtp_message_end(struct smtp_message *m);
void smtp_message_gap(struct smtp_message *m);
