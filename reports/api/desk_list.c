/* SPDX-License-Identifier: Apache-2.0 */
/* Lists beside incidents and decisions: drivers, deliveries, the audit log,
 * the configuration, how often the detector was wrong. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf_table.h"
#include "reports/api/routes.h"
#include "store/desk.h"
#include "store/enforcement.h"

static void ktext(struct jsonw *j, const char *key, const char *text)
{
	jsonw_kstring(j, key, text[0] ? text : NULL);
}

/* --- drivers ---------------------------------------------------------------
 */

struct drivers {
	struct delivery_sum sums[64];
	struct enforcer rows[64];
	size_t n_sums, n_rows;
	int64_t desired;
};

static int keep_sum(void *arg, const struct delivery_sum *s)
{
	struct drivers *d = arg;

	if (d->n_sums < 64)
		d->sums[d->n_sums++] = *s;
	return 0;
}

static int keep_row(void *arg, const struct enforcer *e)
{
	struct drivers *d = arg;

	if (d->n_rows < 64)
		d->rows[d->n_rows++] = *e;
	return 0;
}

static int count_block(void *arg, const struct decision *d)
{
	((struct drivers *)arg)->desired +=
	    d->action == ACTION_BLOCK && d->mode == MODE_ENFORCE;
	return 0;
}

static bool is_configured(const struct call *c, const char *name)
{
	for (size_t i = 0; i < c->conf->n_drivers; i++)
		if (strcmp(c->conf->drivers[i].name, name) == 0)
			return true;
	return false;
}

static const struct enforcer *row_of(const struct drivers *d, const char *name)
{
	for (size_t i = 0; i < d->n_rows; i++)
		if (strcmp(d->rows[i].driver, name) == 0)
			return &d->rows[i];
	return NULL;
}

/* Actual is what its last list said; before one, nothing is known. */
static void put_driver(struct call *c, const struct drivers *d,
    const char *name, const struct delivery_sum *s)
{
	static const struct delivery_sum none;
	const struct enforcer *e = row_of(d, name);
	struct jsonw *j = &c->json;
	int64_t lag_us;

	if (!s)
		s = &none;
	lag_us = s->oldest_us != 0 ? c->now_us - s->oldest_us : 0;
	jsonw_object_begin(j);
	jsonw_kstring(j, "name", name);
	jsonw_kstring(j, "state", e ? e->state : NULL);
	jsonw_kint(j, "desired", e && e->listed_us ? e->wanted : d->desired);
	jsonw_key(j, "actual");
	if (e && e->listed_us)
		jsonw_int(j, e->held);
	else
		jsonw_null(j);
	jsonw_kint(j, "gap", e ? e->differences : 0);
	jsonw_ktime(j, "listed", e ? e->listed_us : 0);
	jsonw_kint(j, "pending", s->pending);
	jsonw_kint(j, "dead", s->dead);
	jsonw_kint(j, "done", s->done);
	jsonw_kint(j, "lag_seconds", lag_us > 0 ? lag_us / US_PER_S : 0);
	jsonw_ktime(j, "last_done", s->done_us);
	ktext(j, "last_error", e ? e->error : "");
	jsonw_kbool(j, "configured", is_configured(c, name));
	jsonw_object_end(j);
}

static void put_drivers(struct call *c, const struct drivers *d)
{
	struct jsonw *j = call_json(c, 200);

	jsonw_object_begin(j);
	jsonw_key(j, "items");
	jsonw_array_begin(j);
	for (size_t i = 0; i < d->n_sums; i++)
		put_driver(c, d, d->sums[i].driver, &d->sums[i]);
	for (size_t k = 0; k < c->conf->n_drivers; k++) {
		const char *name = c->conf->drivers[k].name;
		bool told = false;

		for (size_t i = 0; i < d->n_sums; i++)
			told |= strcmp(d->sums[i].driver, name) == 0;
		if (!told)
			put_driver(c, d, name, NULL);
	}
	jsonw_array_end(j);
	jsonw_object_end(j);
}

void enforcers_get(struct call *c)
{
	struct read_range standing = {
	    .state = 1, .kind = -1, .now_us = c->now_us};
	struct drivers *d = calloc(1, sizeof(*d));

	if (!d)
		call_problem(c, 503, "unavailable", "out of memory");
	else if (read_delivery_sums(c->db, keep_sum, d) != 0 ||
		 read_enforcers(c->db, keep_row, d) != 0 ||
		 read_decisions(c->db, &standing, count_block, d) != 0)
		call_db_failed(c);
	else
		put_drivers(c, d);
	free(d);
}

