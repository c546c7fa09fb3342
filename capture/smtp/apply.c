/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "capture/smtp/machine.h"

static bool is_refusal(const struct smtp_reply *r)
{
	return r != NULL && r->code >= 400;
}

static bool same_reply(const struct smtp_reply *a, const struct smtp_reply *b)
{
	return a->stage == b->stage && a->code == b->code && a->cls == b->cls &&
	       a->names_client == b->names_client &&
	       strcmp(a->enhanced, b->enhanced) == 0;
}

static void add_reply(struct smtp_reply *v, size_t *n, struct smtp_reply *r)
{
	for (size_t i = 0; i < *n; i++) {
		if (!same_reply(&v[i], r))
			continue;
		if (v[i].count < UINT32_MAX)
			v[i].count++;
		return;
	}
	if (*n == SMTP_REPLIES_MAX)
		return;
	v[*n] = *r;
	v[(*n)++].count = 1;
}

void smtp_apply_reply(
    struct smtp_session *s, struct smtp_reply *r, Sekisho__Stage stage)
{
	if (r == NULL)
		return;
	r->stage = stage;
	if (s->open != NULL)
		add_reply(s->open->replies, &s->open->n_replies, r);
	else
		add_reply(s->sum.replies, &s->sum.n_replies, r);
}

static void begin(struct smtp_session *s, int64_t start_us, bool gap)
{
	s->open = calloc(1, sizeof(*s->open));
	if (s->open == NULL)
		return;
	s->open->start_us = start_us;
	s->open->helo = s->sum.helo;
	s->open->gap = gap;
}

static void report(
    struct smtp_session *s, struct smtp_transaction *t, Sekisho__EndOf end)
{
	t->end = end;
	t->tls = s->sum.tls;
	t->authenticated = s->sum.auth == SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED;
	s->sum.transactions++;
	s->cb(s->arg, t, s->now_us);
	explicit_bzero(t, sizeof(*t));
	free(t);
}

void smtp_apply_report(struct smtp_session *s, Sekisho__EndOf end)
{
	struct smtp_transaction *t = s->open;

	s->open = NULL;
	if (t != NULL)
		report(s, t, end);
}

static void apply_helo(
    struct smtp_session *s, const struct smtp_pending *e, struct smtp_reply *r)
{
	const struct smtp_helo *h = e->payload;

	/* A refused one leaves the session as it was. */
	if (!is_refusal(r))
		smtp_apply_report(s, SEKISHO__END_OF__END_HELO);
	if (h != NULL && (!is_refusal(r) ||
			     s->sum.helo.verb == SEKISHO__HELO_VERB__HELO_NONE))
		s->sum.helo = *h;
	if (r != NULL && r->code < 300 && s->reply.starttls &&
	    s->sum.tls == SEKISHO__TLS_STATE__TLS_NONE)
		s->sum.tls = SEKISHO__TLS_STATE__TLS_OFFERED;
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_HELO);
}

static void apply_mail(
    struct smtp_session *s, const struct smtp_pending *e, struct smtp_reply *r)
{
	struct smtp_transaction *kept = NULL;

	/* Nested and refused: the one that is open goes on. */
	if (s->open != NULL && is_refusal(r) && s->open->mail_from.seen) {
		kept = s->open;
		s->open = NULL;
	}
	smtp_apply_report(s, SEKISHO__END_OF__END_MAIL);
	begin(s, e->at_us, e->gap);
	if (s->open != NULL) {
		if (e->payload != NULL)
			s->open->mail_from =
			    *(const struct smtp_mailbox *)e->payload;
		s->open->declared_bytes = e->size;
	}
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_MAIL);
	if (kept == NULL)
		return;
	if (r->code == 503) {
		smtp_apply_report(s, SEKISHO__END_OF__END_UNKNOWN);
		s->open = kept;
	} else {
		/* Refused for itself: the server had forgotten the first. */
		struct smtp_transaction *second = s->open;

		s->open = NULL;
		report(s, kept, SEKISHO__END_OF__END_MAIL);
		s->open = second;
	}
}

static void add_domain(struct smtp_transaction *t, const char *domain,
    uint32_t count, bool accepted)
{
	struct smtp_rcpt_domain *d;
	size_t i = 0;

	while (i < t->n_rcpt_domains &&
	       strcmp(t->rcpt_domains[i].domain, domain) != 0)
		i++;
	if (i == SMTP_RCPT_DOMAINS_MAX) {
		t->rcpt_domains_cut = true;
		return;
	}
	d = &t->rcpt_domains[i];
	if (i == t->n_rcpt_domains) {
		strncpy(d->domain, domain, sizeof(d->domain) - 1);
		t->n_rcpt_domains++;
	}
	d->count += count;
	d->accepted += accepted ? count : 0;
}

static void apply_rcpt(
    struct smtp_session *s, const struct smtp_pending *e, struct smtp_reply *r)
{
	bool accepted = r != NULL && !is_refusal(r);
	/* With a reply it is one, without any all of its kind. */
	uint32_t count = r != NULL ? 1 : e->count;
	const char *domain = e->payload;

