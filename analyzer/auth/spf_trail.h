/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of look-ups of an SPF check, in words. */
#pragma once

#include <stddef.h>

#include "analyzer/auth/spf_lookup.h"

const char *rr_type_name(enum rr_type t);
/* "ok", "nodata", "nxdomain", "failed", "waiting". */
const char *spf_answer_status(const struct spf_answer *a);
/* In the order in which they were asked; how many. newest may be NULL. */
size_t spf_answers_sort(const struct spf_answer *newest,
    const struct spf_answer *v[static SPF_ANSWERS_MAX]);
/* "TXT example.com, MX example.com nodata, ..."; what does not fit is counted
 * at the end: ", 7 more". "" when nothing was asked. */
void spf_trail(const struct spf_answer *newest, char *out, size_t size);
