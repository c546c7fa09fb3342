/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a spool in the order of delivery: earlier boots first, each in
 * the order of its sequence numbers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/priv.h"
#include "capture/spool/file.h"

/* Fewer than priv_spool_list() tells of, so that none is overlooked. */
#define SEGMENTS_MAX 3000

struct segment {
	struct segment *next;
	uint64_t number;
	struct spool_head head;
	uint64_t head_bytes, bytes;
	uint64_t taken_seq; /* the newest that was taken */
	int fd;             /* -1: not open */
	bool keep;          /* unreadable now, perhaps not for ever */
};

enum segments_trouble {
	SEGMENTS_FULL,
	SEGMENTS_WRITE,
	SEGMENTS_READ,
	SEGMENTS_TROUBLES
};

/* Each is contiguous in seq, so that those of a boot can be sorted by their
 * first record. */
struct segments {
	struct priv *priv; /* borrowed */
	const char *dir;   /* for messages; borrowed */
	struct segment *first, *last;
	size_t n;
	uint64_t bytes;   /* of all files */
	uint64_t damaged; /* files that are none of ours, or torn */
	uint64_t next_number;
	uint64_t said_ns[SEGMENTS_TROUBLES];
};

/* Takes up what is in the directory. 0 or -errno. */
int segments_load(struct segments *s);
/* Closes the files, which stay. */
void segments_clear(struct segments *s);
/* A new file at the end. 0 or -errno. */
int segments_begin(struct segments *s, const struct spool_head *head);
/* Delivered: the first file goes, from the disk too. */
void segments_remove_first(struct segments *s);
void segment_close(struct segment *g);
/* At most once a minute for a kind of trouble. */
bool segments_may_say(struct segments *s, enum segments_trouble t);
void segments_say(struct segments *s, enum segments_trouble t, uint64_t number,
    const char *what, const char *remedy);
/* All of it. 0 or -errno. */
int segment_write(const struct segment *g, const uint8_t *p, size_t len);
