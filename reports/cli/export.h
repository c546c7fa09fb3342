/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of sekisho export. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "store/db.h"
#include "store/rows.h"

struct export_line {
	struct target target;
	char customer[ROW_ID_LEN];
	int64_t seq, until_us; /* 0: without end */
};
struct export_form;
struct export
{
	const struct export_form *form;
	struct export_line *lines; /* by address, length, ports */
	size_t n, cap;
	int64_t now_us, generation; /* the greatest decision */
	int64_t expires_us;         /* the first of them ends; 0: none does */
};

/* What is to be blocked at now_us, sorted. 0, or -1: the store or memory
 * fails; export_free() is legal after both. */
int export_collect(struct export *e, struct db *db);
void export_free(struct export *e);
/* 0, or -1: there is no such form. */
int export_form(struct export *e, const char *name);
void export_print(const struct export *e, FILE *f);
/* Lines that the form has no words for: parts of ports. */
int64_t export_left_out(const struct export *e);
