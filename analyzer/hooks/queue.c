/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/queue.h"

#include <stdlib.h>

#include "base/log.h"

void queue_free(struct queue *q)
{
	free(q->heap);
	q->heap = NULL;
	q->n = q->cap = 0;
}

/* --- those that are ready ------------------------------------------- */

static void add_last(struct queue *q, struct slot *s)
{
	s->next = NULL;
	s->prev = q->last;
	if (q->last != NULL)
		q->last->next = s;
	else
		q->first = s;
	q->last = s;
}

static void add_first(struct queue *q, struct slot *s)
{
	s->prev = NULL;
	s->next = q->first;
	if (q->first != NULL)
		q->first->prev = s;
	else
		q->last = s;
	q->first = s;
}

static void unlink_ready(struct queue *q, struct slot *s)
{
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		q->first = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	else
		q->last = s->prev;
	s->ready = false;
}

/* --- those that wait ------------------------------------------------ */

static int64_t time_of(const struct slot *s)
{
	return s->first->next_us;
}

static void put(struct queue *q, size_t at, struct slot *s)
{
	q->heap[at] = s;
	s->heap_at = at;
}

static void sift_up(struct queue *q, size_t at)
{
	struct slot *s = q->heap[at];

	for (; at > 1 && time_of(q->heap[at / 2]) > time_of(s); at /= 2)
		put(q, at, q->heap[at / 2]);
	put(q, at, s);
}

static void sift_down(struct queue *q, size_t at)
{
	struct slot *s = q->heap[at];
	size_t child;

	for (; (child = 2 * at) <= q->n; at = child) {
		if (child < q->n &&
		    time_of(q->heap[child + 1]) < time_of(q->heap[child]))
			child++;
		if (time_of(q->heap[child]) >= time_of(s))
			break;
		put(q, at, q->heap[child]);
	}
	put(q, at, s);
}

static void unlink_waiting(struct queue *q, struct slot *s)
{
	size_t at = s->heap_at;
	struct slot *last = q->heap[q->n--];

	s->heap_at = 0;
	if (last == s)
		return;
	put(q, at, last);
	sift_up(q, at);
	sift_down(q, last->heap_at);
}

void queue_wait(struct queue *q, struct slot *s)
{
	queue_remove(q, s);
	if (q->n + 2 > q->cap) {
		size_t cap = q->cap > 0 ? 2 * q->cap : 64;
		struct slot **heap =
		    realloc(q->heap, cap * sizeof(struct slot *));

		if (heap == NULL)
			log_fatal("hooks", "no memory is left; give the "
					   "machine more");
		q->heap = heap;
		q->cap = cap;
	}
	put(q, ++q->n, s);
	sift_up(q, q->n);
}

/* --- both ----------------------------------------------------------- */

void queue_remove(struct queue *q, struct slot *s)
{
	if (s->ready)
		unlink_ready(q, s);
	if (s->heap_at != 0)
		unlink_waiting(q, s);
}

void queue_add(struct queue *q, struct slot *s)
{
	queue_remove(q, s);
	s->ready = true;
	if (s->last->op == ITEM_UNBLOCK || s->first->op == ITEM_UNBLOCK)
		add_first(q, s);
	else
		add_last(q, s);
}

void queue_wake(struct queue *q, int64_t now_us)
{
	while (q->n > 0 && time_of(q->heap[1]) <= now_us)
		queue_add(q, q->heap[1]);
}

int64_t queue_next_us(const struct queue *q)
{
	return q->n > 0 ? time_of(q->heap[1]) : INT64_MAX;
}
