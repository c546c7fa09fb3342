/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/decision.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decide/brake.h"
#include "analyzer/decide/explain.h"
#include "analyzer/identity/unit.h"
#include "base/clock.h"

bool standing_holds(const struct standing *s)
{
	for (int k = 0; k < HOLD_COUNT; k++)
		if (s->holds[k].seq != 0)
			return true;
	return false;
}

bool standing_blocked(const struct standing *s)
{
	return s->holds[HOLD_ALLOW].seq == 0 &&
	       (s->holds[HOLD_BLOCK].seq != 0 ||
		   s->holds[HOLD_DETECTOR].seq != 0);
}

const struct hold *standing_enforced(const struct standing *s)
{
	const struct hold *newest = NULL;

	if (!standing_blocked(s))
		return NULL;
	for (int k = HOLD_BLOCK; k < HOLD_COUNT; k++) {
		const struct hold *h = &s->holds[k];

		if (h->seq != 0 && h->mode == MODE_ENFORCE &&
		    (newest == NULL || h->since_us > newest->since_us))
			newest = h;
	}
	return newest;
}

bool standing_blank(
    const struct standing *s, const struct conf *c, int64_t now_us)
{
	if (standing_holds(s) || s->wish != NULL)
		return false;
	return s->ladder.step == 0 ||
	       now_us - s->ladder.last_us > c->ladder_memory_s * US_PER_S;
}

bool standing_is_new(const struct standing *s)
{
	return !standing_holds(s) && s->wish == NULL && s->ladder.step == 0 &&
	       s->ladder.last_us == 0 && s->ladder.past == NULL;
}

/* Of a class in monitor mode, no driver is told of anything. */
static enum mode mode_of(const struct ruling *r)
{
	return r->policy->mode[r->line_class] == CLASS_MODE_MONITOR
		   ? MODE_MONITOR
		   : r->mode;
}

/* A row with what all rows have. */
static struct decision *emit(
    struct ruling *r, enum action action, enum cause cause, int64_t since_us)
{
	struct decision *d = &ruling_effect(r, EFFECT_DECISION)->u.decision;

	memset(d, 0, sizeof(*d));
	d->seq = ++r->last_decision;
	d->line_class = r->line_class;
	d->action = action;
	d->cause = cause;
	d->since_us = since_us;
	d->obs_no = r->obs_no;
	d->mode = mode_of(r);
	snprintf(d->customer, sizeof(d->customer), "%s", r->customer);
	snprintf(d->policy_hash, sizeof(d->policy_hash), "%s", r->policy->hash);
	return d;
}

static void hold_from(struct hold *h, const struct decision *d)
{
	h->seq = d->seq;
	h->since_us = d->since_us;
	h->until_us = d->until_us;
	h->incident_id = d->incident_id;
	h->op_id = d->op_id;
	h->step = d->step;
	h->mode = d->mode;
}

/* A row that takes the place of the hold's own. */
static struct decision *state_again(
    struct standing *s, struct ruling *r, enum hold_kind k, int64_t now_us)
{
	struct hold *h = &s->holds[k];
	struct decision *d =
	    emit(r, k == HOLD_ALLOW ? ACTION_ALLOW : ACTION_BLOCK,
		k == HOLD_DETECTOR ? CAUSE_DETECTOR : CAUSE_MANUAL, now_us);

	d->until_us = h->until_us;
	d->incident_id = h->incident_id;
	d->op_id = h->op_id;
	d->step = h->step;
	d->mode = h->mode;
	d->ends_seq = h->seq;
	hold_from(h, d);
	return d;
}

static const char *hold_name(enum hold_kind k)
{
	return k == HOLD_ALLOW ? "the allowance" : "the block";
}

/* States a decision that never ended once more, after something above it or
 * beside it ended or began: whoever follows the rows one by one needs no
 * rule of precedence. */
static void restate(struct standing *s, struct ruling *r, enum hold_kind k,
    int64_t now_us, int64_t after_seq)
{
	int64_t seq = s->holds[k].seq;
	struct decision *d = state_again(s, r, k, now_us);

	snprintf(d->reason, sizeof(d->reason),
	    "in force again: %s D%" PRId64 ", after D%" PRId64, hold_name(k),
	    seq, after_seq);
}

