/* SPDX-License-Identifier: Apache-2.0 */
/* The command line and the console's query behind a number. */
#pragma once

#define RECIPE_RANGE "--since FROM --until TO "
/* The customers to whom letters were written until TO or NEXT, a line each. */
#define RECIPE_NOTIFIED(until)                                                 \
	"sekisho audit list --since FROM --until " until                       \
	" --verb 'incident letter' -o tsv --fields detail | sed -n "           \
	"'s/^letter "                                                          \
	"[a-z]* in [^ ]* to customer \\([^ ]*\\), .*/\\1/p'"

#include "reports/nightly/doc.h"
#include "reports/nightly/night.h"

/* FROM and TO in command and query become the bounds of the day, NEXT 24 hours
 * behind its end, ARG a word for the shell, whatever it is. screen "queue" and
 * query, a filter ("": none), become the link; screen NULL: no link. Returns r.
 */
const struct doc_recipe *recipe(struct doc_recipe *r, const struct night *n,
    const char *command, const char *arg, const char *screen,
    const char *query);
const struct doc_recipe *recipe_number(
    struct doc_recipe *r, const struct night *n, enum night_number number);
