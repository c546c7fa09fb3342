/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "reports/cli/verb.h"
#include "store/read.h"
#include "base/target.h"

static const struct out_column columns[] = {
    {"target", OUT_TEXT, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_NARROW},
    {"source", OUT_TEXT, OUT_NARROW},
    {"held_from", OUT_TIME, OUT_NARROW},
    {"held_until", OUT_TIME, OUT_NARROW},
    {"nas", OUT_TEXT, OUT_NARROW},
    {"session", OUT_TEXT, OUT_LAST},
    {"own_domains", OUT_WORDS, OUT_WIDE},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct cli *c;
	struct out *out;
	int64_t total;
};

static int print_row(void *arg, const struct lease *l)
{
	struct target t = {l->prefix, l->first_port, l->last_port};
	struct out_value row[COLUMNS], *v = row;
	char text[TARGET_STRLEN];
	struct listing *x = arg;

	if (!cli_wants_row(x->c, x->total++))
		return 0;
	*v++ = out_text(target_format(&t, text));
	*v++ = out_text(l->customer);
	*v++ = out_text(line_class_name(l->line_class));
	*v++ = out_text(l->source);
	*v++ = out_number(l->from_us);
	*v++ = out_number(l->until_us == INT64_MAX ? 0 : l->until_us);
	*v++ = out_text(l->nas[0] ? l->nas : NULL);
	*v++ = out_text(l->session[0] ? l->session : NULL);
	*v++ = out_text(l->own_domains);
	out_row(x->out, row);
	return 0;
}

/* Without a time: of a customer the whole history, of all what is held now. */
int cli_lease_list(struct cli *c)
{
	int64_t at_us = c->at_us != 0 ? c->at_us : c->now_us;
	struct listing x = {.c = c};
	int code = cli_need_db(c, DB_READ), rc;

	if (code != CLI_OK)
		return code;
	x.out = cli_out(c, columns, COLUMNS);
	if (!x.out)
		return CLI_FAILED;
	rc = c->customer ? read_customer_leases(c->db, c->customer,
			       c->at_us != 0 ? at_us : -1, print_row, &x)
			 : read_leases(c->db, at_us, print_row, &x);
	if (rc != 0) {
		out_free(x.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, x.out, x.total);
}
