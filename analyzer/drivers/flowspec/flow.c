/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/flowspec/flow.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/drivers/kit/attempt.h"
#include "analyzer/drivers/kit/state.h"
#include "analyzer/drivers/kit/talk.h"
#include "base/log.h"

#define BATCH_MAX  1024
#define MANY_RULES 8 /* from here on it pays to read first */

/* --- what the speaker has --------------------------------------------------*/

/* A rule that nobody has claimed is somebody else's. */
void flow_found(struct flow *f, const struct target *t)
{
	struct ledger_claim *c = ledger_claim(f->ledger, t);

	if (c->n_owners == 0 && !c->touched)
		c->foreign = true;
	else
		c->placed_for[0] = '1';
}

static int refresh(struct flow *f, char *why)
{
	struct ledger_claim *c;
	int rc;

	for (c = ledger_claims(f->ledger); c != NULL; c = c->hh.next) {
		c->foreign = false;
		c->placed_for[0] = '\0';
	}
	rc = f->speaker.read(f->speaker.self, f, why);
	ledger_sweep(f->ledger);
	f->fresh = rc == 0;
	return rc;
}

/* --- orders ----------------------------------------------------------------*/

/* A claim that could not be followed stays touched: it is tried again with
 * the next orders. Those whose claim it is are told; a rule that ought to go
 * is anybody's. */
static void blame(
    const struct ledger_claim *c, struct order **v, size_t n, const char *why)
{
	for (size_t i = 0; i < n; i++) {
		bool his = c->n_owners == 0;

		for (size_t k = 0; k < c->n_owners; k++)
			his |= strcmp(c->owners[k]->subscriber,
				   v[i]->subscriber) == 0;
		if (his && v[i]->error == NULL)
			order_refuse(v[i], "%s", why);
	}
}

/* Makes the speaker follow one claim. */
static int follow(struct flow *f, struct ledger_claim *c, char *why)
{
	bool on = c->n_owners > 0;
	int rc = 0;

	c->foreign = false;
	if (!f->fresh || on != (c->placed_for[0] != '\0'))
		rc = f->speaker.set(f->speaker.self, &c->target, on, why);
	c->stuck = rc != 0;
	if (rc == 0)
		c->placed_for[0] = on ? '1' : '\0';
	return rc;
}

static void follow_all(struct flow *f, struct order **v, size_t n)
{
	size_t n_c;
	struct ledger_claim **c = ledger_touched(f->ledger, &n_c);
	char why[ORDER_ERROR_SIZE] = "";
	bool lost = false;

	/* New rules first, so that who moves is blocked all the while. */
	for (int on = 1; on >= 0; on--) {
		for (size_t i = 0; i < n_c; i++) {
			if ((c[i]->n_owners > 0) != (on != 0))
				continue;
			c[i]->stuck = lost;
			if (!lost)
				lost = follow(f, c[i], why) == FLOW_UNREACHABLE;
			if (c[i]->stuck)
				blame(c[i], v, n, why);
		}
	}
}

static void refuse_all(struct order **v, size_t n, const char *why)
{
	for (size_t i = 0; i < n; i++)
		if (v[i]->error == NULL)
			order_refuse(v[i], "%s", why);
}

/* The file names at any time at least what may be announced: what is to go is
 * in it until it has gone. */
static void apply(void *arg, struct order **v, size_t n)
{
	struct flow *f = arg;
	char why[ORDER_ERROR_SIZE];
	size_t n_put = 0;

	for (size_t i = 0; i < n; i++) {
		struct ledger_undo undo;

		if (!attempt_admits(f->ledger, v[i], f->max, "rules (-m)"))
			continue;
		ledger_put(f->ledger, v[i], &undo);
		ledger_forget_undo(&undo);
		v[n_put++] = v[i];
	}
	if (n_put == 0)
		return;
	f->fresh = false;
	if (n_put > MANY_RULES && f->speaker.read != NULL) {
		/* Touched claims stay. */
		if (refresh(f, why) != 0)
			log_warn(f->mod, "%s", why);
	}
	if (state_save(&f->state, f->ledger, 0, true, why, sizeof(why)) != 0) {
		refuse_all(v, n_put, why);
		return;
	}
	follow_all(f, v, n_put);
	ledger_settle(f->ledger);
	if (state_save(&f->state, f->ledger, 0, true, why, sizeof(why)) != 0)
		refuse_all(v, n_put, why);
}

/* --- what there is ---------------------------------------------------------*/

static void write_entry(
    const struct flow *f, struct jsonw *j, const struct ledger_entry *e)
{
	struct target *v = calloc(e->n + 1, sizeof(*v));
	size_t n = 0;

	if (v == NULL)
		log_fatal(f->mod, "no memory");
	for (size_t i = 0; i < e->n; i++) {
		const struct ledger_claim *c =
		    ledger_find(f->ledger, &e->targets[i]);

		if (c != NULL && c->placed_for[0] != '\0')
			v[n++] = e->targets[i];
	}
	if (n > 0)
		talk_write_held(j, e->subscriber, e->seq, v, n, e->until_us);
	free(v);
}

static int list(void *arg, struct jsonw *j, char *why, size_t n)
{
	struct flow *f = arg;
	const struct ledger_entry *e;
	const struct ledger_claim *c;

	(void)n;
	if (refresh(f, why) != 0 || f->speaker.is_up(f->speaker.self, why) != 0)
		return -1;
	for (e = ledger_entries(f->ledger); e != NULL; e = e->hh.next)
		write_entry(f, j, e);
	for (c = ledger_claims(f->ledger); c != NULL; c = c->hh.next)
		if (c->foreign ||
		    (c->n_owners == 0 && c->placed_for[0] != '\0'))
			talk_write_held(j, NULL, 0, &c->target, 1, 0);
	return 0;
}

/* --- start -----------------------------------------------------------------*/

/* What was to go when the last process ended goes now, or with the first
 * order. */
static void keep_touched(struct flow *f)
{
	size_t n;
	struct ledger_claim **c = ledger_touched(f->ledger, &n);

	for (size_t i = 0; i < n; i++)
		c[i]->stuck = true;
}

static void start(struct flow *f)
{
	char why[ORDER_ERROR_SIZE];
	int64_t generation;

	f->ledger = ledger_new();
	if (state_load(
		f->state.path, f->ledger, &generation, why, sizeof(why)) != 0)
		log_warn(f->mod,
		    "%s; who is blocked is learned from the dispatcher again",
		    why);
	if (state_save(&f->state, f->ledger, 0, true, why, sizeof(why)) != 0)
		log_fatal(f->mod, "-s: %s", why);
	if (refresh(f, why) == 0) {
		follow_all(f, NULL, 0);
	} else {
		log_warn(f->mod, "%s", why);
		keep_touched(f);
	}
	ledger_settle(f->ledger);
}

void flow_run(struct flow *f)
{
	const struct talk talk = {.mod = f->mod,
	    .ports = true,
	    .port_sets = true,
	    .max_entries = f->max,
	    .batch_max = BATCH_MAX,
	    .apply = apply,
	    .list = list,
	    .arg = f};

	(void)signal(SIGPIPE, SIG_IGN);
	start(f);
	talk_run(&talk, STDIN_FILENO, stdout);
	ledger_free(f->ledger);
}