/* --- pages by a number -----------------------------------------------------
 */

struct page {
	struct call *call;
	int64_t limit, before, rows, last, total;
	bool more;
};

static bool begin(struct page *p, struct call *c, const char *tag)
{
	int64_t none;

	*p = (struct page){.call = c, .total = -1};
	if (!call_limit(c, &p->limit) ||
	    call_cursor(c, tag, &none, &p->before) < 0)
		return false;
	jsonw_object_begin(call_json(c, 200));
	jsonw_key(&c->json, "items");
	jsonw_array_begin(&c->json);
	return true;
}

static void end(struct page *p, const char *tag)
{
	char cursor[64];

	jsonw_array_end(&p->call->json);
	cursor_format(cursor, tag, 0, p->last);
	call_end_page(p->call, p->more ? cursor : NULL, p->total);
	jsonw_object_end(&p->call->json);
}

static bool is_full(struct page *p, int64_t id)
{
	p->more = p->rows == p->limit;
	if (p->more)
		return true;
	p->rows++;
	p->last = id;
	return false;
}

static int put_delivery(void *arg, const struct delivery *d)
{
	struct page *p = arg;
	struct jsonw *j = &p->call->json;
	char id[24];

	if (is_full(p, d->id))
		return 1;
	snprintf(id, sizeof(id), "D%" PRId64, d->decision_seq);
	jsonw_object_begin(j);
	jsonw_kint(j, "id", d->id);
	jsonw_kstring(j, "decision", id);
	jsonw_kstring(j, "driver", d->driver);
	ktext(j, "op", d->op);
	ktext(j, "event", d->event);
	jsonw_kstring(j, "state", d->state);
	jsonw_kint(j, "attempts", d->attempts);
	jsonw_ktime(j, "created", d->created_us);
	jsonw_ktime(j, "next", strcmp(d->state, "pending") ? 0 : d->next_us);
	jsonw_ktime(j, "done", d->done_us);
	ktext(j, "error", d->error);
	jsonw_object_end(j);
	return 0;
}

void deliveries_get(struct call *c)
{
	struct delivery_page q = {.driver = uri_get(&c->uri, "driver"),
	    .state = uri_get(&c->uri, "state")};
	struct page p;

	if (q.state && strcmp(q.state, "pending") != 0 &&
	    strcmp(q.state, "done") != 0 && strcmp(q.state, "dead") != 0) {
		call_problem(
		    c, 400, "bad_value", "state: give pending, done or dead");
		return;
	}
	if (!begin(&p, c, "v"))
		return;
	q.before_id = p.before;
	q.limit = p.limit + 1;
	if (read_delivery_page(c->db, &q, put_delivery, &p) < 0)
		call_db_failed(c);
	else
		end(&p, "v");
}

static int put_audit(void *arg, const struct audit *a)
{
	struct page *p = arg;
	struct jsonw *j = &p->call->json;

	if (is_full(p, a->audit_no))
		return 1;
	jsonw_object_begin(j);
	jsonw_kint(j, "id", a->audit_no);
	jsonw_ktime(j, "time", a->at_us);
	jsonw_kstring(j, "actor", a->operator);
	jsonw_kstring(j, "via", audit_source_name(a->source));
	jsonw_kstring(j, "action", a->verb);
	ktext(j, "object", a->object);
	ktext(j, "reason", a->reason);
	ktext(j, "detail", a->detail);
	jsonw_kstring(j, "outcome", a->outcome);
	jsonw_object_end(j);
	return 0;
}

void audit_get(struct call *c)
{
	struct audit_range q = {.operator= uri_get(&c->uri, "actor")};
	struct page p;

	if (!call_time(c, "since", &q.since_us) ||
	    !call_time(c, "until", &q.until_us) || !begin(&p, c, "a"))
		return;
	q.before_no = p.before;
	q.limit = p.limit + 1;
	if (read_audits(c->db, &q, put_audit, &p) < 0 ||
	    (call_wants_count(c) && read_audit_count(c->db, &q, &p.total) != 0))
		call_db_failed(c);
	else
		end(&p, "a");
}
