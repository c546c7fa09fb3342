/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/pending.h"

#include <stdlib.h>
#include <string.h>

static bool is_message(const struct smtp_pending *e)
{
	return e->verb == SMTP_MESSAGE || e->verb == SMTP_PARTIAL;
}

void smtp_message_drop(struct smtp_message *m)
{
	if (m == NULL)
		return;
	smtp_header_clear(&m->header);
	free(m);
}

size_t smtp_message_bytes(const struct smtp_message *m)
{
	return m != NULL ? sizeof(*m) + smtp_header_bytes(&m->header) : 0;
}

size_t smtp_queue_bytes(const struct smtp_queue *q)
{
	size_t n = q->bytes;

	/* Walked only where there is a message to look for. */
	for (struct smtp_pending *e = q->messages > 0 ? q->head : NULL;
	     e != NULL; e = e->next)
		n += smtp_message_bytes(e->message);
	return n;
}

static struct smtp_pending *append(struct smtp_queue *q, enum smtp_verb verb,
    size_t text_bytes, int64_t now_us)
{
	size_t bytes = sizeof(struct smtp_pending) + text_bytes;
	struct smtp_pending *e = malloc(bytes);

	if (e == NULL)
		return NULL;
	memset(e, 0, sizeof(*e));
	e->verb = (uint8_t)verb;
	e->bytes = (uint16_t)bytes;
	e->at_us = now_us;
	e->count = 1;
	if (q->last != NULL)
		q->last->next = e;
	else
		q->head = e;
	q->last = e;
	q->bytes += e->bytes;
	q->n++;
	q->messages += is_message(e);
	return e;
}

struct smtp_pending *smtp_queue_push(struct smtp_queue *q, enum smtp_verb verb,
    struct smtp_message *message, int64_t now_us)
{
	struct smtp_pending *e = append(q, verb, 0, now_us);

	if (e == NULL)
		smtp_message_drop(message);
	else
		e->message = message;
	return e;
}

static bool is_same_rcpt(
    const struct smtp_pending *last, const struct smtp_command *c)
{
	return c->verb == SMTP_RCPT && last != NULL &&
	       last->verb == SMTP_RCPT && !last->gap &&
	       last->count < UINT32_MAX &&
	       strcmp(last->address.domain, c->mailbox.domain) == 0;
}

static struct smtp_pending *push_helo(
    struct smtp_queue *q, const struct smtp_command *c, int64_t now_us)
{
	size_t n = c->helo.name != NULL ? strlen(c->helo.name) + 1 : 0;
	struct smtp_pending *e = append(q, c->verb, n, now_us);

	if (e == NULL)
		return NULL;
	e->helo = c->helo;
	e->helo.name = n > 0 ? memcpy(e->text, c->helo.name, n) : NULL;
	return e;
}

static struct smtp_pending *push_address(
    struct smtp_queue *q, const struct smtp_command *c, int64_t now_us)
{
	const struct smtp_mailbox *m = &c->mailbox;
	size_t domain = strlen(m->domain) + 1;
	size_t local = c->verb == SMTP_MAIL ? strlen(m->local) + 1 : 0;
	struct smtp_pending *e = append(q, c->verb, domain + local, now_us);

	if (e == NULL)
		return NULL;
	e->address.seen = m->seen;
	e->address.null_path = m->null_path;
	e->address.unparsed = m->unparsed;
	e->address.domain = memcpy(e->text, m->domain, domain);
	if (local > 0)
		e->address.local = memcpy(e->text + domain, m->local, local);
	if (c->verb == SMTP_MAIL)
		e->size = c->size;
	e->smtputf8 = c->smtputf8;
	return e;
}

struct smtp_pending *smtp_queue_push_command(
    struct smtp_queue *q, const struct smtp_command *c, int64_t now_us)
{
	if (c->verb == SMTP_HELO || c->verb == SMTP_EHLO)
		return push_helo(q, c, now_us);
	if (is_same_rcpt(q->last, c)) {
		q->last->count++;
		return q->last;
	}
	if (c->verb == SMTP_MAIL || c->verb == SMTP_RCPT)
		return push_address(q, c, now_us);
	return append(q, c->verb, 0, now_us);
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
	q->bytes -= e->bytes;
	q->messages -= is_message(e);
	e->next = NULL;
	return e;
}

void smtp_pending_free(struct smtp_pending *e)
{
	if (e == NULL)
		return;
	if (e->verb == SMTP_MAIL)
		explicit_bzero(e->text, e->bytes - sizeof(*e));
	smtp_message_drop(e->message);
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
