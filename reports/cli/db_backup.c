/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/audit.h"
#include "reports/cli/db_copy.h"
#include "reports/cli/verb.h"
#include "store/write.h"

int cli_db_backup(struct cli *c)
{
	struct db_copy k = {.c = c};
	struct audit a;
	int code = cli_need_change(c);

	if (code == CLI_OK && c->dry_run)
		return db_copy_dry(&k, c, c->args[0]);
	if (code == CLI_OK)
		code = db_copy_begin(&k, c, c->args[0]);
	if (code == CLI_OK)
		code = db_copy_check(&k);
	if (code == CLI_OK)
		code = db_copy_appear(&k);
	db_copy_end(&k);
	if (code != CLI_OK)
		return code;
	audit_fill(c, &a, "db backup", "");
	snprintf(a.detail, sizeof(a.detail), "to %.400s", c->args[0]);
	snprintf(a.outcome, sizeof(a.outcome), "done");
	if (write_audit(c->db, &a) != 0)
		return cli_fail_db(c);
	fprintf(c->out, "%s\n", c->args[0]);
	return CLI_OK;
}
