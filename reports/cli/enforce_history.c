/* SPDX-License-Identifier: Apache-2.0 */
/* What drivers held beside what was decided, over a range. */
#include "reports/cli/verb.h"
#include "store/sample.h"

static const struct out_column columns[] = {
    {"id", OUT_NUMBER, OUT_WIDE},
    {"driver", OUT_TEXT, OUT_NARROW},
    {"since", OUT_TIME, OUT_NARROW},
    {"until", OUT_TIME, OUT_NARROW},
    {"lists", OUT_NUMBER, OUT_WIDE},
    {"decided", OUT_NUMBER, OUT_NARROW},
    {"held", OUT_NUMBER, OUT_NARROW},
    {"missing", OUT_NUMBER, OUT_NARROW},
    {"extra", OUT_NUMBER, OUT_NARROW},
    {"worst", OUT_NUMBER, OUT_NARROW},
    {"note", OUT_TEXT, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct cli *c;
	struct out *out;
	int64_t total;
};

static int print_row(void *arg, const struct enforcer_sample *s)
{
	struct listing *l = arg;
	struct out_value row[COLUMNS], *v = row;

	if (!cli_wants_row(l->c, l->total++))
		return 0;
	*v++ = out_number(s->id);
	*v++ = out_text(s->driver);
	*v++ = out_number(s->first_us);
	*v++ = out_number(s->last_us);
	*v++ = out_number(s->lists);
	*v++ = out_number(s->wanted);
	*v++ = out_number(s->held);
	*v++ = out_number(s->missing);
	*v++ = out_number(s->extra);
	*v++ = out_number(s->worst);
	*v++ = out_text(s->after_hole ? "not known before" : NULL);
	out_row(l->out, row);
	return 0;
}

int cli_enforce_history(struct cli *c)
{
	const char *driver = c->n_args > 0 ? c->args[0] : c->driver;
	struct listing l = {.c = c};
	struct enforcer_sample last;
	int code = cli_need_db(c, DB_READ), rc = 1;

	if (code != CLI_OK)
		return code;
	if (driver)
		rc = read_last_sample(c->db, driver, &last);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "%.60s: no list of a driver of this name was ever "
		    "compared; sekisho enforce check shows which there are",
		    driver);
	l.out = rc < 0 ? NULL : cli_out(c, columns, COLUMNS);
	if (!l.out)
		return rc < 0 ? cli_fail_db(c) : CLI_FAILED;
	if (read_samples(
		c->db, driver, c->since_us, c->until_us, print_row, &l) != 0) {
		(void)out_free(l.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, l.out, l.total);
}
