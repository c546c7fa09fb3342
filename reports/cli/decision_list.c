/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "reports/cli/decision_row.h"
#include "reports/cli/query.h"
#include "reports/cli/verb.h"
#include "store/read.h"

#define COUNTED 1000 /* as many are counted without being asked */

struct listing {
	struct cli *c;
	struct out *out;
	struct filter filter;
	struct read_range range;
	bool whole; /* the range says it all */
	int64_t rows, matches, last_seq;
	bool more;
};

static bool is_wanted(const struct listing *l, const struct decision *d)
{
	const struct cli *c = l->c;

	return cli_wants_class(c, d->line_class) &&
	       (c->action < 0 || (int)d->action == c->action) &&
	       (c->cause < 0 || (int)d->cause == c->cause) &&
	       (!c->repeats || d->step >= 2) && filter_match(&l->filter, d);
}

/* 1 ends the walk: the page is full, and there is more. */
static int print_row(void *arg, const struct decision *d)
{
	struct listing *l = arg;
	struct decision_row r = {0};

	if (!is_wanted(l, d))
		return 0;
	if (!cli_wants_row(l->c, l->rows)) {
		l->more = true;
		return 1;
	}
	decision_row_fill(&r, d);
	out_row(l->out, r.v);
	l->rows++;
	l->last_seq = d->seq;
	return 0;
}

static int count_match(void *arg, const struct decision *d)
{
	struct listing *l = arg;

	l->matches += is_wanted(l, d);
	return 0;
}

static int prepare(struct listing *l)
{
	struct cli *c = l->c;

	l->range = (struct read_range){.since_us = c->since_us,
	    .until_us = c->until_us,
	    .customer = c->customer,
	    .state = c->in_force ? 1 : -1,
	    .kind = -1,
	    .now_us = c->at_us != 0 ? c->at_us : c->now_us};
	if (cli_cursor_id(c, 'D', &l->range.after_id) != CLI_OK ||
	    query_parse(c, &filter_decision, &l->filter, &l->range,
		&l->whole) != CLI_OK)
		return CLI_USAGE;
	if (c->line_class || c->action >= 0 || c->cause >= 0 || c->repeats)
		l->whole = false;
	return CLI_OK;
}

/* Of the whole list, whatever its page, as cli_end_list() wants it. */
static int find_total(struct listing *l, int64_t *total)
{
	struct read_range all = l->range;
	struct cli *c = l->c;
	int rc;

	*total = l->rows;
	if (!l->more && !c->cursor)
		return 0;
	if (l->whole && (c->count || !all.where)) {
		rc = read_decision_count(
		    c->db, &all, c->count ? 0 : COUNTED + 1, total);
		if (rc == 0 && !c->count && *total == COUNTED + 1)
			*total = CLI_MORE_THAN(COUNTED);
		if (rc != 0 || *total != -1 || !c->count)
			return rc;
	}
	*total = CLI_MORE;
	if (!c->count)
		return 0;
	all.after_id = 0;
	rc = read_decisions(c->db, &all, count_match, l);
	*total = l->matches;
	return rc;
}

int cli_decision_list(struct cli *c)
{
	struct listing l = {.c = c};
	int64_t total = 0;
	int code = prepare(&l);

	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, decision_columns, DECISION_COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_decisions(c->db, &l.range, print_row, &l) < 0 ||
	    find_total(&l, &total) != 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	if (l.more)
		cli_next(c, "D%" PRId64, l.last_seq);
	return cli_end_list(c, l.out, total);
}
