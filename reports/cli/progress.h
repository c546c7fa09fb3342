/* SPDX-License-Identifier: Apache-2.0 */
/* How far long work has come, how fast it goes and when it may end: on a
 * terminal one line that changes, elsewhere a line each 10 s. Work that is
 * done before that says nothing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct progress {
	FILE *f;
	const char *what, *unit; /* "replay", "rows" */
	int64_t total;           /* 0: not known */
	int64_t start_us, next_us;
	int64_t unit_size; /* of what progress_show() gets in one unit */
	bool tty, shown;
};

/* total in the numbers of progress_show(), unit_size of them a unit. */
void progress_begin(struct progress *p, FILE *f, const char *what,
    const char *unit, int64_t unit_size, int64_t total);
/* Whether progress_show() would say anything now. */
bool progress_is_due(const struct progress *p);
/* May be called often; what is done so far, -1: not known. */
void progress_show(struct progress *p, int64_t done);
void progress_end(const struct progress *p);
/* "45 % of 1,234 MiB, 56 MiB/s, 12 s left"; elapsed_us since the start.
 * Returns buf. */
const char *progress_text(const struct progress *p, int64_t done,
    int64_t elapsed_us, char *buf, size_t size);

/* Bytes that a process has read so far; -1: it is gone. */
int64_t progress_read_bytes(pid_t pid);
/* Of the files that are files. */
int64_t progress_file_bytes(char *const *files, int n);
