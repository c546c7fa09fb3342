/* SPDX-License-Identifier: Apache-2.0 */
/* A spool file's bytes: a head that says whose records these are, and frames
 * of one packed record each (docs/PROTOCOL.md). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SPOOL_AGENT_BYTES  64
#define SPOOL_HEAD_BYTES   (36 + SPOOL_AGENT_BYTES) /* at most */
#define SPOOL_FRAME_BYTES  16                       /* before the record */
#define SPOOL_RECORD_BYTES (256u << 10)             /* larger ones are none */

struct spool_head {
	uint64_t boot, first_seq;
	char agent[SPOOL_AGENT_BYTES];
};

struct spool_frame {
	uint64_t seq;
	uint8_t *data; /* grown as needed; the owner frees it */
	size_t len, cap;
};

/* How many bytes were put in out. */
size_t spool_head_pack(
    const struct spool_head *h, uint8_t out[static SPOOL_HEAD_BYTES]);
/* How long the head is; -ENODATA: it was never written whole; -EBADMSG: no
 * file of ours; or another -errno. */
int spool_head_read(int fd, struct spool_head *h);
/* Fills in what stands before the len bytes of a record that follow p. */
void spool_frame_pack(uint8_t *p, uint64_t seq, size_t len);
/* The frame at offset `at` of a file of `end` bytes. Bytes to the next one;
 * -EBADMSG: not intact; or another -errno. */
int64_t spool_frame_read(
    int fd, uint64_t at, uint64_t end, struct spool_frame *f);
/* How long the frame at `at` says it is, intact or not; 0: impossible. */
uint64_t spool_frame_span(int fd, uint64_t at, uint64_t end);
