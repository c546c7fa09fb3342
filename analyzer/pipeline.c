/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/applier.h"
#include "analyzer/identity/lease_record.h"
#include "analyzer/identity/shared.h"
#include "analyzer/lease_intake.h"
#include "analyzer/measure.h"
#include "analyzer/observe.h"
#include "analyzer/logins/rows.h"
#include "analyzer/pending.h"
#include "analyzer/ready.h"
#include "analyzer/sender.h"
#include "analyzer/take.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/read.h"
#include "store/write.h"

/* An entry is about 5 KB: at most 50 MB wait. */
#define PIPELINE_PENDING_MAX 10000
/* Answers that arrive together share a transaction. */
#define PIPELINE_FLUSH_MS 2
#define PIPELINE_NOW_US   (60 * US_PER_S)
#define PIPELINE_LATE_US  (2 * US_PER_S)

struct pipeline {
	uv_loop_t *loop;
	const struct conf *conf;
	enum pipeline_order order;
	struct db *db;
	struct applier *applier;
	struct sender *sender;
	struct tally *tally;
	struct pending *pending;
	struct login_rows login_rows;
	struct work answered;
	int64_t clock_us; /* record time */
	bool is_now;      /* the last batch was of this minute */
	/* the agent's boot that spoke last: its cursor needs no query */
	char agent[ROW_ID_LEN];
	uint64_t boot, cursor;
	bool have_cursor;
	uv_timer_t flush;
	void (*progress)(void *arg);
	void *progress_arg;
	char error[DB_ERROR_BYTES];
	bool failed;
	struct lease_intake leases;
};

static int fail(struct pipeline *p, const char *what)
{
	if (!p->failed)
		snprintf(p->error, sizeof(p->error), "%s: %s", what,
		    db_error(p->db));
	p->failed = true;
	return -1;
}

static void notify(struct pipeline *p)
{
	if (p->progress)
		p->progress(p->progress_arg);
}

static void on_flush(uv_timer_t *t);

/* --- application ---------------------------------------------------------- */

static int may_tick(void *arg, const char *customer, int64_t due_us)
{
	struct pipeline *p = arg;

	/* What waits may be older than the due time: it goes first, and
	 * its own application ends what is due. */
	(void)due_us;
	return !pending_has(p->pending, customer);
}

/* A move is no row yet: it becomes one if something is in force by now. */
static int apply(struct pipeline *p, struct observation *o)
{
	if (o->kind == OBS_MOVE && o->obs_no == 0)
		return applier_move(p->applier, o->customer, o->ts_us);
	return applier_apply(p->applier, o);
}

static int apply_ready(struct pipeline *p)
{
	struct entry *e;

	while ((e = pending_ready(p->pending)) != NULL) {
		if (p->order == PIPELINE_REPLAY &&
		    applier_tick(p->applier, e->o.ts_us, NULL, NULL) != 0)
			return -1;
		if (apply(p, &e->o) != 0)
			return -1;
		pending_pop(p->pending, e);
	}
	if (p->order == PIPELINE_LIVE)
		return applier_tick(p->applier, p->clock_us, may_tick, p);
	return 0;
}

/* --- sender checks -------------------------------------------------------- */

static void on_checked(void *arg, struct entry *e)
{
	struct pipeline *p = arg;

	work_push(&p->answered, e);
	if (!uv_is_active((uv_handle_t *)&p->flush))
		uv_timer_start(&p->flush, on_flush, PIPELINE_FLUSH_MS, 0);
}

static const char *own_domains(void *arg, const struct observation *o)
{
	struct pipeline *p = arg;
	struct holding h;
	struct addr a;

	if (shared_inside(p->conf, &o->client, o->client_port, &a) < 0 ||
	    lease_book_find(applier_leases(p->applier), &a, o->client_port,
		o->ts_us, &h) != DIRECTORY_FOUND)
		return "";
	return h.own_domains;
}

