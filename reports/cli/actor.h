/* SPDX-License-Identifier: Apache-2.0 */
/* Who gives an order at the desk. */
#pragma once

#include "reports/cli/cli.h"
#include "store/rows.h"

/* The name of the user who runs us. */
void actor_name(char buf[static ROW_ID_LEN]);
/* --reason, which must say something: into buf. The exit code. */
int actor_reason(struct cli *c, char buf[static ROW_TEXT_LEN]);
