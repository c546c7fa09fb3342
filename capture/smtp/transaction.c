/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/transaction.h"

#include <stdlib.h>
#include <string.h>

static bool same_reply(const struct smtp_reply *a, const struct smtp_reply *b)
{
	return a->code == b->code && a->stage == b->stage && a->cls == b->cls &&
	       a->names_client == b->names_client &&
	       strcmp(a->enhanced, b->enhanced) == 0;
}

bool smtp_replies_add(struct smtp_replies *l, const struct smtp_reply *r)
{
	struct smtp_reply *v;
	size_t capacity;

	for (size_t i = 0; i < l->n; i++) {
		if (!same_reply(&l->v[i], r))
			continue;
		if (l->v[i].count < UINT32_MAX)
			l->v[i].count++;
		return true;
	}
	if (l->n == l->capacity) {
		/* Greeting and HELO are all that most sessions have. */
		capacity = l->capacity == 0 ? 2 : l->capacity * 2u;
		if (capacity > SMTP_REPLIES_MAX)
			capacity = SMTP_REPLIES_MAX;
		if (l->n == capacity)
			return false;
		v = realloc(l->v, capacity * sizeof(*v));
		if (v == NULL)
			return false;
		l->v = v;
		l->capacity = (uint8_t)capacity;
	}
	l->v[l->n] = *r;
	l->v[l->n++].count = 1;
	return true;
}

void smtp_replies_clear(struct smtp_replies *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}

struct smtp_open *smtp_open_new(int64_t start_us)
{
	struct smtp_open *t = calloc(1, sizeof(*t));

	if (t != NULL)
		t->start_us = start_us;
	return t;
}

void smtp_open_free(struct smtp_open *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n_domains; i++)
		free(t->domains[i].domain);
	free(t->domains);
	smtp_replies_clear(&t->replies);
	smtp_pending_free(t->mail);
	smtp_message_drop(t->message);
	free(t);
}

/* NULL: no room. */
static struct smtp_rcpt_domain *new_domain(
    struct smtp_open *t, const char *domain)
{
	struct smtp_rcpt_domain *d = t->domains;
	size_t capacity = t->domains_capacity;

	if (t->n_domains == capacity) {
		capacity = capacity == 0 ? 1 : capacity * 2;
		if (capacity > SMTP_RCPT_DOMAINS_MAX)
			return NULL;
		d = realloc(d, capacity * sizeof(*d));
		if (d == NULL)
			return NULL;
		t->domains = d;
		t->domains_capacity = (uint8_t)capacity;
	}
	d += t->n_domains;
	*d = (struct smtp_rcpt_domain){.domain = strdup(domain)};
	if (d->domain == NULL)
		return NULL;
	t->n_domains++;
	return d;
}

void smtp_open_add_rcpt(
    struct smtp_open *t, const char *domain, uint32_t count, bool accepted)
{
	struct smtp_rcpt_domain *d = NULL;

	t->rcpt_count += count;
	t->rcpt_accepted += accepted ? count : 0;
	if (domain == NULL || domain[0] == '\0')
		return;
	for (size_t i = 0; i < t->n_domains && d == NULL; i++)
		if (strcmp(t->domains[i].domain, domain) == 0)
			d = &t->domains[i];
	if (d == NULL)
		d = new_domain(t, domain);
	if (d == NULL) {
		t->domains_cut = true;
		return;
	}
	d->count += count;
	d->accepted += accepted ? count : 0;
}

void smtp_open_take_message(struct smtp_open *t, struct smtp_message *m)
{
	if (m == NULL)
		return;
	t->seen_bytes += m->seen_bytes;
	t->gap |= m->gap;
	smtp_message_drop(t->message);
	t->message = m;
}

static void view_box(struct smtp_address *a, const struct smtp_mailbox *m)
{
	*a = (struct smtp_address){
	    m->seen, m->null_path, m->unparsed, m->local, m->domain};
}

static void view_message(
    const struct smtp_header *h, struct smtp_transaction *out)
{
	for (size_t i = 0; i < h->n_from && i < SMTP_HEADER_FROM_MAX; i++)
		view_box(&out->header_from[out->n_header_from++], &h->from[i]);
	out->header_complete = h->complete;
	out->dkim_signature = h->dkim_signature;
	out->received_count = h->received_count;
	out->list_id = h->list_id;
	out->auto_submitted = (Sekisho__AutoSubmitted)h->auto_submitted;
	out->message_id.seen = h->message_id != NULL;
	out->message_id.domain = h->message_id;
	if (h->dkim != NULL)
		out->dkim = dkim_signatures(h->dkim, &out->n_dkim);
}

void smtp_open_view(const struct smtp_open *t, struct smtp_transaction *out)
{
	*out = (struct smtp_transaction){.start_us = t->start_us,
	    .rcpt_count = t->rcpt_count,
	    .rcpt_accepted = t->rcpt_accepted,
	    .rcpt_domains = t->domains,
	    .n_rcpt_domains = t->n_domains,
	    .rcpt_domains_cut = t->domains_cut,
	    .rcpt_sum = t->gap ? 0 : t->rcpt_sum,
	    .replies = t->replies.v,
	    .n_replies = t->replies.n,
	    .seen_bytes = t->seen_bytes,
	    .gap = t->gap};
	if (t->mail != NULL) {
		out->mail_from = t->mail->address;
		out->declared_bytes = t->mail->size;
		out->smtputf8 = t->mail->smtputf8;
	}
	if (t->message != NULL)
		view_message(&t->message->header, out);
}

size_t smtp_open_bytes(const struct smtp_open *t)
{
	size_t n = sizeof(*t);

	n += t->replies.capacity * sizeof(struct smtp_reply);
	n += t->domains_capacity * sizeof(struct smtp_rcpt_domain);
	for (size_t i = 0; i < t->n_domains; i++)
		n += strlen(t->domains[i].domain) + 1;
	n += t->mail != NULL ? t->mail->bytes : 0;
	return n + smtp_message_bytes(t->message);
}
