/* SPDX-License-Identifier: Apache-2.0 */
/* An SMTP dialogue over one connection, and messages full of marks. */
#pragma once

#include "tests/gen/scene.h"

#define MAIL_RCPT_MAX 10
#define MAIL_ADDRESS  112

struct mail {
	char from[MAIL_ADDRESS]; /* "": the null sender */
	char to[MAIL_RCPT_MAX][MAIL_ADDRESS];
	unsigned int n_to;
	char header_from[MAIL_ADDRESS];
	const char *dkim; /* signing domain, or NULL */
	bool forged;      /* the signature is none of that domain */
	unsigned int received;
	unsigned int lines; /* of the body; 0: by chance */
};
enum outcome {
	DELIVERED,
	UNKNOWN_USER,   /* 550 5.1.1 to each recipient */
	BLOCKLISTED,    /* 554 at MAIL, names a list and the client */
	GREYLISTED,     /* 450 to each recipient */
	REJECTED,       /* 554 after the message */
	SENDER_REFUSED, /* 553 5.1.8 at MAIL */
	RANGE_LISTED,   /* 554 to each recipient, for a range on a list */
	TOO_LARGE,      /* 552 after the message */
};
struct smtp {
	struct conn c;
	struct scene *s;
	const char *server; /* its name */
};

/* From and header From: a new local part at the domain. */
void mail_init(struct scene *s, struct mail *m, const char *from_domain);
void mail_add_rcpt(struct scene *s, struct mail *m, const char *domain);
/* The message as it goes over the wire, without the last dot. Returns its
 * length. */
size_t mail_text(struct scene *s, const struct mail *m, int64_t now_us,
    char *buf, size_t size);

/* Connects and hears the greeting. */
void smtp_open(struct smtp *t, struct scene *s, const struct addr *server,
    const char *name, uint16_t port, int64_t at_us);
/* Lines by "\n"; each gets CR LF, the last one too. */
void smtp_say(struct smtp *t, enum side from, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* EHLO and what the server offers: "PIPELINING\nSTARTTLS", or "". */
void smtp_ehlo(struct smtp *t, const char *name, const char *offers);
void smtp_auth_plain(struct smtp *t, const char *domain, bool ok);
void smtp_auth_login(struct smtp *t, const char *domain, bool ok);
/* STARTTLS and what looks like TLS records. */
void smtp_starttls(struct smtp *t);
/* TLS records of both sides, from the handshake on, for some exchanges. */
void smtp_tls(struct smtp *t, unsigned int exchanges);
void smtp_transaction(struct smtp *t, const struct mail *m, enum outcome o);
/* DATA .. the answer to it, after RCPT. */
void smtp_data(struct smtp *t, const struct mail *m, const char *answer);
void smtp_quit(struct smtp *t);
/* All of it: one mail to the destination's server on port 25. */
void smtp_session(struct scene *s, const struct dest *d, int64_t at_us,
    const char *helo, const struct mail *m, enum outcome o);
