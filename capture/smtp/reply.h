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
	bool open;     /* lines with a hyphen so far */
	bool starttls; /* a line of this reply is the keyword STARTTLS */
	uint16_t code;
	char enhanced[12];
	char text[SMTP_REPLY_TEXT_MAX + 1]; /* all lines, by spaces */
	size_t len;
};

enum smtp_reply_status {
	SMTP_REPLY_MORE,  /* a further line follows */
	SMTP_REPLY_WHOLE, /* code, enhanced, text are complete */
	SMTP_REPLY_JUNK   /* no reply line; nothing changed */
};

enum smtp_reply_status smtp_reply_line(
    struct smtp_reply_reader *r, const char *text, size_t len);
/* After a whole reply was used, and after a gap. */
void smtp_reply_reset(struct smtp_reply_reader *r);
/* Does the text hold this address? */
bool smtp_reply_names(
    const struct smtp_reply_reader *r, const struct addr *client);
