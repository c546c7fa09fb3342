/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of decisions, and their feed. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/change.h"
#include "reports/api/decision_json.h"
#include "reports/api/routes.h"
#include "store/desk.h"

#define CHANGES_MAX 1000
#define WAIT_MAX_US (60 * US_PER_S)

struct page {
	struct call *call;
	int64_t limit, rows, last, total, before, seq;
	bool more;
	/* Of the feed: the client has what came before, and misses what no
	 * longer comes. What a purge left fits together without the rest. */
	bool follows, hole;
	int action, cause;
};

static int put_row(void *arg, const struct decision *d)
{
	struct page *p = arg;

	if (p->rows == p->limit) {
		p->more = true;
		return 1;
	}
	p->rows++;
	p->last = d->seq;
	decision_json(&p->call->json, d);
	return 0;
}

/* The sequence is read first: what comes meanwhile is told by the feed, too,
 * rather than never. */
static bool begin(struct call *c, struct page *p)
{
	int64_t first;

	p->total = -1;
	if (read_decision_bounds(c->db, &first, &p->seq) != 0) {
		call_db_failed(c);
		return false;
	}
	jsonw_object_begin(call_json(c, 200));
	jsonw_key(&c->json, "items");
	jsonw_array_begin(&c->json);
	return true;
}

static void end(struct call *c, const struct page *p)
{
	char cursor[64];

	jsonw_array_end(&c->json);
	cursor_format(cursor, "d", 0, p->last);
	call_end_page(c, p->more ? cursor : NULL, p->total);
	jsonw_kint(&c->json, "seq", p->seq);
	jsonw_object_end(&c->json);
}

/* --- all -------------------------------------------------------------------
 */

static void list_all(struct call *c, struct page *p, struct decision_page *q)
{
	q->before_seq = p->before;
	q->action = p->action;
	q->cause = p->cause;
	q->limit = p->limit + 1;
	if (!begin(c, p))
		return;
	if (read_decision_page(c->db, q, put_row, p) < 0 ||
	    (call_wants_count(c) &&
		read_decision_page_count(c->db, q, &p->total) != 0))
		call_db_failed(c);
	else
		end(c, p);
}

/* --- in force --------------------------------------------------------------
 */

static void list_standing(
    struct call *c, struct page *p, struct standing_page *q)
{
	q->now_us = c->now_us;
	q->before_seq = p->before;
	q->action = p->action;
	q->cause = p->cause;
	q->limit = p->limit + 1;
	if (!begin(c, p))
		return;
	if (read_standing_page(c->db, q, put_row, p) < 0 ||
	    (call_wants_count(c) &&
		read_standing_count(c->db, q, &p->total) != 0))
		call_db_failed(c);
	else
		end(c, p);
}

static bool begin_page(struct page *p, struct call *c)
{
	int64_t none;

	*p = (struct page){.call = c, .action = -1, .cause = -1};
	return call_limit(c, &p->limit) &&
	       call_cursor(c, "d", &none, &p->before) >= 0;
}

void decisions_get(struct call *c)
{
	const char *state = uri_get(&c->uri, "state");
	const char *customer = uri_get(&c->uri, "customer");
	struct standing_page standing = {.customer = customer};
	struct decision_page q = {.customer = customer};
	struct page p;

	if (!begin_page(&p, c) ||
	    !call_word(c, "action", action_parse, &p.action) ||
	    !call_word(c, "cause", cause_parse, &p.cause) ||
	    !call_time(c, "since", &q.since_us) ||
	    !call_time(c, "until", &q.until_us))
		return;
	standing.since_us = q.since_us;
	standing.until_us = q.until_us;
	if (!state || strcmp(state, "all") == 0)
		list_all(c, &p, &q);
	else if (strcmp(state, "active") == 0)
		list_standing(c, &p, &standing);
	else
		call_problem(c, 400, "bad_value", "state: give active or all");
}

void allow_get(struct call *c)
{
	struct standing_page standing = {0};
	struct page p;

	if (!begin_page(&p, c))
		return;
	p.action = ACTION_ALLOW;
	list_standing(c, &p, &standing);
}

/* --- the feed --------------------------------------------------------------
 */

static int put_change(void *arg, const struct decision *d)
{
	struct page *p = arg;
	struct jsonw *j = &p->call->json;
	struct change x;
	int rc;

	if (p->rows == CHANGES_MAX)
		return 1;
	/* Numbers have no hole but where a purge took some. */
	p->hole = p->follows && d->seq != p->last + 1;
	if (p->hole)
		return 1;
	rc = change_of(p->call->db, d, &x);
	if (rc < 0)
		return -1;
	p->rows++;
	p->last = d->seq;
	if (rc == 0)
		return 0;
	jsonw_object_begin(j);
	jsonw_kint(j, "seq", d->seq);
	jsonw_kstring(j, "op", x.op);
	jsonw_key(j, "decision");
	decision_json(j, &x.decision);
	jsonw_object_end(j);
	return 0;
}

/* In the first run only: later ones keep the end. */
static bool set_wait(struct call *c)
{
	const char *text = uri_get(&c->uri, "wait");
	int64_t wait_us = 0;

	if (text && (clock_parse_duration(&wait_us, text) != 0 ||
			wait_us > WAIT_MAX_US)) {
		call_problem(c, 400, "bad_value",
		    "wait: give a time such as 30s, at most 60s");
		return false;
	}
	if (c->wait_until_us == 0)
		c->wait_until_us = c->now_us + wait_us;
	return true;
}

/* Another store than before, or rows between were thrown away. */
static void say_gone(struct call *c, int64_t after)
{
	call_problem(c, 410, "gone",
	    "what follows %" PRId64 " is not here; take GET "
	    "/api/v1/decisions?state=active and go on from its seq",
	    after);
}

void changes_get(struct call *c)
{
	struct page p = {.call = c};
	int64_t after = -1, first, last;

	if (!call_number(c, "after", 0, INT64_MAX, &after) || !set_wait(c))
		return;
	if (after < 0) {
		call_problem(c, 400, "bad_value",
		    "after: give the last seq that you have; 0 for all");
		return;
	}
	if (read_decision_bounds(c->db, &first, &last) != 0) {
		call_db_failed(c);
		return;
	}
	if (after > last) {
		say_gone(c, after);
		return;
	}
	if (after == last && c->now_us < c->wait_until_us) {
		c->waits = true;
		return;
	}
	jsonw_object_begin(call_json(c, 200));
	jsonw_key(&c->json, "changes");
	jsonw_array_begin(&c->json);
	p.last = after;
	p.follows = after > 0;
	if (read_decisions_after(c->db, after, put_change, &p) < 0) {
		call_db_failed(c);
		return;
	}
	if (p.hole) {
		say_gone(c, after);
		return;
	}
	jsonw_array_end(&c->json);
	jsonw_kint(&c->json, "seq", p.last);
	jsonw_kint(&c->json, "generation", last);
	jsonw_object_end(&c->json);
}
