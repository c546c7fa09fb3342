/* SPDX-License-Identifier: Apache-2.0 */
/* Packed records in sequence order, within a byte budget: what is to be
 * sent, and what was sent and is not acknowledged. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.pb-c.h"

#define BACKLOG_BATCH_RECORDS 256

struct backlog_item;

struct backlog {
	struct backlog_item *head, *last;
	struct backlog_item *unsent; /* the oldest that was not sent */
	size_t n_unsent;
	uint64_t bytes, limit_bytes;
	uint64_t sent_seq; /* the newest that was ever sent */
};

void backlog_init(struct backlog *b, uint64_t limit_bytes);
void backlog_clear(struct backlog *b);
/* 0; -1: no room, nothing was taken. */
int backlog_add(struct backlog *b, const Sekisho__Record *r);
/* The same for one that is packed; on_disk: another copy is kept there. */
int backlog_add_packed(struct backlog *b, uint64_t seq, const uint8_t *data,
    size_t len, bool on_disk);
/* UINT64_MAX: it is empty. */
uint64_t backlog_oldest(const struct backlog *b);
/* All that are in memory only, in order. */
void backlog_each_unsaved(const struct backlog *b,
    void (*cb)(void *arg, uint64_t seq, const uint8_t *data, size_t len),
    void *arg);
/* Forgets what is committed. Returns how many that were. */
uint64_t backlog_ack(struct backlog *b, uint64_t seq);
/* After a lost connection: all of it is to be sent again. */
void backlog_rewind(struct backlog *b);
/* The next frame of unsent records, malloc'd; at most
 * BACKLOG_BATCH_RECORDS, none: a hello. NULL: no memory. */
uint8_t *backlog_frame(struct backlog *b, const char *agent, uint64_t boot,
    size_t max_records, size_t *len);
