/* SPDX-License-Identifier: Apache-2.0 */
/* The submission servers' logs: follows the files, sums up what they say, and
 * hands both sums and positions over to be written in one transaction. What
 * is not handed over is read again after a restart. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/logins/accounts.h"
#include "analyzer/logins/count.h"
#include "analyzer/logins/sum.h"
#include "base/conf.h"
#include "store/rows.h"

struct logins;

struct login_batch {
	const struct login_sums *sums;
	const struct login_accounts *accounts;
	const struct file_position *positions;
	size_t n_positions;
	int64_t counts[LOGIN_COUNT_N];
};
struct logins_owner {
	/* All of it, or nothing: then -1, and logins_free() comes. */
	int (*commit)(void *arg, const struct login_batch *b);
	/* 1 found, 0 not there, -1. */
	int (*position)(void *arg, const char *path, struct file_position *p);
	void *arg;
};

/* Reads key and accounts. Borrows conf. NULL with err set. */
struct logins *logins_new(
    const struct conf *c, struct logins_owner owner, char *err, size_t errsize);
/* Follows logins.files. 0, or -1 with err. */
int logins_follow(struct logins *l, uv_loop_t *loop, char *err, size_t errsize);
/* The accounts' file anew. 0, or -1 with err: the one before stays. */
int logins_reload(struct logins *l, char *err, size_t errsize);
/* Reads one file from beginning to end, now, and hands over all of it. Lines
 * without a year are of the year before the file was last written. 0, or -1
 * with err. */
int logins_read_file(
    struct logins *l, const char *path, char *err, size_t errsize);
/* The loop must run once more for the handles. NULL is legal. */
void logins_free(struct logins *l);
