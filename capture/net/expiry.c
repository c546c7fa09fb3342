/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/expiry.h"

#include "base/clock.h"

/* How many flows are looked at to find an idle one: others got packets since
 * they came into their slot, and go into a later one. */
#define IDLEST_TRIES 8

int64_t expiry_due_us(const struct expiry *e, const struct flow *f)
{
	return f->last_us + e->timeout_us[f->list];
}

static void wheel_append(struct expiry_wheel *w, struct flow *f, uint16_t slot)
{
	struct expiry_slot *s = &w->slot[slot];

	f->slot = slot;
	f->next = NULL;
	f->prev = s->last;
	if (s->last != NULL)
		s->last->next = f;
	else
		s->first = f;
	s->last = f;
	w->used[slot / 64] |= UINT64_C(1) << slot % 64;
	w->n++;
}

void expiry_add(struct expiry *e, struct flow *f)
{
	int64_t second = expiry_due_us(e, f) / US_PER_S;

	/* What is further away is looked at once in a revolution. */
	if (second < e->second)
		second = e->second;
	else if (second - e->second >= EXPIRY_SLOTS)
		second = e->second + EXPIRY_SLOTS - 1;
	wheel_append(&e->wheel[f->list], f, (uint16_t)(second % EXPIRY_SLOTS));
}

void expiry_remove(struct expiry *e, struct flow *f)
{
	struct expiry_wheel *w = &e->wheel[f->list];
	struct expiry_slot *s = &w->slot[f->slot];

	if (f->next != NULL)
		f->next->prev = f->prev;
	else if (!f->due)
		s->last = f->prev;
	if (f->prev != NULL)
		f->prev->next = f->next;
	else if (f->due)
		e->ready = f->next;
	else
		s->first = f->next;
	if (f->due) {
		f->due = false;
		return;
	}
	w->n--;
	if (s->first == NULL)
		w->used[f->slot / 64] &= ~(UINT64_C(1) << f->slot % 64);
}

/* How many slots from that one on to the next that is used; EXPIRY_SLOTS:
 * none is. */
static unsigned int distance(const struct expiry_wheel *w, unsigned int from)
{
	unsigned int word = from / 64;
	uint64_t bits = w->used[word] & UINT64_MAX << from % 64;

	if (w->n == 0)
		return EXPIRY_SLOTS;
	/* The first word once more at the end: its lower bits. */
	for (unsigned int i = 0; i <= EXPIRY_SLOTS / 64; i++) {
		if (bits != 0) {
			unsigned int at =
			    word * 64 + (unsigned int)__builtin_ctzll(bits);

			return (at - from) % EXPIRY_SLOTS;
		}
		word = (word + 1) % (EXPIRY_SLOTS / 64);
		bits = w->used[word];
	}
	return EXPIRY_SLOTS;
}

static bool is_later(
    const struct expiry *e, const struct flow *a, const struct flow *b)
{
	int64_t x = expiry_due_us(e, a), y = expiry_due_us(e, b);

	return x > y || (x == y && a->id > b->id);
}

/* Two sorted lists (by next) into one. */
static struct flow *merge(
    const struct expiry *e, struct flow *a, struct flow *b)
{
	struct flow *head = NULL, **at = &head;

	while (a != NULL && b != NULL) {
		struct flow **from = is_later(e, a, b) ? &b : &a;

		*at = *from;
		at = &(*from)->next;
		*from = (*from)->next;
	}
	*at = a != NULL ? a : b;
	return head;
}

/* Bottom-up merge sort: runs[i] is empty or has some 2^i flows. What came in
 * order, as nearly all do, is one run. */
static struct flow *sorted(const struct expiry *e, struct flow *list)
{
	struct flow *runs[32] = {NULL}, *all = NULL;

	while (list != NULL) {
		struct flow *run = list, *last = list;
		int i = 0;

		while (last->next != NULL && !is_later(e, last, last->next))
			last = last->next;
		list = last->next;
		last->next = NULL;
		for (; i < 31 && runs[i] != NULL; i++) {
			run = merge(e, runs[i], run);
			runs[i] = NULL;
		}
		runs[i] = runs[i] == NULL ? run : merge(e, runs[i], run);
	}
	for (int i = 0; i < 32; i++)
		all = merge(e, runs[i], all);
	return all;
}

