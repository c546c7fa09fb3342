/* SPDX-License-Identifier: Apache-2.0 */
/* The allow list from a CSV file: columns target and, if need be, ttl and
 * reason. A file with a bad line is not read at all; each is told. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/csv.h"
#include "base/room.h"
#include "reports/cli/operate.h"
#include "reports/cli/verb.h"

#define LINE_MAX_BYTES 4095
#define LINES_MAX      100000

enum field { TARGET, TTL, REASON, FIELDS };
static const char *const names[FIELDS] = {"target", "ttl", "reason"};

struct import {
	struct cli *c;
	const char *path;
	size_t line, bad;
	int column_of[FIELDS]; /* -1: not in this file */
	int n_columns;         /* 0: the head is still to come */
	struct operate_line *lines;
	size_t n, cap;
};

static void complain(struct import *im, const char *what)
{
	(void)cli_fail(
	    im->c, CLI_FAILED, "%.200s:%zu: %s", im->path, im->line, what);
	im->bad++;
}

static void take_head(struct import *im, char **fields, int n)
{
	im->n_columns = n;
	for (int f = 0; f < FIELDS; f++)
		im->column_of[f] = -1;
	for (int i = 0; i < n; i++) {
		int f = 0;

		while (f < FIELDS && strcmp(names[f], fields[i]) != 0)
			f++;
		if (f < FIELDS)
			im->column_of[f] = i;
		else
			complain(im, "the first line names the columns: "
				     "target, ttl, reason, and no other");
	}
	if (im->column_of[TARGET] < 0)
		complain(im, "the first line names no column target");
}

/* NULL: not given. */
static const char *value(const struct import *im, char **fields, enum field f)
{
	int i = im->column_of[f];

	return i >= 0 && fields[i][0] != '\0' ? fields[i] : NULL;
}

static bool is_good(struct import *im, const struct operate_line *l)
{
	int64_t until_us;

	if (!l->target)
		complain(im, "the target is missing");
	else if (strlen(l->target) >= ROW_ID_LEN)
		complain(im, "the target is too long");
	else if (l->ttl && operate_until(l->ttl, im->c->now_us, &until_us) != 0)
		complain(im, "the ttl is no time such as 90m, 24h, 7d, "
			     "2026-12-31, or permanent");
	else if (!l->reason && !im->c->reason)
		complain(im, "the reason is missing, here and as --reason");
	else if (l->reason && strlen(l->reason) >= ROW_TEXT_LEN)
		complain(im, "the reason is too long");
	else
		return true;
	return false;
}

static int keep(struct import *im, const struct operate_line *l)
{
	struct operate_line *k;

	if (im->n == LINES_MAX)
		return cli_fail(im->c, CLI_USAGE,
		    "%.200s has more than %d lines: give it in parts", im->path,
		    LINES_MAX);
	if (!ROOM_FOR_ONE(im->lines, im->n, im->cap))
		return cli_fail(im->c, CLI_FAILED, "out of memory");
	k = &im->lines[im->n++];
	k->target = strdup(l->target);
	k->ttl = l->ttl ? strdup(l->ttl) : NULL;
	k->reason = l->reason ? strdup(l->reason) : NULL;
	if (!k->target || !k->ttl != !l->ttl || !k->reason != !l->reason)
		return cli_fail(im->c, CLI_FAILED, "out of memory");
	return CLI_OK;
}

static int take_line(struct import *im, char *text)
{
	char *fields[CSV_FIELDS_MAX];
	struct operate_line l;
	int n;

	text[strcspn(text, "\r\n")] = '\0';
	if (text[0] == '\0' || text[0] == '#')
		return CLI_OK;
	n = csv_split(text, fields);
	if (n < 0 || n > CSV_FIELDS_MAX) {
		complain(im, "this is no line of CSV: a quote is not closed, "
			     "or something stands behind one");
		return CLI_OK;
	}
	if (im->n_columns == 0) {
		take_head(im, fields, n);
		return im->bad == 0 ? CLI_OK : CLI_FAILED;
	}
	if (n != im->n_columns) {
		complain(im, "it has not as many fields as the first line");
		return CLI_OK;
	}
	l.target = value(im, fields, TARGET);
	l.ttl = value(im, fields, TTL);
	l.reason = value(im, fields, REASON);
	return is_good(im, &l) ? keep(im, &l) : CLI_OK;
}

static int read_lines(struct import *im, FILE *f)
{
	char text[LINE_MAX_BYTES + 2];
	int code = CLI_OK;

	while (code == CLI_OK && fgets(text, sizeof(text), f)) {
		im->line++;
		if (strlen(text) > LINE_MAX_BYTES) {
			complain(im, "the line is too long");
			return CLI_FAILED;
		}
		code = take_line(im, text);
	}
	if (code == CLI_OK && ferror(f))
		return cli_fail(im->c, CLI_FAILED,
		    "%.200s cannot be read to its end", im->path);
	return code;
}

int cli_allow_import(struct cli *c)
{
	struct import im = {.c = c, .path = c->args[0]};
	bool in = strcmp(im.path, "-") == 0;
	FILE *f = in ? stdin : fopen(im.path, "re");
	int code;

	if (!f)
		return cli_fail(c, CLI_USAGE,
		    "%.200s cannot be opened: check the path and permissions",
		    im.path);
	code = read_lines(&im, f);
	if (!in)
		(void)fclose(f);
	if (code == CLI_OK && im.bad > 0)
		code = cli_fail(c, CLI_FAILED,
		    "%.200s: %zu bad lines; nobody was touched. Mend them, "
		    "then import the file again",
		    im.path, im.bad);
	if (code == CLI_OK)
		code = operate_lines(c, OP_ALLOW, im.lines, im.n);
	for (size_t i = 0; i < im.n; i++) {
		free((char *)im.lines[i].target);
		free((char *)im.lines[i].ttl);
		free((char *)im.lines[i].reason);
	}
	free(im.lines);
	return code;
}
