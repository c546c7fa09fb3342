/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that a driver answers (docs/HOOKS.md). */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANSWER_ERROR_BYTES 400

struct hello {
	bool ports, port_sets, sees_refused;
	int64_t max_entries; /* 0: not said */
	int64_t window;      /* lines that may wait for their answers; 1 */
};
struct answer {
	int64_t seq;
	bool ok;
	bool permanent; /* not ok, and never will be */
	char error[ANSWER_ERROR_BYTES];
};
/* One line of the answer to list or counters. */
struct list_part {
	json_t *json; /* the caller's, for json_decref() */
	/* an array within, what is held or the counters; NULL: it failed */
	json_t *held;
	bool has_id, more;
	int64_t id;
	char error[ANSWER_ERROR_BYTES];
};
/* 0, or -1 when the line is no such object. */
int answer_read_hello(const char *line, size_t len, struct hello *h);
int answer_read(const char *line, size_t len, struct answer *a);
int answer_read_list(const char *line, size_t len, struct list_part *p);
