/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/complaint_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

int cli_complaint_show(struct cli *c)
{
	int64_t id = cli_parse_id(c->args[0], 'R');
	struct complaint row;
	struct complaint_row r = {0};
	struct out *o;
	int rc;

	if (id < 0)
		return cli_fail(c, CLI_USAGE,
		    "\"%.40s\" is no complaint; give one such as R7",
		    c->args[0]);
	rc = cli_need_db(c, DB_READ);
	if (rc != CLI_OK)
		return rc;
	rc = read_complaint(c->db, id, &row);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "there is no complaint R%lld; sekisho complaint list shows "
		    "them",
		    (long long)id);
	if (rc < 0 || complaint_row_fill(&r, c->db, &row) != 0)
		return cli_fail_db(c);
	o = cli_out(c, complaint_columns, COMPLAINT_COLUMNS);
	if (!o)
		return CLI_FAILED;
	out_one(o, r.v);
	return cli_end_one(c, o);
}
