/* SPDX-License-Identifier: Apache-2.0 */
/* leases.files: followed as they are written, and handed over as events
 * together with how far each file was read. What is not handed over is read
 * again after a restart; told twice, it changes nothing. */
#pragma once

#include <stddef.h>
#include <uv.h>

#include "analyzer/identity/dhcp/file.h"
#include "base/conf.h"
#include "store/rows.h"

struct lease_feed;

struct lease_feed_batch {
	const struct lease_event *events;
	size_t n;
	const struct file_position *positions;
	size_t n_positions;
	int64_t counts[LEASE_FILE_COUNTS]; /* since the batch before */
};
struct lease_feed_owner {
	/* All of it, or nothing: then -1, and lease_feed_free() comes. */
	int (*commit)(void *arg, const struct lease_feed_batch *b);
	/* 1 found, 0 not there, -1. */
	int (*position)(void *arg, const char *path, struct file_position *p);
	void *arg;
};

/* Borrows conf. NULL with err set. */
struct lease_feed *lease_feed_new(uv_loop_t *loop, const struct conf *c,
    struct lease_feed_owner owner, char *err, size_t errsize);
/* The loop must run once more for the handles. NULL is legal. */
void lease_feed_free(struct lease_feed *f);
