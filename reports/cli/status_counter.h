/* SPDX-License-Identifier: Apache-2.0 */
/* status --counter: one number, as scripts and the nightly report want it. */
#pragma once

#include "reports/cli/cli.h"

/* Of the UTC days from --since to --until in all. The exit code. */
int status_counter(struct cli *c);
