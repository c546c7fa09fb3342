/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "reports/cli/paging.h"
#include "reports/cli/verb.h"
#include "store/read.h"

static const struct out_column columns[] = {
    {"id", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_NARROW},
    {"language", OUT_TEXT, OUT_NARROW},
    {"contact", OUT_TEXT, OUT_NARROW},
    {"own_domains", OUT_WORDS, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct paging page;
	char last[ROW_ID_LEN];
};

static int print_row(void *arg, const struct customer_row *k)
{
	struct listing *l = arg;
	const struct cli *c = l->page.c;
	struct out_value values[COLUMNS], *v = values;
	enum paging_row row;

	if (!cli_wants_class(c, k->line_class))
		return 0;
	row = paging_take(&l->page, c->cursor && strcmp(k->id, c->cursor) <= 0);
	if (row != PAGING_SHOWN)
		return row == PAGING_END;
	*v++ = out_text(k->id);
	*v++ = out_text(line_class_name(k->line_class));
	*v++ = out_text(k->language[0] ? k->language : NULL);
	*v++ = out_text(k->contact[0] ? k->contact : NULL);
	*v++ = out_text(k->own_domains);
	out_row(l->page.out, values);
	snprintf(l->last, sizeof(l->last), "%s", k->id);
	return 0;
}

int cli_customer_list(struct cli *c)
{
	struct listing l = {.page = {.c = c, .count = c->count}};
	const char *after = c->cursor && !c->count ? c->cursor : "";
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK)
		return code;
	l.page.out = cli_out(c, columns, COLUMNS);
	if (!l.page.out)
		return CLI_FAILED;
	if (read_customers_after(c->db, after, print_row, &l) < 0)
		return paging_fail(&l.page);
	if (l.page.more)
		cli_next(c, "%s", l.last);
	return paging_end(&l.page);
}
