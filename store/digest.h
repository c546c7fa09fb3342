/* SPDX-License-Identifier: Apache-2.0 */
/* A checksum of what a row of the log was decided from: its record and what
 * DNS said. It is no signature: who writes the file can write it anew. It
 * finds what was changed in the file without that. */
#pragma once

#include <stdbool.h>

#include "store/rows.h"

/* Of all columns that hold something, but applied_no, label, weight_milli,
 * score_milli, novelty, which the log gives again, and the digest. A column
 * that a later version adds changes nothing in rows that leave it empty. */
void observation_digest(
    const struct observation *o, uint8_t digest[static ROW_HASH_BYTES]);
/* 1 it fits, 0 it does not, -1 the row has none. */
int observation_digest_fits(const struct observation *o);
