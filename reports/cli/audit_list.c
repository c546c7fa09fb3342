/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "reports/cli/verb.h"
#include "store/read.h"

static const struct out_column columns[] = {
    {"id", OUT_TEXT, OUT_NARROW},
    {"at", OUT_TIME, OUT_NARROW},
    {"operator", OUT_TEXT, OUT_NARROW},
    {"source", OUT_TEXT, OUT_NARROW},
    {"verb", OUT_TEXT, OUT_NARROW},
    {"object", OUT_TEXT, OUT_NARROW},
    {"outcome", OUT_TEXT, OUT_NARROW},
    {"reason", OUT_TEXT, OUT_LAST},
    {"detail", OUT_TEXT, OUT_WIDE},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct out *out;
	int64_t last, rows;
};

static void fill(struct out_value row[static COLUMNS], char id[static 24],
    const struct audit *a)
{
	struct out_value *v = row;

	snprintf(id, 24, "A%" PRId64, a->audit_no);
	*v++ = out_text(id);
	*v++ = out_number(a->at_us);
	*v++ = out_text(a->operator);
	*v++ = out_text(audit_source_name(a->source));
	*v++ = out_text(a->verb);
	*v++ = out_text(a->object[0] ? a->object : NULL);
	*v++ = out_text(a->outcome);
	*v++ = out_text(a->reason[0] ? a->reason : NULL);
	*v++ = out_text(a->detail[0] ? a->detail : NULL);
}

static int print_row(void *arg, const struct audit *a)
{
	struct listing *l = arg;
	struct out_value row[COLUMNS];
	char id[24];

	fill(row, id, a);
	out_row(l->out, row);
	l->last = a->audit_no;
	l->rows++;
	return 0;
}

int cli_audit_list(struct cli *c)
{
	struct audit_range r = {.since_us = c->since_us,
	    .until_us = c->until_us,
	    .operator= c->operator,
	    .verb = c->verb,
	    .object = c->object,
	    .limit = cli_limit(c)};
	struct listing l = {0};
	int64_t total = 0;
	int code = cli_cursor_id(c, 'A', &r.before_no);

	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, columns, COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_audit_count(c->db, &r, &total) != 0 ||
	    read_audits(c->db, &r, print_row, &l) != 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	if (r.limit > 0 && l.rows == r.limit && l.last > 1 && l.rows < total)
		cli_next(c, "A%" PRId64, l.last);
	return cli_end_list(c, l.out, total);
}

static int keep(void *arg, const struct audit *a)
{
	*(struct audit *)arg = *a;
	return 1;
}

int cli_audit_show(struct cli *c)
{
	static const struct cli_id of = {"audit row", 'A', "audit list"};
	struct audit_range r = {.limit = 1};
	struct out_value row[COLUMNS];
	struct audit a;
	struct out *out;
	char id[24];
	int64_t no;
	int rc = cli_need_id(c, &of, &no);

	if (rc != CLI_OK)
		return rc;
	r.before_no = no + 1;
	rc = read_audits(c->db, &r, keep, &a);
	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 0 || a.audit_no != no)
		return cli_no_such(c, &of, no);
	out = cli_out(c, columns, COLUMNS);
	if (!out)
		return CLI_FAILED;
	fill(row, id, &a);
	out_one(out, row);
	return cli_end_one(c, out);
}
