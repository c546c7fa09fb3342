/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/nearest.h"
#include "reports/out/text.h"
#include "store/rows.h"

void cli_init(struct cli *c, FILE *out, FILE *err)
{
	memset(c, 0, sizeof(*c));
	c->out = out;
	c->err = err;
	c->tty = isatty(fileno(out)) == 1;
	c->now_us = clock_now_us();
	c->limit = -1;
	c->state = c->kind = c->obs_kind = c->label = -1;
	c->action = c->cause = c->traffic_case = -1;
	c->letter = c->letter_form = -1;
}

void cli_free(struct cli *c)
{
	db_close(c->db);
	if (c->conf_loaded)
		conf_free(&c->conf);
	c->db = NULL;
	c->conf_loaded = false;
}

struct problem {
	enum cli_exit code;
	int status;
	const char *title;
};

static const struct problem *find_problem(enum cli_exit code)
{
	static const struct problem problems[] = {
	    {CLI_FAILED, 500, "Failed"},
	    {CLI_USAGE, 400, "Wrong usage"},
	    {CLI_NOT_FOUND, 404, "Not found"},
	    {CLI_NOT_AUTHORISED, 403, "Not authorised"},
	    {CLI_UNREACHABLE, 503, "Daemon unreachable"},
	    {CLI_CONFLICT, 409, "Conflict"},
	    {CLI_REFUSED, 422, "Refused by policy"},
	};

	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++)
		if (problems[i].code == code)
			return &problems[i];
	return &problems[0];
}

static void print_problem(struct cli *c, enum cli_exit code, const char *detail)
{
	const struct problem *p = find_problem(code);
	struct jsonw j;

	jsonw_init(&j, c->err);
	jsonw_object_begin(&j);
	jsonw_kstring(&j, "type", "about:blank");
	jsonw_kstring(&j, "title", p->title);
	jsonw_kint(&j, "status", p->status);
	jsonw_kstring(&j, "detail", detail);
	jsonw_kint(&j, "exit_code", code);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	jsonw_free(&j);
}

int cli_fail(struct cli *c, enum cli_exit code, const char *fmt, ...)
{
	char detail[2048], safe[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	if (c->format == OUT_JSON || c->format == OUT_JSONL)
		print_problem(c, code, detail);
	else
		fprintf(c->err, "sekisho: %s\n",
		    text_safe(detail, safe, sizeof(safe)));
	return code;
}

int cli_need_conf(struct cli *c)
{
	char err[CONF_ERROR_BYTES];

	if (c->conf_loaded)
		return CLI_OK;
	c->conf_loaded = true;
	if (conf_load(&c->conf, c->config, err) != 0)
		return cli_fail(c, CLI_USAGE, "%s", err);
	return CLI_OK;
}

const char *cli_db_path(const struct cli *c)
{
	return c->db_path ? c->db_path : c->conf.db;
}

int cli_need_db(struct cli *c, enum db_mode mode)
{
	char err[DB_ERROR_BYTES];
	int rc;

	if (c->db)
		return CLI_OK;
	if ((!c->db_path || c->config) && (rc = cli_need_conf(c)) != CLI_OK)
		return rc;
	c->db = db_open(cli_db_path(c), mode, err);
	if (c->db)
		return CLI_OK;
	if (access(cli_db_path(c), mode == DB_READ ? R_OK : R_OK | W_OK) != 0 &&
	    errno == EACCES)
		return cli_fail(c, CLI_NOT_AUTHORISED, "%s", err);
	return cli_fail(c, CLI_FAILED, "%s", err);
}

int cli_need_change(struct cli *c)
{
	return cli_need_db(c, c->dry_run ? DB_READ : DB_WRITE);
}

int cli_say_dry(struct cli *c, const char *fmt, ...)
{
	va_list args;

	fputs("dry run: ", c->err);
	va_start(args, fmt);
	vfprintf(c->err, fmt, args);
	va_end(args);
	fputc('\n', c->err);
	return CLI_OK;
}

int cli_fail_db(struct cli *c)
{
	return cli_fail(
	    c, CLI_FAILED, "%s: %s", cli_db_path(c), db_error(c->db));
}

void cli_say_range(struct cli *c)
{
	char from[CLOCK_STRLEN] = "the beginning", to[CLOCK_STRLEN] = "now";

	if (!c->verbose)
		return;
	if (c->since_us != 0)
		clock_format(c->since_us, from);
	if (c->until_us != 0)
		clock_format(c->until_us, to);
	fprintf(c->err, "range: %s to %s\n", from, to);
	if (c->at_us != 0)
		fprintf(c->err, "at: %s\n", clock_format(c->at_us, to));
}

static int64_t effective_limit(const struct cli *c)
{
	if (c->all)
		return INT64_MAX;
	if (c->limit > 0)
		return c->limit;
	if (c->limit < 0 && c->tty && c->format == OUT_TABLE)
		return CLI_LIMIT_TTY;
	return INT64_MAX;
}

int64_t cli_limit(const struct cli *c)
{
	int64_t n = effective_limit(c);

	return n == INT64_MAX ? 0 : n;
}

bool cli_wants_class(const struct cli *c, enum line_class k)
{
	return !c->line_class || strcmp(c->line_class, line_class_name(k)) == 0;
}

bool cli_wants_row(const struct cli *c, int64_t n)
{
	return n < effective_limit(c);
}

int cli_stop_list(int64_t *total)
{
	*total = CLI_MORE;
	return 1;
}

int cli_end_text(struct cli *c, bool failed)
{
	if (fflush(c->out) != 0 || ferror(c->out) || failed)
		return cli_fail(c, CLI_FAILED,
		    "the output could not be written; is the disk full?");
	return CLI_OK;
}

int cli_end_one(struct cli *c, struct out *o)
{
	return cli_end_text(c, out_free(o) != 0);
}

void cli_next(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->next_cursor, sizeof(c->next_cursor), fmt, ap);
	va_end(ap);
}

