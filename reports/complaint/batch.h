/* SPDX-License-Identifier: Apache-2.0 */
/* Files of complaints that are read, and not yet stored. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reports/complaint/read.h"

#define BATCH_FILES   256
#define BATCH_REPORTS 1024

struct batch_file {
	char name[256];
	bool bad, of_maildir;
	char why[COMPLAINT_WHY_LEN];
	size_t first, n; /* of the reports */
};
struct batch_report {
	struct complaint c;
	bool known; /* the caller's */
};
struct batch {
	struct batch_file files[BATCH_FILES];
	size_t n_files;
	struct batch_report *reports;
	size_t n_reports, cap;
	char *text;          /* of the file that is read */
	int64_t received_us; /* and when it came */
};

/* Reads and closes fd, but standard input; -1: it could not be opened, and
 * errno says why. What is wrong with a file stands in it. Not before there is
 * room: batch_is_full(). 0, or -1 without memory. */
int batch_take(
    struct batch *b, const char *name, int fd, bool of_maildir, int64_t now_us);
bool batch_is_full(const struct batch *b);
void batch_clear(struct batch *b);
void batch_free(struct batch *b);
