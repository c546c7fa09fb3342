/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of incidents: pages by keyset, and the queue by customer. */
#include <stdlib.h>
#include <string.h>

#include "reports/api/decision_json.h"
#include "reports/api/incidents.h"
#include "reports/api/routes.h"
#include "store/desk.h"

/* --- pages -----------------------------------------------------------------
 */

struct page {
	struct call *call;
	struct incidents *which;
	int64_t limit, rows;
	bool more;
};

static bool parse_sort(struct call *c, struct incidents *w)
{
	static const struct {
		const char *name;
		enum incident_sort sort;
	} sorts[] = {
	    {"last", INCIDENT_BY_LAST},
	    {"opened", INCIDENT_BY_OPENED},
	    {"peak", INCIDENT_BY_PEAK},
	    {"id", INCIDENT_BY_ID},
	};
	const char *name = uri_get(&c->uri, "sort");

	if (!name)
		name = "-last";
	w->page.descending = *name == '-';
	name += w->page.descending;
	for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++)
		if (strcmp(sorts[i].name, name) == 0) {
			w->page.sort = sorts[i].sort;
			return true;
		}
	call_problem(c, 400, "bad_value",
	    "sort: give last, opened, peak or id; with - in front for the "
	    "greatest first");
	return false;
}

static void tag_of(const struct incidents *w, char tag[static 4])
{
	tag[0] = 'i';
	tag[1] = (char)('a' + (int)w->page.sort);
	tag[2] = w->page.descending ? 'd' : 'u';
	tag[3] = '\0';
}

static int put_row(void *arg, const struct incident *i)
{
	struct page *p = arg;

	if (p->rows == p->limit) {
		p->more = true;
		return 1;
	}
	p->rows++;
	return incident_json(&p->call->json, p->call->db, i, p->call->now_us);
}

static int count_row(void *arg, const struct incident *i)
{
	(void)i;
	++*(int64_t *)arg;
	return 0;
}

/* *total -1: not to be had within INCIDENTS_SCAN rows. 0, or -1. */
static int count_all(struct call *c, struct incidents *w, int64_t *total)
{
	*total = -1;
	if (!call_wants_count(c))
		return 0;
	if (w->plain || w->exact)
		return read_incident_count(c->db, &w->counted, total);
	*total = w->scanned = 0;
	w->page.go_on = false;
	if (incidents_walk(w, c->db, count_row, total) < 0)
		return -1;
	if (w->cut)
		*total = -1;
	return 0;
}

static int put_page(struct call *c, struct page *p, const char *tag)
{
	struct incidents *w = p->which;
	char cursor[64];
	int64_t total;
	bool more;

	jsonw_object_begin(call_json(c, 200));
	jsonw_key(&c->json, "items");
	jsonw_array_begin(&c->json);
	if (incidents_walk(w, c->db, put_row, p) < 0)
		return -1;
	jsonw_array_end(&c->json);
	more = p->more || w->cut;
	cursor_format(cursor, tag, w->last_value, w->last_id);
	w->cut = false;
	if (count_all(c, w, &total) != 0)
		return -1;
	call_end_page(c, more ? cursor : NULL, total);
	jsonw_object_end(&c->json);
	return 0;
}

void incidents_get(struct call *c)
{
	struct incidents *w = incidents_new(c, false);
	struct page p = {.call = c, .which = w};
	char tag[4];
	int rc;

	if (!w)
		return;
	if (!parse_sort(c, w) || !call_limit(c, &p.limit))
		goto out;
	tag_of(w, tag);
	rc = call_cursor(c, tag, &w->page.after_value, &w->page.after_id);
	if (rc < 0)
		goto out;
	w->page.go_on = rc == 1;
	if (put_page(c, &p, tag) != 0)
		call_db_failed(c);
out:
	free(w);
}

/* --- by customer -----------------------------------------------------------
 */

struct queued {
	char customer[ROW_ID_LEN];
	enum line_class line_class;
	int64_t incidents, open, opened_us, last_us, peak, worst;
	uint32_t kinds;
};
struct queue {
	struct queued *rows;
	size_t n, cap;
	size_t *slots; /* by hash of the name; 0: free, else 1 + index */
	size_t n_slots;
};

static size_t hash_name(const char *s)
{
	size_t h = 5381;

	for (; *s != '\0'; s++)
		h = h * 33 + (unsigned char)*s;
	return h ^ h >> 17;
}

static int grow(struct queue *q)
{
	size_t cap = q->cap > 0 ? 2 * q->cap : 256, *slots;
	struct queued *rows = realloc(q->rows, cap * sizeof(*rows));

	if (!rows)
		return -1;
	q->rows = rows;
	q->cap = cap;
	slots = calloc(4 * cap, sizeof(*slots));
	if (!slots)
		return -1;
	free(q->slots);
	q->slots = slots;
	q->n_slots = 4 * cap;
	for (size_t i = 0; i < q->n; i++) {
		size_t at = hash_name(rows[i].customer) % q->n_slots;

		while (slots[at] != 0)
			at = (at + 1) % q->n_slots;
		slots[at] = i + 1;
	}
	return 0;
}

