/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "reports/cli/hook_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct listing {
	struct cli *c;
	struct out *out;
	int64_t after, last; /* ids: where the page begins; its last row */
	int64_t total;
	bool more;
};

static int print_row(void *arg, const struct delivery *d)
{
	struct listing *l = arg;
	const struct cli *c = l->c;
	struct hook_row r;

	if (d->created_us < c->since_us ||
	    (c->until_us != 0 && d->created_us >= c->until_us))
		return 0;
	if (d->id <= l->after) {
		l->total++;
		return 0;
	}
	l->more = !cli_wants_row(c, out_rows(l->out));
	if (l->more && !c->count)
		return cli_stop_list(&l->total);
	l->total++;
	if (l->more)
		return 0;
	hook_row_fill(&r, d);
	out_row(l->out, r.v);
	l->last = d->id;
	return 0;
}

int cli_hook_list(struct cli *c)
{
	struct listing l = {.c = c};
	const char *state = c->delivery_state;
	int code;

	if (state && strcmp(state, "pending") != 0 &&
	    strcmp(state, "done") != 0 && strcmp(state, "dead") != 0)
		return cli_fail(c, CLI_USAGE,
		    "--state %.40s: give pending, done or dead", state);
	if (c->cursor && (l.after = cli_parse_id(c->cursor, '\0')) <= 0)
		return cli_fail(c, CLI_USAGE,
		    "--cursor %.40s: give what the list before it ended with, "
		    "as 7",
		    c->cursor);
	code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, hook_columns, HOOK_COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	/* All are counted, wherever the page begins. */
	if (read_deliveries(c->db, c->driver, state, c->count ? 0 : l.after,
		print_row, &l) < 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	if (l.more)
		cli_next(c, "%" PRId64, l.last);
	return cli_end_list(
	    c, l.out, c->cursor && !c->count ? CLI_MORE : l.total);
}