	/* Its MAIL is among the lost bytes. */
	if (s->open == NULL && e->gap && (r == NULL || r->code != 503))
		begin(s, e->at_us, true);
	if (s->open != NULL) {
		s->open->rcpt_count += count;
		s->open->rcpt_accepted += accepted ? count : 0;
		s->open->gap |= e->gap;
		if (domain != NULL && domain[0] != '\0')
			add_domain(s->open, domain, count, accepted);
	}
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_RCPT);
}

void smtp_apply_partial(struct smtp_session *s, const struct smtp_message *m)
{
	struct smtp_transaction *t = s->open;

	if (t == NULL || m == NULL)
		return;
	t->seen_bytes += m->seen_bytes;
	t->gap |= m->gap;
	memcpy(t->header_from, m->header.from, sizeof(t->header_from));
	t->n_header_from = m->header.n_from;
	t->header_complete = m->header.complete;
	t->dkim_signature = m->header.dkim_signature;
	t->received_count = m->header.received_count;
}

static Sekisho__EndOf end_of_message(const struct smtp_session *s,
    const struct smtp_pending *e, const struct smtp_reply *r)
{
	if (r != NULL)
		return is_refusal(r) ? SEKISHO__END_OF__END_REJECTED
				     : SEKISHO__END_OF__END_DELIVERED;
	if (e->maybe_lost)
		return SEKISHO__END_OF__END_GAP;
	return s->ending && s->server_seen ? SEKISHO__END_OF__END_CONNECTION
					   : SEKISHO__END_OF__END_UNKNOWN;
}

static void apply_message(
    struct smtp_session *s, const struct smtp_pending *e, struct smtp_reply *r)
{
	const struct smtp_message *m =
	    e->payload != NULL ? e->payload : s->message;

	if (s->open == NULL)
		begin(s, m != NULL ? m->start_us : e->at_us, e->gap);
	smtp_apply_partial(s, m);
	if (s->open != NULL)
		s->open->gap |= e->gap;
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_MESSAGE);
	smtp_apply_report(s, end_of_message(s, e, r));
}

/* RSET, QUIT: what they end, and their reply stands outside of it. */
static void apply_end(struct smtp_session *s, struct smtp_reply *r,
    Sekisho__EndOf end, Sekisho__Stage stage)
{
	if (!is_refusal(r) || end == SEKISHO__END_OF__END_QUIT)
		smtp_apply_report(s, end);
	smtp_apply_reply(s, r, stage);
}

static void apply_auth(struct smtp_session *s, struct smtp_reply *r)
{
	if (r != NULL && r->code == 235)
		s->sum.auth = SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED;
	else if (is_refusal(r) &&
		 s->sum.auth != SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED)
		s->sum.auth = SEKISHO__AUTH_OUTCOME__AUTH_FAILED;
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_AUTH);
}

static void apply_starttls(struct smtp_session *s, struct smtp_reply *r)
{
	if (r != NULL && !is_refusal(r)) {
		smtp_apply_report(s, SEKISHO__END_OF__END_STARTTLS);
		smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_STARTTLS);
		smtp_apply_opaque(s, SEKISHO__TLS_STATE__TLS_STARTED);
		return;
	}
	if (is_refusal(r))
		s->sum.tls = SEKISHO__TLS_STATE__TLS_REFUSED;
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_STARTTLS);
}

void smtp_apply_opaque(struct smtp_session *s, Sekisho__TlsState tls)
{
	s->sum.tls = tls;
	s->mode = SMTP_MODE_OPAQUE;
	smtp_queue_clear(&s->queue);
	smtp_line_next(&s->client_line);
	smtp_line_next(&s->server_line);
	free(s->message);
	s->message = NULL;
}

void smtp_apply(
    struct smtp_session *s, const struct smtp_pending *e, struct smtp_reply *r)
{
	switch (e->verb) {
	case SMTP_HELO:
	case SMTP_EHLO:
		apply_helo(s, e, r);
		break;
	case SMTP_MAIL:
		apply_mail(s, e, r);
		break;
	case SMTP_RCPT:
		apply_rcpt(s, e, r);
		break;
	case SMTP_DATA:
	case SMTP_BDAT:
		smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_DATA);
		break;
	case SMTP_MESSAGE:
		apply_message(s, e, r);
		break;
	case SMTP_PARTIAL:
		smtp_apply_partial(s, e->payload);
		break;
	case SMTP_RSET:
		apply_end(s, r, SEKISHO__END_OF__END_RSET,
		    SEKISHO__STAGE__STAGE_OTHER);
		break;
	case SMTP_QUIT:
		apply_end(s, r, SEKISHO__END_OF__END_QUIT,
		    SEKISHO__STAGE__STAGE_QUIT);
		break;
	case SMTP_AUTH:
		apply_auth(s, r);
		break;
	case SMTP_STARTTLS:
		apply_starttls(s, r);
		break;
	case SMTP_UNKNOWN:
		s->unknown_refused += is_refusal(r);
		smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_OTHER);
		break;
	case SMTP_NOOP:
	case SMTP_VRFY:
		smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_OTHER);
		break;
	}
}
