/* SPDX-License-Identifier: Apache-2.0 */
/* 4 New incidents, 5 Open longest and blocked again. */
#include <inttypes.h>
#include <stdio.h>

#include "reports/nightly/sections.h"

static const char *state_name(const struct doc *d, enum incident_state s)
{
	static const enum message names[INCIDENT_STATE_COUNT] = {
	    MSG_ST_OPEN, MSG_ST_ACKNOWLEDGED, MSG_ST_CLOSED};

	return message(d->language, names[s]);
}

/* "2 d 3 h", at the end of the day. */
static const char *age(int64_t from_us, int64_t to_us, char buf[static 40])
{
	int64_t m = (to_us - from_us) / 60000000;

	if (m < 0)
		m = 0;
	if (m >= 24 * 60)
		snprintf(buf, 40, "%" PRId64 " d %" PRId64 " h", m / (24 * 60),
		    m / 60 % 24);
	else
		snprintf(
		    buf, 40, "%" PRId64 " h %02" PRId64 " min", m / 60, m % 60);
	return buf;
}

static const char *action_words(const struct doc *d,
    const struct night_standing *s, char buf[static MESSAGE_BYTES])
{
	char id[24];

	if (!s->found)
		return message(d->language, MSG_DOES_NOTHING);
	snprintf(id, sizeof(id), "D%" PRId64, s->seq);
	return message_fill(buf,
	    message(d->language, s->action == ACTION_BLOCK ? MSG_DOES_BLOCKED
							   : MSG_DOES_ALLOWED),
	    (const char *const[]){id, cause_name(s->cause), mode_name(s->mode)},
	    3);
}

static const struct doc_recipe *explain(
    struct doc_recipe *r, const struct night *n, char letter, int64_t id)
{
	char text[24], screen[40];

	snprintf(text, sizeof(text), "%c%" PRId64, letter, id);
	snprintf(screen, sizeof(screen), "%s/%s",
	    letter == 'I' ? "incident" : "decision", text);
	return recipe(r, n, "sekisho explain ARG", text,
	    letter == 'I' ? screen : NULL, NULL);
}

static void add_incident(
    struct doc *d, const struct night *n, const struct night_incident *x)
{
	const struct incident *i = &x->row;
	char id[24], first[40], last[40], old[40], does[MESSAGE_BYTES];
	const char *cells[] = {id, section_kind(d, i->kind), i->customer,
	    line_class_name(i->line_class), first, last,
	    state_name(d, i->state), i->summary,
	    action_words(d, &x->standing, does), old};
	struct doc_recipe r;

	snprintf(id, sizeof(id), "I%" PRId64, i->id);
	zone_format(n->days.zone, i->opened_us, first);
	zone_format(n->days.zone, i->last_us, last);
	age(i->opened_us, i->closed_us != 0 ? i->closed_us : n->until_us, old);
	doc_row(d, cells, sizeof(cells) / sizeof(cells[0]),
	    explain(&r, n, 'I', i->id));
}

/* Those of other providers' lines, or the others. Returns how many. */
static size_t add_incidents(struct doc *d, const struct night *n, bool others)
{
	static const struct doc_column columns[] = {
	    {"id", MSG_H_INCIDENT},
	    {"kind", MSG_H_KIND},
	    {"customer", MSG_H_CUSTOMER},
	    {"class", MSG_H_CLASS},
	    {"first_seen", MSG_H_FIRST},
	    {"last_seen", MSG_H_LAST},
	    {"state", MSG_H_STATE},
	    {"evidence", MSG_H_EVIDENCE},
	    {"action", MSG_H_ACTION},
	    {"age", MSG_H_AGE},
	};
	size_t shown = 0;

	for (size_t i = 0; i < n->fresh.n; i++) {
		const struct night_incident *x = &n->fresh.v[i];

		if ((x->row.line_class == CLASS_WHOLESALE) != others)
			continue;
		if (shown == 0 && others)
			doc_heading(d, MSG_WHOLESALE);
		if (shown++ == 0)
			doc_table(d,
			    others ? "incidents_wholesale" : "incidents",
			    columns, sizeof(columns) / sizeof(columns[0]));
		add_incident(d, n, x);
	}
	return shown;
}

void section_incidents(struct doc *d, const struct night *n)
{
	struct doc_recipe r;

	doc_section(d, "incidents", MSG_S_INCIDENTS);
	if (d->outside) {
		doc_say(d, MSG_PUBLIC_INCIDENTS, NULL, 0);
		return;
	}
	if (add_incidents(d, n, false) + add_incidents(d, n, true) == 0)
		doc_say(d, MSG_NO_INCIDENT, NULL, 0);
	recipe(&r, n,
	    "sekisho incident list --since FROM --until TO --opened -o wide",
	    NULL, "queue", "");
	doc_command(d, &r);
}

static void add_open(struct doc *d, const struct night *n)
{
	static const struct doc_column columns[] = {
	    {"id", MSG_H_INCIDENT},
	    {"kind", MSG_H_KIND},
	    {"customer", MSG_H_CUSTOMER},
	    {"first_seen", MSG_H_FIRST},
	    {"age", MSG_H_AGE},
	};
	struct doc_recipe r;

	if (n->n_open == 0) {
		doc_say(d, MSG_OPEN_NONE, NULL, 0);
		return;
	}
	doc_table(
	    d, "open_longest", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < n->n_open; i++) {
		const struct incident *x = &n->open[i];
		char id[24], first[40], old[40];
		const char *cells[] = {id, section_kind(d, x->kind),
		    x->customer, zone_format(n->days.zone, x->opened_us, first),
		    age(x->opened_us, n->until_us, old)};

		snprintf(id, sizeof(id), "I%" PRId64, x->id);
		doc_row(d, cells, 5, explain(&r, n, 'I', x->id));
	}
}

static void add_again(struct doc *d, const struct night *n)
{
	static const struct doc_column columns[] = {
	    {"decision", MSG_H_DECISION},
	    {"customer", MSG_H_CUSTOMER},
	    {"since", MSG_H_SINCE},
	    {"step", MSG_H_STEP},
	    {"ended_before", MSG_H_ENDED},
	};
	struct doc_recipe r;

	if (n->again.n == 0)
		return;
	doc_table(
	    d, "blocked_again", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < n->again.n; i++) {
		const struct night_again *a = &n->again.v[i];
		char id[24], since[40], ended[40] = "-", step[12];
		const char *cells[] = {id, a->row.customer,
		    zone_format(n->days.zone, a->row.since_us, since), step,
		    ended};

		snprintf(id, sizeof(id), "D%" PRId64, a->row.seq);
		snprintf(step, sizeof(step), "%d", a->row.step);
		if (a->ended_us != 0)
			zone_format(n->days.zone, a->ended_us, ended);
		doc_row(d, cells, 5, explain(&r, n, 'D', a->row.seq));
	}
}

void section_open(struct doc *d, const struct night *n)
{
	struct doc_recipe r;

	doc_section(d, "open", MSG_S_OPEN);
	section_value(d, "open", message(d->language, MSG_N_OPEN),
	    n->numbers[NIGHT_OPEN][0], recipe_number(&r, n, NIGHT_OPEN));
	if (!d->outside)
		add_open(d, n);
	doc_heading(d, MSG_REBLOCKED);
	section_value(d, "blocked_again", message(d->language, MSG_N_REPEATS),
	    n->numbers[NIGHT_REPEATS][0], recipe_number(&r, n, NIGHT_REPEATS));
	if (!d->outside)
		add_again(d, n);
}
