/* SPDX-License-Identifier: Apache-2.0 */
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
	struct cli *c;
	struct out *out;
	int64_t total;
};

static int print_row(void *arg, const struct customer_row *k)
{
	struct listing *l = arg;
	struct out_value row[COLUMNS], *v = row;

	if (!cli_wants_class(l->c, k->line_class))
		return 0;
	if (!cli_wants_row(l->c, l->total) && !l->c->count)
		return cli_stop_list(&l->total);
	if (!cli_wants_row(l->c, l->total++))
		return 0;
	*v++ = out_text(k->id);
	*v++ = out_text(line_class_name(k->line_class));
	*v++ = out_text(k->language[0] ? k->language : NULL);
	*v++ = out_text(k->contact[0] ? k->contact : NULL);
	*v++ = out_text(k->own_domains);
	out_row(l->out, row);
	return 0;
}

int cli_customer_list(struct cli *c)
{
	struct listing l = {.c = c};
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, columns, COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_customers(c->db, print_row, &l) < 0) {
		(void)out_free(l.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, l.out, l.total);
}
