/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of the database that appears whole and checked, or not at all. */
#pragma once

#include <limits.h>

#include "reports/cli/cli.h"

struct db_copy {
	struct cli *c;
	const char *path; /* where it is to appear */
	char temp[PATH_MAX];
	bool appeared;
};

/* What db_copy_begin() would refuse, and whether the folder can be written;
 * nothing is. */
int db_copy_dry(struct db_copy *k, struct cli *c, const char *path);
/* Refuses a name that is there (without --yes), or the database itself; makes
 * the temporary file and copies into it. The exit code; what is wrong has been
 * said. db_copy_end() is legal after all of them. */
int db_copy_begin(struct db_copy *k, struct cli *c, const char *path);
/* Checks the temporary file as db check does. */
int db_copy_check(struct db_copy *k);
/* The temporary file becomes path. */
int db_copy_appear(struct db_copy *k);
/* Removes what is left of it. */
void db_copy_end(struct db_copy *k);