static void say_left_out(struct cli *c, int64_t rows, int64_t total)
{
	bool more = c->next_cursor[0] != '\0';
	char shown[32], n[32], all[64];

	if (!more && (c->cursor || (total >= 0 && rows >= total)))
		return;
	if (total == CLI_MORE)
		snprintf(all, sizeof(all), "more");
	else if (total < 0)
		snprintf(all, sizeof(all), "more than %s",
		    text_grouped(-1 - total, n));
	else
		text_grouped(total, all);
	fprintf(c->err, "showing %s of %s (--all%s%s%s)\n",
	    text_grouped(rows, shown), all, total < 0 ? ", --count" : "",
	    more ? ", or --cursor " : "", c->next_cursor);
}

int cli_end_list(struct cli *c, struct out *o, int64_t total)
{
	int64_t rows = out_rows(o);
	int code;

	out_next_cursor(o, c->next_cursor);
	out_end(o, total);
	code = cli_end_one(c, o);
	if (code != CLI_OK)
		return code;
	say_left_out(c, rows, total);
	return rows == 0 && c->fail_empty ? CLI_NOT_FOUND : CLI_OK;
}

bool cli_wants_color(const struct cli *c)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (c->color && strcmp(c->color, "auto") != 0)
		return strcmp(c->color, "always") == 0;
	return c->tty && !(no && *no != '\0') &&
	       !(term && strcmp(term, "dumb") == 0);
}

static int no_field(struct cli *c, const struct out_column *columns, size_t n,
    const char *bad, size_t len)
{
	char word[64];
	const char *best = columns[0].name;
	size_t least = SIZE_MAX;

	snprintf(word, sizeof(word), "%.*s", (int)len, bad);
	for (size_t i = 0; i < n; i++) {
		size_t d = nearest_distance(word, columns[i].name);

		if (d < least) {
			least = d;
			best = columns[i].name;
		}
	}
	c->usage_failed = true;
	return cli_fail(c, CLI_USAGE,
	    "--fields %s: there is no such column here; nearest: %s", word,
	    best);
}

struct out *cli_out(struct cli *c, const struct out_column *columns, size_t n)
{
	struct out *o = out_new(c->out, c->format, c->tty, columns, n);
	const char *bad;
	size_t len;

	if (!o) {
		cli_fail(c, CLI_FAILED, "out of memory");
		return NULL;
	}
	out_color(o, cli_wants_color(c));
	if (c->fields && *c->fields == '\0') {
		no_field(c, columns, n, "", 0);
		(void)out_free(o);
		return NULL;
	}
	if (c->fields && out_select(o, c->fields, &bad, &len) != 0) {
		no_field(c, columns, n, bad, len);
		(void)out_free(o);
		return NULL;
	}
	return o;
}

int64_t cli_parse_id(const char *text, char letter)
{
	long long v;
	char *end;

	if (letter && toupper((unsigned char)*text) == letter)
		text++;
	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	v = strtoll(text, &end, 10);
	return errno != 0 || *end != '\0' ? -1 : v;
}

int cli_cursor_id(struct cli *c, char letter, int64_t *id)
{
	const char before[] = {letter, '\0'};

	if (!c->cursor)
		return CLI_OK;
	*id = cli_parse_id(c->cursor, letter);
	if (*id > 0)
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "--cursor %.40s: give what the list before it ended with, as %s7",
	    c->cursor, before);
}

int cli_need_id(struct cli *c, const struct cli_id *of, int64_t *id)
{
	const char letter[2] = {of->letter, '\0'};

	*id = cli_parse_id(c->args[0], of->letter);
	if (*id >= 0)
		return cli_need_db(c, DB_READ);
	return cli_fail(c, CLI_USAGE,
	    "\"%.40s\" is no %s; give one such as %s7", c->args[0], of->thing,
	    letter);
}

int cli_no_such(struct cli *c, const struct cli_id *of, int64_t id)
{
	const char letter[2] = {of->letter, '\0'};

	return cli_fail(c, CLI_NOT_FOUND,
	    "there is no %s %s%" PRId64 "; sekisho %s shows them", of->thing,
	    letter, id, of->list);
}
