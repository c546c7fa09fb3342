/* SPDX-License-Identifier: Apache-2.0 */
/* The privileged parent of live workers: opens the interface for them, starts
 * them again when they crash, opens files and the analyzer's socket on
 * request, passes signals on. It reads no packet. */
#pragma once

#include "base/conf.h"
#include "capture/options.h"

/* Until a signal ends it, or a worker gives up. The exit code; comes back in
 * the worker too, with the worker's. */
int parent_run(const struct conf *c, const struct options *o);
