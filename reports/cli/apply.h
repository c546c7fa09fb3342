/* SPDX-License-Identifier: Apache-2.0 */
/* Writes an operator action down and has it applied: by the analyzer, or here
 * when no other process applies the log. */
#pragma once

#include "reports/cli/cli.h"
#include "store/rows.h"

/* Sets a->id; writes the row of the audit log with it. The exit code;
 * CLI_UNREACHABLE: it is still waiting. */
int apply_action(struct cli *c, struct op_action *a);
/* n of them, one at least: all are written down, or none. */
int apply_actions(struct cli *c, struct op_action *v, size_t n);
