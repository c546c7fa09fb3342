/* SPDX-License-Identifier: Apache-2.0 */
/* The allow list: whom an operator gave leave to send, whatever the detector
 * says. An entry is a manual allow in force; a customer has one at most. */
#include <inttypes.h>

#include "reports/cli/decision_row.h"
#include "reports/cli/query.h"
#include "reports/cli/verb.h"
#include "store/read.h"

static const struct out_column columns[] = {
    {"customer", OUT_TEXT, OUT_NARROW},
    {"decision", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_NARROW},
    {"since", OUT_TIME, OUT_NARROW},
    {"until", OUT_TIME, OUT_NARROW},
    {"operator", OUT_TEXT, OUT_NARROW},
    {"reason", OUT_TEXT, OUT_LAST},
    {"targets", OUT_WORDS, OUT_WIDE},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct cli *c;
	struct out *out;
	struct filter filter;
	int64_t total;
};

static int print_row(void *arg, const struct decision *d)
{
	struct listing *l = arg;
	struct out_value row[COLUMNS], *v = row;
	struct decision_row r = {0};
	struct op_action a = {0};

	if (d->cause != CAUSE_MANUAL || d->action != ACTION_ALLOW ||
	    !cli_wants_class(l->c, d->line_class) ||
	    !filter_match(&l->filter, d))
		return 0;
	if (!cli_wants_row(l->c, l->total++))
		return 0;
	if (read_op_action(l->c->db, d->op_id, &a) < 0)
		return -1;
	decision_row_fill(&r, d);
	*v++ = out_text(d->customer);
	*v++ = out_text(r.id);
	*v++ = out_text(line_class_name(d->line_class));
	*v++ = out_number(d->since_us);
	*v++ = out_number(d->until_us);
	*v++ = out_text(a.actor[0] ? a.actor : NULL);
	*v++ = out_text(d->reason);
	*v++ = out_text(r.targets);
	out_row(l->out, row);
	return 0;
}

int cli_allow_list(struct cli *c)
{
	struct listing l = {.c = c};
	struct read_range standing = {.customer = c->customer,
	    .state = 1,
	    .kind = -1,
	    .now_us = c->at_us != 0 ? c->at_us : c->now_us};
	bool whole;
	int code =
	    query_parse(c, &filter_decision, &l.filter, &standing, &whole);

	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, columns, COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_decisions(c->db, &standing, print_row, &l) != 0) {
		(void)out_free(l.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, l.out, l.total);
}
