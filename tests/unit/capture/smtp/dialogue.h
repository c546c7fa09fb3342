/* SPDX-License-Identifier: Apache-2.0 */
/* Plays a dialogue into a session and writes down what it tells, one line a
 * transaction and one for the summary. */
#pragma once

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/smtp/session.h"

#define DIALOGUE_STEPS 96

struct step {
	enum smtp_dir dir;
	char text[2400];
	size_t len;
};
struct story {
	struct step step[DIALOGUE_STEPS];
	size_t n;
};
struct told {
	char text[32768];
	size_t len;
};

/* "C:line" and "S:line" get CRLF, "C>bytes" and "S>bytes" nothing. Each is
 * one step; a step ends with a newline of the script. */
static inline void story_read(struct story *st, const char *script)
{
	st->n = 0;
	while (*script != '\0') {
		const char *end = strchr(script, '\n');
		struct step *s = &st->step[st->n++];

		if (st->n > DIALOGUE_STEPS || end == NULL ||
		    (size_t)(end - script) > sizeof(s->text))
			abort();
		s->dir = script[0] == 'C' ? SMTP_CLIENT : SMTP_SERVER;
		s->len = (size_t)(end - script) - 2;
		memcpy(s->text, script + 2, s->len);
		for (size_t i = 0; i < s->len; i++)
			if (s->text[i] == '~') /* a bare LF in a step */
				s->text[i] = '\n';
			else if (s->text[i] == '^')
				s->text[i] = '\r';
			else if (s->text[i] == '`')
				s->text[i] = '\0';
		if (script[1] == ':') {
			memcpy(s->text + s->len, "\r\n", 2);
			s->len += 2;
		}
		script = end + 1;
	}
}

#define TELL(t, ...)                                                           \
	((t)->len += (size_t)snprintf(                                         \
	     (t)->text + (t)->len, sizeof((t)->text) - (t)->len, __VA_ARGS__))

static inline const char *short_name(
    const ProtobufCEnumDescriptor *d, int v, size_t prefix)
{
	return protobuf_c_enum_descriptor_get_value(d, v)->name + prefix;
}

static inline void tell_box(
    struct told *t, const char *key, const struct smtp_address *m)
{
	if (m->null_path)
		TELL(t, " %s=<>", key);
	else if (m->unparsed)
		TELL(t, " %s=?", key);
	else if (m->seen)
		TELL(t, " %s=%s@%s", key, m->local, m->domain);
}

static inline void tell_helo(struct told *t, const struct smtp_helo *h)
{
	if (h->verb == SEKISHO__HELO_VERB__HELO_NONE)
		return;
	TELL(t, " %s:%s:%s",
	    short_name(&sekisho__helo_verb__descriptor, (int)h->verb, 5),
	    short_name(&sekisho__helo_kind__descriptor, (int)h->kind, 10),
	    h->name != NULL ? h->name : "");
	if (h->null_literal)
		TELL(t, "(null)");
}

static inline void tell_replies(
    struct told *t, const struct smtp_reply *v, size_t n)
{
	TELL(t, " |");
	for (size_t i = 0; i < n; i++) {
		TELL(t, " %s=%d",
		    short_name(&sekisho__stage__descriptor, (int)v[i].stage, 6),
		    v[i].code);
		if (v[i].enhanced[0] != '\0')
			TELL(t, "/%s", v[i].enhanced);
		if (v[i].code >= 400)
			TELL(t, ":%s",
			    short_name(&sekisho__reply_class__descriptor,
				(int)v[i].cls, 12));
		if (v[i].names_client)
			TELL(t, "!");
		if (v[i].count > 1)
			TELL(t, "x%" PRIu32, v[i].count);
	}
	TELL(t, "\n");
}