static int write_answers(struct pipeline *p)
{
	struct entry *e;

	while ((e = work_pop(&p->answered)) != NULL) {
		if (e->o.traffic_case != 2)
			observe_drop_names(&e->o);
		if (write_authentication(p->db, &e->o) != 0)
			return -1;
		e->complete = true;
		pending_completed(p->pending, e);
	}
	return 0;
}

static void on_flush(uv_timer_t *t)
{
	struct pipeline *p = t->data;

	if (p->failed)
		return;
	if (db_begin(p->db) != 0 || write_answers(p) != 0 ||
	    apply_ready(p) != 0 || db_commit(p->db) != 0) {
		fail(p, "applying the log");
		db_rollback(p->db);
	}
	sender_start(p->sender);
	notify(p);
}

/* --- intake -------------------------------------------------------------- */

static int enqueue(struct pipeline *p, const struct observation *o)
{
	const char *key = p->order == PIPELINE_LIVE ? o->customer : "";
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		return -1;
	e->o = *o;
	e->complete = o->auth_state != AUTH_STATE_PENDING;
	if (pending_push(p->pending, key, e) != 0) {
		free(e);
		return -1;
	}
	if (!e->complete)
		sender_push(p->sender, e);
	return 0;
}

/* Its rows that wait were sent from the addresses before: they go first. */
static void on_lease(void *arg, const char *customer, int64_t at_us)
{
	struct pipeline *p = arg;
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.kind = OBS_MOVE;
	o.ts_us = at_us > p->clock_us ? at_us : p->clock_us;
	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	if (enqueue(p, &o) != 0)
		p->leases.lost = true;
}

static void plan_check(struct pipeline *p, struct observation *o)
{
	switch (sender_plan(p->sender, o)) {
	case SENDER_NOT_NEEDED:
		break;
	case SENDER_OVER_BUDGET:
		tally_add(p->tally, o->ts_us, "spf_over_budget", 1);
		break;
	case SENDER_PENDING:
		tally_add(p->tally, o->ts_us, "spf_checks", 1);
		break;
	}
}

/* Names of mail by way of our own servers go into no file; what a check of
 * its sender needs stays in memory until that is made. */
static int write_row(struct pipeline *p, struct observation *o)
{
	struct observation nameless;
	int rc;

	if (o->traffic_case == 2)
		return write_observation(p->db, o);
	nameless = *o;
	observe_drop_names(&nameless);
	rc = write_observation(p->db, &nameless);
	o->obs_no = nameless.obs_no;
	if (o->auth_state != AUTH_STATE_PENDING)
		*o = nameless;
	return rc;
}

static int log_lease(
    struct pipeline *p, const Sekisho__Record *r, int64_t now_us)
{
	struct lease_event e;

	if (lease_event_of_record(&e, r->lease))
		return lease_intake_take(&p->leases, &e, now_us);
	tally_add(p->tally, r->ts_us, "bad_records", 1);
	return 0;
}

static int log_record(struct pipeline *p, const struct take *t,
    const Sekisho__Record *r, int64_t now_us)
{
	struct observation o;
	int rc;

	if (r->ts_us > p->clock_us)
		p->clock_us = r->ts_us;
	if (r->body_case == SEKISHO__RECORD__BODY_LEASE)
		return log_lease(p, r, now_us);
	rc = take_record(t, r, &o);
	if (rc <= 0)
		return rc;
	plan_check(p, &o);
	if (write_row(p, &o) != 0)
		return -1;
	return enqueue(p, &o);
}

int pipeline_cursor(
    struct pipeline *p, const char *agent, uint64_t boot, uint64_t *seq)
{
	if (!p->have_cursor || p->boot != boot ||
	    strcmp(p->agent, agent) != 0) {
		p->cursor = 0;
		if (read_agent_cursor(p->db, agent, boot, &p->cursor) < 0)
			return fail(p, "reading an agent's cursor");
		snprintf(p->agent, sizeof(p->agent), "%s", agent);
		p->boot = boot;
		p->have_cursor = true;
	}
	*seq = p->cursor;
	return 0;
}

