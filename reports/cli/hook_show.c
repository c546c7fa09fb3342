/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver was told, and the decision that it was told of. */
#include <string.h>

#include "reports/cli/decision_row.h"
#include "reports/cli/hook_row.h"
#include "reports/cli/verb.h"
#include "store/desk.h"

/* Of the decision; the row has the others. */
static const char *const decided[] = {"customer", "class", "action", "cause",
    "since", "until", "incident", "mode", "reason", "targets"};
#define DECIDED (sizeof(decided) / sizeof(decided[0]))
#define COLUMNS (HOOK_COLUMNS + DECIDED)

static int keep(void *arg, const struct delivery *d)
{
	*(struct delivery *)arg = *d;
	return 1;
}

/* 1 found, 0 not there, -1. */
static int find(struct cli *c, int64_t id, struct delivery *d)
{
	const struct delivery_page p = {.before_id = id + 1, .limit = 1};
	int rc = read_delivery_page(c->db, &p, keep, d);

	return rc == 1 ? d->id == id : rc;
}

static size_t place_of(const char *name)
{
	size_t i = 0;

	while (strcmp(decision_columns[i].name, name) != 0)
		i++;
	return i;
}

static int print(
    struct cli *c, const struct delivery *told, const struct decision *d)
{
	struct out_column columns[COLUMNS];
	struct out_value row[COLUMNS];
	struct decision_row r = {0};
	struct hook_row h;
	struct out *o;

	hook_row_fill(&h, told);
	decision_row_fill(&r, d);
	memcpy(columns, hook_columns, sizeof(hook_columns));
	memcpy(row, h.v, sizeof(h.v));
	for (size_t i = 0; i < DECIDED; i++) {
		size_t at = place_of(decided[i]);

		columns[HOOK_COLUMNS + i] = decision_columns[at];
		row[HOOK_COLUMNS + i] = r.v[at];
	}
	o = cli_out(c, columns, COLUMNS);
	if (!o)
		return CLI_FAILED;
	out_one(o, row);
	return cli_end_one(c, o);
}

int cli_hook_show(struct cli *c)
{
	static const struct cli_id of = {"delivery", '\0', "hook list"};
	struct delivery told;
	struct decision d;
	int64_t id;
	int rc = cli_need_id(c, &of, &id);

	if (rc != CLI_OK)
		return rc;
	rc = find(c, id, &told);
	if (rc == 0)
		return cli_no_such(c, &of, id);
	/* A decision stays as long as what was told of it. */
	if (rc == 1)
		rc = read_decision(c->db, told.decision_seq, &d);
	return rc == 1 ? print(c, &told, &d) : cli_fail_db(c);
}
