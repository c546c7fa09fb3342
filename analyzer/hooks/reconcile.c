/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/reconcile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define FOREIGN_MAX 1000
#define HELD_MAX    1024 /* targets of one entry */
/* The decision that ends a block comes a moment after its end. */
#define ENDED_GRACE_US (60 * US_PER_S)

static const char mod[] = "hooks";

struct round {
	struct reconcile *r;
	const struct reconcile_repair *p;
	bool repair;
	int64_t now_us, judge_us;
};

void reconcile_begin(struct reconcile *r)
{
	r->round++;
	r->n = (struct held_counts){0};
	r->n_foreign = r->n_foreign_more = 0;
}

void reconcile_free(struct reconcile *r)
{
	free(r->foreign);
	differences_free(r->differences);
}

/* --- entries -------------------------------------------------------- */

static size_t add_plain(json_t *list, struct target *v, size_t n)
{
	json_t *t;
	size_t i;

	json_array_foreach(list, i, t)
	{
		const char *text = json_string_value(t);

		memset(&v[n], 0, sizeof(v[n]));
		if (n < HELD_MAX && text != NULL &&
		    prefix_parse(&v[n].prefix, text) == 0)
			n++;
	}
	return n;
}

static size_t add_set(json_t *set, struct target *v, size_t n)
{
	const char *text = json_string_value(json_object_get(set, "target"));
	json_t *ranges = json_object_get(set, "source_ports"), *range;
	size_t i;

	json_array_foreach(ranges, i, range)
	{
		json_int_t a = json_integer_value(json_array_get(range, 0));
		json_int_t b = json_integer_value(json_array_get(range, 1));

		if (n >= HELD_MAX || text == NULL || a < 0 || a > b ||
		    b > UINT16_MAX || prefix_parse(&v[n].prefix, text) != 0)
			continue;
		v[n].first_port = (uint16_t)a;
		v[n++].last_port = (uint16_t)b;
	}
	return n;
}

/* What cannot be read is left out: then it is not what is wanted. */
static size_t read_targets(json_t *entry, struct target v[HELD_MAX + 1])
{
	json_t *sets = json_object_get(entry, "port_sets"), *set;
	size_t n = add_plain(json_object_get(entry, "targets"), v, 0), i;

	json_array_foreach(sets, i, set) n = add_set(set, v, n);
	targets_sort(v, n);
	return n;
}

static bool is_same(const struct customer *c, const struct target *v, size_t n)
{
	if (n != c->n_targets)
		return false;
	for (size_t i = 0; i < n; i++)
		if (target_compare(&c->targets[i], &v[i]) != 0)
			return false;
	return true;
}

static void note_foreign(struct reconcile *r, const struct target *v, size_t n)
{
	if (r->foreign == NULL)
		r->foreign = calloc(FOREIGN_MAX, sizeof(*r->foreign));
	if (r->foreign == NULL || r->n_foreign == FOREIGN_MAX) {
		r->n_foreign_more++;
		return;
	}
	targets_format(v, n, r->foreign[r->n_foreign++], ROW_TEXT_LEN);
}

static void take_entry(struct reconcile *r, json_t *entry)
{
	static struct target v[HELD_MAX + 1];
	const char *name =
	    json_string_value(json_object_get(entry, "subscriber"));
	size_t n = read_targets(entry, v);
	struct customer *c;
	struct slot *s;

	if (name == NULL || name[0] == '\0' || strlen(name) >= ROW_ID_LEN) {
		note_foreign(r, v, n);
		return;
	}
	c = desired_find_or_make(r->hooks->desired, name);
	if (c == NULL)
		log_fatal(mod, "no memory is left for a customer; give the "
			       "machine more and start again");
	s = &c->slots[r->index];
	s->listed_same = s->listed_round != r->round && is_same(c, v, n);
	s->listed_round = r->round;
	s->listed_seq = json_integer_value(json_object_get(entry, "seq"));
	r->n.held++;
}

void reconcile_part(struct reconcile *r, json_t *held)
{
	json_t *entry;
	size_t i;

	json_array_foreach(held, i, entry)
	{
		take_entry(r, entry);
	}
}

/* --- the comparison ------------------------------------------------- */

