/* SPDX-License-Identifier: Apache-2.0 */
/* What submission servers' logs say, on its way into the log. Runs inside the
 * caller's transaction; 0, or -1: roll back and begin anew. */
#pragma once

#include "analyzer/journal.h"
#include "analyzer/logins/rows.h"

struct login_intake {
	struct db *db;
	struct journal *journal;
	struct login_rows rows;
};

/* All of it, how far the files were read, and the counts. */
int login_intake_batch(struct login_intake *i, const struct login_batch *b);
/* How far a file was read: 1, 0 when none is known, or -1. */
int login_intake_position(const struct login_intake *i, const char *path,
    struct file_position *position);
