/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a file into lines, in parts of any size. A line that is too long
 * is passed over. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLLOW_LINE_MAX 8192 /* bytes, without its end */

struct splitter_owner {
	/* A whole line, without its end. Not 0: feed no more. */
	int (*line)(void *arg, const char *line, size_t len);
	void (*too_long)(void *arg);
	void *arg;
};

/* All zero is a file's beginning. */
struct splitter {
	int64_t at;      /* of the next byte */
	int64_t line_at; /* all lines before it were told */
	bool skipping;
	size_t len; /* of the line that has not ended */
	char line[FOLLOW_LINE_MAX];
};

void splitter_seek(struct splitter *s, int64_t at);
/* 0, or what line() returned; the rest was not looked at then. */
int splitter_feed(struct splitter *s, const char *data, size_t n,
    const struct splitter_owner *o);
