/* SPDX-License-Identifier: Apache-2.0 */
/* The packets of many capture files in the order of time. Files are open only
 * while their times overlap. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/counters.h"

struct merge;

struct merge_packet {
	int linktype;
	const uint8_t *data; /* borrowed until merge_drop() */
	size_t len;
	int64_t ts_us; /* -1: its time stamp is no time */
};

struct merge_status {
	size_t files, files_seen, files_done;
	/* Of the files as they are stored; total 0: not known. */
	uint64_t bytes_total, bytes_done;
	bool looking; /* at the first packets still */
	bool read_any;
};

/* The paths are borrowed. NULL: no memory. */
struct merge *merge_new(char **paths, size_t n, struct counters *c);
void merge_free(struct merge *m);
/* Looks at the first packet of one more file. False: all are known. A file
 * that was given twice is read once. What cannot be read is reported and
 * counted, here and later. */
bool merge_look(struct merge *m);
/* The next packet, the same one until merge_drop(). False: no more. Among
 * equal times the order does not depend on the order of the paths. */
bool merge_next(struct merge *m, struct merge_packet *p);
void merge_drop(struct merge *m);
void merge_status(const struct merge *m, struct merge_status *st);
