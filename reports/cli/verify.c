/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/verify.h"

#include "analyzer/decide/verify.h"
#include "base/clock.h"
#include "reports/cli/progress.h"
#include "reports/out/text.h"
#include "store/checkpoint.h"
#include "store/read.h"

struct printer {
	struct cli *c;
	struct jsonw *j; /* NULL: text */
	struct progress progress;
	int64_t rows;
};

static void print_line(void *arg, const char *line)
{
	struct printer *p = arg;
	char safe[4096];

	if (!line) {
		p->rows += VERIFY_STEP;
		progress_show(&p->progress, p->rows);
		return;
	}
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

static int print_text(struct cli *c, const struct verified *v)
{
	char a[32], b[32];

	fprintf(c->out, "%s: %s rows checked, %s differences\n", cli_db_path(c),
	    text_grouped(v->rows, a), text_grouped(v->differences, b));
	if (v->undigested > 0)
		fprintf(c->out,
		    "%s rows are of before version 10 of the database and have "
		    "no digest: whether what they were decided from was "
		    "changed "
		    "cannot be told\n",
		    text_grouped(v->undigested, a));
	return v->differences == 0 ? CLI_OK : CLI_FAILED;
}

int verify_run(struct cli *c)
{
	struct verified v;
	char err[512] = "";
	struct checkpoint cp = {0};
	struct jsonw j = {0};
	struct printer p = {.c = c,
	    .j = c->format == OUT_JSON || c->format == OUT_JSONL ? &j : NULL};
	int64_t all, none;
	int rc, code;

	if (c->n_args > 0)
		return cli_fail(c, CLI_USAGE,
		    "replay --verify takes no FILE: it reads the database's "
		    "own log");
	c->db_path = c->verify;
	code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	if (read_last_numbers(c->db, &none, &all, &none, &none) != 0)
		return cli_fail_db(c);
	progress_begin(&p.progress, c->err, "verify", "rows", 1, all);
	jsonw_init(&j, c->out);
	if (p.j) {
		jsonw_object_begin(&j);
		jsonw_key(&j, "items");
		jsonw_array_begin(&j);
	}
	rc = verify_db(c->db, print_line, &p, &v, err, sizeof(err));
	progress_end(&p.progress);
	if (rc != 0 || read_checkpoint(c->db, &cp) < 0)
		return cli_fail(c, CLI_FAILED, "%s: %s", c->verify,
		    rc != 0 ? err : db_error(c->db));
	if (!p.j) {
		say_scope(c, &cp);
		return print_text(c, &v);
	}
	jsonw_array_end(&j);
	if (cp.applied_no != 0) {
		jsonw_kint(&j, "checkpoint", cp.applied_no);
		jsonw_ktime(&j, "checkpoint_time", cp.last_us);
	}
	jsonw_kint(&j, "rows", v.rows);
	jsonw_kint(&j, "undigested", v.undigested);
	jsonw_kint(&j, "total", v.differences);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	return v.differences == 0 ? CLI_OK : CLI_FAILED;
}
