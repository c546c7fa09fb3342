/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that a driver answers (docs/HOOKS.md). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANSWER_ERROR_BYTES 400

struct hello {
	bool ports, port_sets, sees_refused;
	int64_t max_entries; /* 0: not said */
};
struct answer {
	int64_t seq;
	bool ok;
	char error[ANSWER_ERROR_BYTES];
};
/* 0, or -1 when the line is no such object. */
int answer_read_hello(const char *line, size_t len, struct hello *h);
int answer_read(const char *line, size_t len, struct answer *a);
