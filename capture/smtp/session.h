/* SPDX-License-Identifier: Apache-2.0 */
/* SMTP (RFC 5321) of one TCP connection, from its two byte streams: session,
 * transaction and recipient, commands matched with replies. Resumable: any
 * split of the streams gives the same events. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/record.pb-c.h"

enum smtp_dir { SMTP_CLIENT, SMTP_SERVER }; /* who sent the bytes */

/* Parsed from text into the caller's memory. */
#define SMTP_LOCAL_MAX 320
struct smtp_mailbox {
	bool seen, null_path, unparsed;
	char local[SMTP_LOCAL_MAX];
	char domain[256]; /* lower case, no trailing dot */
};

/* What a session tells its owner: borrowed for the call, in the clear. The
 * owner reduces it to the privacy tier (privacy.h) before anything leaves.
 * Local parts are in struct smtp_address only. Text that is absent is NULL. */
struct smtp_address {
	bool seen, null_path, unparsed;
	const char *local, *domain;
};
struct smtp_rcpt_domain {
	char *domain;
	uint32_t count, accepted;
};
#define SMTP_REPLIES_MAX      24
#define SMTP_RCPT_DOMAINS_MAX 32
#define SMTP_HEADER_FROM_MAX  4
struct smtp_reply {
	uint32_t count;
	uint16_t code;
	uint8_t stage, cls; /* Sekisho__Stage, Sekisho__ReplyClass */
	bool names_client;
	char enhanced[12]; /* empty: none */
};
struct smtp_helo {
	Sekisho__HeloVerb verb;
	Sekisho__HeloKind kind;
	bool null_literal;
	const char *name; /* lower case */
};
struct dkim_evidence; /* capture/dkim/evidence.h */
struct smtp_transaction {
	int64_t start_us;
	struct smtp_helo helo;
	struct smtp_address mail_from;
	uint32_t rcpt_count, rcpt_accepted;
	const struct smtp_rcpt_domain *rcpt_domains;
	size_t n_rcpt_domains;
	bool rcpt_domains_cut;
	uint64_t rcpt_sum; /* of what smtp_rcpt_cb said; 0: not known */
	const struct smtp_reply *replies;
	size_t n_replies;
	uint64_t declared_bytes, seen_bytes;
	struct smtp_address header_from[SMTP_HEADER_FROM_MAX];
	size_t n_header_from;
	bool header_complete, dkim_signature;
	uint32_t received_count;
	Sekisho__TlsState tls;
	Sekisho__EndOf end;
	bool gap, authenticated;
	struct smtp_address message_id; /* only its domain */
	bool list_id, smtputf8;
	Sekisho__AutoSubmitted auto_submitted;
	const struct dkim_evidence *dkim;
	size_t n_dkim;
};
/* What the connection as a whole showed, for Close. Borrowed until the
 * session is fed again or freed. All zero: nothing. */
struct smtp_summary {
	struct smtp_helo helo;
	const struct smtp_reply *replies; /* outside transactions */
	size_t n_replies;
	uint32_t replies_not_kept;  /* in transactions, too */
	const char *auth_mechanism; /* upper case */
	Sekisho__AuthOutcome auth;
	Sekisho__TlsState tls;
	uint32_t transactions, unknown_commands;
	uint32_t overlong_lines; /* cut and skipped to their end */
	bool not_smtp;
	const char *sni; /* lower case */
	uint16_t tls_version;
	bool proxy, xclient;
};

typedef void (*smtp_transaction_cb)(
    void *arg, const struct smtp_transaction *t, int64_t now_us);
/* A keyed hash of a recipient, who is forgotten then. 0: there is none. */
typedef uint64_t (*smtp_rcpt_cb)(
    void *arg, const char *local, const char *domain);

/* Memory. After EHLO and its reply, with nothing pending, a session holds at
 * most SMTP_IDLE_BYTES and its HELO name (256). Whatever comes, at most:
 *   two lines begun                      2 x 1 KiB
 *   one reply of several lines                513
 *   a ClientHello                           4 KiB
 *   commands without a reply              128 KiB (SMTP_PENDING_BYTES_MAX)
 *   messages between these and the one that is read, 10 in all: their
 *   addresses and DKIM evidence; of one, the header as far as it is read
 *   (SMTP_HEADER_BYTES_MAX)
 *   the open transaction, 32 domains, 24 replies, MAIL      11 KiB */
#define SMTP_IDLE_BYTES 400
struct smtp_session;

/* client: for HELO literals and replies that name it. NULL: no memory. */
struct smtp_session *smtp_session_new(const struct addr *client,
    uint16_t server_port, int64_t now_us, smtp_transaction_cb cb, void *arg);
void smtp_session_free(struct smtp_session *s);
void smtp_session_feed(struct smtp_session *s, enum smtp_dir dir,
    const uint8_t *data, size_t len, int64_t now_us);
/* len bytes of this direction are missing (0: unknown). Resynchronises on
 * the next line of that direction that is surely a command or a reply. */
void smtp_session_gap(
    struct smtp_session *s, enum smtp_dir dir, uint64_t len, int64_t now_us);
/* The connection is over: an open transaction is reported. */
void smtp_session_end(struct smtp_session *s, int64_t now_us);
void smtp_session_summary(
    const struct smtp_session *s, struct smtp_summary *out);
/* Messages are read without gathering DKIM evidence, which costs a hash of
 * each signed body. */
void smtp_session_without_dkim(struct smtp_session *s);
/* Sums the hashes of a transaction's recipients; cb gets the arg of
 * smtp_session_new(). */
void smtp_session_hash_rcpts(struct smtp_session *s, smtp_rcpt_cb cb);
/* Into the cache, without waiting. */
void smtp_session_prefetch(const struct smtp_session *s);
/* What it holds now, without the allocator's share. */
size_t smtp_session_bytes(const struct smtp_session *s);