static inline void tell_transaction(
    void *arg, const struct smtp_transaction *x, int64_t now_us)
{
	struct told *t = arg;

	(void)now_us;
	TELL(t, "T");
	tell_helo(t, &x->helo);
	tell_box(t, "from", &x->mail_from);
	TELL(t, " rcpt=%" PRIu32 "/%" PRIu32, x->rcpt_accepted, x->rcpt_count);
	for (size_t i = 0; i < x->n_rcpt_domains; i++)
		TELL(t, ",%s", x->rcpt_domains[i].domain);
	if (x->declared_bytes > 0)
		TELL(t, " size=%" PRIu64, x->declared_bytes);
	if (x->seen_bytes > 0)
		TELL(t, " seen=%" PRIu64, x->seen_bytes);
	for (size_t i = 0; i < x->n_header_from; i++)
		tell_box(t, "hfrom", &x->header_from[i]);
	if (x->message_id.seen)
		TELL(t, " mid=%s", x->message_id.domain);
	if (x->auto_submitted != SEKISHO__AUTO_SUBMITTED__AUTO_NONE)
		TELL(t, " %s",
		    short_name(&sekisho__auto_submitted__descriptor,
			(int)x->auto_submitted, 0));
	if (x->n_dkim > 0)
		TELL(t, " evidence=%zu", x->n_dkim);
	TELL(t, "%s", x->list_id ? " list" : "");
	if (x->smtputf8)
		TELL(t, " utf8");
	TELL(t, "%s%s", x->header_complete ? " complete" : "",
	    x->dkim_signature ? " dkim" : "");
	if (x->received_count > 0)
		TELL(t, " received=%" PRIu32, x->received_count);
	if (x->tls != SEKISHO__TLS_STATE__TLS_NONE)
		TELL(t, " tls=%s",
		    short_name(
			&sekisho__tls_state__descriptor, (int)x->tls, 4));
	TELL(t, "%s%s end=%s", x->gap ? " gap" : "",
	    x->authenticated ? " auth" : "",
	    short_name(&sekisho__end_of__descriptor, (int)x->end, 4));
	tell_replies(t, x->replies, x->n_replies);
}

static inline void tell_summary(struct told *t, const struct smtp_summary *s)
{
	TELL(t, "S");
	tell_helo(t, &s->helo);
	TELL(t, " n=%" PRIu32, s->transactions);
	if (s->auth != SEKISHO__AUTH_OUTCOME__AUTH_NONE)
		TELL(t, " %s=%s", s->auth_mechanism,
		    short_name(
			&sekisho__auth_outcome__descriptor, (int)s->auth, 5));
	if (s->tls != SEKISHO__TLS_STATE__TLS_NONE)
		TELL(t, " tls=%s",
		    short_name(
			&sekisho__tls_state__descriptor, (int)s->tls, 4));
	if (s->unknown_commands > 0)
		TELL(t, " unknown=%" PRIu32, s->unknown_commands);
	if (s->overlong_lines > 0)
		TELL(t, " overlong=%" PRIu32, s->overlong_lines);
	if (s->not_smtp)
		TELL(t, " not_smtp");
	if (s->sni != NULL)
		TELL(t, " sni=%s", s->sni);
	if (s->tls_version != 0)
		TELL(t, " version=%04x", (unsigned int)s->tls_version);
	if (s->replies_not_kept > 0)
		TELL(t, " not_kept=%" PRIu32, s->replies_not_kept);
	TELL(t, "%s%s", s->proxy ? " proxy" : "", s->xclient ? " xclient" : "");
	tell_replies(t, s->replies, s->n_replies);
}

static inline struct smtp_session *story_begin(struct told *t)
{
	struct addr client;
	struct smtp_session *s;

	t->len = 0;
	t->text[0] = '\0';
	if (addr_parse(&client, "192.0.2.7") != 0)
		abort();
	s = smtp_session_new(&client, 25, 1, tell_transaction, t);
	if (s == NULL)
		abort();
	return s;
}

static inline void story_end(struct smtp_session *s, struct told *t)
{
	struct smtp_summary sum;

	smtp_session_end(s, 1);
	smtp_session_summary(s, &sum);
	tell_summary(t, &sum);
	smtp_session_free(s);
}

static inline void feed(
    struct smtp_session *s, const struct step *p, size_t from, size_t to)
{
	uint8_t *copy = malloc(to - from + 1);

	/* Its own block, so that the sanitizer sees a read past the end. */
	if (copy == NULL)
		abort();
	memcpy(copy, p->text + from, to - from);
	smtp_session_feed(s, p->dir, copy, to - from, 1);
	free(copy);
}
