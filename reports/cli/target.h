/* SPDX-License-Identifier: Apache-2.0 */
/* Whom an operator means: a customer id, or an address or prefix that one
 * customer holds now. */
#pragma once

#include "reports/cli/cli.h"
#include "store/rows.h"

/* The exit code: CLI_NOT_FOUND nobody; CLI_REFUSED more than one customer's,
 * or wider than the one's own prefix. */
int target_resolve(
    struct cli *c, const char *text, char customer[static ROW_ID_LEN]);
