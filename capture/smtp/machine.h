/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the session: client.c reads the client's bytes, server.c the
 * server's and matches them, apply.c draws the conclusions. */
#pragma once

#include "capture/smtp/line.h"
#include "capture/smtp/message.h"
#include "capture/smtp/pending.h"
#include "capture/smtp/reply.h"

enum smtp_mode {
	SMTP_MODE_PROBE,   /* is it a TLS ClientHello? */
	SMTP_MODE_COMMAND, /* command lines */
	SMTP_MODE_WAIT,    /* DATA sent, nothing behind it yet */
	SMTP_MODE_MESSAGE, /* dot-stuffed message */
	SMTP_MODE_CHUNK,   /* octets of BDAT */
	SMTP_MODE_SKIP,    /* DATA or BDAT refused: lines until a command */
	SMTP_MODE_UNSURE,  /* after a gap: lines until a command */
	SMTP_MODE_OPAQUE   /* TLS: nothing is read any more */
};

#define SMTP_PROBE_BYTES 6

struct smtp_session {
	struct addr client;
	smtp_transaction_cb cb;
	void *arg;
	int64_t now_us;
	/* the client's direction */
	enum smtp_mode mode;
	struct smtp_line client_line;
	uint8_t probe[SMTP_PROBE_BYTES];
	size_t probe_len;
	struct smtp_message *message; /* being read, or between chunks */
	uint64_t chunk_left;
	bool chunk_last;
	bool continuation;     /* the next line answers a 334: a credential */
	bool message_expected; /* 354 seen, its DATA not */
	bool client_lost;      /* bytes lost since the last MAIL */
	/* the server's direction */
	struct smtp_line server_line;
	struct smtp_reply_reader reply;
	bool greeted, server_seen, server_lost;
	struct smtp_queue queue;
	uint64_t owed; /* replies to entries that the queue had no room for */
	bool early;    /* a reply came before the message's end: this one */
	struct smtp_reply early_reply;
	/* what came of it */
	struct smtp_transaction *open;
	struct smtp_summary sum;
	bool valid, binary, http, ending, ended;
	uint32_t unknown_refused, replies, junk_lines;
};

void smtp_client_feed(struct smtp_session *s, const uint8_t *data, size_t len);
void smtp_client_gap(struct smtp_session *s, uint64_t len);
/* DATA was answered, or never will be: what the next bytes are. */
void smtp_client_message_begin(struct smtp_session *s);
void smtp_client_message_end(struct smtp_session *s);
void smtp_client_message_refused(struct smtp_session *s);

void smtp_server_feed(struct smtp_session *s, const uint8_t *data, size_t len);
void smtp_server_gap(struct smtp_session *s);
/* Queues a command; makes room where the queue is full. */
void smtp_server_expect(
    struct smtp_session *s, enum smtp_verb verb, void *payload, uint64_t size);
/* Resolves what stands in front without any reply. */
void smtp_server_settle(struct smtp_session *s);
void smtp_server_give_up(struct smtp_session *s);

/* The oldest command and its reply; NULL: none was seen. */
void smtp_apply(
    struct smtp_session *s, const struct smtp_pending *e, struct smtp_reply *r);
/* A reply that belongs to no command. */
void smtp_apply_reply(
    struct smtp_session *s, struct smtp_reply *r, Sekisho__Stage stage);
/* What is known of a message that did not end. */
void smtp_apply_partial(struct smtp_session *s, const struct smtp_message *m);
void smtp_apply_opaque(struct smtp_session *s, Sekisho__TlsState tls);
void smtp_apply_report(struct smtp_session *s, Sekisho__EndOf end);
