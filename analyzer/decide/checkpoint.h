/* SPDX-License-Identifier: Apache-2.0 */
/* The engine at a place of the log: made before a purge takes the rows that led
 * there, read by whoever begins behind it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "analyzer/detect/engine.h"
#include "store/checkpoint.h"

/* Policies of the log, by hash; each is read once. All zero is empty. */
struct logged_policies {
	struct logged_policy *first;
};
/* NULL with err. */
const struct policy *logged_policies_find(struct logged_policies *l,
    struct db *db, const char *hash, char *err, size_t errsize);
void logged_policies_free(struct logged_policies *l);

/* Into a new engine, from the newest checkpoint, whose row is put into cp; the
 * caller then sets the policy that cp names. 1; 0: there is none; -1 with
 * err. */
int checkpoint_load(struct db *db, struct engine *e, struct checkpoint *cp,
    char *err, size_t errsize);
/* The engine's state becomes the newest checkpoint, in short transactions. cp:
 * last_us, policy_hash and mode are the caller's. 0, or -1 with err. */
int checkpoint_save(struct db *db, struct engine *e, struct checkpoint *cp,
    char *err, size_t errsize);
/* Applies the log from the newest checkpoint up to applied_no, and saves that.
 * The analyzer may run. progress, where given, is told how many rows it has
 * read; not 0 from it ends it. 0, 1 when progress ended it, or -1 with err. */
int checkpoint_make(struct db *db, int64_t applied_no,
    int (*progress)(void *arg, int64_t rows), void *arg, char *err,
    size_t errsize);
