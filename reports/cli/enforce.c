/* SPDX-License-Identifier: Apache-2.0 */
/* enforce check, enforce reconcile: what was decided beside what is held. */
#include <inttypes.h>
#include <string.h>

#include "reports/cli/ask_hooks.h"
#include "reports/cli/verb.h"
#include "store/enforcement.h"

static const struct out_column columns[] = {
    {"driver", OUT_TEXT, OUT_NARROW},
    {"difference", OUT_TEXT, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"decided", OUT_TEXT, OUT_NARROW},
    {"held", OUT_TEXT, OUT_NARROW},
    {"decided_targets", OUT_TEXT, OUT_NARROW},
    {"held_targets", OUT_TEXT, OUT_NARROW},
    {"since", OUT_TIME, OUT_NARROW},
    {"seen", OUT_NUMBER, OUT_WIDE},
    {"reason", OUT_TEXT, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct cli *c;
	struct out *out;
	int64_t total, drift;
	bool unsure; /* a driver has not been listed */
};

static const char *decision_text(int64_t seq, char text[static 24])
{
	if (seq == 0)
		return NULL;
	snprintf(text, 24, "D%" PRId64, seq);
	return text;
}

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static int print_row(void *arg, const struct difference *d)
{
	struct listing *l = arg;
	struct out_value row[COLUMNS], *v = row;
	char wanted[24], held[24];

	*v++ = out_text(d->driver);
	*v++ = out_text(d->kind);
	*v++ = out_text(or_null(d->customer));
	*v++ = out_text(decision_text(d->decision_seq, wanted));
	*v++ = out_text(decision_text(d->held_seq, held));
	*v++ = out_text(or_null(d->wanted));
	*v++ = out_text(or_null(d->held));
	*v++ = out_number(d->found_us);
	*v++ = out_number(d->seen);
	*v++ = out_text(or_null(d->reason));
	out_row(l->out, row);
	l->total++;
	/* What others put there is none of ours. */
	l->drift += strcmp(d->kind, "foreign") != 0;
	return 0;
}

static int tell_driver(void *arg, const struct enforcer *e)
{
	struct listing *l = arg;
	FILE *f = l->c->err;

	if (l->c->driver && strcmp(l->c->driver, e->driver) != 0)
		return 0;
	fprintf(f,
	    "driver %s: %s, %" PRId64 " decided, %" PRId64 " held, %" PRId64
	    " differ%s%s\n",
	    e->driver, e->state, e->wanted, e->held, e->differences,
	    e->error[0] != '\0' ? "; not known now: " : "", e->error);
	l->unsure |= e->error[0] != '\0' || e->listed_us == 0 ||
		     strcmp(e->state, "down") == 0;
	return 0;
}

static int compare(struct cli *c, const char *verb)
{
	struct hook_request r = {.reason = "asked for"};
	struct listing l = {.c = c};
	int code = cli_need_db(c, DB_WRITE);

	if (code != CLI_OK)
		return code;
	snprintf(r.verb, sizeof(r.verb), "%s", verb);
	code = ask_hooks(c, &r);
	if (code != CLI_OK)
		return code;
	if (strcmp(r.result, "there is no such driver") == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "--driver %.40s: %s in the configuration of sekisho-hooks",
		    c->driver ? c->driver : "", r.result);
	l.out = cli_out(c, columns, COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_differences_there(c->db, c->driver, print_row, &l) != 0 ||
	    read_enforcers(c->db, tell_driver, &l) != 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	code = cli_end_list(c, l.out, l.total);
	return code == CLI_OK && (l.drift > 0 || l.unsure) ? CLI_FAILED : code;
}

int cli_enforce_check(struct cli *c)
{
	return compare(c, "check");
}

int cli_enforce_reconcile(struct cli *c)
{
	if (!c->dry_run)
		return compare(c, "reconcile");
	(void)cli_say_dry(c, "drivers are compared, and nothing is put right");
	return compare(c, "check");
}
