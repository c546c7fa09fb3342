/* SPDX-License-Identifier: Apache-2.0 */
/* A log file that may be renamed, copied away and cut, or written anew: its
 * first bytes tell whether it is still the same. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/keyed_hash.h"
#include "store/rows.h"

#define LOGFILE_HEAD_BYTES 256

struct logfile {
	int fd; /* -1: none */
	uint64_t device, inode;
	char head[LOGFILE_HEAD_BYTES]; /* as it was read */
	int64_t head_bytes;
};

/* A regular file. 0, or -1 with errno. */
int logfile_open(struct logfile *f, const char *path);
void logfile_close(struct logfile *f);
/* These bytes were read at this offset. */
void logfile_note(struct logfile *f, int64_t at, const char *data, size_t n);
/* Shorter than at, or with another beginning: what was there is gone. */
bool logfile_is_rewritten(const struct logfile *f, int64_t at);
/* Under path there is another file, and something is in it. */
bool logfile_is_replaced(const struct logfile *f, const char *path);
/* The hash of a file's first bytes, so that it is known again. False:
 * libcrypto failed. */
bool logfile_head_hash(struct keyed_hash *h, const void *bytes, size_t n,
    uint8_t out[static KEYED_HASH_BYTES]);
/* The file that held what the position says: path itself (*moved false), or
 * one beside it whose name begins with path's (*moved true), as logrotate
 * renames or copies it. False: there is none. */
bool logfile_find(struct logfile *f, const struct file_position *p,
    struct keyed_hash *hash, bool *moved);
/* The same for a file that is open and was rewritten: its copy, with all
 * before offset. On true f is the copy. */
bool logfile_find_copy(struct logfile *f, const char *path, int64_t offset);
