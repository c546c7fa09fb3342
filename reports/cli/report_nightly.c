/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "reports/cli/verb.h"
#include "reports/nightly/file.h"
#include "reports/nightly/form.h"

static void print_text(const void *arg, FILE *f)
{
	night_print_text(arg, f);
}

static void print_json(const void *arg, FILE *f)
{
	night_print_json(arg, f);
}

static void print_names(struct cli *c, const char *text, const char *json)
{
	struct jsonw j;

	if (c->format != OUT_JSON && c->format != OUT_JSONL) {
		fprintf(c->out, "%s\n%s\n", text, json);
		return;
	}
	jsonw_init(&j, c->out);
	jsonw_object_begin(&j);
	jsonw_kstring(&j, "text", text);
	jsonw_kstring(&j, "json", json);
	jsonw_object_end(&j);
	jsonw_newline(&j);
}

static int write_files(struct cli *c, const struct night *n)
{
	const char *dir = c->out_dir;
	char text[PATH_MAX], json[PATH_MAX], err[PATH_MAX + 256];

	if (file_make_dir(dir, err, sizeof(err)) != 0)
		return cli_fail(c, CLI_FAILED, "%s", err);
	if (snprintf(text, sizeof(text), "%s/nightly-%s.txt", dir, n->date) >=
		(int)sizeof(text) ||
	    snprintf(json, sizeof(json), "%s/nightly-%s.json", dir, n->date) >=
		(int)sizeof(json))
		return cli_fail(c, CLI_USAGE, "--out: the path is too long");
	if (file_replace(text, print_text, n, err, sizeof(err)) != 0 ||
	    file_replace(json, print_json, n, err, sizeof(err)) != 0)
		return cli_fail(c, CLI_FAILED, "%s", err);
	print_names(c, text, json);
	return CLI_OK;
}

int cli_report_nightly(struct cli *c)
{
	struct night n;
	char err[512];
	int64_t ts_us;
	int code;

	if (!c->date || !c->out_dir)
		return cli_fail(c, CLI_USAGE,
		    "%s is missing; try sekisho report nightly --help",
		    c->date ? "--out DIR" : "--date DATE");
	if (clock_parse(&ts_us, c->date, c->now_us) != 0 || ts_us < 0)
		return cli_fail(c, CLI_USAGE,
		    "--date %.40s: give a day such as 2026-11-24", c->date);
	code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	ts_us -= ts_us % US_PER_DAY;
	if (night_collect(&n, c->db, ts_us, err, sizeof(err)) != 0)
		code = cli_fail(c, CLI_FAILED, "%s: %s", cli_db_path(c), err);
	else
		code = write_files(c, &n);
	night_free(&n);
	return code;
}
