/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "reports/cli/complaint_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct listing {
	struct cli *c;
	struct out *out;
	int64_t last, rows;
};

static int print_row(void *arg, const struct complaint *c)
{
	struct listing *l = arg;
	struct complaint_row r = {0};

	if (complaint_row_fill(&r, l->c->db, c) != 0)
		return -1;
	out_row(l->out, r.v);
	l->last = c->id;
	l->rows++;
	return 0;
}

int cli_complaint_list(struct cli *c)
{
	struct complaint_range r = {.since_us = c->since_us,
	    .until_us = c->until_us,
	    .customer = c->customer,
	    .limit = cli_limit(c)};
	struct listing l = {.c = c};
	int64_t total = 0;
	int code = cli_cursor_id(c, 'R', &r.before_id);

	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, complaint_columns, COMPLAINT_COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_complaint_count(c->db, &r, &total) != 0 ||
	    read_complaints(c->db, &r, print_row, &l) != 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	if (r.limit > 0 && l.rows == r.limit && l.last > 1 && l.rows < total)
		cli_next(c, "R%" PRId64, l.last);
	return cli_end_list(c, l.out, total);
}
