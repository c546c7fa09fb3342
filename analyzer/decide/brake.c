/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/brake.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/clock.h"

#define ANOTHER_CAPTURE_US (3600 * US_PER_S)
#define V4_BITS            (96 + 24)
#define V6_BITS            48
#define SUBNETS            256 /* addresses of a /24, /56 of a /48 */

/* --- wishes, by time ------------------------------------------------------ */

static void leave_window(struct brake *b, struct wish *w)
{
	if (w == b->window)
		b->window = w->next;
	if (w->in_window)
		b->n_window--;
	w->in_window = false;
}

static void take_out(struct brake *b, struct wish *w)
{
	leave_window(b, w);
	if (w->prev != NULL)
		w->prev->next = w->next;
	else
		b->first = w->next;
	if (w->next != NULL)
		w->next->prev = w->prev;
	else
		b->last = w->prev;
}

static void append(struct brake *b, struct wish *w)
{
	w->us = b->now_us;
	w->prev = b->last;
	w->next = NULL;
	if (b->last != NULL)
		b->last->next = w;
	else
		b->first = w;
	b->last = w;
	if (b->window == NULL)
		b->window = w;
	w->in_window = true;
	b->n_window++;
}

void brake_forget(struct brake *b, struct wish **own)
{
	struct wish *w = *own;

	if (w == NULL)
		return;
	if (b != NULL)
		take_out(b, w);
	*own = NULL;
	free(w);
}

/* A block that passed is the brake's no more once it is older. */
static void slide(struct brake *b, int64_t span_us)
{
	struct wish *w, *next;

	while (b->window != NULL && b->window->us <= b->now_us - span_us)
		leave_window(b, b->window);
	for (w = b->first; w != NULL && !b->on && !w->in_window; w = next) {
		next = w->next;
		if (w->due_us == 0)
			brake_forget(b, w->own);
	}
}

static void advance(struct brake *b, int64_t now_us)
{
	if (now_us > b->now_us)
		b->now_us = now_us;
	else if (now_us >= b->now_us - ANOTHER_CAPTURE_US)
		return;
	else
		b->now_us = now_us;
	/* Not within a minute of what came before. */
	while (b->window != NULL && b->window->us > b->now_us)
		leave_window(b, b->window);
}

void brake_note_active(struct brake *b, int64_t last_us, int64_t ts_us)
{
	int64_t day = ts_us / US_PER_DAY;

	if (day > b->day || day < b->day - 1) {
		b->active_before = day == b->day + 1 ? b->active : 0;
		b->active = 0;
		b->day = day;
	}
	if (day == b->day && (last_us == 0 || last_us / US_PER_DAY != day))
		b->active++;
}

/* --- too many ------------------------------------------------------------- */

static struct prefix prefix_of(const struct addr *a)
{
	struct prefix p = {*a, addr_is_v4(a) ? V4_BITS : V6_BITS};

	p.addr = prefix_first(&p);
	return p;
}

/* Never 0 for an address. */
static uint64_t prefix_key(const struct ruling *r)
{
	struct prefix p;
	uint64_t key = 0;

	if (r->client == NULL)
		return 0;
	p = prefix_of(r->client);
	for (int i = 0; i < 6; i++)
		key = key << 8 | p.addr.b[i];
	if (addr_is_v4(r->client))
		return (uint64_t)addr_v4_number(&p.addr) + 1;
	return key | UINT64_C(1) << 63;
}

static int64_t count_prefix(const struct brake *b, uint64_t prefix)
{
	int64_t n = 0;

	for (const struct wish *w = b->window; w != NULL; w = w->next)
		n += w->prefix == prefix;
	return n;
}

static bool above_percent(
    const struct conf *c, int64_t n, int64_t percent, int64_t of)
{
	return percent > 0 && n > c->brake_least && n * 100 > percent * of;
}

static void tell(struct brake *b, const struct conf *c, int64_t n,
    const char *of, const char *key, int64_t limit)
{
	b->limit = limit > c->brake_least ? limit : c->brake_least;
	if (strcmp(key, "brake_customers") == 0)
		b->limit = limit;
	snprintf(b->row.reason, sizeof(b->row.reason),
	    "%" PRId64 " customers%s were to be blocked within %" PRId64
	    " s, more than %" PRId64 " (%s)",
	    n, of, c->brake_window_s, b->limit, key);
}

