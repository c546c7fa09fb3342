/* SPDX-License-Identifier: Apache-2.0 */
/* The list that others pull: a line for each prefix or range of ports, and a
 * trailer by which a copy that was cut off is known. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/drivers/kit/ledger.h"

/* "192.0.2.7/32\n203.0.113.7#1024-2047\n": sorted, each once. The caller
 * frees it. NULL: no memory. */
char *blocklist_lines(const struct ledger *l, size_t *len, size_t *count);
/* With header and trailer. */
char *blocklist_text(const char *lines, size_t len, size_t count,
    int64_t generation, size_t *text_len);

struct blocklist {
	int64_t generation;
	struct target *v; /* sorted; the caller frees it */
	size_t n;
};
/* 0; -1: cut off, changed by somebody, or no list of ours; or no memory. */
int blocklist_parse(struct blocklist *b, const char *text, size_t len);
/* The list has this target. */
bool blocklist_has(const struct blocklist *b, const struct target *t);
