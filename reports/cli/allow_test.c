/* SPDX-License-Identifier: Apache-2.0 */
/* Whether somebody is on the allow list, by which entry, and why. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "reports/cli/endpoint.h"
#include "reports/cli/verb.h"
#include "store/read.h"

static const struct out_column columns[] = {
    {"target", OUT_TEXT, OUT_NARROW},
    {"at", OUT_TIME, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"listed", OUT_FLAG, OUT_NARROW},
    {"decision", OUT_TEXT, OUT_NARROW},
    {"action", OUT_TEXT, OUT_NARROW},
    {"cause", OUT_TEXT, OUT_NARROW},
    {"until", OUT_TIME, OUT_NARROW},
    {"operator", OUT_TEXT, OUT_NARROW},
    {"reason", OUT_TEXT, OUT_NARROW},
    {"why", OUT_TEXT, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct test {
	struct cli *c;
	int64_t at_us;
	char customer[ROW_ID_LEN];
	char held[TARGET_STRLEN]; /* the lease that named the customer */
	bool decided, listed;
	struct decision d;
	struct op_action by;
};

static int find_customer(struct test *t)
{
	const char *text = t->c->args[0];
	struct endpoint e;
	struct target held;
	struct lease l;
	int code;

	if (!endpoint_parse(&e, text)) {
		snprintf(t->customer, sizeof(t->customer), "%s", text);
		return CLI_OK;
	}
	code = endpoint_lease(t->c, &e, text, t->at_us, &l);
	if (code != CLI_OK)
		return code;
	held = (struct target){l.prefix, l.first_port, l.last_port};
	target_format(&held, t->held);
	snprintf(t->customer, sizeof(t->customer), "%s", l.customer);
	return CLI_OK;
}

static int find_entry(struct test *t)
{
	struct db *db = t->c->db;
	int rc = read_in_force(db, t->customer, t->at_us, &t->d);

	t->decided = rc == 1;
	t->listed = rc == 1 && t->d.cause == CAUSE_MANUAL &&
		    t->d.action == ACTION_ALLOW;
	if (rc == 1)
		rc = read_op_action(db, t->d.op_id, &t->by);
	return rc < 0 ? cli_fail_db(t->c) : CLI_OK;
}

static void say_why(const struct test *t, char *buf, size_t size)
{
	char whose[TARGET_STRLEN + ROW_ID_LEN + 16] = "";
	const char *name = t->customer;

	if (t->held[0] != '\0')
		snprintf(
		    whose, sizeof(whose), "%s is held by %s: ", t->held, name);
	if (t->listed)
		snprintf(buf, size,
		    "%sthe allow D%" PRId64 " of %s goes before every block",
		    whose, t->d.seq,
		    t->by.actor[0] ? t->by.actor : "an operator");
	else if (t->decided)
		snprintf(buf, size,
		    "%s%s has no entry; the %s D%" PRId64 " holds (%s)", whose,
		    name, action_name(t->d.action), t->d.seq,
		    cause_name(t->d.cause));
	else
		snprintf(buf, size,
		    "%s%s has no entry; the rule of the class holds", whose,
		    name);
}

static int print(struct test *t)
{
	const struct decision *d = t->decided ? &t->d : NULL;
	struct out_value row[COLUMNS], *v = row;
	struct out *o = cli_out(t->c, columns, COLUMNS);
	char id[24], why[512];
	int code;

	if (!o)
		return CLI_FAILED;
	snprintf(id, sizeof(id), "D%" PRId64, d ? d->seq : 0);
	say_why(t, why, sizeof(why));
	*v++ = out_text(t->c->args[0]);
	*v++ = out_number(t->at_us);
	*v++ = out_text(t->customer);
	*v++ = out_number(t->listed);
	*v++ = d ? out_text(id) : out_absent();
	*v++ = d ? out_text(action_name(d->action)) : out_absent();
	*v++ = d ? out_text(cause_name(d->cause)) : out_absent();
	*v++ = out_number(d ? d->until_us : 0);
	*v++ = out_text(t->by.actor[0] ? t->by.actor : NULL);
	*v++ = d ? out_text(d->reason) : out_absent();
	*v++ = out_text(why);
	out_one(o, row);
	code = cli_end_one(t->c, o);
	return code == CLI_OK && !t->listed ? CLI_NOT_FOUND : code;
}

int cli_allow_test(struct cli *c)
{
	struct test t = {.c = c, .at_us = c->at_us != 0 ? c->at_us : c->now_us};
	int code = cli_need_db(c, DB_READ);

	if (code == CLI_OK)
		code = cli_need_conf(c);
	if (code == CLI_OK)
		code = find_customer(&t);
	if (code == CLI_OK)
		code = find_entry(&t);
	return code == CLI_OK ? print(&t) : code;
}
