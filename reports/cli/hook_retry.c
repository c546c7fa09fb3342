/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cli/ask_hooks.h"
#include "reports/cli/audit.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct dead {
	int64_t id, n; /* id 0: all */
};

static int count_dead(void *arg, const struct delivery *d)
{
	struct dead *t = arg;

	t->n += t->id == 0 || t->id == d->id;
	return 0;
}

static int try_dry(struct cli *c, int64_t id)
{
	struct dead t = {.id = id};

	if (read_deliveries(c->db, c->driver, "dead", 0, count_dead, &t) != 0)
		return cli_fail_db(c);
	(void)cli_say_dry(c, "%" PRId64 " would be tried again", t.n);
	return t.n > 0 ? CLI_OK : CLI_NOT_FOUND;
}

int cli_hook_retry(struct cli *c)
{
	struct hook_request r = {.verb = "retry"};
	char *end;
	int code;

	if ((c->n_args == 1) == c->all)
		return cli_fail(c, CLI_USAGE,
		    "give the id of a row (sekisho hook list --state dead), or "
		    "--all");
	if (c->n_args == 1) {
		r.delivery_id = strtoll(c->args[0], &end, 10);
		if (*end != '\0' || r.delivery_id <= 0)
			return cli_fail(c, CLI_USAGE,
			    "%.40s: an id is a number, from sekisho hook list "
			    "--state dead",
			    c->args[0]);
	}
	code = audit_reason(c, r.reason);
	if (code == CLI_OK)
		code = cli_need_change(c);
	if (code != CLI_OK)
		return code;
	if (c->dry_run)
		return try_dry(c, r.delivery_id);
	code = ask_hooks(c, &r);
	if (code == CLI_OK)
		fprintf(c->out, "%s\n", r.result);
	if (code == CLI_OK && strncmp(r.result, "0 ", 2) == 0)
		return CLI_NOT_FOUND;
	return code;
}
