/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cli/lease_row.h"
#include "reports/cli/paging.h"
#include "reports/cli/verb.h"
#include "store/read.h"

/* Where a lease stands in every list of leases (store/read.h). */
struct place {
	struct target t;
	int64_t from_us;
	char source[ROW_ID_LEN];
};
struct listing {
	struct paging page;
	const struct prefix *within; /* NULL: anywhere */
	struct place after, last;    /* where the page begins; its last row */
};

static struct place place_of(const struct lease *l)
{
	struct place p = {
	    {l->prefix, l->first_port, l->last_port}, l->from_us, ""};

	snprintf(p.source, sizeof(p.source), "%s", l->source);
	return p;
}

static int compare(const struct place *p, const struct place *q)
{
	struct target a = {p->t.prefix, 0, 0}, b = {q->t.prefix, 0, 0};
	int c = target_compare(&a, &b);

	if (c == 0)
		c = (p->from_us > q->from_us) - (p->from_us < q->from_us);
	if (c == 0)
		c = target_compare(&p->t, &q->t);
	return c != 0 ? c : strcmp(p->source, q->source);
}

/* "203.0.113.7#1024-2047@1795478400000000@radius" */
static bool parse_place(struct place *p, const char *text)
{
	char target[TARGET_STRLEN], *ports, *end;
	size_t n = strcspn(text, "@");

	memset(p, 0, sizeof(*p));
	if (n >= sizeof(target) || text[n] == '\0')
		return false;
	snprintf(target, sizeof(target), "%.*s", (int)n, text);
	ports = strchr(target, '#');
	if (ports)
		*ports++ = '\0';
	p->from_us = strtoll(text + n + 1, &end, 10);
	if (*end != '@' || strlen(end + 1) >= sizeof(p->source))
		return false;
	snprintf(p->source, sizeof(p->source), "%s", end + 1);
	return prefix_parse(&p->t.prefix, target) == 0 &&
	       (!ports ||
		   ports_parse(ports, &p->t.first_port, &p->t.last_port) == 0);
}

static int parse_cursor(struct cli *c, struct place *after)
{
	if (!c->cursor || parse_place(after, c->cursor))
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "--cursor %.80s: give what the list before it ended with",
	    c->cursor);
}

static bool wanted(const struct listing *x, const struct lease *l)
{
	const struct cli *c = x->page.c;

	return (!c->source || strcmp(c->source, l->source) == 0) &&
	       (!c->session || strcmp(c->session, l->session) == 0) &&
	       (!x->within || prefix_overlaps(x->within, &l->prefix)) &&
	       cli_wants_class(c, l->line_class);
}

static int print_row(void *arg, const struct lease *l)
{
	struct listing *x = arg;
	struct place p = place_of(l);
	struct lease_row r = {0};
	enum paging_row row;

	if (!wanted(x, l))
		return 0;
	row = paging_take(
	    &x->page, x->page.c->cursor && compare(&p, &x->after) <= 0);
	if (row != PAGING_SHOWN)
		return row == PAGING_END;
	lease_row_fill(&r, l);
	out_row(x->page.out, r.v);
	x->last = p;
	return 0;
}

/* Without a time: of a customer the whole history, of all what is held now. */
static int read_all(struct listing *x)
{
	static const struct addr lowest;
	const struct cli *c = x->page.c;
	int64_t at_us = c->at_us != 0 ? c->at_us : c->now_us;

	if (c->customer)
		return read_customer_leases(c->db, c->customer,
		    c->at_us != 0 ? at_us : -1, print_row, x);
	if (x->within)
		return read_leases_over(c->db, x->within, at_us, print_row, x);
	return read_leases_from(c->db,
	    c->cursor && !c->count ? &x->after.t.prefix.addr : &lowest, at_us,
	    print_row, x);
}

static int list(struct listing *x)
{
	struct cli *c = x->page.c;
	char target[TARGET_STRLEN];

	x->page.out = cli_out(c, lease_columns, LEASE_COLUMNS);
	if (!x->page.out)
		return CLI_FAILED;
	if (read_all(x) < 0)
		return paging_fail(&x->page);
	if (x->page.more)
		cli_next(c, "%s@%" PRId64 "@%s",
		    target_format(&x->last.t, target), x->last.from_us,
		    x->last.source);
	return paging_end(&x->page);
}

int cli_lease_list(struct cli *c)
{
	struct listing x = {.page = {.c = c, .count = c->count}};
	struct prefix within;
	int code = parse_cursor(c, &x.after);

	if (code == CLI_OK && c->n_args > 0) {
		if (prefix_parse(&within, c->args[0]) != 0)
			return cli_fail(c, CLI_USAGE,
			    "\"%.60s\" is no address and no prefix, as "
			    "192.0.2.0/24",
			    c->args[0]);
		x.within = &within;
	}
	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	return code == CLI_OK ? list(&x) : code;
}
