/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/decision_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

int cli_decision_show(struct cli *c)
{
	int64_t seq = cli_parse_id(c->args[0], 'D');
	struct decision_row r = {0};
	struct decision d;
	struct out *o;
	int rc;

	if (seq < 0)
		return cli_fail(c, CLI_USAGE,
		    "\"%.40s\" is no decision; give one such as D7",
		    c->args[0]);
	rc = cli_need_db(c, DB_READ);
	if (rc != CLI_OK)
		return rc;
	rc = read_decision(c->db, seq, &d);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "there is no decision D%lld; sekisho decision list shows "
		    "them",
		    (long long)seq);
	if (rc < 0)
		return cli_fail_db(c);
	o = cli_out(c, decision_columns, DECISION_COLUMNS);
	if (!o)
		return CLI_FAILED;
	decision_row_fill(&r, &d);
	out_one(o, r.v);
	return cli_end_one(c, o);
}
