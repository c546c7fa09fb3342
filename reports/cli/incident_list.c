/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/incident_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct listing {
	struct cli *c;
	struct out *out;
	int64_t total;
};

static bool in_range(const struct cli *c, int64_t ts_us)
{
	return ts_us != 0 && ts_us >= c->since_us &&
	       (c->until_us == 0 || ts_us < c->until_us);
}

static bool is_open_at(const struct incident *i, int64_t at_us)
{
	return i->opened_us < at_us &&
	       (i->closed_us == 0 || i->closed_us >= at_us);
}

static int print_row(void *arg, const struct incident *i)
{
	struct listing *l = arg;
	struct incident_row r = {0};

	if (!cli_wants_class(l->c, i->line_class))
		return 0;
	if (l->c->open_at_us != 0 && !is_open_at(i, l->c->open_at_us))
		return 0;
	if ((l->c->opened && !in_range(l->c, i->opened_us)) ||
	    (l->c->closed && !in_range(l->c, i->closed_us)))
		return 0;
	if (cli_wants_row(l->c, l->total++)) {
		if (incident_row_fill(&r, l->c->db, i) != 0)
			return -1;
		out_row(l->out, r.v);
	}
	return 0;
}

int cli_incident_list(struct cli *c)
{
	struct listing l = {.c = c};
	struct read_range range = {.since_us = c->since_us,
	    .until_us = c->until_us,
	    .customer = c->customer,
	    .state = c->state,
	    .kind = c->kind,
	    .now_us = c->now_us};
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, incident_columns, INCIDENT_COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	/* Closed in the range may be long after its last evidence. */
	if (c->closed)
		range.since_us = 0;
	if (read_incidents(c->db, &range, print_row, &l) != 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, l.out, l.total);
}
