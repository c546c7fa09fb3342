/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose replies have not been seen yet, oldest first (pipelining,
 * RFC 2920). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/smtp/command.h"

#define SMTP_PENDING_MAX          1024
#define SMTP_PENDING_MESSAGES_MAX 8

struct smtp_pending {
	struct smtp_pending *next;
	enum smtp_verb verb;
	int64_t at_us;
	uint32_t count;  /* RCPTs to one domain in a row are one entry */
	bool gap;        /* bytes were lost near it */
	bool maybe_lost; /* its reply may be among the lost bytes */
	bool no_reply;   /* none will come for it */
	uint64_t size;   /* SIZE= of MAIL */
	/* HELO: smtp_helo; MAIL: smtp_mailbox; RCPT: domain text; MESSAGE and
	 * PARTIAL: smtp_message. malloc'd, owned; NULL is legal. */
	void *payload;
};

struct smtp_queue {
	struct smtp_pending *head, *last;
	size_t n, messages;
};

/* Takes payload. NULL: no memory, payload is freed. */
struct smtp_pending *smtp_queue_push(
    struct smtp_queue *q, enum smtp_verb verb, void *payload, int64_t now_us);
/* Unlinks the head; the caller frees it. */
struct smtp_pending *smtp_queue_pop(struct smtp_queue *q);
void smtp_pending_free(struct smtp_pending *e);
void smtp_queue_clear(struct smtp_queue *q);
/* The oldest entry of a verb, or NULL. */
struct smtp_pending *smtp_queue_find(
    const struct smtp_queue *q, enum smtp_verb verb);
/* A gap: flags every entry. */
void smtp_queue_gap(struct smtp_queue *q, bool replies_lost);
