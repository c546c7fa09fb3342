/* SPDX-License-Identifier: Apache-2.0 */
/* The log is applied here, by the desk itself, when no analyzer runs. The
 * caller holds the lock (db_lock_apply()). */
#pragma once

#include "reports/cli/cli.h"

/* Operator actions that wait. The exit code. */
int applying_actions(struct cli *c);
/* What was said about leases and waits. The exit code. */
int applying_leases(struct cli *c);