void decision_move(struct standing *s, struct ruling *r, int64_t now_us)
{
	enum hold_kind k = HOLD_ALLOW;
	struct decision *d;
	int64_t seq;

	while (k < HOLD_COUNT && s->holds[k].seq == 0)
		k++;
	if (k == HOLD_COUNT)
		return;
	seq = s->holds[k].seq;
	d = state_again(s, r, k, now_us);
	snprintf(d->reason, sizeof(d->reason),
	    "%s D%" PRId64 " goes with the customer, whose addresses changed",
	    hold_name(k), seq);
}

static void restate_block(
    struct standing *s, struct ruling *r, int64_t now_us, int64_t after_seq)
{
	if (!standing_blocked(s))
		return;
	restate(s, r,
	    s->holds[HOLD_BLOCK].seq != 0 ? HOLD_BLOCK : HOLD_DETECTOR, now_us,
	    after_seq);
}

/* The row that ends a hold. It goes where the hold's own row went, so that
 * a block which was enforced is lifted even in monitor mode. */
static struct decision *end(struct standing *s, struct ruling *r,
    enum hold_kind k, enum cause cause, int64_t at_us)
{
	struct hold *h = &s->holds[k];
	struct decision *d = emit(r, ACTION_ALLOW, cause, at_us);

	d->incident_id = h->incident_id;
	d->op_id = h->op_id;
	d->ends_seq = h->seq;
	d->mode = h->mode;
	if (k == HOLD_DETECTOR)
		ladder_end(&s->ladder, at_us);
	memset(h, 0, sizeof(*h));
	return d;
}

static void begin_block(struct standing *s, struct ruling *r,
    const struct incident *cause, int64_t now_us, const char *after)
{
	const struct conf *c = r->policy->conf;
	int step = ladder_next(&s->ladder, c, now_us);
	struct decision *d = emit(r, ACTION_BLOCK, CAUSE_DETECTOR, now_us);
	char length[64];

	d->until_us = now_us + ladder_seconds(c, step) * US_PER_S;
	d->incident_id = cause->id;
	d->step = step;
	explain_duration(
	    ladder_seconds(c, step) * US_PER_S, length, sizeof(length));
	snprintf(d->reason, sizeof(d->reason),
	    "I%" PRId64 ": %.360s. Port 25 closed for %s, step %d of %d%s",
	    cause->id, cause->summary, length, step, ladder_steps(c), after);
	if (ladder_begin(&s->ladder, c, cause->id, now_us) == -1)
		r->no_memory = true;
	hold_from(&s->holds[HOLD_DETECTOR], d);
	s->holds[HOLD_DETECTOR].began_us = now_us;
}

static bool may_block(const struct standing *s, const struct ruling *r)
{
	if (r->policy->mode[r->line_class] == CLASS_MODE_OFF)
		return false;
	/* Nobody said who has the addresses, nor that a guess will do. */
	if (r->line_class == CLASS_UNKNOWN && unit_is(r->customer))
		return false;
	return !standing_holds(s);
}

enum block_outcome decision_block(struct standing *s, struct ruling *r,
    const struct incident *cause, int64_t now_us)
{
	if (!may_block(s, r))
		return BLOCK_NOT_NEEDED;
	switch (brake_ask(r->brake, r, &s->wish, cause->id, now_us)) {
	case 1:
		begin_block(s, r, cause, now_us, "");
		return BLOCK_BEGAN;
	case 0:
		return BLOCK_HELD;
	default:
		r->no_memory = true;
		return BLOCK_NOT_NEEDED;
	}
}

void decision_block_held(struct standing *s, struct ruling *r,
    const struct incident *cause, int64_t brake_id, int64_t now_us)
{
	char after[64];

	if (!may_block(s, r))
		return;
	snprintf(after, sizeof(after),
	    "; the mass-event brake B%" PRId64 " held it until now", brake_id);
	begin_block(s, r, cause, now_us, after);
}

void decision_lift(
    struct standing *s, struct ruling *r, int64_t brake_id, int64_t now_us)
{
	int64_t seq = s->holds[HOLD_DETECTOR].seq;
	struct decision *d;

