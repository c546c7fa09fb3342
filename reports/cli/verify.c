/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/verify.h"

#include "analyzer/decide/verify.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "reports/out/text.h"
#include "store/checkpoint.h"

struct printer {
	struct cli *c;
	struct jsonw *j; /* NULL: text */
};

static void print_line(void *arg, const char *line)
{
	struct printer *p = arg;
	char safe[4096];

	if (p->j)
		jsonw_string(p->j, line);
	else
		fprintf(p->c->out, "%s\n", text_safe(line, safe, sizeof(safe)));
}

/* What a purge has left no rows for. */
static void say_scope(struct cli *c, const struct checkpoint *cp)
{
	char rows[32], at[CLOCK_STRLEN], i[32], d[32];

	if (cp->applied_no == 0)
		return;
	fprintf(c->err,
	    "verify: the first %s rows, up to %s, went into a checkpoint when "
	    "older ones were purged: they, incidents up to I%s that are closed "
	    "and decisions up to D%s cannot be computed again\n",
	    text_grouped(cp->applied_no, rows), clock_format(cp->last_us, at),
	    text_grouped(cp->last_incident, i),
	    text_grouped(cp->last_decision, d));
}

static int print_text(struct cli *c, int64_t rows, int64_t differences)
{
	char a[32], b[32];

	fprintf(c->out, "%s: %s rows checked, %s differences\n", cli_db_path(c),
	    text_grouped(rows, a), text_grouped(differences, b));
	return differences == 0 ? CLI_OK : CLI_FAILED;
}

int verify_run(struct cli *c)
{
	int64_t rows = 0, differences = 0;
	char err[512] = "";
	struct checkpoint cp = {0};
	struct jsonw j;
	struct printer p = {
	    c, c->format == OUT_JSON || c->format == OUT_JSONL ? &j : NULL};
	int rc, code;

	if (c->n_args > 0)
		return cli_fail(c, CLI_USAGE,
		    "replay --verify takes no FILE: it reads the database's "
		    "own log");
	c->db_path = c->verify;
	code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	jsonw_init(&j, c->out);
	if (p.j) {
		jsonw_object_begin(&j);
		jsonw_key(&j, "items");
		jsonw_array_begin(&j);
	}
	rc = verify_db(
	    c->db, print_line, &p, &rows, &differences, err, sizeof(err));
	if (rc != 0 || read_checkpoint(c->db, &cp) < 0)
		return cli_fail(c, CLI_FAILED, "%s: %s", c->verify,
		    rc != 0 ? err : db_error(c->db));
	if (!p.j) {
		say_scope(c, &cp);
		return print_text(c, rows, differences);
	}
	jsonw_array_end(&j);
	if (cp.applied_no != 0) {
		jsonw_kint(&j, "checkpoint", cp.applied_no);
		jsonw_ktime(&j, "checkpoint_time", cp.last_us);
	}
	jsonw_kint(&j, "rows", rows);
	jsonw_kint(&j, "total", differences);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	return differences == 0 ? CLI_OK : CLI_FAILED;
}
