/* SPDX-License-Identifier: Apache-2.0 */
/* Commands whose replies have not been seen yet, oldest first (pipelining,
 * RFC 2920). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/smtp/command.h"
#include "capture/smtp/message.h"

#define SMTP_PENDING_MAX          1024
#define SMTP_PENDING_BYTES_MAX    (128 * 1024) /* messages not counted */
#define SMTP_PENDING_MESSAGES_MAX 8

/* One block of memory, its text behind it. */
struct smtp_pending {
	struct smtp_pending *next;
	int64_t at_us;
	union {
		uint64_t size;     /* SIZE= of MAIL */
		uint64_t rcpt_sum; /* RCPT: hashes of those not yet added */
	};
	struct smtp_message *message; /* MESSAGE, PARTIAL: owned, or NULL */
	uint32_t count;  /* RCPTs to one domain in a row are one entry */
	uint16_t bytes;  /* of this block */
	uint8_t verb;    /* enum smtp_verb */
	bool gap;        /* bytes were lost near it */
	bool maybe_lost; /* its reply may be among the lost bytes */
	bool no_reply;   /* none will come for it */
	bool smtputf8;   /* MAIL */
	union {
		struct smtp_helo helo;       /* HELO, EHLO */
		struct smtp_address address; /* MAIL; RCPT: domain only */
	};
	char text[];
};

struct smtp_queue {
	struct smtp_pending *head, *last;
	uint32_t bytes;
	uint16_t n, messages;
};

/* Takes the message. NULL: no memory, the message is freed. */
struct smtp_pending *smtp_queue_push(struct smtp_queue *q, enum smtp_verb verb,
    struct smtp_message *message, int64_t now_us);
/* Copies of c what its reply will need. NULL: no memory. */
struct smtp_pending *smtp_queue_push_command(
    struct smtp_queue *q, const struct smtp_command *c, int64_t now_us);
/* Unlinks the head; the caller frees it. */
struct smtp_pending *smtp_queue_pop(struct smtp_queue *q);
/* Wipes a local part. */
void smtp_pending_free(struct smtp_pending *e);
void smtp_queue_clear(struct smtp_queue *q);
/* The oldest entry of a verb, or NULL. */
struct smtp_pending *smtp_queue_find(
    const struct smtp_queue *q, enum smtp_verb verb);
/* A gap: flags every entry. */
void smtp_queue_gap(struct smtp_queue *q, bool replies_lost);
/* For the owners of messages. NULL is legal. */
void smtp_message_drop(struct smtp_message *m);
size_t smtp_message_bytes(const struct smtp_message *m);
size_t smtp_queue_bytes(const struct smtp_queue *q);