	if (seq == 0)
		return;
	d = end(s, r, HOLD_DETECTOR, CAUSE_RELEASED, now_us);
	snprintf(d->reason, sizeof(d->reason),
	    "D%" PRId64 " held by the mass-event brake B%" PRId64
	    ": too many customers were to be blocked at once",
	    seq, brake_id);
	ladder_undo(&s->ladder, r->policy->conf);
	restate_block(s, r, now_us, d->seq);
}

static int64_t hold_due(const struct hold *h)
{
	if (h->seq == 0 || h->until_us == 0)
		return INT64_MAX;
	return h->until_us > h->since_us ? h->until_us : h->since_us;
}

int64_t decision_next_due(const struct standing *s)
{
	int64_t due = INT64_MAX;

	for (int k = 0; k < HOLD_COUNT; k++)
		if (hold_due(&s->holds[k]) < due)
			due = hold_due(&s->holds[k]);
	return due;
}

void decision_note_refused(struct standing *s, const struct observation *o)
{
	struct hold *h = &s->holds[HOLD_DETECTOR];

	/* Anybody can forge a SYN in the name of who is blocked. */
	if (h->seq == 0 || !o->source_validated || o->ts_us <= h->began_us)
		return;
	if (h->refused_us < o->ts_us)
		h->refused_us = o->ts_us;
	if (h->refused < INT64_MAX - o->attempts)
		h->refused += o->attempts;
}

/* Until the line has been quiet for the step's time, and no longer than the
 * next step would last; the last one: twice as long. */
static int64_t quiet_us(const struct hold *h, const struct conf *c)
{
	int64_t step_us = ladder_seconds(c, h->step) * US_PER_S;
	int64_t next_us = ladder_seconds(c, h->step + 1) * US_PER_S;
	int64_t longest_us = h->step < ladder_steps(c) && next_us > step_us
				 ? next_us
				 : 2 * step_us;
	int64_t until_us = h->refused_us + step_us;

	if (until_us > h->began_us + longest_us)
		until_us = h->began_us + longest_us;
	return until_us;
}

/* The detector's block is due to end, but attempts went on. */
static bool go_on(struct standing *s, struct ruling *r, int64_t at_us)
{
	const struct conf *c = r->policy->conf;
	struct hold *h = &s->holds[HOLD_DETECTOR];
	int64_t seq = h->seq, refused = h->refused, until_us;
	char length[64];
	struct decision *d;

	/* What a person decided is above it, and in force meanwhile. */
	if (!c->release_quiet || h->refused_us == 0 ||
	    s->holds[HOLD_ALLOW].seq != 0 || s->holds[HOLD_BLOCK].seq != 0)
		return false;
	until_us = quiet_us(h, c);
	if (until_us <= at_us)
		return false;
	h->until_us = until_us;
	h->refused = 0;
	d = state_again(s, r, HOLD_DETECTOR, at_us);
	explain_duration(
	    ladder_seconds(c, h->step) * US_PER_S, length, sizeof(length));
	snprintf(d->reason, sizeof(d->reason),
	    "the block D%" PRId64 " goes on: %" PRId64
	    " more attempt%s refused; it ends when the line has been quiet "
	    "for %s",
	    seq, refused, refused == 1 ? " was" : "s were", length);
	return true;
}

/* Blocks before the allowance above them: a block that ends in the same
 * moment needs no restatement. */
int decision_end_due(struct standing *s, struct ruling *r, int64_t at_us)
{
	static const enum hold_kind order[] = {
	    HOLD_DETECTOR, HOLD_BLOCK, HOLD_ALLOW};
	int64_t last = 0;
	int detector = 0;

	for (size_t i = 0; i < HOLD_COUNT; i++) {
		struct hold *h = &s->holds[order[i]];
		struct decision *d;
		int64_t seq = h->seq;

		if (hold_due(h) > at_us ||
		    (order[i] == HOLD_DETECTOR && go_on(s, r, at_us)))
			continue;
		d = end(s, r, order[i], CAUSE_EXPIRED, at_us);
		snprintf(d->reason, sizeof(d->reason), "%s D%" PRId64 "%s",
		    order[i] == HOLD_ALLOW ? "end of the allowance"
					   : "end of the block",
		    seq,
		    order[i] == HOLD_DETECTOR
			? "; on probation from half the threshold"
			: "");
		detector |= order[i] == HOLD_DETECTOR;
		last = d->seq;
	}
	if (last != 0)
		restate_block(s, r, at_us, last);
	return detector;
}

