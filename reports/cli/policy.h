/* SPDX-License-Identifier: Apache-2.0 */
/* The policies that the log was applied with. */
#pragma once

#include "reports/cli/cli.h"

/* conf: the policy of hash, as a configuration that the caller frees. hash
 * NULL: that of -c, else of the newest decision, incident or row of the log,
 * else the defaults. The exit code; when it is not CLI_OK, nothing to free. */
int policy_of(struct cli *c, struct conf *conf, const char *hash);
/* That of the log, whatever -c says; the defaults when it has none. */
int policy_logged(struct cli *c, struct conf *conf);
/* For who applies the log from the desk: -c, or without it what the log's
 * last policy row says. c->conf. The exit code. */
int policy_for_apply(struct cli *c);
/* Score that raises the alarm for a class, in 1/1000. */
int64_t policy_threshold(const struct conf *conf, enum line_class line_class);
