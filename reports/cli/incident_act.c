/* SPDX-License-Identifier: Apache-2.0 */
/* ack, note and close of incidents: operator actions as block and release
 * are, for one incident or many. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decide/incident.h"
#include "base/room.h"
#include "reports/cli/apply.h"
#include "reports/cli/audit.h"
#include "reports/cli/operate.h"
#include "reports/cli/verb.h"
#include "store/read.h"

#define IDS_MAX 10000

static const struct out_column columns[] = {
    {"id", OUT_TEXT, OUT_NARROW},
    {"kind", OUT_TEXT, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"result", OUT_TEXT, OUT_NARROW},
    {"state", OUT_TEXT, OUT_NARROW},
    {"closed_as", OUT_TEXT, OUT_NARROW},
    {"released", OUT_WORDS, OUT_NARROW},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct item {
	struct incident row; /* as it was */
	int64_t op_id;       /* 0: nothing was to be done */
	const char *result;
};
struct job {
	struct cli *c;
	enum op_verb verb;
	struct item *items;
	size_t n, cap;
	struct op_action *actions;
	size_t n_actions;
};

/* --- which ones ----------------------------------------------------- */

static int add(struct job *j, const char *text)
{
	struct cli *c = j->c;
	int64_t id = cli_parse_id(text, 'I');
	int rc;

	if (id < 1)
		return cli_fail(c, CLI_USAGE,
		    "\"%.40s\" is no incident; give one such as I12", text);
	for (size_t i = 0; i < j->n; i++)
		if (j->items[i].row.id == id)
			return CLI_OK;
	if (j->n == IDS_MAX)
		return cli_fail(c, CLI_REFUSED,
		    "more than %d incidents at once; nothing was done. Give "
		    "them in parts",
		    IDS_MAX);
	if (!ROOM_FOR_ONE(j->items, j->n, j->cap))
		return cli_fail(c, CLI_FAILED, "out of memory");
	memset(&j->items[j->n], 0, sizeof(j->items[j->n]));
	rc = read_incident(c->db, id, &j->items[j->n].row);
	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "there is no incident I%" PRId64 "; nothing was done. "
		    "sekisho incident list shows them",
		    id);
	j->n++;
	return CLI_OK;
}

/* One or more in a line, as `incident list -o csv` or a person writes them. */
static int add_from_stdin(struct job *j)
{
	char line[4096], *save, *word;
	int code = CLI_OK;

	while (code == CLI_OK && fgets(line, sizeof(line), stdin))
		for (word = strtok_r(line, " \t\r\n", &save);
		     word && code == CLI_OK;
		     word = strtok_r(NULL, " \t\r\n", &save))
			code = add(j, word);
	if (code == CLI_OK && ferror(stdin))
		return cli_fail(
		    j->c, CLI_FAILED, "standard input cannot be read");
	return code;
}

static int add_all(struct job *j)
{
	struct cli *c = j->c;
	int code = CLI_OK;

	for (int i = 0; i < c->n_args && code == CLI_OK; i++)
		code = strcmp(c->args[i], "-") == 0 ? add_from_stdin(j)
						    : add(j, c->args[i]);
	if (code == CLI_OK && j->n == 0)
		return cli_fail(
		    c, CLI_USAGE, "no incident was given on standard input");
	return code;
}

/* --- what ----------------------------------------------------------- */

/* NULL: there is something to do. */
static const char *unchanged(const struct job *j, const struct incident *i)
{
	if (j->verb == OP_NOTE)
		return NULL;
	if (j->verb != OP_ACK)
		return i->state == INCIDENT_CLOSED &&
			       i->closed_as == incident_closed_by(j->verb)
			   ? "was so already"
			   : NULL;
	if (i->state == INCIDENT_OPEN)
		return NULL;
	return i->state == INCIDENT_CLOSED ? "is closed" : "was so already";
}

static const char *done_word(const struct job *j, const struct incident *i)
{
	if (j->verb == OP_ACK)
		return "acknowledged";
	if (j->verb == OP_NOTE)
		return "noted";
	return i->state == INCIDENT_CLOSED ? "renamed" : "closed";
}

static int make_actions(struct job *j, const struct op_action *pattern)
{
	j->actions = calloc(j->n + 1, sizeof(*j->actions));
	if (!j->actions)
		return cli_fail(j->c, CLI_FAILED, "out of memory");
	for (size_t i = 0; i < j->n; i++) {
		struct item *item = &j->items[i];
		struct op_action *a = &j->actions[j->n_actions];

		item->result = unchanged(j, &item->row);
		if (item->result)
			continue;
		item->result = done_word(j, &item->row);
		*a = *pattern;
		a->incident_id = item->row.id;
		snprintf(
		    a->target, sizeof(a->target), "I%" PRId64, item->row.id);
		memcpy(a->customer, item->row.customer, sizeof(a->customer));
		j->n_actions++;
	}
	return CLI_OK;
}

static void take_ids(struct job *j)
{
	size_t at = 0;

	for (size_t i = 0; i < j->n; i++)
		if (at < j->n_actions &&
		    j->actions[at].incident_id == j->items[i].row.id)
			j->items[i].op_id = j->actions[at++].id;
}