static int log_batch(
    struct pipeline *p, const Sekisho__Batch *b, int64_t now_us)
{
	struct take t = {.conf = p->conf,
	    .leases = applier_leases(p->applier),
	    .tally = p->tally,
	    .agent = b->agent,
	    .boot = b->boot,
	    .fresh = p->cursor == 0};
	uint64_t cursor = p->cursor;

	for (size_t i = 0; i < b->n_records; i++) {
		const Sekisho__Record *r = b->records[i];

		if (r->seq <= cursor)
			continue;
		/* One that is left out is done with, too: the agent would
		 * send it for ever. */
		if (!take_is_future(&t, r, now_us) &&
		    log_record(p, &t, r, now_us) != 0)
			return -1;
		cursor = r->seq;
	}
	lease_intake_count(&p->leases, p->clock_us);
	p->is_now = p->clock_us > now_us - PIPELINE_NOW_US;
	if (apply_ready(p) != 0 || tally_write(p->tally, p->db) != 0)
		return -1;
	if (cursor != p->cursor &&
	    write_agent_cursor(p->db, b->agent, b->boot, cursor) != 0)
		return -1;
	p->cursor = cursor;
	return 0;
}

int pipeline_batch(struct pipeline *p, const Sekisho__Batch *b, int64_t now_us)
{
	uint64_t seq;

	if (p->failed)
		return -1;
	if (strlen(b->agent) >= ROW_ID_LEN) {
		log_warn("analyzer",
		    "an agent's name is longer than %d "
		    "bytes: shorten capture.agent",
		    ROW_ID_LEN - 1);
		return -1;
	}
	if (pipeline_cursor(p, b->agent, b->boot, &seq) != 0)
		return -1;
	if (b->n_records == 0)
		return 0;
	if (db_begin(p->db) != 0 || log_batch(p, b, now_us) != 0 ||
	    db_commit(p->db) != 0) {
		fail(p, "writing observations");
		db_rollback(p->db);
		return -1;
	}
	sender_start(p->sender);
	return 0;
}

/* Commits, or says what failed. */
static int end_work(
    struct pipeline *p, int rc, int64_t now_us, const char *what)
{
	lease_intake_count(&p->leases, now_us);
	if (rc == 0 && apply_ready(p) == 0 &&
	    tally_write(p->tally, p->db) == 0 && db_commit(p->db) == 0)
		return 0;
	fail(p, what);
	db_rollback(p->db);
	return -1;
}

int pipeline_leases(struct pipeline *p, const struct lease_event *events,
    size_t n, int64_t now_us)
{
	int rc = 0;

	if (p->failed)
		return -1;
	if (db_begin(p->db) != 0)
		return fail(p, "writing leases");
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = lease_intake_take(&p->leases, &events[i], now_us);
	return end_work(p, rc, now_us, "writing leases");
}

int pipeline_lease_files(
    struct pipeline *p, const struct lease_feed_batch *b, int64_t now_us)
{
	if (p->failed)
		return -1;
	if (db_begin(p->db) != 0)
		return fail(p, "writing leases");
	return end_work(p, lease_intake_files(&p->leases, b, now_us), now_us,
	    "writing leases");
}

int pipeline_subscribers(struct pipeline *p, const struct subscribers *s,
    int64_t now_us, struct lease_change *change)
{
	int rc;

	if (p->failed)
		return -1;
	if (db_begin(p->db) != 0)
		return fail(p, "writing subscribers");
	rc = lease_book_subscribers(applier_leases(p->applier), s->leases,
	    s->n_leases, s->customers, s->n_customers, now_us, change);
	return end_work(p, rc, now_us, "writing subscribers");
}

/* Record time goes on while no record comes, if it was the clock's when the
 * last one came: a capture of last week that is sent to a live analyzer does
 * not end what it began. A record may be on its way for a moment. */
