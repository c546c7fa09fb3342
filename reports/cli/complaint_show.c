/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/complaint_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

int cli_complaint_show(struct cli *c)
{
	static const struct cli_id of = {"complaint", 'R', "complaint list"};
	struct complaint row;
	struct complaint_row r = {0};
	struct out *o;
	int64_t id;
	int rc = cli_need_id(c, &of, &id);

	if (rc != CLI_OK)
		return rc;
	rc = read_complaint(c->db, id, &row);
	if (rc == 0)
		return cli_no_such(c, &of, id);
	if (rc < 0 || complaint_row_fill(&r, c->db, &row) != 0)
		return cli_fail_db(c);
	o = cli_out(c, complaint_columns, COMPLAINT_COLUMNS);
	if (!o)
		return CLI_FAILED;
	out_one(o, r.v);
	return cli_end_one(c, o);
}
