/* SPDX-License-Identifier: Apache-2.0 */
/* What happens while somebody looks on: incidents that open, change state or
 * close, and decisions, one line each. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "reports/cli/stop.h"
#include "reports/cli/verb.h"
#include "reports/out/text.h"
#include "store/read.h"

#define STEP_MS  500
#define OPEN_MAX 20000 /* more that are not closed are not followed */

static const struct out_column columns[] = {
    {"at", OUT_TIME, OUT_NARROW},
    {"id", OUT_TEXT, OUT_NARROW},
    {"event", OUT_TEXT, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_NARROW},
    {"what", OUT_TEXT, OUT_NARROW},
    {"text", OUT_TEXT, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* An incident that is not closed, by id. */
struct standing {
	int64_t id;
	enum incident_state state;
};
struct watch {
	struct cli *c;
	struct out *out;
	struct stat file; /* the one that is open */
	int64_t last_incident, last_decision;
	struct standing *open, *now; /* before and in this round */
	size_t n_open, n_now;
	bool trouble; /* it was told */
};

static void say(struct watch *w, int64_t at_us, const char *id,
    const char *event, const char *customer, enum line_class k,
    const char *what, const char *text)
{
	char time[CLOCK_STRLEN], safe[1024];
	struct out_value row[COLUMNS] = {out_number(at_us), out_text(id),
	    out_text(event), out_text(customer), out_text(line_class_name(k)),
	    out_text(what), out_text(text)};

	if (w->out) {
		out_row(w->out, row);
		return;
	}
	clock_format(at_us, time);
	fprintf(w->c->out, "%s  %-7s %-12s ", time, id, event);
	fprintf(w->c->out, "%-16s %-8s ",
	    text_safe(customer, safe, sizeof(safe)), line_class_name(k));
	fprintf(
	    w->c->out, "%-18s %s\n", what, text_safe(text, safe, sizeof(safe)));
}

static bool is_wanted(const struct watch *w, const char *customer)
{
	return !w->c->customer || strcmp(w->c->customer, customer) == 0;
}

static void say_incident(
    struct watch *w, const struct incident *i, const char *event, int64_t at_us)
{
	char id[24];

	if (!is_wanted(w, i->customer) || !cli_wants_class(w->c, i->line_class))
		return;
	snprintf(id, sizeof(id), "I%" PRId64, i->id);
	say(w, at_us, id, event, i->customer, i->line_class,
	    incident_kind_name(i->kind), i->summary);
}

static int on_new(void *arg, const struct incident *i)
{
	struct watch *w = arg;

	w->last_incident = i->id;
	say_incident(w, i, "opened", i->opened_us);
	/* It came and went between two looks. */
	if (i->state == INCIDENT_CLOSED)
		say_incident(w, i, "closed", i->closed_us);
	return 0;
}

static int on_decision(void *arg, const struct decision *d)
{
	struct watch *w = arg;
	char id[24];

	w->last_decision = d->seq;
	if (!is_wanted(w, d->customer) || !cli_wants_class(w->c, d->line_class))
		return 0;
	snprintf(id, sizeof(id), "D%" PRId64, d->seq);
	say(w, d->since_us, id, action_name(d->action), d->customer,
	    d->line_class, cause_name(d->cause), d->reason);
	return 0;
}

static int keep_standing(void *arg, const struct incident *i)
{
	struct watch *w = arg;

	if (w->n_now == OPEN_MAX)
		return 1;
	w->now[w->n_now].id = i->id;
	w->now[w->n_now++].state = i->state;
	return 0;
}

static int look_again(struct watch *w, int64_t id)
{
	struct incident i;
	int rc = read_incident(w->c->db, id, &i);

	/* 0: it was old, and is deleted. */
	if (rc == 1)
		say_incident(w, &i, incident_state_name(i.state),
		    i.state == INCIDENT_CLOSED ? i.closed_us : i.last_us);
	return rc < 0 ? -1 : 0;
}

/* Both lists are by id: who has left is closed, who has another state too is
 * told. */
static int compare_standing(struct watch *w)
{
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->n_open; i++) {
		while (n < w->n_now && w->now[n].id < w->open[i].id)
			n++;
		if (n < w->n_now && w->now[n].id == w->open[i].id &&
		    w->now[n].state == w->open[i].state)
			continue;
		rc = look_again(w, w->open[i].id);
	}
	return rc;
}

static int look_at_standing(struct watch *w, bool first)
{
	struct incident_page live = {
	    .range = {.state = -1, .kind = -1}, .live = true};
	struct standing *swap = w->open;
	int rc;

	w->n_now = 0;
	rc = read_incident_page(w->c->db, &live, keep_standing, w);
	if (rc < 0)
		return -1;
	if (rc == 1) {
		/* Which of them were left out may change with each look. */
		w->n_now = 0;
		w->n_open = 0;
	}
	if (!first && compare_standing(w) != 0)
		return -1;
	w->open = w->now;
	w->n_open = w->n_now;
	w->now = swap;
	return 0;
}

static int look(struct watch *w)
{
	struct incident_page behind = {.range = {.state = -1, .kind = -1},
	    .go_on = true,
	    .after_id = w->last_incident};
	struct read_range decisions = {
	    .state = -1, .kind = -1, .after_id = w->last_decision};

	if (look_at_standing(w, false) != 0 ||
	    read_incident_page(w->c->db, &behind, on_new, w) != 0 ||
	    read_decisions(w->c->db, &decisions, on_decision, w) != 0)
		return -1;
	fflush(w->c->out);
	return 0;
}

/* From here on: what is there now was there before. */
static int begin(struct watch *w)
{
	int64_t none;

	if (stat(cli_db_path(w->c), &w->file) != 0)
		return -1;
	w->n_open = 0;
	if (read_last_numbers(w->c->db, &none, &none, &w->last_incident,
		&w->last_decision) != 0)
		return -1;
	return look_at_standing(w, true);
}

/* Moved away and made anew, or put back from a backup. */
static bool is_replaced(const struct watch *w)
{
	struct stat now;

	return stat(cli_db_path(w->c), &now) == 0 &&
	       (now.st_ino != w->file.st_ino || now.st_dev != w->file.st_dev);
}

static void open_again(struct watch *w)
{
	char err[DB_ERROR_BYTES];
	struct db *db = db_open(cli_db_path(w->c), DB_READ, err);

	if (!db)
		return;
	db_close(w->c->db);
	w->c->db = db;
	if (begin(w) == 0)
		fprintf(w->c->err,
		    "sekisho: %s is another file now; going on from its end\n",
		    cli_db_path(w->c));
}

static void round_of(struct watch *w)
{
	bool failed;

	if (is_replaced(w))
		open_again(w);
	failed = look(w) != 0;
	if (failed && !w->trouble)
		(void)cli_fail(
		    w->c, CLI_FAILED, "%s; trying on", db_error(w->c->db));
	w->trouble = failed;
}

int cli_watch(struct cli *c)
{
	struct watch w = {.c = c};
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK)
		return code;
	stop_catch();
	if (c->format == OUT_JSON)
		c->format = OUT_JSONL; /* a list that ends does not suit */
	w.open = calloc(OPEN_MAX, sizeof(*w.open));
	w.now = calloc(OPEN_MAX, sizeof(*w.now));
	if (c->format != OUT_TABLE && c->format != OUT_TABLE_WIDE) {
		w.out = cli_out(c, columns, COLUMNS);
		if (!w.out)
			code = CLI_FAILED;
	}
	if (code == CLI_OK && (!w.open || !w.now))
		code = cli_fail(c, CLI_FAILED, "out of memory");
	if (code == CLI_OK && begin(&w) != 0)
		code = cli_fail_db(c);
	while (code == CLI_OK && !stop_wait(STEP_MS)) {
		round_of(&w);
		if (ferror(c->out))
			code = CLI_FAILED;
	}
	free(w.open);
	free(w.now);
	(void)out_free(w.out);
	return code == CLI_OK ? CLI_INTERRUPTED : code;
}
