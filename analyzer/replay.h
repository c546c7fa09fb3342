/* SPDX-License-Identifier: Apache-2.0 */
/* Frames on standard input, applied in record order; ends with the input.
 * Before them the log-ins of a submission server's log. */
#pragma once

#include <uv.h>

#include "base/conf.h"

/* Exit code: 0; 1 the store or the stream failed. */
/* logins: the log; NULL: none. */
int replay_run(uv_loop_t *loop, const struct conf *c, const char *logins);
