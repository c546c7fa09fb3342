/* SPDX-License-Identifier: Apache-2.0 */
/* block, allow, release: the action is written down; the analyzer applies
 * it, or we do when none runs. */
#include <string.h>

#include "reports/cli/apply.h"
#include "reports/cli/decision_row.h"
#include "reports/cli/operate.h"
#include "reports/cli/verb.h"
#include "store/read.h"

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

int cli_allow_remove(struct cli *c)
{
	return operate(c, OP_DISALLOW);
}

int cli_release(struct cli *c)
{
	return operate(c, OP_RELEASE);
}
