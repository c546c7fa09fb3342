/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/decision_row.h"
#include "reports/cli/query.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct listing {
	struct cli *c;
	struct out *out;
	struct filter filter;
	int64_t total;
};

static int print_row(void *arg, const struct decision *d)
{
	struct listing *l = arg;
	struct decision_row r = {0};

	if (!cli_wants_class(l->c, d->line_class) ||
	    (l->c->action >= 0 && (int)d->action != l->c->action) ||
	    (l->c->cause >= 0 && (int)d->cause != l->c->cause) ||
	    (l->c->repeats && d->step < 2) || !filter_match(&l->filter, d))
		return 0;
	if (cli_wants_row(l->c, l->total++)) {
		decision_row_fill(&r, d);
		out_row(l->out, r.v);
	}
	return 0;
}

int cli_decision_list(struct cli *c)
{
	struct listing l = {.c = c};
	struct read_range range = {.since_us = c->since_us,
	    .until_us = c->until_us,
	    .customer = c->customer,
	    .state = c->in_force ? 1 : -1,
	    .kind = -1,
	    .now_us = c->at_us != 0 ? c->at_us : c->now_us};
	int code = query_parse(c, &filter_decision, &l.filter, &range);

	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, decision_columns, DECISION_COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_decisions(c->db, &range, print_row, &l) != 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, l.out, l.total);
}
