/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "capture/smtp/machine.h"

static bool is_refusal(const struct smtp_reply *r)
{
	return r != NULL && r->code >= 400;
}

void smtp_apply_reply(
    struct smtp_session *s, struct smtp_reply *r, Sekisho__Stage stage)
{
	struct smtp_replies *l =
	    s->open != NULL ? &s->open->replies : &s->replies;

	if (r == NULL)
		return;
	r->stage = (uint8_t)stage;
	if (!smtp_replies_add(l, r) && s->replies_not_kept < UINT32_MAX)
		s->replies_not_kept++;
}

static void begin(struct smtp_session *s, int64_t start_us, bool gap)
{
	s->open = smtp_open_new(start_us);
	if (s->open == NULL)
		return;
	s->open->greeted = s->helo.verb != SEKISHO__HELO_VERB__HELO_NONE;
	s->open->gap = gap;
}

static void report(
    struct smtp_session *s, struct smtp_open *open, Sekisho__EndOf end)
{
	struct smtp_transaction t;

	smtp_open_view(open, &t);
	if (open->greeted)
		t.helo = s->helo;
	t.end = end;
	t.tls = (Sekisho__TlsState)s->tls;
	t.authenticated = s->auth == SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED;
	s->transactions++;
	s->cb(s->arg, &t, s->now_us);
	smtp_open_free(open);
}

void smtp_apply_report(struct smtp_session *s, Sekisho__EndOf end)
{
	struct smtp_open *t = s->open;

	s->open = NULL;
	if (t != NULL)
		report(s, t, end);
}

static void take_helo(struct smtp_session *s, const struct smtp_helo *h)
{
	free(s->helo_name);
	s->helo_name = smtp_keep_text(h->name, &s->helo_bytes);
	s->helo = *h;
	s->helo.name = s->helo_name;
}

static void apply_helo(
    struct smtp_session *s, const struct smtp_pending *e, struct smtp_reply *r)
{
	/* A refused one leaves the session as it was. */
	if (!is_refusal(r))
		smtp_apply_report(s, SEKISHO__END_OF__END_HELO);
	if (!is_refusal(r) || s->helo.verb == SEKISHO__HELO_VERB__HELO_NONE)
		take_helo(s, &e->helo);
	if (r != NULL && r->code < 300 && s->reply.starttls &&
	    s->tls == SEKISHO__TLS_STATE__TLS_NONE)
		s->tls = SEKISHO__TLS_STATE__TLS_OFFERED;
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_HELO);
}

static bool has_sender(const struct smtp_open *t)
{
	return t != NULL && t->mail != NULL && t->mail->address.seen;
}

static bool apply_mail(
    struct smtp_session *s, struct smtp_pending *e, struct smtp_reply *r)
{
	struct smtp_open *kept = NULL, *second;
	bool taken;

	/* Nested and refused: the one that is open goes on. */
	if (is_refusal(r) && has_sender(s->open)) {
		kept = s->open;
		s->open = NULL;
	}
	smtp_apply_report(s, SEKISHO__END_OF__END_MAIL);
	begin(s, e->at_us, e->gap);
	taken = s->open != NULL;
	if (taken)
		s->open->mail = e;
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_MAIL);
	if (kept == NULL)
		return taken;
	if (r->code == 503) {
		smtp_apply_report(s, SEKISHO__END_OF__END_UNKNOWN);
		s->open = kept;
	} else {
		/* Refused for itself: the server had forgotten the first. */
		second = s->open;
		s->open = NULL;
		report(s, kept, SEKISHO__END_OF__END_MAIL);
		s->open = second;
	}
	return taken;
}

static void apply_rcpt(
    struct smtp_session *s, struct smtp_pending *e, struct smtp_reply *r)
{
	bool accepted = r != NULL && !is_refusal(r);
	/* With a reply it is one, without any all of its kind. */
	uint32_t count = r != NULL ? 1 : e->count;

	/* Its MAIL is among the lost bytes. */
	if (s->open == NULL && e->gap && (r == NULL || r->code != 503))
		begin(s, e->at_us, true);
	if (s->open != NULL) {
		s->open->gap |= e->gap;
		smtp_open_add_rcpt(s->open, e->address.domain, count, accepted);
		/* The first reply of several stands for all of them. */
		s->open->rcpt_sum += e->rcpt_sum;
		e->rcpt_sum = 0;
	}
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_RCPT);
}

void smtp_apply_partial(struct smtp_session *s, struct smtp_message *m)
{
	if (s->open != NULL)
		smtp_open_take_message(s->open, m);
	else
		smtp_message_drop(m);
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
    struct smtp_session *s, struct smtp_pending *e, struct smtp_reply *r)
{
	struct smtp_message *m = e->message;

	e->message = NULL;
	if (m == NULL) { /* answered before its last chunk is through */
		m = s->message;
		s->message = NULL;
	}
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
		s->auth = SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED;
	else if (is_refusal(r) &&
		 s->auth != SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED)
		s->auth = SEKISHO__AUTH_OUTCOME__AUTH_FAILED;
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_AUTH);
}

static void apply_starttls(struct smtp_session *s, struct smtp_reply *r)
{
	if (r != NULL && !is_refusal(r)) {
		smtp_apply_report(s, SEKISHO__END_OF__END_STARTTLS);
		smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_STARTTLS);
		smtp_apply_tls(s, SEKISHO__TLS_STATE__TLS_STARTED);
		return;
	}
	if (is_refusal(r))
		s->tls = SEKISHO__TLS_STATE__TLS_REFUSED;
	smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_STARTTLS);
}

void smtp_apply_tls(struct smtp_session *s, Sekisho__TlsState tls)
{
	uint8_t held[SMTP_PROBE_BYTES];
	size_t n = s->probe_len;

	s->tls = (uint8_t)tls;
	smtp_queue_clear(&s->queue);
	smtp_line_next(&s->client_line);
	smtp_line_next(&s->server_line);
	smtp_message_drop(s->message);
	s->message = NULL;
	s->hello = client_hello_new();
	s->mode = s->hello != NULL ? SMTP_MODE_HELLO : SMTP_MODE_OPAQUE;
	s->probe_len = 0;
	memcpy(held, s->probe, n);
	smtp_client_feed(s, held, n);
}

bool smtp_apply(
    struct smtp_session *s, struct smtp_pending *e, struct smtp_reply *r)
{
	switch ((enum smtp_verb)e->verb) {
	case SMTP_HELO:
	case SMTP_EHLO:
		apply_helo(s, e, r);
		break;
	case SMTP_MAIL:
		return apply_mail(s, e, r);
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
		smtp_apply_partial(s, e->message);
		e->message = NULL;
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
		if (is_refusal(r) && s->unknown_refused < UINT8_MAX)
			s->unknown_refused++;
		smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_OTHER);
		break;
	case SMTP_NOOP:
	case SMTP_VRFY:
	case SMTP_XCLIENT:
		smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_OTHER);
		break;
	}
	return false;
}