/* Whether the wishes within the window are more than bots explain. */
static bool is_too_many(struct brake *b, const struct ruling *r, uint64_t key)
{
	const struct conf *c = r->policy->conf;
	int64_t active =
	    b->active > b->active_before ? b->active : b->active_before;
	char text[PREFIX_STRLEN], of[PREFIX_STRLEN + 8];
	struct prefix p;
	int64_t n;

	if (b->n_window > c->brake_customers) {
		tell(b, c, b->n_window, "", "brake_customers",
		    c->brake_customers);
		return true;
	}
	if (above_percent(c, b->n_window, c->brake_active_percent, active)) {
		tell(b, c, b->n_window, "", "brake_active_percent",
		    c->brake_active_percent * active / 100);
		return true;
	}
	n = key != 0 ? count_prefix(b, key) : 0;
	if (!above_percent(c, n, c->brake_prefix_percent, SUBNETS))
		return false;
	p = prefix_of(r->client);
	snprintf(of, sizeof(of), " of %s", prefix_format(&p, text));
	tell(b, c, n, of, "brake_prefix_percent",
	    c->brake_prefix_percent * SUBNETS / 100);
	return true;
}

/* --- on and off ----------------------------------------------------------- */

static void emit(const struct brake *b, struct ruling *r)
{
	ruling_effect(r, EFFECT_BRAKE)->u.brake = b->row;
}

static void hold(struct brake *b, struct wish *w)
{
	if (w->brake_id == b->row.id)
		return;
	w->brake_id = b->row.id;
	b->row.held++;
}

/* All of the window came of the same thing, the first as well as the last. */
static void begin(struct brake *b, struct ruling *r)
{
	b->on = true;
	b->row.id++;
	b->row.began_us = b->now_us;
	b->row.ended_us = b->row.op_id = 0;
	b->row.held = b->row.lifted = 0;
	b->row.ended_by = BRAKE_ON;
	b->row.obs_no = r->obs_no;
	snprintf(b->row.policy_hash, sizeof(b->row.policy_hash), "%s",
	    r->policy->hash);
	for (struct wish *w = b->window; w != NULL; w = w->next) {
		hold(b, w);
		if (!w->began)
			continue;
		b->row.lifted++;
		w->due_us = b->now_us;
		b->touched = true;
	}
}

static void end(struct brake *b, struct ruling *r, enum brake_end how,
    enum wish_end wishes, int64_t at_us)
{
	b->on = false;
	b->row.ended_us = at_us;
	b->row.ended_by = how;
	for (struct wish *w = b->first; w != NULL; w = w->next) {
		w->end = wishes;
		w->due_us = at_us;
		w->in_window = false;
	}
	b->window = NULL;
	b->n_window = 0;
	b->touched = true;
	emit(b, r);
}

int brake_ask(struct brake *b, struct ruling *r, struct wish **own,
    int64_t incident_id, int64_t now_us)
{
	const struct conf *c = r->policy->conf;
	struct wish *w = *own;

	if (b == NULL || (c->brake_customers == 0 && !b->on))
		return 1;
	if (w != NULL && w->end != WISH_WAITS)
		return 0; /* a tick is about to say what becomes of it */
	advance(b, now_us);
	slide(b, c->brake_window_s * US_PER_S);
	w = *own;
	if (w != NULL)
		take_out(b, w);
	else if ((w = *own = calloc(1, sizeof(*w))) == NULL)
		return -1;
	w->own = own;
	w->who = r->who;
	w->prefix = prefix_key(r);
	w->incident_id = incident_id;
	append(b, w);
	if (!b->on && is_too_many(b, r, w->prefix)) {
		begin(b, r);
	} else if (!b->on) {
		w->began = true;
		return 1;
	}
	if (b->n_window > b->limit / 2)
		b->end_us = b->now_us + c->brake_hold_s * US_PER_S;
	b->row.last_us = b->now_us;
	hold(b, w);
	emit(b, r);
	return 0;
}

int64_t brake_next_due(const struct brake *b)
{
	return b->on ? b->end_us : INT64_MAX;
}

void brake_end_due(struct brake *b, struct ruling *r, int64_t at_us)
{
	if (b->on && at_us >= b->end_us)
		end(b, r, BRAKE_RATE_FELL, WISH_PROBATION, b->end_us);
}

void brake_operate(
    struct brake *b, struct ruling *r, const struct observation *o)
{
	if (!b->on || (o->op != OP_BRAKE_APPLY && o->op != OP_BRAKE_DROP))
		return;
	b->row.op_id = o->op_id;
	if (o->op == OP_BRAKE_APPLY)
		end(b, r, BRAKE_APPLIED, WISH_BLOCKED, o->ts_us);
	else
		end(b, r, BRAKE_DROPPED, WISH_FORGOTTEN, o->ts_us);
}
