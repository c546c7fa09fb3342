/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine knew at a place of the log, in parts. A checkpoint counts
 * when its row is there, which is written last. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"
#include "store/rows.h"

#define CHECKPOINT_DIGEST_BYTES 32 /* SHA-256 of the parts */
#define CHECKPOINT_PART_BYTES   (1 << 20)

struct checkpoint {
	int64_t applied_no; /* rows up to here are in it */
	int64_t made_us;
	int64_t last_us; /* greatest time of these rows */
	int64_t last_incident, last_decision;
	char policy_hash[20];
	enum mode mode;
	int form;
	int64_t parts;
	struct row_digest {
		uint8_t b[CHECKPOINT_DIGEST_BYTES];
	} digest;
};

/* The newest; 1, 0 there is none, -1. */
int read_checkpoint(struct db *db, struct checkpoint *c);
/* Part n, from 0, of at most size bytes. 1, 0 there is none, -1. */
int read_checkpoint_part(struct db *db, int64_t applied_no, int64_t n,
    uint8_t *data, size_t size, size_t *len);
/* Parts of an unfinished one of the same place are replaced. */
int write_checkpoint_part(struct db *db, int64_t applied_no, int64_t n,
    const uint8_t *data, size_t len);
/* It counts from now on; older ones, and parts of nobody, go. */
int write_checkpoint(struct db *db, const struct checkpoint *c);
