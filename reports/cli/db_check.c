/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/verb.h"
#include "store/check.h"

static const struct out_column columns[] = {
    {"check", OUT_TEXT, OUT_NARROW},
    {"finding", OUT_TEXT, OUT_LAST},
};

struct job {
	struct out *out;
	int64_t n;
};

static int print(void *arg, const char *check, const char *what)
{
	struct job *j = arg;
	struct out_value row[2] = {out_text(check), out_text(what)};

	out_row(j->out, row);
	j->n++;
	return 0;
}

int cli_db_check(struct cli *c)
{
	struct job j = {0};
	int code = cli_need_db(c, DB_READ), rc;

	if (code != CLI_OK)
		return code;
	j.out = cli_out(c, columns, 2);
	if (!j.out)
		return CLI_FAILED;
	rc = db_check(c->db, print, &j);
	code = cli_end_list(c, j.out, j.n);
	if (rc != 0)
		return cli_fail_db(c);
	if (code != CLI_OK)
		return code;
	if (j.n == 0 && c->format != OUT_JSON && c->format != OUT_JSONL)
		fprintf(
		    c->err, "%s: nothing is wrong with it\n", cli_db_path(c));
	return j.n == 0 ? CLI_OK : CLI_FAILED;
}
