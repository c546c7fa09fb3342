/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "reports/cli/lease_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct listing {
	struct cli *c;
	struct out *out;
	const struct prefix *within; /* NULL: anywhere */
	int64_t total;
};

static bool wanted(const struct listing *x, const struct lease *l)
{
	const struct cli *c = x->c;

	return (!c->source || strcmp(c->source, l->source) == 0) &&
	       (!c->session || strcmp(c->session, l->session) == 0) &&
	       (!x->within || prefix_overlaps(x->within, &l->prefix)) &&
	       cli_wants_class(c, l->line_class);
}

static int print_row(void *arg, const struct lease *l)
{
	struct listing *x = arg;
	struct lease_row r = {0};

	if (!wanted(x, l))
		return 0;
	if (!cli_wants_row(x->c, x->total) && !x->c->count)
		return cli_stop_list(&x->total);
	if (!cli_wants_row(x->c, x->total++))
		return 0;
	lease_row_fill(&r, l);
	out_row(x->out, r.v);
	return 0;
}

/* Without a time: of a customer the whole history, of all what is held now. */
int cli_lease_list(struct cli *c)
{
	int64_t at_us = c->at_us != 0 ? c->at_us : c->now_us;
	struct listing x = {.c = c};
	struct prefix within;
	int code, rc;

	if (c->n_args > 0) {
		if (prefix_parse(&within, c->args[0]) != 0)
			return cli_fail(c, CLI_USAGE,
			    "\"%.60s\" is no address and no prefix, as "
			    "192.0.2.0/24",
			    c->args[0]);
		x.within = &within;
	}
	code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	x.out = cli_out(c, lease_columns, LEASE_COLUMNS);
	if (!x.out)
		return CLI_FAILED;
	rc = c->customer ? read_customer_leases(c->db, c->customer,
			       c->at_us != 0 ? at_us : -1, print_row, &x)
	     : x.within
		 ? read_leases_over(c->db, x.within, at_us, print_row, &x)
		 : read_leases(c->db, at_us, print_row, &x);
	if (rc < 0) {
		out_free(x.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, x.out, x.total);
}