static struct queued *queued_of(struct queue *q, const char *customer)
{
	size_t at;
	struct queued *r;

	if (q->n == q->cap && grow(q) != 0)
		return NULL;
	at = hash_name(customer) % q->n_slots;
	for (; q->slots[at] != 0; at = (at + 1) % q->n_slots) {
		r = &q->rows[q->slots[at] - 1];
		if (strcmp(r->customer, customer) == 0)
			return r;
	}
	r = &q->rows[q->n++];
	q->slots[at] = q->n;
	memset(r, 0, sizeof(*r));
	snprintf(r->customer, sizeof(r->customer), "%s", customer);
	r->peak = INT64_MIN;
	r->opened_us = INT64_MAX;
	return r;
}

static int enqueue(void *arg, const struct incident *i)
{
	struct queued *r = queued_of(arg, i->customer);

	if (!r)
		return -2;
	r->incidents++;
	r->open += i->state != INCIDENT_CLOSED;
	r->kinds |= UINT32_C(1) << i->kind;
	if (i->opened_us < r->opened_us)
		r->opened_us = i->opened_us;
	if (i->last_us > r->last_us) {
		r->last_us = i->last_us;
		r->line_class = i->line_class;
	}
	if (i->peak_milli > r->peak) {
		r->peak = i->peak_milli;
		r->worst = i->id;
	}
	return 0;
}

/* Worst first, then who waits longest, by the incident's number. */
static int by_risk(const void *a, const void *b)
{
	const struct queued *x = a, *y = b;

	if (x->peak != y->peak)
		return x->peak < y->peak ? 1 : -1;
	return (x->worst > y->worst) - (x->worst < y->worst);
}

static int put_queued(struct call *c, const struct queued *r)
{
	struct jsonw *j = &c->json;
	int blocked = customer_blocked(c->db, r->customer, c->now_us);
	char id[24];

	if (blocked < 0)
		return -1;
	snprintf(id, sizeof(id), "I%lld", (long long)r->worst);
	jsonw_object_begin(j);
	jsonw_kstring(j, "customer", r->customer);
	jsonw_kstring(j, "class", line_class_name(r->line_class));
	jsonw_kint(j, "incidents", r->incidents);
	jsonw_kint(j, "open", r->open);
	jsonw_key(j, "kinds");
	jsonw_array_begin(j);
	for (int k = 0; k < INCIDENT_KIND_COUNT; k++)
		if (r->kinds & UINT32_C(1) << k)
			jsonw_string(
			    j, incident_kind_name((enum incident_kind)k));
	jsonw_array_end(j);
	jsonw_ktime(j, "opened", r->opened_us);
	jsonw_ktime(j, "last", r->last_us);
	jsonw_kint(j, "peak_milli", r->peak);
	jsonw_kstring(j, "worst", id);
	jsonw_kbool(j, "blocked", blocked == 1);
	jsonw_object_end(j);
	return 0;
}

static bool is_behind(const struct queued *r, int64_t peak, int64_t worst)
{
	return r->peak < peak || (r->peak == peak && r->worst > worst);
}

static int put_queue(struct call *c, const struct queue *q, int64_t limit,
    bool go_on, int64_t peak, int64_t worst)
{
	const struct queued *last = NULL;
	char cursor[64];
	bool more = false;
	int64_t n = 0;

	jsonw_object_begin(call_json(c, 200));
	jsonw_key(&c->json, "items");
	jsonw_array_begin(&c->json);
	for (size_t i = 0; i < q->n && !more; i++) {
		const struct queued *r = &q->rows[i];

		if (go_on && !is_behind(r, peak, worst))
			continue;
		more = n == limit;
		if (!more && put_queued(c, r) != 0)
			return -1;
		last = more ? last : r;
		n++;
	}
	jsonw_array_end(&c->json);
	if (last)
		cursor_format(cursor, "qp", last->peak, last->worst);
	call_end_page(
	    c, more ? cursor : NULL, call_wants_count(c) ? (int64_t)q->n : -1);
	jsonw_object_end(&c->json);
	return 0;
}

void queue_get(struct call *c)
{
	struct incidents *w = incidents_new(c, true);
	struct queue q = {0};
	int64_t limit, peak = 0, worst = 0;
	int go_on, rc;

	if (!w)
		return;
	if (!call_limit(c, &limit))
		goto out;
	go_on = call_cursor(c, "qp", &peak, &worst);
	if (go_on < 0)
		goto out;
	rc = incidents_walk(w, c->db, enqueue, &q);
	if (rc >= 0 && q.n > 0)
		qsort(q.rows, q.n, sizeof(*q.rows), by_risk);
	if (rc == -2)
		call_problem(c, 503, "unavailable", "out of memory");
	else if (rc < 0 ||
		 put_queue(c, &q, limit, go_on == 1, peak, worst) != 0)
		call_db_failed(c);
out:
	free(q.rows);
	free(q.slots);
	free(w);
}