/* Empties a slot: what is due before that second goes to the list, the rest
 * to another one. */
static void empty_slot(struct expiry *e, struct expiry_wheel *w,
    unsigned int slot, int64_t second, struct flow **due, struct flow **rest)
{
	struct flow *f = w->slot[slot].first, *next, **to;

	w->slot[slot].first = w->slot[slot].last = NULL;
	w->used[slot / 64] &= ~(UINT64_C(1) << slot % 64);
	for (; f != NULL; f = next) {
		next = f->next;
		w->n--;
		f->due = expiry_due_us(e, f) / US_PER_S < second;
		to = f->due ? due : rest;
		f->next = *to;
		*to = f;
	}
}

static struct flow *reversed(struct flow *list)
{
	struct flow *all = NULL, *next;

	for (; list != NULL; list = next) {
		next = list->next;
		list->next = all;
		all = list;
	}
	return all;
}

/* Time is at that second now. */
static void settle(
    struct expiry *e, int64_t second, struct flow *due, struct flow *rest)
{
	struct flow *prev = NULL, *next;

	e->second = second;
	for (struct flow *f = reversed(rest); f != NULL; f = next) {
		next = f->next;
		expiry_add(e, f);
	}
	e->ready = sorted(e, reversed(due));
	for (struct flow *f = e->ready; f != NULL; f = f->next) {
		f->prev = prev;
		prev = f;
	}
}

static void fill_ready(struct expiry *e)
{
	unsigned int slot = (unsigned int)(e->second % EXPIRY_SLOTS);
	struct flow *due = NULL, *rest = NULL;

	for (int l = 0; l < FLOW_LISTS; l++)
		empty_slot(e, &e->wheel[l], slot, e->second + 1, &due, &rest);
	settle(e, e->second + 1, due, rest);
}

/* Time jumped by more than a revolution. */
static void jump(struct expiry *e, int64_t second)
{
	struct flow *due = NULL, *rest = NULL;

	for (int l = 0; l < FLOW_LISTS; l++)
		for (unsigned int i = 0; i < EXPIRY_SLOTS; i++)
			empty_slot(e, &e->wheel[l], i, second, &due, &rest);
	settle(e, second, due, rest);
}

static unsigned int to_next_slot(const struct expiry *e)
{
	unsigned int min = EXPIRY_SLOTS;

	for (int l = 0; l < FLOW_LISTS; l++) {
		unsigned int n = distance(
		    &e->wheel[l], (unsigned int)(e->second % EXPIRY_SLOTS));

		if (n < min)
			min = n;
	}
	return min;
}

struct flow *expiry_next_due(struct expiry *e, int64_t now_us)
{
	int64_t now = now_us / US_PER_S;
	unsigned int n;

	if (e->ready == NULL && now - e->second > EXPIRY_SLOTS)
		jump(e, now);
	while (e->ready == NULL && e->second < now) {
		n = to_next_slot(e);
		if (n == EXPIRY_SLOTS || e->second + n >= now) {
			e->second = now;
			break;
		}
		e->second += n;
		fill_ready(e);
	}
	return e->ready;
}

struct flow *expiry_next(struct expiry *e)
{
	unsigned int n;

	while (e->ready == NULL) {
		n = to_next_slot(e);
		if (n == EXPIRY_SLOTS)
			return NULL;
		e->second += n;
		fill_ready(e);
	}
	return e->ready;
}

struct flow *expiry_idlest(struct expiry *e, enum flow_list list)
{
	struct expiry_wheel *w = &e->wheel[list];
	struct flow *f = NULL;

	for (int i = 0; i < IDLEST_TRIES; i++) {
		unsigned int n =
		    distance(w, (unsigned int)(e->second % EXPIRY_SLOTS));
		int64_t second = e->second + n;

		if (n == EXPIRY_SLOTS)
			return NULL;
		f = w->slot[second % EXPIRY_SLOTS].first;
		if (expiry_due_us(e, f) / US_PER_S <= second ||
		    n == EXPIRY_SLOTS - 1)
			break;
		expiry_remove(e, f);
		expiry_add(e, f);
	}
	return f;
}
