/* SPDX-License-Identifier: Apache-2.0 */
/* block, allow, release: the action is written down; the analyzer applies
 * it, or we do when none runs. */
#include <string.h>

#include "base/clock.h"
#include "reports/cli/apply.h"
#include "reports/cli/audit.h"
#include "reports/cli/decision_row.h"
#include "reports/cli/operate.h"
#include "reports/cli/target.h"
#include "reports/cli/verb.h"
#include "store/read.h"

static int parse_ttl(struct cli *c, int64_t *until_us)
{
	int64_t length_us;

	*until_us = 0;
	if (!c->ttl || strcmp(c->ttl, "permanent") == 0)
		return CLI_OK;
	if (clock_parse_duration(&length_us, c->ttl) != 0 || length_us <= 0)
		return cli_fail(c, CLI_USAGE,
		    "--ttl %.40s: give a time such as 90m, 24h, 7d, or "
		    "permanent",
		    c->ttl);
	*until_us = c->now_us + length_us;
	return CLI_OK;
}

int operate_fill(
    struct cli *c, enum op_verb verb, const char *target, struct op_action *a)
{
	int code;

	memset(a, 0, sizeof(*a));
	a->verb = verb;
	code = audit_reason(c, a->reason);
	if (code == CLI_OK)
		code = parse_ttl(c, &a->until_us);
	if (code != CLI_OK)
		return code;
	a->ts_us = c->now_us;
	audit_operator(c, a->actor);
	snprintf(a->target, sizeof(a->target), "%s", target);
	if (!c->db)
		code = cli_need_db(c, c->dry_run ? DB_READ : DB_WRITE);
	if (code == CLI_OK)
		code = target_resolve(c, target, a->customer);
	if (code == CLI_REFUSED && !c->dry_run)
		return audit_refused(c, op_verb_name(verb), a->target,
		    "the target is not one customer", code);
	return code;
}

/* --- the result ----------------------------------------------------- */

struct listing {
	struct out *out;
	int64_t op_id, total;
};

static int print_row(void *arg, const struct decision *d)
{
	struct listing *l = arg;
	struct decision_row r = {0};

	if (d->op_id != l->op_id)
		return 0;
	decision_row_fill(&r, d);
	out_row(l->out, r.v);
	l->total++;
	return 0;
}

static int print_result(struct cli *c, const struct op_action *a)
{
	struct read_range range = {
	    .customer = a->customer, .state = -1, .kind = -1};
	struct listing l = {.op_id = a->id};
	int code;

	l.out = cli_out(c, decision_columns, DECISION_COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_decisions(c->db, &range, print_row, &l) != 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	code = cli_end_list(c, l.out, l.total);
	if (code == CLI_OK && l.total == 0)
		fprintf(c->err,
		    "nothing was in force for %s; the rule of its class "
		    "applies, as before\n",
		    a->customer);
	return code;
}

static int operate(struct cli *c, enum op_verb verb)
{
	struct op_action a;
	int code;

	if (c->n_args > 1 || c->dry_run || strcmp(c->args[0], "-") == 0)
		return operate_many(c, verb);
	code = operate_fill(c, verb, c->args[0], &a);
	if (code != CLI_OK)
		return code;
	code = apply_action(c, &a);
	return code != CLI_OK ? code : print_result(c, &a);
}

int cli_block(struct cli *c)
{
	return operate(c, OP_BLOCK);
}

int cli_allow(struct cli *c)
{
	return operate(c, OP_ALLOW);
}

int cli_release(struct cli *c)
{
	return operate(c, OP_RELEASE);
}
