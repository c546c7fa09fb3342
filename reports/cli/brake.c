/* SPDX-License-Identifier: Apache-2.0 */
/* brake list, show, apply and drop: when the mass-event brake held blocks, and
 * what is to become of those that it holds. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reports/cli/apply.h"
#include "reports/cli/audit.h"
#include "reports/cli/verb.h"
#include "store/read.h"

static const struct out_column columns[] = {
    {"id", OUT_TEXT, OUT_NARROW},
    {"began", OUT_TIME, OUT_NARROW},
    {"ended", OUT_TIME, OUT_NARROW},
    {"ended_by", OUT_TEXT, OUT_NARROW},
    {"held", OUT_NUMBER, OUT_NARROW},
    {"lifted", OUT_NUMBER, OUT_NARROW},
    {"last", OUT_TIME, OUT_WIDE},
    {"reason", OUT_TEXT, OUT_LAST},
    {"obs_no", OUT_NUMBER, OUT_WIDE}, /* the row that put it on */
    {"action", OUT_NUMBER, OUT_WIDE}, /* of the operator who ended it */
    {"policy_hash", OUT_TEXT, OUT_WIDE},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void fill(struct out_value row[static COLUMNS], char id[static 24],
    const struct brake_row *b)
{
	struct out_value *v = row;

	snprintf(id, 24, "B%" PRId64, b->id);
	*v++ = out_text(id);
	*v++ = out_number(b->began_us);
	*v++ = b->ended_us != 0 ? out_number(b->ended_us) : out_absent();
	*v++ = out_text(brake_end_name(b->ended_by));
	*v++ = out_number(b->held);
	*v++ = out_number(b->lifted);
	*v++ = out_number(b->last_us);
	*v++ = out_text(b->reason);
	*v++ = out_number(b->obs_no);
	*v++ = b->op_id != 0 ? out_number(b->op_id) : out_absent();
	*v++ = out_text(b->policy_hash);
}

static int print_row(void *arg, const struct brake_row *b)
{
	struct out_value row[COLUMNS];
	char id[24];

	fill(row, id, b);
	out_row(arg, row);
	return 0;
}

static int print_all(struct cli *c)
{
	struct out *out = cli_out(c, columns, COLUMNS);

	if (!out)
		return CLI_FAILED;
	if (read_brakes(c->db, c->since_us, c->until_us, cli_limit(c),
		print_row, out) != 0) {
		out_free(out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, out, out_rows(out));
}

int cli_brake_list(struct cli *c)
{
	int code = cli_need_db(c, DB_READ);

	return code == CLI_OK ? print_all(c) : code;
}

static int print_one(struct cli *c)
{
	static const struct cli_id of = {"brake", 'B', "brake list"};
	struct out_value row[COLUMNS];
	struct brake_row b;
	struct out *out;
	char text[24];
	int64_t id;
	int rc = cli_need_id(c, &of, &id);

	if (rc != CLI_OK)
		return rc;
	rc = read_brake(c->db, id, &b);
	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 0)
		return cli_no_such(c, &of, id);
	out = cli_out(c, columns, COLUMNS);
	if (!out)
		return CLI_FAILED;
	fill(row, text, &b);
	out_one(out, row);
	return cli_end_one(c, out);
}

/* Without an id: all, and whether one is on. */
int cli_brake_show(struct cli *c)
{
	struct brake_row on;
	int code, rc;

	if (c->n_args > 0)
		return print_one(c);
	code = cli_brake_list(c);
	if (code != CLI_OK)
		return code;
	rc = read_brake_on(c->db, &on);
	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 0)
		return CLI_OK;
	fprintf(c->err,
	    "B%" PRId64 " is on: the detector blocks nobody. When these are "
	    "bots: sekisho brake apply --reason TEXT; when the tap or a "
	    "receiver is at fault: sekisho brake drop --reason TEXT\n",
	    on.id);
	return CLI_FAILED;
}

static int say_dry(struct cli *c, enum op_verb verb, const struct brake_row *b)
{
	return cli_say_dry(c,
	    "B%" PRId64 " would end; what it holds, of %" PRId64
	    " customers, would be %s",
	    b->id, b->held - b->lifted,
	    verb == OP_BRAKE_APPLY ? "blocked" : "forgotten");
}

static int end_brake(struct cli *c, enum op_verb verb)
{
	struct op_action a = {.verb = verb, .ts_us = c->now_us};
	struct brake_row b;
	int code = audit_reason(c, a.reason), rc;

	if (code == CLI_OK)
		code = cli_need_change(c);
	if (code != CLI_OK)
		return code;
	rc = read_brake_on(c->db, &b);
	if (rc < 0)
		return cli_fail_db(c);
	audit_operator(c, a.actor);
	if (rc == 1 && c->dry_run)
		return say_dry(c, verb, &b);
	if (rc == 0 && c->dry_run)
		return cli_fail(
		    c, CLI_REFUSED, "the mass-event brake is not on");
	if (rc == 0)
		return audit_refused(c, op_verb_name(verb), "brake",
		    "the brake is not on",
		    cli_fail(c, CLI_REFUSED,
			"the mass-event brake is not on; sekisho brake show "
			"lists when it was"));
	snprintf(a.target, sizeof(a.target), "B%" PRId64, b.id);
	code = apply_action(c, &a);
	return code == CLI_OK ? print_all(c) : code;
}

int cli_brake_apply(struct cli *c)
{
	return end_brake(c, OP_BRAKE_APPLY);
}

int cli_brake_drop(struct cli *c)
{
	return end_brake(c, OP_BRAKE_DROP);
}
