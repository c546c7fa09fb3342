/* SPDX-License-Identifier: Apache-2.0 */
/* One line on a terminal: how much of the files a process has read. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct progress {
	FILE *f;
	pid_t pid;
	int64_t total_bytes, start_us;
};

void progress_begin(
    struct progress *p, FILE *f, pid_t pid, char *const *files, int n);
void progress_show(const struct progress *p);
void progress_end(const struct progress *p);
