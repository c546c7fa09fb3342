/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/operate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "reports/cli/apply.h"
#include "reports/cli/audit.h"
#include "store/read.h"

#define TARGETS_MAX 100000

static const struct out_column columns[] = {
    {"target", OUT_TEXT, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"outcome", OUT_TEXT, OUT_NARROW},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct item {
	struct op_action action;
	int code;
	bool again;      /* the customer was named before */
	bool allow_list; /* a manual allow goes before the block */
};
struct many {
	struct cli *c;
	enum op_verb verb;
	struct item *items;
	size_t n, cap;
	int64_t customers, allow_list, refused, unknown;
};

static int fill(struct many *m, const struct operate_line *l, struct item *item)
{
	struct cli *c = m->c;
	const char *ttl = c->ttl, *reason = c->reason;
	int code;

	if (l->ttl)
		c->ttl = l->ttl;
	if (l->reason)
		c->reason = l->reason;
	code = operate_fill(c, m->verb, l->target, &item->action);
	c->ttl = ttl;
	c->reason = reason;
	return code;
}

static int add_line(struct many *m, const struct operate_line *l)
{
	struct item *item;

	if (m->n == TARGETS_MAX)
		return cli_fail(m->c, CLI_USAGE,
		    "more than %d targets: give them in parts", TARGETS_MAX);
	if (!ROOM_FOR_ONE(m->items, m->n, m->cap))
		return cli_fail(m->c, CLI_FAILED, "out of memory");
	item = &m->items[m->n];
	memset(item, 0, sizeof(*item));
	item->code = fill(m, l, item);
	/* Without a target that is known the others still count. */
	if (item->code != CLI_OK && item->code != CLI_REFUSED &&
	    item->code != CLI_NOT_FOUND)
		return item->code;
	m->n++;
	return CLI_OK;
}

static int add(struct many *m, const char *target)
{
	const struct operate_line l = {target, NULL, NULL};

	return add_line(m, &l);
}

/* One a line; what follows a blank, and lines that begin with #, are not
 * targets, so that the output of a list can be given back. */
static int add_lines(struct many *m, FILE *f)
{
	char line[512];
	int code = CLI_OK;

	while (code == CLI_OK && fgets(line, sizeof(line), f)) {
		line[strcspn(line, " \t\r\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			code = add(m, line);
	}
	return code;
}

static int by_customer(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a;
	const struct item *y = *(struct item *const *)b;
	int order = strcmp(x->action.customer, y->action.customer);

	return order != 0 ? order : (x > y) - (x < y);
}

static int mark_again(struct many *m)
{
	struct item **order = calloc(m->n + 1, sizeof(struct item *));
	const char *last = "";

	if (!order)
		return cli_fail(m->c, CLI_FAILED, "out of memory");
	for (size_t i = 0; i < m->n; i++)
		order[i] = &m->items[i];
	qsort(order, m->n, sizeof(struct item *), by_customer);
	for (size_t i = 0; i < m->n; i++) {
		if (order[i]->code != CLI_OK)
			continue;
		order[i]->again = strcmp(order[i]->action.customer, last) == 0;
		last = order[i]->action.customer;
	}
	free((void *)order);
	return CLI_OK;
}

static int count(struct many *m)
{
	struct decision d;

	for (size_t i = 0; i < m->n; i++) {
		struct item *item = &m->items[i];
		int rc;

		m->refused += item->code == CLI_REFUSED;
		m->unknown += item->code == CLI_NOT_FOUND;
		if (item->code != CLI_OK || item->again)
			continue;
		m->customers++;
		if (m->verb != OP_BLOCK)
			continue;
		rc = read_in_force(
		    m->c->db, item->action.customer, m->c->now_us, &d);
		if (rc < 0)
			return cli_fail_db(m->c);
		item->allow_list = rc == 1 && d.cause == CAUSE_MANUAL &&
				   d.action == ACTION_ALLOW;
		m->allow_list += item->allow_list;
	}
	return CLI_OK;
}

static const char *outcome(const struct many *m, const struct item *item)
{
	if (item->code == CLI_REFUSED)
		return "refused";
	if (item->code == CLI_NOT_FOUND)
		return "not found";
	if (item->again)
		return "named before";
	if (item->allow_list)
		return "on the allow list";
	return m->c->dry_run ? "would be done" : "accepted";
}

static int print(struct many *m)
{
	struct out *o = cli_out(m->c, columns, COLUMNS);

	if (!o)
		return CLI_FAILED;
	for (size_t i = 0; i < m->n; i++) {
		const struct item *item = &m->items[i];
		struct out_value row[COLUMNS];

		row[0] = out_text(item->action.target);
		row[1] = item->code == CLI_OK ? out_text(item->action.customer)
					      : out_absent();
		row[2] = out_text(outcome(m, item));
		out_row(o, row);
	}
	fprintf(m->c->err,
	    "%s%s: %" PRId64 " customers, %" PRId64 " of them on the allow "
	    "list; %" PRId64 " refused, %" PRId64 " not found\n",
	    m->c->dry_run ? "dry run, " : "", op_verb_name(m->verb),
	    m->customers, m->allow_list, m->refused, m->unknown);
	return cli_end_list(m->c, o, (int64_t)m->n);
}

static int over_cap(struct many *m)
{
	char why[96];

	if (m->c->yes || m->customers <= OPERATE_CAP)
		return CLI_OK;
	snprintf(why, sizeof(why), "%" PRId64 " customers are more than %d",
	    m->customers, OPERATE_CAP);
	if (!m->c->dry_run)
		(void)audit_refused(
		    m->c, op_verb_name(m->verb), NULL, why, CLI_REFUSED);
	return cli_fail(m->c, CLI_REFUSED,
	    "%s; nobody was touched. Look with --dry-run, then say --yes", why);
}

/* All of them, or none. */
static int apply_all(struct many *m)
{
	struct op_action *v = calloc(m->n + 1, sizeof(*v));
	size_t n = 0;
	int code = CLI_OK;

	if (!v)
		return cli_fail(m->c, CLI_FAILED, "out of memory");
	for (size_t i = 0; i < m->n; i++)
		if (m->items[i].code == CLI_OK && !m->items[i].again)
			v[n++] = m->items[i].action;
	if (n > 0)
		code = apply_actions(m->c, v, n);
	free(v);
	return code;
}

/* What became of it, as an exit code. */
static int carry_out(struct many *m, int code)
{
	struct cli *c = m->c;
	int shown;

	if (code == CLI_OK)
		code = mark_again(m);
	if (code == CLI_OK && m->n > 0)
		code = count(m);
	if (code == CLI_OK && !c->dry_run)
		code = over_cap(m);
	if (code == CLI_OK && !c->dry_run)
		code = apply_all(m);
	if (code == CLI_OK) {
		shown = print(m);
		code = c->dry_run && shown == CLI_OK ? over_cap(m) : shown;
	}
	free(m->items);
	if (code == CLI_OK && m->refused > 0)
		return CLI_REFUSED;
	return code == CLI_OK && m->unknown > 0 ? CLI_NOT_FOUND : code;
}

int operate_many(struct cli *c, enum op_verb verb)
{
	struct many m = {.c = c, .verb = verb};
	int code = CLI_OK;

	for (int i = 0; code == CLI_OK && i < c->n_args; i++)
		code = strcmp(c->args[i], "-") == 0 ? add_lines(&m, stdin)
						    : add(&m, c->args[i]);
	return carry_out(&m, code);
}

int operate_lines(struct cli *c, enum op_verb verb,
    const struct operate_line *lines, size_t n)
{
	struct many m = {.c = c, .verb = verb};
	int code = CLI_OK;

	for (size_t i = 0; code == CLI_OK && i < n; i++)
		code = add_line(&m, &lines[i]);
	return carry_out(&m, code);
}
