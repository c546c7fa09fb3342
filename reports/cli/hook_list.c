/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "reports/cli/verb.h"
#include "store/read.h"

static const struct out_column columns[] = {
    {"id", OUT_NUMBER, OUT_WIDE},
    {"decision", OUT_TEXT, OUT_NARROW},
    {"driver", OUT_TEXT, OUT_NARROW},
    {"op", OUT_TEXT, OUT_NARROW},
    {"event", OUT_TEXT, OUT_NARROW},
    {"state", OUT_TEXT, OUT_NARROW},
    {"attempts", OUT_NUMBER, OUT_NARROW},
    {"created", OUT_TIME, OUT_NARROW},
    {"next", OUT_TIME, OUT_WIDE},
    {"done", OUT_TIME, OUT_NARROW},
    {"error", OUT_TEXT, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct cli *c;
	struct out *out;
	int64_t total;
};

static void print(struct out *out, const struct delivery *d)
{
	struct out_value row[COLUMNS], *v = row;
	char decision[24];

	snprintf(decision, sizeof(decision), "D%" PRId64, d->decision_seq);
	*v++ = out_number(d->id);
	*v++ = out_text(decision);
	*v++ = out_text(d->driver);
	*v++ = out_text(d->op);
	*v++ = out_text(d->event);
	*v++ = out_text(d->state);
	*v++ = out_number(d->attempts);
	*v++ = out_number(d->created_us);
	*v++ = out_number(d->next_us);
	*v++ = out_number(d->done_us);
	*v++ = out_text(d->error[0] != '\0' ? d->error : NULL);
	out_row(out, row);
}

static int print_row(void *arg, const struct delivery *d)
{
	struct listing *l = arg;
	const struct cli *c = l->c;

	if (d->created_us < c->since_us ||
	    (c->until_us != 0 && d->created_us >= c->until_us))
		return 0;
	if (cli_wants_row(c, l->total))
		print(l->out, d);
	else if (!c->count)
		return cli_stop_list(&l->total);
	l->total++;
	return 0;
}

int cli_hook_list(struct cli *c)
{
	struct listing l = {.c = c};
	const char *state = c->delivery_state;
	int code;

	if (state && strcmp(state, "pending") != 0 &&
	    strcmp(state, "done") != 0 && strcmp(state, "dead") != 0)
		return cli_fail(c, CLI_USAGE,
		    "--state %.40s: give pending, done or dead", state);
	code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, columns, COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_deliveries(c->db, c->driver, state, 0, print_row, &l) < 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, l.out, l.total);
}
