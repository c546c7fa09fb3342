/* SPDX-License-Identifier: Apache-2.0 */
/* Reduces what the SMTP parser saw to the configured privacy tier. The only
 * way from struct smtp_* into a record. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/record.pb-c.h"
#include "base/vocab.h"
#include "capture/smtp/session.h"

#define PRIVACY_HASH_BYTES 16
#define PRIVACY_RCPT_BYTES 8

struct privacy;

/* key: borrowed for the call, wiped by privacy_free(). Hashes are the first
 * 16 bytes of HMAC-SHA-256(key, purpose NUL text). NULL: no memory. */
struct privacy *privacy_new(enum tier tier, const void *key, size_t key_len);
void privacy_free(struct privacy *p);
enum tier privacy_tier(const struct privacy *p);
/* Of one recipient, for smtp_session_hash_rcpts(): only the sum of a
 * transaction, hashed once more with its sender, goes into a record. 0: none
 * (tier flow, or it failed). */
uint64_t privacy_rcpt(struct privacy *p, const char *local, const char *domain);
/* Calls put(arg, record body filled) with a Transaction or Close whose
 * memory lives until put returns. r has its addresses and times set. */
typedef void (*privacy_put)(void *arg, Sekisho__Record *r);
void privacy_transaction(struct privacy *p, const struct smtp_transaction *t,
    Sekisho__Record *r, privacy_put put, void *arg);
/* c has the connection's numbers set; s adds what SMTP showed. */
void privacy_close(struct privacy *p, const struct smtp_summary *s,
    Sekisho__Close *c, Sekisho__Record *r, privacy_put put, void *arg);
