/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cli/incident_match.h"
#include "base/room.h"
#include "reports/cli/incident_row.h"
#include "reports/cli/verb.h"

#define COUNTED  1000 /* as many are counted without being asked */
#define PART     1000 /* rows asked of the store when not all may match */
#define PART_MAX (1 << 20)

/* A row by the number that it is sorted by. */
struct place {
	int64_t value, id;
};
struct listing {
	struct cli *c;
	struct out *out;
	struct incident_match match;
	struct incident_page page;
	int64_t rows, limit; /* limit 0: none */
	int64_t matches;     /* with --count of what the range cannot say */
	int64_t taken;       /* rows of the store in this part */
	struct place last, read;
	bool more;
	/* --ip: those of the customers who had it */
	struct place *found;
	size_t n, cap;
	bool no_memory;
};

/* 1 ends the walk: the page is full, and there is more. */
static int print_row(struct listing *l, const struct incident *i)
{
	struct incident_row r = {0};

	if (l->limit > 0 && l->rows == l->limit) {
		l->more = true;
		return 1;
	}
	if (incident_row_fill(&r, l->c->db, i) != 0)
		return -1;
	out_row(l->out, r.v);
	l->rows++;
	l->last.id = i->id;
	l->last.value = incident_sort_value(i, l->page.sort);
	return 0;
}

static int take_row(void *arg, const struct incident *i)
{
	struct listing *l = arg;
	int rc = incident_matches(&l->match, i);

	l->taken++;
	l->read.id = i->id;
	l->read.value = incident_sort_value(i, l->page.sort);
	return rc == 1 ? print_row(l, i) : rc;
}

/* What the store leaves to us may be few of many: then it is asked again, for
 * more each time. */
static int walk(struct listing *l)
{
	struct incident_page p = l->page;
	int64_t part = l->match.whole ? l->limit + 1 : PART + l->limit;
	int rc;

	do {
		p.range.limit = l->limit > 0 ? part : 0;
		l->taken = 0;
		rc = read_incident_page(l->c->db, &p, take_row, l);
		p.go_on = true;
		p.after_value = l->read.value;
		p.after_id = l->read.id;
		if (part < PART_MAX)
			part *= 8;
	} while (rc == 0 && l->taken > 0 && l->taken == p.range.limit);
	return rc < 0 ? -1 : 0;
}

/* --- of the customers who had an address --------------------------------- */

static int keep_place(void *arg, const struct incident *i)
{
	struct listing *l = arg;
	int rc = incident_matches(&l->match, i);

	if (rc != 1)
		return rc;
	if (!ROOM_FOR_ONE(l->found, l->n, l->cap)) {
		l->no_memory = true;
		return -1;
	}
	l->found[l->n].value = incident_sort_value(i, l->page.sort);
	l->found[l->n++].id = i->id;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct place *p = a, *q = b;

	if (p->value != q->value)
		return p->value < q->value ? -1 : 1;
	return (p->id > q->id) - (p->id < q->id);
}

static bool is_behind(const struct listing *l, const struct place *p)
{
	const struct place after = {l->page.after_value, l->page.after_id};
	int order = by_place(p, &after);

	return !l->page.go_on || (l->page.descending ? order < 0 : order > 0);
}

static int print_found(struct listing *l)
{
	int rc = 0;

	if (l->n > 0)
		qsort(l->found, l->n, sizeof(*l->found), by_place);
	for (size_t n = 0; rc == 0 && n < l->n; n++) {
		size_t at = l->page.descending ? l->n - 1 - n : n;
		struct incident i;

		if (!is_behind(l, &l->found[at]))
			continue;
		rc = read_incident(l->c->db, l->found[at].id, &i);
		rc = rc == 1 ? print_row(l, &i) : rc;
	}
	return rc < 0 ? -1 : 0;
}

static int gather(struct listing *l)
{
	const struct incident_match *m = &l->match;
	const char *only = l->page.range.customer, *before = "";

	for (size_t n = 0; n < m->n; n++) {
		const char *customer = m->holders[n].customer;
		struct incident_page p = {.range = l->page.range};

		if (strcmp(customer, before) == 0 ||
		    (only && strcmp(customer, only) != 0))
			continue;
		p.range.customer = before = customer;
		if (read_incident_page(l->c->db, &p, keep_place, l) != 0)
			return -1;
	}
	l->matches = (int64_t)l->n;
	return print_found(l);
}

/* --- the command -----------------------------------------------------------
 */

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
	    "front for the greatest first",
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

static int count_match(void *arg, const struct incident *i)
{
	struct listing *l = arg;
	int rc = incident_matches(&l->match, i);

	l->matches += rc == 1;
	return rc < 0 ? -1 : 0;
}

/* Of the whole list, whatever its page, as cli_end_list() wants it. */
static int find_total(struct listing *l, int64_t *total)
{
	struct incident_page all = {.range = l->page.range};
	struct cli *c = l->c;
	int rc;

	*total = l->rows;
	if (!l->more && !l->page.go_on)
		return 0;
	*total = l->matches;
	if (c->ip)
		return 0;
	/* A condition may have to look at every row. */
	if (l->match.whole && (c->count || !l->page.range.where)) {
		rc = read_incident_count_most(
		    c->db, &l->page.range, c->count ? 0 : COUNTED + 1, total);
		if (rc == 0 && !c->count && *total == COUNTED + 1)
			*total = CLI_MORE_THAN(COUNTED);
		return rc;
	}
	*total = CLI_MORE;
	if (!c->count)
		return 0;
	rc = read_incident_page(c->db, &all, count_match, l);
	*total = l->matches;
	return rc;
}

static int end(struct listing *l)
{
	int64_t total;

	if (l->more && l->page.sort == INCIDENT_BY_ID)
		cli_next(l->c, "I%" PRId64, l->last.id);
	else if (l->more)
		cli_next(
		    l->c, "%" PRId64 ":I%" PRId64, l->last.value, l->last.id);
	if (find_total(l, &total) != 0) {
		(void)out_free(l->out);
		return cli_fail_db(l->c);
	}
	return cli_end_list(l->c, l->out, total);
}

static int list(struct listing *l)
{
	struct cli *c = l->c;
	int rc;

	l->out = cli_out(c, incident_columns, INCIDENT_COLUMNS);
	if (!l->out)
		return CLI_FAILED;
	rc = c->ip ? gather(l) : walk(l);
	if (rc == 0)
		return end(l);
	(void)out_free(l->out);
	return l->no_memory ? cli_fail(c, CLI_FAILED, "out of memory")
			    : cli_fail_db(c);
}

int cli_incident_list(struct cli *c)
{
	struct listing *l = calloc(1, sizeof(*l));
	int code;

	if (!l)
		return cli_fail(c, CLI_FAILED, "out of memory");
	l->c = c;
	l->limit = cli_limit(c);
	code = parse_sort(c, &l->page);
	if (code == CLI_OK)
		code = parse_cursor(c, &l->page);
	if (code == CLI_OK)
		code = incident_match_open(&l->match, c, &l->page.range);
	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code == CLI_OK)
		code = incident_match_holders(&l->match);
	if (code == CLI_OK)
		code = list(l);
	incident_match_free(&l->match);
	free(l->found);
	free(l);
	return code;
}
