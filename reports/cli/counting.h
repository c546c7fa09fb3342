/* SPDX-License-Identifier: Apache-2.0 */
/* How far a long task is, on the error stream: on a terminal one line that
 * changes, else a line each ten seconds. Not a word of a short one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct counting {
	FILE *f;
	bool tty, shown;
	const char *what; /* "policy test: rows" */
	int64_t n, total; /* total 0: not known */
	int64_t start_us, next_us;
};

void counting_begin(
    struct counting *p, FILE *f, const char *what, int64_t total);
/* One more is done. */
void counting_step(struct counting *p);
void counting_end(struct counting *p);
