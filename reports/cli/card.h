/* SPDX-License-Identifier: Apache-2.0 */
/* All about one thing: names with values, and lists, for people or as one
 * object of JSON. Lines of a list are the caller's, made safe by text.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "reports/cli/cli.h"
#include "reports/out/object.h"
#include "reports/out/text.h"

#define CARD_SHOWN 10 /* of each list in a text; JSON has up to limit */

struct card {
	FILE *out;
	struct jsonw *json; /* NULL: text */
	int64_t limit;      /* 0: none */
};

/* A thing with lists in it has no rows: CLI_OK, or CLI_USAGE for -o csv, tsv
 * and ids, said. */
int card_check(struct cli *c);
/* The text, or with -o json an object made with j, which stays the caller's.
 * Up to --limit entries of a list. */
void card_open(struct card *card, struct cli *c, struct jsonw *j);
/* rc -1: the store failed. The exit code. */
int card_close(struct card *card, struct cli *c, int rc);

/* value "": null in JSON, no line in a text. */
void card_line(const struct card *c, const char *name, const char *value);
void card_begin(const struct card *c, const char *name);
/* Whether the list shows its entry number n, from 0. */
bool card_shows(const struct card *c, int64_t n);
/* n: how many entries there are. */
void card_end(const struct card *c, int64_t n);
