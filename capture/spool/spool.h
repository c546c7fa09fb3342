/* SPDX-License-Identifier: Apache-2.0 */
/* Records on disk that memory has no room for, first in, first out, and what
 * earlier starts left there, which comes before. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.pb-c.h"
#include "capture/priv.h"

struct spool_setup {
	struct priv *priv; /* borrowed */
	const char *dir;   /* for messages; borrowed */
	const char *agent; /* copied, up to 63 bytes */
	uint64_t boot;
	uint64_t limit_bytes;  /* of all files */
	uint64_t memory_bytes; /* a share of it is the buffer for writing */
};

struct spool_stats {
	uint64_t bytes;    /* in files */
	uint64_t buffered; /* memory */
	uint64_t dropped;  /* records: no room, no writing, broken on disk */
	uint64_t damaged;  /* files or parts of files that are not intact */
};

struct spool_record {
	const char *agent;
	uint64_t boot, seq;
	const uint8_t *data;
	size_t len;
	bool on_disk; /* and stays there until spool_forget() */
};

struct spool;

/* Looks for what is there. NULL: no memory. */
struct spool *spool_new(const struct spool_setup *setup);
/* What is not on disk yet is written. */
void spool_free(struct spool *s);

/* 0; -1: not taken and counted. */
int spool_put(struct spool *s, const Sekisho__Record *r);
int spool_put_packed(
    struct spool *s, uint64_t seq, const uint8_t *data, size_t len);
/* Something is left to be read: what is new has to queue behind it. */
bool spool_is_waiting(const struct spool *s);
/* The oldest that was not taken; borrowed until the next call of any other
 * function. False: there is none. */
bool spool_peek(struct spool *s, struct spool_record *r);
void spool_take(struct spool *s);
/* The analyzer has committed all that was taken of a boot below this number;
 * UINT64_MAX: all that was taken. */
void spool_forget(struct spool *s, uint64_t before_seq);
/* From the buffer to the file. 0 or -errno, which was said. */
int spool_flush(struct spool *s);
/* And to the disk. */
void spool_sync(struct spool *s);
/* All before it was dropped: for one who cannot take the record peeked at. */
void spool_skip(struct spool *s);
void spool_stats(const struct spool *s, struct spool_stats *out);
/* How much of memory_bytes the buffer takes. */
uint64_t spool_buffer_bytes(uint64_t memory_bytes);
