/* SPDX-License-Identifier: Apache-2.0 */
/* An SPF check with its outcome, for eyes and as JSON. */
#pragma once

#include "analyzer/auth/spf.h"
#include "reports/cli/cli.h"

struct spf_checked {
	struct addr ip;
	const char *helo, *mail_from; /* mail_from "": the null sender */
	const char *domain;           /* that was checked */
	const char *source;           /* zone, resolver or resolv.conf */
	const char *server;           /* the file, or the address */
	struct spf_limits limits;
	int64_t time_us;
	const struct spf_outcome *o;
};

/* The exit code. */
int spf_print(struct cli *c, const struct spf_checked *k);
