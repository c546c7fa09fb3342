/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cli/ask_hooks.h"
#include "reports/cli/audit.h"
#include "reports/cli/verb.h"

int cli_hook_retry(struct cli *c)
{
	struct hook_request r = {.verb = "retry"};
	char *end;
	int code;

	if ((c->n_args == 1) == c->all)
		return cli_fail(c, CLI_USAGE,
		    "give the id of a row (sekisho hook list --state dead -o "
		    "csv), or --all");
	if (c->n_args == 1) {
		r.delivery_id = strtoll(c->args[0], &end, 10);
		if (*end != '\0' || r.delivery_id <= 0)
			return cli_fail(c, CLI_USAGE,
			    "%.40s: an id is a number, from sekisho hook list "
			    "--state dead -o csv",
			    c->args[0]);
	}
	code = audit_reason(c, r.reason);
	if (code == CLI_OK)
		code = cli_need_db(c, DB_WRITE);
	if (code != CLI_OK)
		return code;
	code = ask_hooks(c, &r);
	if (code == CLI_OK)
		fprintf(c->out, "%s\n", r.result);
	if (code == CLI_OK && strncmp(r.result, "0 ", 2) == 0)
		return CLI_NOT_FOUND;
	return code;
}
