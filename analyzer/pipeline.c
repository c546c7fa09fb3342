/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/agent_intake.h"
#include "analyzer/lease_intake.h"
#include "analyzer/login_intake.h"
#include "analyzer/measure.h"
#include "analyzer/ready.h"
#include "base/clock.h"

/* An entry is about 5 KB: at most 50 MB wait. */
#define PIPELINE_PENDING_MAX 10000
/* Answers that arrive together share a transaction. */
#define PIPELINE_FLUSH_MS 2

struct pipeline {
	uv_loop_t *loop;
	const struct conf *conf;
	enum pipeline_order order;
	struct db *db;
	struct applier *applier;
	struct tally *tally;
	struct journal *journal;
	struct agent_intake agents;
	struct login_intake logins;
	struct lease_intake leases;
	uv_timer_t flush;
	void (*progress)(void *arg);
	void *progress_arg;
	char error[DB_ERROR_BYTES];
	bool failed;
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

static void on_flush(uv_timer_t *t)
{
	struct pipeline *p = t->data;

	if (p->failed)
		return;
	if (db_begin(p->db) != 0 || journal_take_answers(p->journal) != 0 ||
	    journal_apply(p->journal) != 0 || db_commit(p->db) != 0) {
		fail(p, "applying the log");
		db_rollback(p->db);
	}
	journal_start_checks(p->journal);
	notify(p);
}

static void on_answered(void *arg)
{
	struct pipeline *p = arg;

	if (!uv_is_active((uv_handle_t *)&p->flush))
		uv_timer_start(&p->flush, on_flush, PIPELINE_FLUSH_MS, 0);
}

static void on_lease(void *arg, const char *customer, int64_t at_us)
{
	struct pipeline *p = arg;

	if (journal_move(p->journal, customer, at_us) != 0)
		p->leases.lost = true;
}

int pipeline_cursor(
    struct pipeline *p, const char *agent, uint64_t boot, uint64_t *seq)
{
	return agent_intake_cursor(&p->agents, agent, boot, seq) != 0
		   ? fail(p, "reading an agent's cursor")
		   : 0;
}

/* Commits, or says what failed. */
static int end_work(
    struct pipeline *p, int rc, int64_t now_us, const char *what)
{
	lease_intake_count(&p->leases, now_us);
	if (rc == 0 && journal_apply(p->journal) == 0 &&
	    tally_write(p->tally, p->db) == 0 && db_commit(p->db) == 0)
		return 0;
	fail(p, what);
	db_rollback(p->db);
	return -1;
}

int pipeline_batch(struct pipeline *p, const Sekisho__Batch *b, int64_t now_us)
{
	uint64_t seq;
	int rc;

	if (p->failed || !agent_intake_knows(b) ||
	    pipeline_cursor(p, b->agent, b->boot, &seq) != 0)
		return -1;
	if (b->n_records == 0)
		return 0;
	if (db_begin(p->db) != 0)
		return fail(p, "writing observations");
	rc = agent_intake_batch(&p->agents, b, now_us);
	if (end_work(p, rc, journal_clock_us(p->journal),
		"writing observations") != 0)
		return -1;
	journal_start_checks(p->journal);
	return 0;
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

static int take_subscribers(struct pipeline *p, const struct subscribers *s,
    int64_t now_us, struct lease_change *change)
{
	return end_work(p,
	    lease_book_subscribers(applier_leases(p->applier), s->leases,
		s->n_leases, s->customers, s->n_customers, now_us, change),
	    now_us, "writing subscribers");
}

int pipeline_subscribers(struct pipeline *p, int64_t now_us)
{
	struct lease_change change;
	struct subscribers s;
	int rc;

	if (p->failed)
		return -1;
	if (!ready_again(p->conf, &s))
		return 0;
	rc = db_begin(p->db) != 0 ? fail(p, "writing subscribers")
				  : take_subscribers(p, &s, now_us, &change);
	if (rc == 0)
		ready_tell(p->conf, &s, &change);
	subscribers_free(&s);
	return rc;
}

int pipeline_tick(struct pipeline *p, int64_t now_us)
{
	if (p->failed)
		return -1;
	journal_go_on(p->journal, now_us);
	if (db_begin(p->db) != 0)
		return fail(p, "ending leases");
	return end_work(p, lease_book_tick(applier_leases(p->applier), now_us),
	    now_us, "ending leases");
}

int pipeline_logins(struct pipeline *p, const struct login_batch *b)
{
	if (p->failed)
		return -1;
	if (db_begin(p->db) != 0)
		return fail(p, "writing log-ins");
	if (end_work(p, login_intake_batch(&p->logins, b),
		journal_clock_us(p->journal), "writing log-ins") != 0)
		return -1;
	journal_start_checks(p->journal);
	return 0;
}

int pipeline_file_position(
    struct pipeline *p, const char *path, struct file_position *position)
{
	return login_intake_position(&p->logins, path, position);
}

bool pipeline_is_full(const struct pipeline *p)
{
	return journal_count(p->journal) >= PIPELINE_PENDING_MAX;
}

bool pipeline_is_idle(const struct pipeline *p)
{
	return journal_count(p->journal) == 0;
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

static int take_requests(struct pipeline *p, int64_t now_us)
{
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

int pipeline_operator(struct pipeline *p, int64_t now_us)
{
	int asked;

	if (p->failed)
		return -1;
	asked = lease_intake_is_asked(&p->leases);
	if (asked < 0)
		return fail(p, "reading leases");
	if (asked == 1 && take_requests(p, now_us) != 0)
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
	if (db_begin(p->db) != 0 || journal_finish(p->journal) != 0 ||
	    db_commit(p->db) != 0) {
		fail(p, "ending the replay");
		db_rollback(p->db);
		return -1;
	}
	return 0;
}

/* --- open and close ------------------------------------------------------ */

static int open_journal(struct pipeline *p, char *err, size_t errsize)
{
	struct journal_means means = {.loop = p->loop,
	    .conf = p->conf,
	    .db = p->db,
	    .applier = p->applier,
	    .tally = p->tally,
	    .live = p->order == PIPELINE_LIVE,
	    .answered = on_answered,
	    .arg = p};

	p->journal = journal_new(&means, err, errsize);
	return p->journal ? 0 : -1;
}

static void open_intakes(struct pipeline *p)
{
	p->leases = (struct lease_intake){
	    .db = p->db, .book = applier_leases(p->applier), .tally = p->tally};
	p->logins = (struct login_intake){.db = p->db,
	    .journal = p->journal,
	    .rows = {
		.conf = p->conf, .applier = p->applier, .tally = p->tally}};
	p->agents = (struct agent_intake){.conf = p->conf,
	    .db = p->db,
	    .journal = p->journal,
	    .leases = &p->leases,
	    .tally = p->tally};
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
	p->db = ready_store(p->conf, err, errsize);
	if (!p->db)
		return -1;
	p->applier = applier_open(p->db, p->conf, err, errsize);
	if (!p->applier)
		return -1;
	applier_on_lease(p->applier, (struct lease_book_owner){on_lease, p});
	p->tally = tally_new();
	if (!p->tally) {
		snprintf(err, errsize, "out of memory");
		return -1;
	}
	if (open_journal(p, err, errsize) != 0)
		return -1;
	open_intakes(p);
	/* How long a replay takes is no latency, and would differ each time. */
	applier_on_applied(
	    p->applier, (struct applier_watch){on_row,
			    p->order == PIPELINE_LIVE ? on_decided : NULL, p});
	if (journal_recover(p->journal) != 0) {
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
	journal_free(p->journal);
	tally_free(p->tally);
	applier_close(p->applier);
	db_close(p->db);
	uv_close((uv_handle_t *)&p->flush, on_closed);
}
