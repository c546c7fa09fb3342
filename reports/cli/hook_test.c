/* SPDX-License-Identifier: Apache-2.0 */
/* hook test: the running driver reaches whoever it tells, and changes
 * nothing. */
#include <stdio.h>
#include <string.h>

#include "reports/cli/ask_hooks.h"
#include "reports/cli/verb.h"

int cli_hook_test(struct cli *c)
{
	struct hook_request r = {.verb = "test", .reason = "asked for"};
	int code = cli_need_db(c, DB_WRITE);
	size_t n;

	if (code != CLI_OK)
		return code;
	c->driver = c->args[0];
	code = ask_hooks(c, &r);
	if (code != CLI_OK)
		return code;
	if (strcmp(r.result, "there is no such driver") == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "%.40s: %s in the configuration of sekisho-hooks",
		    c->driver, r.result);
	fprintf(c->out, "%s\n", r.result);
	n = strlen(r.result);
	return n > 4 && strcmp(r.result + n - 4, ": ok") == 0 ? CLI_OK
							      : CLI_FAILED;
}
