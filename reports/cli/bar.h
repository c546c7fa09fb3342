/* SPDX-License-Identifier: Apache-2.0 */
/* Long work told on the error stream: on a terminal one line that is written
 * over five times a second, else a line each ten seconds. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct bar {
	FILE *f;
	bool tty;
	const char *what; /* "purge" */
	const char *unit; /* "rows" */
	int64_t total;    /* 0: not known */
	int64_t done, start_us, shown_us;
};

void bar_begin(
    struct bar *b, FILE *f, const char *what, const char *unit, int64_t total);
/* Shows it when it is time. */
void bar_show(struct bar *b, int64_t done);
void bar_end(struct bar *b);

/* SIGINT and SIGTERM are kept from now on, and seen by bar_interrupted(): long
 * work ends between two of its steps. */
void bar_catch(void);
bool bar_interrupted(void);
