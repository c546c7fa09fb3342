/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reports/cli/incident_row.h"
#include "reports/cli/verb.h"
#include "store/enforcement.h"
#include "store/read.h"

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
	if (rc < 0 || add_drivers(c, &i) != 0 ||
	    incident_row_fill(&r, c->db, &i) != 0)
		return cli_fail_db(c);
	o = cli_out(c, incident_columns, INCIDENT_COLUMNS);
	if (!o)
		return CLI_FAILED;
	out_one(o, r.v);
	return cli_end_one(c, o);
}