static void found(const struct round *q, const struct slot *s, const char *kind,
    const char *reason)
{
	const struct customer *c = s->customer;
	bool listed = s->listed_round == q->r->round;
	struct difference d = {.decision_seq = c->want_seq,
	    .held_seq = listed ? s->listed_seq : 0};

	snprintf(d.kind, sizeof(d.kind), "%s", kind);
	snprintf(d.customer, sizeof(d.customer), "%s", c->name);
	snprintf(d.reason, sizeof(d.reason), "%s", reason);
	if (desired_blocked(c, q->judge_us))
		targets_format(
		    c->targets, c->n_targets, d.wanted, sizeof(d.wanted));
	if (listed && s->listed_same)
		targets_format(
		    c->targets, c->n_targets, d.held, sizeof(d.held));
	else if (listed)
		snprintf(d.held, sizeof(d.held), "other targets");
	differences_found(q->r->differences, &d, q->now_us);
}

/* Why a block that stands is not to be there; NULL: it is. */
static const char *not_enforced(const struct round *q, const struct slot *s,
    char why[static SAFETY_WHY_BYTES])
{
	const struct hooks *h = q->r->hooks;
	const struct customer *c = s->customer;
	const char *reason = q->p->cannot(q->p->arg, c);

	if (reason != NULL)
		return reason;
	if (c->unsafe && safety_refuses(h->safety, c->name, c->targets,
			     c->n_targets, q->judge_us, why))
		return why;
	if (s->refused_seq == c->want_seq)
		return "the driver says that it will never do it";
	return NULL;
}

static bool just_ended(const struct customer *c, int64_t judge_us)
{
	return c->want_block && c->until_us != 0 && c->until_us <= judge_us &&
	       judge_us - c->until_us < ENDED_GRACE_US;
}

static void compare_wanted(const struct round *q, struct slot *s)
{
	bool listed = s->listed_round == q->r->round;
	bool older =
	    s->listed_seq != 0 && s->listed_seq < s->customer->want_seq;

	q->r->n.wanted++;
	if (listed && s->listed_same && !older) {
		s->held = true;
		s->held_seq = s->customer->want_seq;
		return;
	}
	q->r->n.missing++;
	found(q, s, listed ? "wrong" : "missing",
	    listed && s->listed_same ? "of an older decision" : "");
	s->held = s->held && listed;
	if (q->repair)
		q->p->block(q->p->arg, s);
}

static void compare_unwanted(const struct round *q, struct slot *s)
{
	if (s->listed_round != q->r->round) {
		s->held = false;
		return;
	}
	if (!q->r->hooks->panic && just_ended(s->customer, q->judge_us))
		return;
	q->r->n.extra++;
	found(q, s, "stale", q->r->hooks->panic ? "panic" : "");
	s->held = true;
	if (s->held_seq < s->listed_seq)
		s->held_seq = s->listed_seq;
	if (q->repair)
		q->p->unblock(q->p->arg, s);
}

static void compare(void *arg, struct customer *c)
{
	const struct round *q = arg;
	struct slot *s = &c->slots[q->r->index];
	bool wanted = desired_blocked(c, q->judge_us) && c->n_targets > 0;
	char why[SAFETY_WHY_BYTES];
	const char *reason = wanted ? not_enforced(q, s, why) : NULL;

	if (reason != NULL)
		found(q, s, "refused", reason);
	else if (s->capped)
		found(q, s, "capped",
		    "waits for room (enforcement { max_blocks, "
		    "max_blocks_per_minute })");
	if (s->first != NULL) /* it is being told */
		q->r->n.wanted += wanted && reason == NULL;
	else if (wanted && reason == NULL && !q->r->hooks->panic)
		compare_wanted(q, s);
	else
		compare_unwanted(q, s);
	desired_drop_blank(q->r->hooks->desired, c);
}

static void tell_foreign(const struct round *q)
{
	struct reconcile *r = q->r;

	for (size_t i = 0; i < r->n_foreign; i++) {
		struct difference d = {.kind = "foreign",
		    .reason = "not of sekisho; it is left alone"};

		snprintf(d.held, sizeof(d.held), "%s", r->foreign[i]);
		differences_found(r->differences, &d, q->now_us);
	}
	if (r->n_foreign_more > 0)
		log_warn(mod, "driver %s: %zu more entries are not of sekisho",
		    r->hooks->conf->drivers[r->index].name, r->n_foreign_more);
}

void reconcile_end(
    struct reconcile *r, const struct reconcile_repair *p, bool repair)
{
	int64_t now_us = clock_now_us();
	struct round q = {.r = r,
	    .p = p,
	    .repair = repair,
	    .now_us = now_us,
	    .judge_us = now_us + r->hooks->shift_us};

	differences_begin(r->differences, now_us);
	desired_each(r->hooks->desired, compare, &q);
	tell_foreign(&q);
	differences_end(r->differences);
}
