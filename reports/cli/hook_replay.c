/* SPDX-License-Identifier: Apache-2.0 */
/* hook replay: what was delivered is told again under its old name, for a
 * receiver that has lost it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cli/ask_hooks.h"
#include "reports/cli/audit.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct done {
	const struct hook_request *r;
	int64_t n;
};

static int count_done(void *arg, const struct delivery *d)
{
	struct done *t = arg;

	t->n += d->attempts > 0 && d->created_us >= t->r->since_us &&
		(t->r->delivery_id == 0 || t->r->delivery_id == d->id);
	return 0;
}

static int replay_dry(struct cli *c, const struct hook_request *r)
{
	struct done t = {.r = r};

	if (read_deliveries(c->db, c->driver, "done", 0, count_done, &t) != 0)
		return cli_fail_db(c);
	(void)cli_say_dry(c,
	    "%" PRId64
	    " would be told again, but for what a newer decision has "
	    "overtaken",
	    t.n);
	return t.n > 0 ? CLI_OK : CLI_NOT_FOUND;
}

static int read_args(struct cli *c, struct hook_request *r)
{
	char *end;

	r->since_us = c->since_us;
	if ((c->n_args == 1) + (c->since_us != 0) + c->all != 1)
		return cli_fail(c, CLI_USAGE,
		    "give one of: the id of a row (sekisho hook list --state "
		    "done), --since TIME, --all");
	if (c->n_args == 0)
		return CLI_OK;
	r->delivery_id = strtoll(c->args[0], &end, 10);
	if (*end == '\0' && r->delivery_id > 0)
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "%.40s: an id is a number, from sekisho hook list --state done",
	    c->args[0]);
}

int cli_hook_replay(struct cli *c)
{
	struct hook_request r = {.verb = "replay"};
	int code = read_args(c, &r);

	if (code == CLI_OK)
		code = audit_reason(c, r.reason);
	if (code == CLI_OK)
		code = cli_need_change(c);
	if (code != CLI_OK)
		return code;
	if (c->dry_run)
		return replay_dry(c, &r);
	code = ask_hooks(c, &r);
	if (code == CLI_OK)
		fprintf(c->out, "%s\n", r.result);
	if (code == CLI_OK && strncmp(r.result, "0 ", 2) == 0)
		return CLI_NOT_FOUND;
	return code;
}
