/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "reports/cli/hook_row.h"
#include "reports/cli/paging.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct listing {
	struct paging page;
	int64_t after, last; /* ids: where the page begins; its last row */
};

static int print_row(void *arg, const struct delivery *d)
{
	struct listing *l = arg;
	const struct cli *c = l->page.c;
	enum paging_row row;
	struct hook_row r;

	if (d->created_us < c->since_us ||
	    (c->until_us != 0 && d->created_us >= c->until_us))
		return 0;
	row = paging_take(&l->page, d->id <= l->after);
	if (row != PAGING_SHOWN)
		return row == PAGING_END;
	hook_row_fill(&r, d);
	out_row(l->page.out, r.v);
	l->last = d->id;
	return 0;
}

int cli_hook_list(struct cli *c)
{
	struct listing l = {.page = {.c = c, .count = c->count}};
	const char *state = c->delivery_state;
	int code;

	if (state && strcmp(state, "pending") != 0 &&
	    strcmp(state, "done") != 0 && strcmp(state, "dead") != 0)
		return cli_fail(c, CLI_USAGE,
		    "--state %.40s: give pending, done or dead", state);
	code = cli_cursor_id(c, '\0', &l.after);
	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	l.page.out = cli_out(c, hook_columns, HOOK_COLUMNS);
	if (!l.page.out)
		return CLI_FAILED;
	/* All are counted, wherever the page begins. */
	if (read_deliveries(c->db, c->driver, state, c->count ? 0 : l.after,
		print_row, &l) < 0)
		return paging_fail(&l.page);
	if (l.page.more)
		cli_next(c, "%" PRId64, l.last);
	return paging_end(&l.page);
}
