/* SPDX-License-Identifier: Apache-2.0 */
/* -q of a list. */
#pragma once

#include "reports/cli/cli.h"
#include "reports/filter.h"

/* Parses -q into f and narrows r by it; *whole: the range says it all. CLI_OK,
 * or CLI_USAGE after showing the character that is wrong. */
int query_parse(struct cli *c, const struct filter_noun *noun, struct filter *f,
    struct read_range *r, bool *whole);