/* --- the result ----------------------------------------------------- */

struct released {
	int64_t op_id;
	char text[128];
	size_t at;
};

static int note_released(void *arg, const struct decision *d)
{
	struct released *r = arg;

	if (d->op_id == r->op_id && d->cause == CAUSE_RELEASED &&
	    r->at + 24 < sizeof(r->text))
		r->at +=
		    (size_t)snprintf(r->text + r->at, sizeof(r->text) - r->at,
			"%sD%" PRId64, r->at > 0 ? " " : "", d->ends_seq);
	return 0;
}

static int print_item(struct job *j, struct out *out, const struct item *item)
{
	struct released r = {.op_id = item->op_id};
	struct read_range range = {
	    .customer = item->row.customer, .state = -1, .kind = -1};
	struct out_value row[COLUMNS], *v = row;
	struct incident now;
	char id[24];

	if (read_incident(j->c->db, item->row.id, &now) != 1)
		return -1;
	if (item->op_id != 0 &&
	    read_decisions(j->c->db, &range, note_released, &r) != 0)
		return -1;
	snprintf(id, sizeof(id), "I%" PRId64, now.id);
	*v++ = out_text(id);
	*v++ = out_text(incident_kind_name(now.kind));
	*v++ = out_text(now.customer);
	/* In the meantime it may have fallen quiet. */
	*v++ = out_text(j->verb == OP_ACK && now.state == INCIDENT_CLOSED
			    ? "is closed"
			    : item->result);
	*v++ = out_text(incident_state_name(now.state));
	*v++ = out_text(
	    now.closed_as == CLOSED_NOT ? NULL : closed_as_name(now.closed_as));
	*v++ = out_text(r.text);
	out_row(out, row);
	return 0;
}

static int print(struct job *j)
{
	struct out *out = cli_out(j->c, columns, COLUMNS);

	if (!out)
		return CLI_FAILED;
	for (size_t i = 0; i < j->n; i++)
		if (print_item(j, out, &j->items[i]) != 0) {
			out_free(out);
			return cli_fail_db(j->c);
		}
	return cli_end_list(j->c, out, (int64_t)j->n);
}

/* A false positive ends a block: not of many by a slip. */
static int over_cap(const struct job *j)
{
	struct cli *c = j->c;
	char why[96];

	if (c->yes || j->verb == OP_ACK || j->verb == OP_NOTE ||
	    j->n_actions <= OPERATE_CAP)
		return CLI_OK;
	snprintf(why, sizeof(why), "%zu incidents are more than %d",
	    j->n_actions, OPERATE_CAP);
	if (!c->dry_run)
		(void)audit_refused(
		    c, op_verb_name(j->verb), NULL, why, CLI_REFUSED);
	return cli_fail(c, CLI_REFUSED,
	    "%s; none was touched. Look with --dry-run, then say --yes", why);
}

static int act(struct cli *c, enum op_verb verb)
{
	struct op_action pattern = {.verb = verb, .ts_us = c->now_us};
	struct job j = {.c = c, .verb = verb};
	int code = CLI_OK;

	/* Seen it: that needs no reason. */
	if (verb != OP_ACK || c->reason)
		code = audit_reason(c, pattern.reason);
	if (code == CLI_OK)
		code = cli_need_change(c);
	audit_operator(c, pattern.actor);
	if (code == CLI_OK)
		code = add_all(&j);
	if (code == CLI_OK)
		code = make_actions(&j, &pattern);
	if (code == CLI_OK)
		code = over_cap(&j);
	if (code == CLI_OK && j.n_actions > 0 && !c->dry_run)
		code = apply_actions(c, j.actions, j.n_actions);
	take_ids(&j);
	if (code == CLI_OK)
		code = print(&j);
	if (code == CLI_OK && c->dry_run)
		code = cli_say_dry(c,
		    "%zu of %zu would be changed, nothing was done",
		    j.n_actions, j.n);
	if (code == CLI_OK && j.n_actions == 0)
		code = CLI_CONFLICT;
	free(j.actions);
	free(j.items);
	return code;
}

int cli_incident_ack(struct cli *c)
{
	return act(c, OP_ACK);
}

int cli_incident_note(struct cli *c)
{
	return act(c, OP_NOTE);
}

int cli_incident_close(struct cli *c)
{
	static const struct {
		const char *name;
		enum op_verb verb;
	} ways[] = {
	    {"fp", OP_CLOSE_FALSE_POSITIVE},
	    {"false_positive", OP_CLOSE_FALSE_POSITIVE},
	    {"fixed", OP_CLOSE_FIXED},
	    {"duplicate", OP_CLOSE_DUPLICATE},
	};

	for (size_t i = 0; c->as && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(c->as, ways[i].name) == 0)
			return act(c, ways[i].verb);
	return cli_fail(c, CLI_USAGE,
	    "--as %.40s: say what it was: fp (no abuse: its block ends), fixed "
	    "or duplicate",
	    c->as ? c->as : "is missing");
}
