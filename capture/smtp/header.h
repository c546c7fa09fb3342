/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a message (RFC 5322 section 2.2) as a stream: From, domain
 * of Message-ID, a few facts, evidence for DKIM. Its text is kept only while
 * it is read. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/dkim/evidence.h"
#include "capture/smtp/session.h"

/* Of a header: above it DKIM-Signature is seen, but not looked at. */
#define SMTP_HEADER_BYTES_MAX (64 * 1024)
/* Of a field whose content counts: above it the content is unknown. */
#define SMTP_FIELD_BYTES_MAX 2048

struct smtp_header {
	/* what was found */
	struct smtp_mailbox *from; /* n_from of them */
	char *message_id;          /* its domain; NULL: none */
	struct dkim *dkim;         /* NULL: no evidence */
	uint32_t received_count;
	uint8_t n_from;
	uint8_t auto_submitted; /* Sekisho__AutoSubmitted */
	bool complete;          /* the empty line, or the end of the message */
	bool dkim_signature, list_id;
	bool overlong; /* a field or the header is above its limit */
	bool no_dkim;  /* no evidence is wanted; set behind init */
	/* where the reader stands */
	bool over;       /* nothing more is read */
	bool whole;      /* text has the header from its start */
	bool first_line; /* nothing but its beginning was read */
	bool in_field, in_rest, value_lost;
	uint8_t field;
	char *text; /* what may still be needed */
	uint32_t text_len, text_size;
	uint32_t line_at, scan_at, value_at; /* in text */
};

void smtp_header_init(struct smtp_header *h);
void smtp_header_clear(struct smtp_header *h);
/* Message octets, unstuffed. Returns how many of them were header: less than
 * len only where it is over. */
size_t smtp_header_feed(struct smtp_header *h, const uint8_t *data, size_t len);
/* The message ended: ends the last field. */
void smtp_header_end(struct smtp_header *h);
/* Octets are missing: what was complete stays, the rest is unknown. */
void smtp_header_gap(struct smtp_header *h);
/* What it points to. */
size_t smtp_header_bytes(const struct smtp_header *h);
