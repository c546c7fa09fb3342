/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of sekisho-capture. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define OPTIONS_WORKERS_MAX 64

struct options {
	char **files; /* the names are borrowed from argv */
	size_t n_files;
	const char *interface, *config, *target, *agent, *user;
	int tier; /* enum tier; -1: as configured */
	bool json, no_dpi, quiet, summary, summary_full;
	int workers; /* 0: as configured */
	double speed;
};

/* -1: go on; else the exit code, after the message. options_free() after
 * both. */
int options_parse(struct options *o, int argc, char **argv);
void options_free(struct options *o);
