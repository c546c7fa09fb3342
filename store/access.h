/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask the HTTP server: tokens, operators, sessions; and answers that
 * are kept for a second asking. Times are given; secrets come as hashes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"
#include "store/rows.h"

#define ACCESS_HASH_BYTES 32
#define ACCESS_SALT_BYTES 16
#define ACCESS_CSRF_LEN   48
#define ACCESS_KEY_LEN    65

struct token {
	char id[20];
	char kind[12]; /* api, crowdsec */
	char name[ROW_ID_LEN];
	uint8_t hash[ACCESS_HASH_BYTES];
	int64_t scopes;           /* bits; their meaning is the server's */
	char cidr[PREFIX_STRLEN]; /* "": from anywhere */
	int64_t created_us;
	int64_t expires_us, revoked_us, used_us; /* 0: not */
	int64_t pulled_seq; /* crowdsec: all decisions up to it were told */
};
struct operator_row {
	char name[ROW_ID_LEN];
	uint8_t salt[ACCESS_SALT_BYTES], hash[ACCESS_HASH_BYTES];
	int64_t scopes, created_us;
};
struct session_row {
	uint8_t hash[ACCESS_HASH_BYTES];
	char operator[ROW_ID_LEN];
	char csrf[ACCESS_CSRF_LEN];
	int64_t created_us, expires_us;
	int64_t scopes; /* of the operator; read only */
};
typedef int (*read_token_cb)(void *arg, const struct token *t);

/* Readers of one row: 1 found, 0 not there, -1. */
int read_token(struct db *db, const char *id, struct token *t);
int read_tokens(struct db *db, read_token_cb cb, void *arg); /* by id */
int write_token(struct db *db, const struct token *t);
/* 0 done; 1 it is not there, or was revoked before; -1. */
int write_token_revoked(struct db *db, const char *id, int64_t now_us);
int write_token_used(struct db *db, const char *id, int64_t now_us);
int write_token_pulled(struct db *db, const char *id, int64_t seq);

int read_operator(struct db *db, const char *name, struct operator_row *o);
typedef int (*read_operator_cb)(void *arg, const struct operator_row *o);
int read_operators(struct db *db, read_operator_cb cb, void *arg);
/* Insert or replace; ends the operator's sessions. */
int write_operator(struct db *db, const struct operator_row *o);
/* 0 done; 1 there is none; -1. Ends the sessions, too. */
int write_operator_gone(struct db *db, const char *name);

/* One that has not ended at now_us, of an operator that still is. */
int read_session(struct db *db, const uint8_t hash[ACCESS_HASH_BYTES],
    int64_t now_us, struct session_row *s);
/* How many of the operator have not ended at now_us. 0, or -1. */
int read_session_count(
    struct db *db, const char *operator, int64_t now_us, int64_t *n);
/* Throws out those that have ended. */
int write_session(struct db *db, const struct session_row *s);
int write_session_gone(struct db *db, const uint8_t hash[ACCESS_HASH_BYTES]);

/* Claims the key for this request. 0 it is new: do the work, then
 * idempotency_done(). 1 it was answered: *status and *body (malloc'd; NULL:
 * no memory). 2 another request has this key. 3 it is still at work. -1. */
int idempotency_claim(struct db *db, const char *actor, const char *key,
    const uint8_t request[ACCESS_HASH_BYTES], int64_t now_us, int *status,
    char **body);
/* status 0: nothing was done; the key is free again. */
int idempotency_done(struct db *db, const char *actor, const char *key,
    int status, const char *body);
