/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/verify.h"

#include "analyzer/decide/verify.h"
#include "base/jsonw.h"
#include "reports/cli/progress.h"
#include "reports/out/text.h"
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
	struct jsonw j;
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
	if (rc != 0)
		return cli_fail(c, CLI_FAILED, "%s: %s", c->verify, err);
	if (!p.j)
		return print_text(c, &v);
	jsonw_array_end(&j);
	jsonw_kint(&j, "rows", v.rows);
	jsonw_kint(&j, "undigested", v.undigested);
	jsonw_kint(&j, "total", v.differences);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	return v.differences == 0 ? CLI_OK : CLI_FAILED;
}
