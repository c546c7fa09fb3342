/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a message (RFC 5322 section 2.2) as a stream: From, the
 * presence of DKIM-Signature, the number of Received. Nothing else is kept,
 * nothing of the body looked at. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/smtp/session.h"

#define SMTP_FIELD_NAME_MAX  32
#define SMTP_FIELD_VALUE_MAX 2048

struct smtp_header {
	/* what was found */
	struct smtp_mailbox from[SMTP_HEADER_FROM_MAX];
	size_t n_from;
	bool complete; /* the empty line, or the end of the message */
	bool dkim_signature;
	uint32_t received_count;
	/* where the reader stands */
	bool over; /* nothing more is read */
	enum {
		SMTP_HEADER_LINE_START,
		SMTP_HEADER_NAME,
		SMTP_HEADER_VALUE,
		SMTP_HEADER_SKIP /* a line that is no field */
	} state;
	bool first_line, is_from, in_field;
	char name[SMTP_FIELD_NAME_MAX];
	size_t name_len;
	char value[SMTP_FIELD_VALUE_MAX];
	size_t value_len;
	bool value_too_long;
};

void smtp_header_init(struct smtp_header *h);
/* Message octets, unstuffed. True while it wants more. */
bool smtp_header_feed(struct smtp_header *h, const uint8_t *data, size_t len);
/* The message ended: ends the last field. */
void smtp_header_end(struct smtp_header *h);
/* Octets are missing: what was complete stays, the rest is unknown. */
void smtp_header_gap(struct smtp_header *h);
