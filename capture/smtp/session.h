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

/* What a session tells its owner; the record's body is borrowed for the
 * call, in the clear: the owner reduces it to the privacy tier (privacy.h)
 * before anything leaves. Local parts are in these two fields only. */
#define SMTP_LOCAL_MAX 320
struct smtp_mailbox {
	bool seen, null_path, unparsed;
	char local[SMTP_LOCAL_MAX];
	char domain[256]; /* lower case, no trailing dot */
};
struct smtp_rcpt_domain {
	char domain[256];
	uint32_t count, accepted;
};
#define SMTP_REPLIES_MAX      24
#define SMTP_RCPT_DOMAINS_MAX 32
#define SMTP_HEADER_FROM_MAX  4
struct smtp_reply {
	Sekisho__Stage stage;
	uint16_t code;
	char enhanced[12];
	Sekisho__ReplyClass cls;
	bool names_client;
	uint32_t count;
};
struct smtp_helo {
	Sekisho__HeloVerb verb;
	Sekisho__HeloKind kind;
	bool null_literal;
	char name[256]; /* lower case */
};
/* DkimEvidence of record.proto. */
#define SMTP_DKIM_MAX 3
struct dkim_evidence {
	char domain[256], selector[256], identity_domain[256];
	Sekisho__DkimAlgorithm algorithm;
	int64_t signed_s, expires_s;
	Sekisho__DkimBody body;
	bool body_length, malformed, from_signed;
	uint8_t digest[32];
	size_t digest_len;
	uint8_t signature[1024];
	size_t signature_len;
};
struct smtp_transaction {
	int64_t start_us;
	struct smtp_helo helo;
	struct smtp_mailbox mail_from;
	uint32_t rcpt_count, rcpt_accepted;
	struct smtp_rcpt_domain rcpt_domains[SMTP_RCPT_DOMAINS_MAX];
	size_t n_rcpt_domains;
	bool rcpt_domains_cut;
	struct smtp_reply replies[SMTP_REPLIES_MAX];
	size_t n_replies;
	uint64_t declared_bytes, seen_bytes;
	struct smtp_mailbox header_from[SMTP_HEADER_FROM_MAX];
	size_t n_header_from;
	bool header_complete, dkim_signature;
	uint32_t received_count;
	Sekisho__TlsState tls;
	Sekisho__EndOf end;
	bool gap, authenticated;
	struct smtp_mailbox message_id; /* only its domain */
	bool list_id, smtputf8;
	Sekisho__AutoSubmitted auto_submitted;
	struct dkim_evidence dkim[SMTP_DKIM_MAX];
	size_t n_dkim;
};
/* What the connection as a whole showed, for Close. */
struct smtp_summary {
	struct smtp_helo helo;
	struct smtp_reply replies[SMTP_REPLIES_MAX]; /* outside transactions */
	size_t n_replies;
	char auth_mechanism[24]; /* upper case */
	Sekisho__AuthOutcome auth;
	Sekisho__TlsState tls;
	uint32_t transactions, unknown_commands;
	uint32_t overlong_lines; /* cut and skipped to their end */
	bool not_smtp;
	char sni[256]; /* lower case; empty: none */
	uint16_t tls_version;
	bool proxy, xclient;
};

typedef void (*smtp_transaction_cb)(
    void *arg, const struct smtp_transaction *t, int64_t now_us);

struct smtp_session;

/* client: for HELO literals and replies that name it. NULL: no memory. */
struct smtp_session *smtp_session_new(const struct addr *client,
    uint16_t server_port, int64_t now_us, smtp_transaction_cb cb, void *arg);
void smtp_session_free(struct smtp_session *s);
void smtp_session_feed(struct smtp_session *s, enum smtp_dir dir,
    const uint8_t *data, size_t len, int64_t now_us);
/* len bytes of this direction are missing (0: unknown). Resynchronises on
 * the next whole line of that direction. */
void smtp_session_gap(
    struct smtp_session *s, enum smtp_dir dir, uint64_t len, int64_t now_us);
/* The connection is over: an open transaction is reported. */
void smtp_session_end(struct smtp_session *s, int64_t now_us);
void smtp_session_summary(
    const struct smtp_session *s, struct smtp_summary *out);
