/* SPDX-License-Identifier: Apache-2.0 */
/* One run of another program: input, output, time-out, and why it failed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define RUN_WHY_SIZE 264

struct run {
	char *const *argv; /* argv[0] is looked for on PATH */
	/* All of its standard input. It has it as a file, complete before it
	 * starts: whoever kills us cannot cut it short. */
	const char *input;
	size_t n_input;
	int timeout_s; /* then it and its children are killed */
	bool dies_with_us;
	/* Keeps its standard output, at most so many bytes: more is a
	 * failure. 0: standard output is taken for standard error. */
	size_t output_max;
	bool keep_output; /* also of a run that failed */
	bool first_line;  /* why: the first line of stderr, not the last */
	/* --- results */
	bool exited; /* with this status; else killed, or never started */
	int status;
	char *output; /* NUL-terminated; the caller frees it; NULL: none */
	size_t n_output;
	char why[RUN_WHY_SIZE];
};

/* 0: exit status 0. -1: why says more. */
int run_program(struct run *r);