static void say_released(
    struct decision *d, int64_t seq, const struct observation *o)
{
	d->op_id = o->op_id;
	snprintf(d->reason, sizeof(d->reason),
	    "D%" PRId64 " released by an operator%s%.400s", seq,
	    o->verdict_reason[0] != '\0' ? ": " : "", o->verdict_reason);
}

static void disallow(
    struct standing *s, struct ruling *r, const struct observation *o)
{
	int64_t seq = s->holds[HOLD_ALLOW].seq;
	struct decision *d;

	if (seq == 0)
		return;
	d = end(s, r, HOLD_ALLOW, CAUSE_RELEASED, o->ts_us);
	say_released(d, seq, o);
	restate_block(s, r, o->ts_us, d->seq);
}

static void release(
    struct standing *s, struct ruling *r, const struct observation *o)
{
	for (;;) {
		int next = -1;
		struct decision *d;
		int64_t seq;

		for (int k = 0; k < HOLD_COUNT; k++)
			if (s->holds[k].seq != 0 &&
			    (next == -1 ||
				s->holds[k].seq < s->holds[next].seq))
				next = k;
		if (next == -1)
			return;
		seq = s->holds[next].seq;
		d = end(s, r, next, CAUSE_RELEASED, o->ts_us);
		say_released(d, seq, o);
	}
}

int decision_forgive(
    struct standing *s, struct ruling *r, const struct observation *o)
{
	struct hold *h = &s->holds[HOLD_DETECTOR];
	int released = h->seq != 0 && h->incident_id == o->op_incident;
	struct decision *d;
	int64_t seq = h->seq;

	if (released) {
		d = end(s, r, HOLD_DETECTOR, CAUSE_RELEASED, o->ts_us);
		d->op_id = o->op_id;
		snprintf(d->reason, sizeof(d->reason),
		    "D%" PRId64 " released: I%" PRId64
		    " was a false positive%s%.380s",
		    seq, o->op_incident,
		    o->verdict_reason[0] != '\0' ? ": " : "",
		    o->verdict_reason);
		restate_block(s, r, o->ts_us, d->seq);
	}
	ladder_forgive(&s->ladder, r->policy->conf, o->op_incident);
	return released;
}

void standing_free(struct standing *s)
{
	ladder_free(&s->ladder);
	free(s->wish);
	s->wish = NULL;
}

/* A newer manual decision of the same kind takes the older one's place. */
static void place_manual(struct standing *s, struct ruling *r, enum hold_kind k,
    const struct observation *o)
{
	struct decision *d =
	    emit(r, k == HOLD_ALLOW ? ACTION_ALLOW : ACTION_BLOCK, CAUSE_MANUAL,
		o->ts_us);

	d->until_us = o->op_until_us;
	d->op_id = o->op_id;
	d->ends_seq = s->holds[k].seq;
	snprintf(d->reason, sizeof(d->reason), "%s",
	    o->verdict_reason[0] != '\0' ? o->verdict_reason
					 : "by an operator");
	hold_from(&s->holds[k], d);
}

void decision_operate(
    struct standing *s, struct ruling *r, const struct observation *o)
{
	switch (o->op) {
	case OP_BLOCK:
		place_manual(s, r, HOLD_BLOCK, o);
		if (s->holds[HOLD_ALLOW].seq != 0)
			restate(s, r, HOLD_ALLOW, o->ts_us,
			    s->holds[HOLD_BLOCK].seq);
		break;
	case OP_ALLOW:
		place_manual(s, r, HOLD_ALLOW, o);
		break;
	case OP_RELEASE:
		release(s, r, o);
		break;
	case OP_DISALLOW:
		disallow(s, r, o);
		break;
	case OP_NONE:
	case OP_ACK:
	case OP_NOTE:
	case OP_CLOSE_FIXED:
	case OP_CLOSE_FALSE_POSITIVE:
	case OP_CLOSE_DUPLICATE:
	case OP_BRAKE_APPLY:
	case OP_BRAKE_DROP:
	case OP_VERB_COUNT:
		break;
	}
}
