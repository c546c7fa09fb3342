/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of the store for somebody who may not know whom it is about. */
#pragma once

#include "base/keyed_hash.h"
#include "store/db.h"

/* Rewrites db, which is a copy, and writes what is left to the file into,
 * which must not be there: customers, people, names, hashes and addresses as
 * pseudonyms, the same for the same; free texts, the audit log, what the desk
 * asked for and the engine's state not at all. Addresses keep which prefixes
 * they share. A table that this does not know is emptied; a column that it
 * does not know is an error. 0, or -1. */
int db_anonymise(struct db *db, struct keyed_hash *key, const char *into);
