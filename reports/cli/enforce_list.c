/* SPDX-License-Identifier: Apache-2.0 */
/* What was not as decided, at any time of a range: check shows now alone. */
#include <inttypes.h>

#include "reports/cli/verb.h"
#include "store/enforcement.h"

static const struct out_column columns[] = {
    {"id", OUT_NUMBER, OUT_NARROW},
    {"driver", OUT_TEXT, OUT_NARROW},
    {"difference", OUT_TEXT, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"found", OUT_TIME, OUT_NARROW},
    {"ended", OUT_TIME, OUT_NARROW},
    {"seen", OUT_NUMBER, OUT_WIDE},
    {"decided_targets", OUT_TEXT, OUT_WIDE},
    {"held_targets", OUT_TEXT, OUT_WIDE},
    {"reason", OUT_TEXT, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct cli *c;
	struct out *out;
	int64_t total;
};

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static int print_row(void *arg, const struct difference *d)
{
	struct listing *l = arg;
	struct out_value row[COLUMNS], *v = row;

	if (!cli_wants_row(l->c, l->total++))
		return 0;
	*v++ = out_number(d->id);
	*v++ = out_text(d->driver);
	*v++ = out_text(d->kind);
	*v++ = out_text(or_null(d->customer));
	*v++ = out_number(d->found_us);
	*v++ = out_number(d->ended_us);
	*v++ = out_number(d->seen);
	*v++ = out_text(or_null(d->wanted));
	*v++ = out_text(or_null(d->held));
	*v++ = out_text(or_null(d->reason));
	out_row(l->out, row);
	return 0;
}

int cli_enforce_list(struct cli *c)
{
	struct listing l = {.c = c};
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, columns, COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_differences(c->db, c->driver, c->since_us, c->until_us,
		print_row, &l) != 0) {
		(void)out_free(l.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, l.out, l.total);
}
