/* SPDX-License-Identifier: Apache-2.0 */
/* One command line of an SMTP client (RFC 5321 section 4.1.1, RFC 1870,
 * RFC 3030, RFC 3207, RFC 4954). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "capture/smtp/session.h"

enum smtp_verb {
	SMTP_UNKNOWN,
	SMTP_HELO,
	SMTP_EHLO,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_BDAT,
	SMTP_RSET,
	SMTP_QUIT,
	SMTP_NOOP,
	SMTP_VRFY,    /* and EXPN, HELP, ETRN, TURN: one reply */
	SMTP_XCLIENT, /* and XFORWARD */
	SMTP_AUTH,
	SMTP_STARTTLS,
	SMTP_MESSAGE, /* not a command: the end of a message */
	SMTP_PARTIAL  /* not a command: a message that did not end */
};

/* Only what its verb has is set: the buffers are large. */
struct smtp_command {
	enum smtp_verb verb;
	bool malformed; /* the verb is known, its arguments are not right */
	bool last;      /* BDAT ... LAST */
	bool smtputf8;  /* parameter of MAIL */
	uint64_t size;  /* SIZE= of MAIL; octets of BDAT */
	/* AUTH; "?" when it is no known one */
	const char *mechanism;
	struct smtp_helo helo;       /* HELO, EHLO; its name is in name */
	struct smtp_mailbox mailbox; /* MAIL, RCPT */
	char name[256];
};

/* too_long: the line was cut, its arguments cannot be trusted. */
void smtp_command_parse(struct smtp_command *c, const char *text, size_t len,
    bool too_long, const struct addr *client);
/* A local part was in it. */
void smtp_command_wipe(struct smtp_command *c);