static void go_on(struct pipeline *p, int64_t now_us)
{
	if (p->order == PIPELINE_LIVE && p->is_now &&
	    now_us - PIPELINE_LATE_US > p->clock_us)
		p->clock_us = now_us - PIPELINE_LATE_US;
}

int pipeline_tick(struct pipeline *p, int64_t now_us)
{
	if (p->failed)
		return -1;
	go_on(p, now_us);
	if (db_begin(p->db) != 0)
		return fail(p, "ending leases");
	return end_work(p, lease_book_tick(applier_leases(p->applier), now_us),
	    now_us, "ending leases");
}

/* Each row is applied before the next is made: what is remembered of them
 * in memory stays small. */
static int log_login(
    struct pipeline *p, const struct login_batch *b, const struct login_sum *m)
{
	struct observation o;

	if (!login_row(&p->login_rows, b->accounts, m, &o))
		return 0;
	if (o.ts_us > p->clock_us)
		p->clock_us = o.ts_us;
	if (write_observation(p->db, &o) != 0 || enqueue(p, &o) != 0)
		return -1;
	return apply_ready(p);
}

static int log_logins(struct pipeline *p, const struct login_batch *b)
{
	const struct login_sum *m;

	for (m = b->sums->by_key; m; m = m->hh.next)
		if (log_login(p, b, m) != 0)
			return -1;
	for (size_t i = 0; i < b->n_positions; i++)
		if (write_file_position(p->db, &b->positions[i]) != 0)
			return -1;
	for (int i = 0; i < LOGIN_COUNT_N; i++)
		tally_add(p->tally, p->clock_us,
		    login_count_name((enum login_count)i), b->counts[i]);
	return 0;
}

int pipeline_logins(struct pipeline *p, const struct login_batch *b)
{
	if (p->failed)
		return -1;
	if (db_begin(p->db) != 0)
		return fail(p, "writing log-ins");
	if (end_work(p, log_logins(p, b), p->clock_us, "writing log-ins") != 0)
		return -1;
	sender_start(p->sender);
	return 0;
}

int pipeline_file_position(
    struct pipeline *p, const char *path, struct file_position *position)
{
	return read_file_position(p->db, path, position);
}

bool pipeline_is_full(const struct pipeline *p)
{
	return pending_count(p->pending) >= PIPELINE_PENDING_MAX;
}

bool pipeline_is_idle(const struct pipeline *p)
{
	return pending_count(p->pending) == 0;
}

void pipeline_on_progress(struct pipeline *p, void (*cb)(void *arg), void *arg)
{
	p->progress = cb;
	p->progress_arg = arg;
}

const char *pipeline_error(const struct pipeline *p)
{
	return p->failed ? p->error : NULL;
}

static int take_requests(struct pipeline *p)
{
	int64_t now_us = clock_now_us();
	int rc;

	do {
		if (db_begin(p->db) != 0)
			return fail(p, "writing leases");
		rc = lease_intake_requests(&p->leases, now_us);
		if (end_work(p, rc < 0 ? -1 : 0, now_us, "writing leases") != 0)
			return -1;
	} while (rc == 1);
	return 0;
}

int pipeline_operator(struct pipeline *p)
{
	int asked;

	if (p->failed)
		return -1;
	asked = lease_intake_is_asked(&p->leases);
	if (asked < 0)
		return fail(p, "reading leases");
	if (asked == 1 && take_requests(p) != 0)
		return -1;
	if (applier_refusals(p->applier) != 0)
		return fail(p, "taking what drivers refused");
	return applier_operator(p->applier) < 0
		   ? fail(p, "applying operator actions")
		   : 0;
}

int pipeline_finish(struct pipeline *p)
{
	if (p->failed)
		return -1;
	if (db_begin(p->db) != 0 ||
	    applier_tick(p->applier, p->clock_us, NULL, NULL) != 0 ||
	    db_commit(p->db) != 0) {
		fail(p, "ending the replay");
		db_rollback(p->db);
		return -1;
	}
	return 0;
}

