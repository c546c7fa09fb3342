/* SPDX-License-Identifier: Apache-2.0 */
/* One record as one JSON object, the form of docs/PROTOCOL.md: every field,
 * always, in one order. */
#pragma once

#include <stdint.h>

#include "base/jsonw.h"
#include "base/record.pb-c.h"

/* Writes the object and a newline. */
void record_json(struct jsonw *j, const Sekisho__Record *r, const char *agent,
    uint64_t boot);
