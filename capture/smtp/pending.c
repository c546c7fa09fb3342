/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/pending.h"

#include <stdlib.h>
#include <string.h>

static bool is_message(const struct smtp_pending *e)
{
	return e->verb == SMTP_MESSAGE || e->verb == SMTP_PARTIAL;
}

static bool is_same_rcpt(
    const struct smtp_pending *last, enum smtp_verb verb, const char *domain)
{
	return verb == SMTP_RCPT && last != NULL && last->verb == SMTP_RCPT &&
	       !last->gap && last->count < UINT32_MAX && domain != NULL &&
	       last->payload != NULL && strcmp(last->payload, domain) == 0;
}

struct smtp_pending *smtp_queue_push(
    struct smtp_queue *q, enum smtp_verb verb, void *payload, int64_t now_us)
{
	struct smtp_pending *e;

	if (is_same_rcpt(q->last, verb, payload)) {
		free(payload);
		q->last->count++;
		return q->last;
	}
	e = calloc(1, sizeof(*e));
	if (e == NULL) {
		free(payload);
		return NULL;
	}
	e->verb = verb;
	e->payload = payload;
	e->at_us = now_us;
	e->count = 1;
	if (q->last != NULL)
		q->last->next = e;
	else
		q->head = e;
	q->last = e;
	q->n++;
	q->messages += is_message(e);
	return e;
}

struct smtp_pending *smtp_queue_pop(struct smtp_queue *q)
{
	struct smtp_pending *e = q->head;

	if (e == NULL)
		return NULL;
	q->head = e->next;
	if (q->head == NULL)
		q->last = NULL;
	q->n--;
	q->messages -= is_message(e);
	e->next = NULL;
	return e;
}

void smtp_pending_free(struct smtp_pending *e)
{
	if (e == NULL)
		return;
	free(e->payload);
	free(e);
}

void smtp_queue_clear(struct smtp_queue *q)
{
	while (q->head != NULL)
		smtp_pending_free(smtp_queue_pop(q));
}

struct smtp_pending *smtp_queue_find(
    const struct smtp_queue *q, enum smtp_verb verb)
{
	struct smtp_pending *e = q->head;

	while (e != NULL && e->verb != verb)
		e = e->next;
	return e;
}

void smtp_queue_gap(struct smtp_queue *q, bool replies_lost)
{
	for (struct smtp_pending *e = q->head; e != NULL; e = e->next) {
		e->gap = true;
		e->maybe_lost |= replies_lost;
	}
}