/* --- open and close ------------------------------------------------------ */

static int take_up(void *arg, const struct observation *o)
{
	struct pipeline *p = arg;

	if (o->ts_us > p->clock_us)
		p->clock_us = o->ts_us;
	return enqueue(p, o);
}

static int restore_check(void *arg, const struct observation *o)
{
	struct pipeline *p = arg;

	sender_restore(p->sender, o);
	return 0;
}

/* What a crash left: rows to apply, and what the hour has cost. */
static int recover(struct pipeline *p)
{
	struct read_range hour = {.state = -1, .kind = -1};

	p->clock_us = applier_last_us(p->applier);
	if (read_unapplied(p->db, take_up, p) != 0)
		return -1;
	hour.since_us = p->clock_us - p->clock_us % (3600 * US_PER_S);
	if (p->clock_us > 0 &&
	    read_observations_range(p->db, &hour, restore_check, p) != 0)
		return -1;
	if (db_begin(p->db) != 0 || apply_ready(p) != 0 ||
	    applier_move_all(p->applier, p->clock_us) != 0 ||
	    db_commit(p->db) != 0)
		return -1;
	sender_start(p->sender);
	return 0;
}

static void on_row(void *arg, const struct observation *o)
{
	const struct pipeline *p = arg;

	measure_row(p->tally, o);
}

static void on_decided(void *arg, const struct decision *d)
{
	const struct pipeline *p = arg;

	measure_decision(p->tally, d, clock_now_us());
}

static int open_parts(struct pipeline *p, char *err, size_t errsize)
{
	struct sender_owner owner = {on_checked, own_domains, p};
	const struct conf *c = p->conf;

	p->db = ready_store(c, err, errsize);
	if (!p->db)
		return -1;
	p->applier = applier_open(p->db, c, err, errsize);
	if (!p->applier)
		return -1;
	applier_on_lease(p->applier, (struct lease_book_owner){on_lease, p});
	p->sender = sender_new(p->loop, c, owner, err, errsize);
	if (!p->sender)
		return -1;
	p->tally = tally_new();
	p->pending = pending_new();
	if (!p->tally || !p->pending) {
		snprintf(err, errsize, "out of memory");
		return -1;
	}
	p->leases = (struct lease_intake){
	    .db = p->db, .book = applier_leases(p->applier), .tally = p->tally};
	p->login_rows = (struct login_rows){
	    .conf = c, .applier = p->applier, .tally = p->tally};
	/* How long a replay takes is no latency, and would differ each time. */
	applier_on_applied(
	    p->applier, (struct applier_watch){on_row,
			    p->order == PIPELINE_LIVE ? on_decided : NULL, p});
	if (recover(p) != 0) {
		snprintf(
		    err, errsize, "taking up the log: %s", db_error(p->db));
		db_rollback(p->db);
		return -1;
	}
	return 0;
}

struct pipeline *pipeline_new(uv_loop_t *loop, const struct conf *c,
    enum pipeline_order order, char *err, size_t errsize)
{
	struct pipeline *p = calloc(1, sizeof(*p));

	if (!p) {
		snprintf(err, errsize, "out of memory");
		return NULL;
	}
	p->loop = loop;
	p->conf = c;
	p->order = order;
	work_init(&p->answered);
	uv_timer_init(loop, &p->flush);
	p->flush.data = p;
	if (open_parts(p, err, errsize) != 0) {
		pipeline_free(p);
		return NULL;
	}
	return p;
}

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	if (p->pending)
		pending_each(p->pending, sender_cancel);
	sender_free(p->sender);
	pending_free(p->pending);
	tally_free(p->tally);
	applier_close(p->applier);
	db_close(p->db);
	uv_close((uv_handle_t *)&p->flush, on_closed);
}
