/* SPDX-License-Identifier: Apache-2.0 */
/* What a changed policy would have decided, before it goes live. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/decide/explain.h"
#include "analyzer/decide/trial.h"
#include "reports/cli/policy_wrong.h"
#include "reports/cli/progress.h"
#include "reports/cli/verb.h"
#include "store/read.h"

static const struct out_column columns[] = {
    {"customer", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_WIDE},
    {"at", OUT_TIME, OUT_NARROW},
    {"kind", OUT_TEXT, OUT_NARROW},
    {"change", OUT_TEXT, OUT_NARROW},
    {"old", OUT_TEXT, OUT_NARROW},
    {"new", OUT_TEXT, OUT_NARROW},
    {"old_at", OUT_TIME, OUT_WIDE},
    {"new_at", OUT_TIME, OUT_WIDE},
    {"decision", OUT_TEXT, OUT_WIDE},
    {"why", OUT_TEXT, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

#define SHOW_ROWS 1024 /* the clock is not asked for each */
#define WHAT_LEN  64
#define WHY_LEN   (ROW_TEXT_LEN + 128)

struct job {
	struct cli *c;
	struct out *out;
	struct conf other;
	struct progress progress;
	int64_t rows;
};

static const char *what(const struct trial_event *e, char buf[static WHAT_LEN])
{
	char time[32];

	if (e == NULL)
		return "nothing";
	if (e->until_us == 0)
		return "incident only";
	explain_duration(e->until_us - e->at_us, time, sizeof(time));
	snprintf(buf, WHAT_LEN, "block %s", time);
	return buf;
}

static const char *change(const struct trial_event *old,
    const struct trial_event *new, char buf[static WHAT_LEN])
{
	char time[32];
	int64_t apart;

	if (old == NULL || new == NULL)
		return old ? "lost" : "gained";
	apart = new->at_us - old->at_us;
	if (apart == 0)
		return "other";
	explain_duration(apart < 0 ? -apart : apart, time, sizeof(time));
	snprintf(buf, WHAT_LEN, "%s %s", time, apart < 0 ? "earlier" : "later");
	return buf;
}

/* Of what is lost, how far the new policy came. */
static void why(
    struct job *j, const struct trial_difference *d, char buf[static WHY_LEN])
{
	const struct trial_event *e = d->new ? d->new : d->old;
	int64_t h;

	assert(e != NULL); /* one of a pair is there */
	if (d->new != NULL || e->kind != INCIDENT_SPAM_BOT) {
		snprintf(buf, WHY_LEN, "%s%s",
		    d->new ? "" : "not enough any more: ", e->summary);
		return;
	}
	h = conf_class_rules(&j->other, e->line_class).threshold_milli;
	snprintf(buf, WHY_LEN,
	    "the score was %.1f then, the new policy gives %.1f and asks for "
	    "%.1f: %s",
	    e->score_milli / 1e3, e->other_milli / 1e3, (double)h / 1e3,
	    e->summary);
}

static int print(void *arg, const struct trial_difference *d)
{
	struct job *j = arg;
	const struct trial_event *e = d->new ? d->new : d->old;
	char text[3][WHAT_LEN], reason[WHY_LEN], id[24];
	struct out_value row[COLUMNS], *v = row;
	bool decided = d->old && d->old->decision_seq != 0;

	why(j, d, reason);
	snprintf(
	    id, sizeof(id), "D%" PRId64, decided ? d->old->decision_seq : 0);
	*v++ = out_text(e->customer);
	*v++ = out_text(line_class_name(e->line_class));
	*v++ = out_number(e->at_us);
	*v++ = out_text(incident_kind_name(e->kind));
	*v++ = out_text(change(d->old, d->new, text[0]));
	*v++ = out_text(what(d->old, text[1]));
	*v++ = out_text(what(d->new, text[2]));
	*v++ = out_number(d->old ? d->old->at_us : 0);
	*v++ = out_number(d->new ? d->new->at_us : 0);
	*v++ = decided ? out_text(id) : out_absent();
	*v++ = out_text(reason);
	out_row(j->out, row);
	return 0;
}

static void step(void *arg)
{
	struct job *j = arg;

	if (++j->rows % SHOW_ROWS == 0)
		progress_show(&j->progress, j->rows);
}

static void say_side(
    struct cli *c, const char *name, const struct trial_side *s)
{
	fprintf(c->err,
	    "%s policy: %" PRId64 " blocks of %" PRId64 " customers, %" PRId64
	    " incidents without a block\n",
	    name, s->blocks, s->customers, s->incidents);
}

static int run(struct job *j)
{
	const struct trial_owner owner = {step, print, j};
	struct cli *c = j->c;
	int64_t obs_no, applied_no, incident_id, seq;
	struct trial_sum sum;
	char err[512];
	int code;

	if (read_last_numbers(
		c->db, &obs_no, &applied_no, &incident_id, &seq) != 0)
		return cli_fail_db(c);
	progress_begin(
	    &j->progress, c->err, "policy test", "rows", 1, applied_no);
	code = trial_run(c->db, &j->other, c->since_us, c->until_us, &owner,
	    &sum, err, sizeof(err));
	progress_end(&j->progress);
	if (code != 0)
		return cli_fail(c, CLI_FAILED, "%s: %s", cli_db_path(c), err);
	code = cli_end_list(c, j->out, out_rows(j->out));
	j->out = NULL;
	say_side(c, "old", &sum.old);
	say_side(c, "new", &sum.new);
	fprintf(c->err,
	    "%" PRId64 " differences in %" PRId64 " rows: %" PRId64
	    " gained, %" PRId64 " lost, %" PRId64 " changed; %" PRId64
	    " the same\n",
	    sum.gained + sum.lost + sum.changed, sum.rows, sum.gained, sum.lost,
	    sum.changed, sum.same);
	if (code == CLI_OK)
		code = policy_wrong_say(c, &j->other);
	if (code == CLI_OK && sum.gained + sum.lost + sum.changed > 0)
		return CLI_FAILED;
	return code;
}

int cli_policy_test(struct cli *c)
{
	struct job j = {.c = c};
	char err[CONF_ERROR_BYTES];
	int code;

	if (c->policy == NULL)
		return cli_fail(c, CLI_USAGE,
		    "policy test: --policy CONF is missing: the configuration "
		    "whose policy is to be tried");
	if (conf_load(&j.other, c->policy, err) != 0) {
		conf_free(&j.other);
		return cli_fail(c, CLI_USAGE, "%s", err);
	}
	code = cli_need_db(c, DB_READ);
	if (code == CLI_OK) {
		j.out = cli_out(c, columns, COLUMNS);
		code = j.out ? run(&j) : CLI_FAILED;
	}
	out_free(j.out);
	conf_free(&j.other);
	return code;
}
