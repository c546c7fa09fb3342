/* SPDX-License-Identifier: Apache-2.0 */
/* One line on the terminal while files are read. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/files/merge.h"

#define PROGRESS_BYTES 512

struct progress;

/* On standard error. NULL: that is no terminal which can show it. */
struct progress *progress_new(void);
/* NULL is legal for all that follow. */
void progress_free(struct progress *p);
/* At most five times a second. */
bool progress_is_due(const struct progress *p);
void progress_show(
    struct progress *p, const struct merge_status *st, uint64_t packets);
/* Leaves the line empty. */
void progress_erase(struct progress *p);

struct progress_rate {
	double packets_s, bytes_s;
	double left_s; /* negative: not known */
};
/* At most columns wide; colour: the bar has one. Returns buf. */
const char *progress_text(char buf[static PROGRESS_BYTES],
    const struct merge_status *st, const struct progress_rate *rate,
    int columns, bool colour);
