/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon: agents on the socket, one pipeline, operator actions. A store
 * that fails (full, locked, gone) is a pause, not an end: the pipeline is
 * made anew until it holds, and the agents keep what is not committed. */
#pragma once

#include <uv.h>

#include "base/conf.h"

/* Runs until SIGTERM or SIGINT. The exit code. */
int live_run(uv_loop_t *loop, struct conf *c);
