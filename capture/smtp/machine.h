/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the session: client.c reads the client's bytes, server.c the
 * server's and matches them, apply.c draws the conclusions. */
#pragma once

#include "capture/smtp/client_hello.h"
#include "capture/smtp/line.h"
#include "capture/smtp/message.h"
#include "capture/smtp/pending.h"
#include "capture/smtp/reply.h"
#include "capture/smtp/transaction.h"

enum smtp_mode {
	SMTP_MODE_PROBE,   /* is it a TLS ClientHello or a PROXY header? */
	SMTP_MODE_PROXY,   /* octets of a binary PROXY header */
	SMTP_MODE_COMMAND, /* command lines */
	SMTP_MODE_WAIT,    /* DATA sent, nothing behind it yet */
	SMTP_MODE_MESSAGE, /* dot-stuffed message */
	SMTP_MODE_CHUNK,   /* octets of BDAT */
	SMTP_MODE_SKIP,    /* DATA or BDAT refused: lines until a command */
	SMTP_MODE_UNSURE,  /* after a gap: lines until a command */
	SMTP_MODE_HELLO,   /* TLS: only the ClientHello is read */
	SMTP_MODE_OPAQUE   /* TLS: nothing is read any more */
};

#define SMTP_PROBE_BYTES 16

/* Idle it is this struct, two replies and the client's name; all else is
 * held only while there is something in it (see session.h). */
struct smtp_session {
	struct addr client;
	smtp_transaction_cb cb;
	smtp_rcpt_cb rcpt_cb; /* NULL: recipients are not hashed */
	void *arg;
	int64_t now_us;
	/* the client's direction */
	struct smtp_line client_line;
	struct smtp_message *message; /* being read, or between chunks */
	uint64_t octets_left;         /* of a chunk or of a PROXY header */
	struct client_hello_reader *hello;
	/* the server's direction */
	struct smtp_line server_line;
	struct smtp_reply_reader reply;
	struct smtp_queue queue;
	struct smtp_reply *early; /* came before the message's end */
	/* what came of it */
	struct smtp_open *open;
	struct smtp_helo helo;
	char *helo_name;
	struct smtp_replies replies; /* outside of transactions */
	const char *auth_mechanism;
	char *sni;
	uint32_t owed; /* replies to entries that the queue had no room for */
	uint32_t transactions, unknown_commands, overlong_lines;
	uint32_t replies_not_kept;
	uint16_t tls_version;
	uint16_t helo_bytes, sni_bytes; /* of their text, which is elsewhere */
	uint8_t auth, tls;       /* Sekisho__AuthOutcome, Sekisho__TlsState */
	uint8_t unknown_refused; /* up to 255 */
	uint8_t mode;            /* enum smtp_mode */
	uint8_t probe_len;
	uint8_t probe[SMTP_PROBE_BYTES];
	bool chunk_last : 1;
	bool continuation : 1; /* the next line answers a 334: a credential */
	bool message_expected : 1; /* 354 seen, its DATA not */
	bool client_spoke : 1;     /* a line, or a gap, came */
	bool client_lost : 1;      /* bytes lost since the last MAIL */
	bool after_gap : 1;        /* no byte of the client came since */
	bool greeted : 1, server_seen : 1, server_lost : 1;
	bool proxy : 1, xclient : 1;
	bool valid : 1;   /* a command was seen */
	bool no_dkim : 1; /* nobody wants the evidence */
	bool binary : 1, http : 1, replied : 1, junk : 1;
	bool ending : 1, ended : 1;
};

/* A copy, malloc'd, of at most 64 KiB; NULL: of nothing, or no memory. */
char *smtp_keep_text(const char *text, uint16_t *bytes);

void smtp_client_feed(struct smtp_session *s, const uint8_t *data, size_t len);
void smtp_client_gap(struct smtp_session *s, uint64_t len);
/* DATA was answered, or never will be: what the next bytes are. */
void smtp_client_message_begin(struct smtp_session *s);
void smtp_client_message_end(struct smtp_session *s);
void smtp_client_message_refused(struct smtp_session *s);
/* The line that stands open is the rest of something else. */
void smtp_client_line_foreign(struct smtp_session *s);

void smtp_server_feed(struct smtp_session *s, const uint8_t *data, size_t len);
void smtp_server_gap(struct smtp_session *s);
/* Queues what a reply is waited for; makes room where the queue is full. */
void smtp_server_expect(
    struct smtp_session *s, enum smtp_verb verb, struct smtp_message *message);
void smtp_server_expect_command(
    struct smtp_session *s, const struct smtp_command *c);
/* Resolves what stands in front without any reply. */
void smtp_server_settle(struct smtp_session *s);
void smtp_server_give_up(struct smtp_session *s);

/* The oldest command and its reply; NULL: none was seen. True: e is taken,
 * or gone already. */
bool smtp_apply(
    struct smtp_session *s, struct smtp_pending *e, struct smtp_reply *r);
/* A reply that belongs to no command. */
void smtp_apply_reply(
    struct smtp_session *s, struct smtp_reply *r, Sekisho__Stage stage);
/* What is known of a message that did not end; takes it. */
void smtp_apply_partial(struct smtp_session *s, struct smtp_message *m);
void smtp_apply_tls(struct smtp_session *s, Sekisho__TlsState tls);
void smtp_apply_report(struct smtp_session *s, Sekisho__EndOf end);
