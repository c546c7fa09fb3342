/* SPDX-License-Identifier: Apache-2.0 */
/* An address, with or without a source port, and whose it was. */
#pragma once

#include "base/target.h"
#include "reports/cli/cli.h"
#include "store/read.h"

struct endpoint {
	struct addr addr;
	uint16_t port; /* 0: not given */
};

/* "192.0.2.7", "192.0.2.7:1024", "2001:db8::7", "[2001:db8::7]:1024" */
bool endpoint_parse(struct endpoint *e, const char *text);
/* The lease that held it, or the unit that the configuration makes of it;
 * c->db and c->conf are there. The exit code; text is named when it fails. */
int endpoint_lease(struct cli *c, const struct endpoint *e, const char *text,
    int64_t at_us, struct lease *l);
