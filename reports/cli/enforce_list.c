/* SPDX-License-Identifier: Apache-2.0 */
/* What was not as decided, at any time of a range: check shows now alone. One
 * of them whole. */
#include <inttypes.h>
#include <stdio.h>

#include "reports/cli/paging.h"
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
    {"decision", OUT_TEXT, OUT_WIDE},
    {"held_decision", OUT_TEXT, OUT_WIDE},
    {"last", OUT_TIME, OUT_WIDE},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct paging page;
	int64_t after, last; /* ids: where the page begins; its last row */
};

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

struct shown {
	char decided[24], held[24];
	struct out_value v[COLUMNS];
};

static const char *seq_text(char buf[static 24], int64_t seq)
{
	snprintf(buf, 24, "D%" PRId64, seq);
	return seq != 0 ? buf : NULL;
}

static void fill(struct shown *r, const struct difference *d)
{
	struct out_value *v = r->v;

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
	*v++ = out_text(seq_text(r->decided, d->decision_seq));
	*v++ = out_text(seq_text(r->held, d->held_seq));
	*v++ = out_number(d->last_us);
}

static int print_row(void *arg, const struct difference *d)
{
	struct listing *l = arg;
	enum paging_row row = paging_take(&l->page, d->id <= l->after);
	struct shown r = {.decided = ""};

	if (row != PAGING_SHOWN)
		return row == PAGING_END;
	fill(&r, d);
	out_row(l->page.out, r.v);
	l->last = d->id;
	return 0;
}

int cli_enforce_list(struct cli *c)
{
	/* They are few. */
	struct listing l = {.page = {.c = c, .count = true}};
	int code = cli_cursor_id(c, '\0', &l.after);

	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	l.page.out = cli_out(c, columns, COLUMNS);
	if (!l.page.out)
		return CLI_FAILED;
	if (read_differences(
		c->db, c->driver, c->since_us, c->until_us, print_row, &l) < 0)
		return paging_fail(&l.page);
	if (l.page.more)
		cli_next(c, "%" PRId64, l.last);
	return paging_end(&l.page);
}

struct wanted {
	int64_t id;
	struct difference d;
};

static int keep(void *arg, const struct difference *d)
{
	struct wanted *w = arg;

	if (d->id == w->id)
		w->d = *d;
	return d->id == w->id;
}

int cli_enforce_show(struct cli *c)
{
	static const struct cli_id of = {"difference", '\0', "enforce list"};
	struct wanted w;
	struct shown r;
	struct out *out;
	int rc = cli_need_id(c, &of, &w.id);

	if (rc != CLI_OK)
		return rc;
	rc = read_differences(c->db, NULL, 0, 0, keep, &w);
	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 0)
		return cli_no_such(c, &of, w.id);
	out = cli_out(c, columns, COLUMNS);
	if (!out)
		return CLI_FAILED;
	fill(&r, &w.d);
	out_one(out, r.v);
	return cli_end_one(c, out);
}
