/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/incident_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

int cli_incident_show(struct cli *c)
{
	int64_t id = cli_parse_id(c->args[0], 'I');
	struct incident_row r = {0};
	struct incident i;
	struct out *o;
	int rc;

	if (id < 0)
		return cli_fail(c, CLI_USAGE,
		    "\"%.40s\" is no incident; give one such as I12",
		    c->args[0]);
	rc = cli_need_db(c, DB_READ);
	if (rc != CLI_OK)
		return rc;
	rc = read_incident(c->db, id, &i);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "there is no incident I%lld; sekisho incident list shows "
		    "them",
		    (long long)id);
	if (rc < 0 || incident_row_fill(&r, c->db, &i) != 0)
		return cli_fail_db(c);
	o = cli_out(c, incident_columns, INCIDENT_COLUMNS);
	if (!o)
		return CLI_FAILED;
	out_one(o, r.v);
	return cli_end_one(c, o);
}
