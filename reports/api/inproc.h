/* SPDX-License-Identifier: Apache-2.0 */
/* A verb of the command line, run for a request: the same code, its JSON in
 * memory, its errors as problems. */
#pragma once

#include <stdbool.h>

#include "reports/api/call.h"
#include "reports/cli/cli.h"

struct inproc {
	struct cli cli;
	struct call *call;
	bool changes;
	char *out, *err;
	size_t n_out, n_err;
};

/* changes: the verb applies the log; hold api->change. false after a
 * problem. */
bool inproc_begin(struct inproc *p, struct call *c, bool changes);
/* What the verb printed, which is freed by inproc_free(); NULL after a
 * problem that tells why it failed. */
const char *inproc_end(struct inproc *p, int code);
/* Forgets what was said so far, so that the next part can say something. */
void inproc_reason(struct inproc *p, char *detail, size_t size);
void inproc_free(struct inproc *p);
/* The status that an exit code stands for. */
int inproc_status(int code);
