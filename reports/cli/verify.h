/* SPDX-License-Identifier: Apache-2.0 */
/* replay --verify DB */
#pragma once

#include "reports/cli/cli.h"

/* The exit code; CLI_FAILED: there are differences. */
int verify_run(struct cli *c);
