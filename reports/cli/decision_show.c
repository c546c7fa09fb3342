/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/decision_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

int cli_decision_show(struct cli *c)
{
	static const struct cli_id of = {"decision", 'D', "decision list"};
	struct decision_row r = {0};
	struct decision d;
	struct out *o;
	int64_t seq;
	int rc = cli_need_id(c, &of, &seq);

	if (rc != CLI_OK)
		return rc;
	rc = read_decision(c->db, seq, &d);
	if (rc == 0)
		return cli_no_such(c, &of, seq);
	if (rc < 0)
		return cli_fail_db(c);
	o = cli_out(c, decision_columns, DECISION_COLUMNS);
	if (!o)
		return CLI_FAILED;
	decision_row_fill(&r, &d);
	out_one(o, r.v);
	return cli_end_one(c, o);
}
