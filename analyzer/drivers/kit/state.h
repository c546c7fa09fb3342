/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger as a JSON file, for drivers whose network cannot tell who is
 * who: what they hold survives a restart. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/drivers/kit/ledger.h"
#include "analyzer/drivers/kit/replace.h"

/* {"generation":7,"held":[...]}: entries as in the answer to list. leaving:
 * one more of that name, of claims that are touched and nobody's: the network
 * may have them yet. 0, or -1 and why. */
int state_save(const struct replace_conf *c, struct ledger *l,
    int64_t generation, bool leaving, char *why, size_t n_why);
/* Adds to the ledger, touching what is leaving. 0: also when there is no file.
 * -1 and why: it is there and cannot be read, or is no such JSON. */
int state_load(const char *path, struct ledger *l, int64_t *generation,
    char *why, size_t n_why);
