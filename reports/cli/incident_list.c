/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cli/incident_row.h"
#include "reports/cli/query.h"
#include "reports/cli/verb.h"

struct listing {
	struct cli *c;
	struct out *out;
	struct filter filter;
	struct incident_page page;
	int64_t rows, limit; /* limit 0: none */
	int64_t last_value, last_id;
	bool more, thinned; /* the store's count is not the list's */
};

static bool in_range(const struct cli *c, int64_t ts_us)
{
	return ts_us != 0 && ts_us >= c->since_us &&
	       (c->until_us == 0 || ts_us < c->until_us);
}

static bool is_open_at(const struct incident *i, int64_t at_us)
{
	return i->opened_us < at_us &&
	       (i->closed_us == 0 || i->closed_us >= at_us);
}

static bool is_wanted(const struct listing *l, const struct incident *i)
{
	const struct cli *c = l->c;

	if (!cli_wants_class(c, i->line_class))
		return false;
	if (c->open_at_us != 0 && !is_open_at(i, c->open_at_us))
		return false;
	if ((c->opened && !in_range(c, i->opened_us)) ||
	    (c->closed && !in_range(c, i->closed_us)))
		return false;
	return filter_match(&l->filter, i);
}

/* 1 ends the walk: the page is full, and there is more. */
static int print_row(void *arg, const struct incident *i)
{
	struct listing *l = arg;
	struct incident_row r = {0};

	if (!is_wanted(l, i))
		return 0;
	if (l->limit > 0 && l->rows == l->limit) {
		l->more = true;
		return 1;
	}
	if (incident_row_fill(&r, l->c->db, i) != 0)
		return -1;
	out_row(l->out, r.v);
	l->rows++;
	l->last_id = i->id;
	l->last_value = incident_sort_value(i, l->page.sort);
	return 0;
}

static int parse_sort(struct cli *c, struct incident_page *page)
{
	static const char *const names[INCIDENT_SORT_COUNT] = {
	    "id", "opened", "last", "score", "peak"};
	const char *name = c->sort ? c->sort : "id";

	page->descending = *name == '-';
	name += page->descending;
	for (int i = 0; i < INCIDENT_SORT_COUNT; i++) {
		page->sort = (enum incident_sort)i;
		if (strcmp(names[i], name) == 0)
			return CLI_OK;
	}
	return cli_fail(c, CLI_USAGE,
	    "--sort %.40s: give id, opened, last, score or peak; with - in "
	    "front "
	    "for the greatest first",
	    c->sort);
}

/* "VALUE:I12", "I12" in the order of numbers. */
static int parse_cursor(struct cli *c, struct incident_page *page)
{
	const char *id = c->cursor, *colon;
	char *end;

	if (!c->cursor)
		return CLI_OK;
	page->go_on = true;
	colon = strchr(c->cursor, ':');
	if (colon) {
		page->after_value = strtoll(c->cursor, &end, 10);
		id = end == colon ? colon + 1 : "";
	}
	page->after_id = cli_parse_id(id, 'I');
	if (!colon)
		page->after_value = page->after_id;
	if (page->after_id > 0 && !colon == (page->sort == INCIDENT_BY_ID))
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "--cursor %.40s: give what the list before it ended with, and the "
	    "same --sort",
	    c->cursor);
}

static int prepare(struct listing *l)
{
	struct cli *c = l->c;
	int code;

	l->page.range = (struct read_range){.since_us = c->since_us,
	    .until_us = c->until_us,
	    .customer = c->customer,
	    .state = c->state,
	    .kind = c->kind,
	    .now_us = c->now_us};
	/* Closed in the range may be long after its last evidence. */
	if (c->closed)
		l->page.range.since_us = 0;
	l->limit = cli_limit(c);
	l->thinned = c->query || c->line_class || c->opened || c->closed ||
		     c->open_at_us != 0;
	code = query_parse(c, &filter_incident, &l->filter, &l->page.range);
	if (code == CLI_OK)
		code = parse_sort(c, &l->page);
	return code == CLI_OK ? parse_cursor(c, &l->page) : code;
}

static int end(struct listing *l)
{
	int64_t total = l->page.go_on ? -1 : l->rows;

	if (l->more && l->page.sort == INCIDENT_BY_ID)
		cli_next(l->c, "I%" PRId64, l->last_id);
	else if (l->more)
		cli_next(
		    l->c, "%" PRId64 ":I%" PRId64, l->last_value, l->last_id);
	if (l->thinned && l->more)
		total = -1;
	else if (!l->thinned && (l->more || l->page.go_on) &&
		 read_incident_count(l->c->db, &l->page.range, &total) != 0) {
		(void)out_free(l->out);
		return cli_fail_db(l->c);
	}
	return cli_end_list(l->c, l->out, total);
}

int cli_incident_list(struct cli *c)
{
	struct listing *l = calloc(1, sizeof(*l));
	int code;

	if (!l)
		return cli_fail(c, CLI_FAILED, "out of memory");
	l->c = c;
	code = prepare(l);
	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		goto out;
	code = CLI_FAILED;
	l->out = cli_out(c, incident_columns, INCIDENT_COLUMNS);
	if (!l->out)
		goto out;
	if (read_incident_page(c->db, &l->page, print_row, l) < 0) {
		(void)out_free(l->out);
		code = cli_fail_db(c);
		goto out;
	}
	code = end(l);
out:
	free(l);
	return code;
}
