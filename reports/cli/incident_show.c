/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "reports/cli/incident_row.h"
#include "reports/cli/verb.h"
#include "reports/complaint/match.h"
#include "store/enforcement.h"
#include "store/read.h"

#define ACTIONS_BYTES 16384
#define SHOWN_COLUMNS (INCIDENT_COLUMNS + 2)

/* Who did what, and why: "TIME NAME VERB: REASON", one after the other. */
struct actions {
	char text[ACTIONS_BYTES];
	size_t at;
};

static int add_action(void *arg, const struct op_action *a)
{
	struct actions *l = arg;
	char time[CLOCK_STRLEN];
	size_t room = sizeof(l->text) - l->at;
	int n = snprintf(l->text + l->at, room, "%s%s %s %s%s%s%s",
	    l->at > 0 ? "; " : "", clock_format(a->ts_us, time), a->actor,
	    op_verb_name(a->verb), a->reason[0] != '\0' ? ": " : "", a->reason,
	    a->applied_obs == 0 ? " (not applied yet)" : "");

	if (n < 0 || (size_t)n >= room) {
		l->text[l->at] = '\0';
		return 1;
	}
	l->at += (size_t)n;
	return 0;
}

static int print(struct cli *c, const struct incident *i)
{
	struct out_column columns[SHOWN_COLUMNS];
	struct out_value row[SHOWN_COLUMNS];
	struct incident_row r = {0};
	struct actions l = {.at = 0};
	char complaints[512];
	struct out *o;

	if (incident_row_fill(&r, c->db, i) != 0 ||
	    complaints_of(c->db, i, complaints, sizeof(complaints)) != 0 ||
	    read_incident_actions(c->db, i->id, add_action, &l) < 0)
		return cli_fail_db(c);
	memcpy(columns, incident_columns, sizeof(incident_columns));
	columns[INCIDENT_COLUMNS] =
	    (struct out_column){"actions", OUT_TEXT, OUT_WIDE};
	columns[INCIDENT_COLUMNS + 1] =
	    (struct out_column){"complaints", OUT_WORDS, OUT_WIDE};
	memcpy(row, r.v, sizeof(r.v));
	row[INCIDENT_COLUMNS] = out_text(l.at > 0 ? l.text : NULL);
	row[INCIDENT_COLUMNS + 1] = out_text(complaints);
	o = cli_out(c, columns, SHOWN_COLUMNS);
	if (!o)
		return CLI_FAILED;
	out_one(o, row);
	return cli_end_one(c, o);
}

static int add_driver(void *arg, const struct delivery *d)
{
	struct incident *i = arg;
	size_t n = strlen(i->summary);

	snprintf(i->summary + n, sizeof(i->summary) - n, "; driver %s: %s",
	    d->driver, d->state);
	return 0;
}

/* Who was to keep the line closed when it began to leak. */
static int add_drivers(struct cli *c, struct incident *i)
{
	struct decision d;
	size_t n;
	int rc;

	if (i->kind != INCIDENT_ENFORCEMENT_LEAK)
		return 0;
	rc = read_in_force(c->db, i->customer, i->opened_us, &d);
	if (rc != 1)
		return rc;
	n = strlen(i->summary);
	snprintf(
	    i->summary + n, sizeof(i->summary) - n, "; block D%" PRId64, d.seq);
	return read_deliveries_of(c->db, d.seq, add_driver, i);
}

int cli_incident_show(struct cli *c)
{
	static const struct cli_id of = {"incident", 'I', "incident list"};
	struct incident i;
	int64_t id;
	int rc = cli_need_id(c, &of, &id);

	if (rc != CLI_OK)
		return rc;
	rc = read_incident(c->db, id, &i);
	if (rc == 0)
		return cli_no_such(c, &of, id);
	return rc < 0 || add_drivers(c, &i) != 0 ? cli_fail_db(c)
						 : print(c, &i);
}
