/* SPDX-License-Identifier: Apache-2.0 */
/* Server reply lines put together into replies: RFC 5321 section 4.2, with
 * enhanced codes (RFC 2034, RFC 3463). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

#define SMTP_REPLY_TEXT_MAX 512

struct smtp_reply_reader {
	char *text; /* of the lines so far that refuse; NULL: none */
	uint16_t len;
	uint16_t code;
	bool open;     /* lines with a hyphen so far */
	bool starttls; /* a line of this reply is the keyword STARTTLS */
	char enhanced[12];
};

enum smtp_reply_status {
	SMTP_REPLY_MORE,  /* a further line follows */
	SMTP_REPLY_WHOLE, /* code, enhanced and text are complete */
	SMTP_REPLY_JUNK   /* no reply line; nothing changed */
};

/* text: set when the reply is whole, to that of all its lines with 4xx or
 * 5xx, by spaces; empty when it is no refusal, which nobody classifies. */
enum smtp_reply_status smtp_reply_line(struct smtp_reply_reader *r,
    const char *line, size_t len, char text[static SMTP_REPLY_TEXT_MAX + 1]);
/* After a whole reply was used, after a gap, at the end. */
void smtp_reply_reset(struct smtp_reply_reader *r);
/* Does the text hold this address? */
bool smtp_reply_names(const char *text, const struct addr *client);
