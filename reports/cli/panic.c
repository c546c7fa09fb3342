/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reports/cli/ask_hooks.h"
#include "reports/cli/audit.h"
#include "reports/cli/verb.h"
#include "store/desk.h"

static int say_dry(struct cli *c)
{
	int64_t in_force, blocks;
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK)
		return code;
	if (read_standing_sums(c->db, c->now_us, &in_force, &blocks) != 0)
		return cli_fail_db(c);
	return cli_say_dry(c, "the lines of %" PRId64 " customers would be %s",
	    blocks, c->off ? "closed again" : "opened");
}

int cli_panic(struct cli *c)
{
	struct hook_request r = {.verb = "panic"};
	int code = audit_reason(c, r.reason);

	if (code != CLI_OK)
		return code;
	if (c->dry_run)
		return say_dry(c);
	if (!c->yes)
		return cli_fail(c, CLI_USAGE,
		    c->off ? "--yes is missing: all blocks in force are sent "
			     "again"
			   : "--yes is missing: every line that is closed "
			     "opens, and none is closed until panic --off");
	code = cli_need_db(c, DB_WRITE);
	if (code != CLI_OK)
		return code;
	if (c->off)
		snprintf(r.verb, sizeof(r.verb), "panic-off");
	code = ask_hooks(c, &r);
	if (code != CLI_OK)
		return code;
	fprintf(c->out, "%s\n%s\n",
	    c->off ? "blocks are sent again"
		   : "nothing is blocked until sekisho panic --off",
	    r.result);
	return strstr(r.result, "no answer yet") ? CLI_FAILED : CLI_OK;
}
