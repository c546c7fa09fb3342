/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/reply_class.h"
#include "capture/smtp/machine.h"

/* The oldest entry goes: with a reply (one recipient of many at a time), or
 * without. */
static void resolve(struct smtp_session *s, struct smtp_reply *r)
{
	struct smtp_pending *e = s->queue.head;

	if (r != NULL && e->verb == SMTP_RCPT && e->count > 1) {
		e->count--;
		(void)smtp_apply(s, e, r);
		return;
	}
	e = smtp_queue_pop(&s->queue);
	if (!smtp_apply(s, e, r))
		smtp_pending_free(e);
}

void smtp_server_settle(struct smtp_session *s)
{
	while (s->queue.head != NULL && s->queue.head->no_reply)
		resolve(s, NULL);
}

void smtp_server_give_up(struct smtp_session *s)
{
	while (s->queue.head != NULL)
		resolve(s, NULL);
}

/* More than is kept: the oldest are taken as unanswered, and their replies,
 * should they come, are nobody's. */
static void make_room(struct smtp_session *s)
{
	size_t messages = s->server_seen ? SMTP_PENDING_MESSAGES_MAX : 1;

	while (s->queue.n > SMTP_PENDING_MAX ||
	       s->queue.bytes > SMTP_PENDING_BYTES_MAX ||
	       s->queue.messages > messages) {
		s->owed += s->queue.head->no_reply ? 0 : s->queue.head->count;
		resolve(s, NULL);
	}
}

static void expect(struct smtp_session *s, struct smtp_pending *e)
{
	struct smtp_reply r;

	if (e == NULL)
		return;
	e->no_reply = e->verb == SMTP_PARTIAL;
	e->gap |= s->client_lost;
	/* The line that a gap ends in may be its reply, and be dropped. */
	e->maybe_lost |= s->server_line.torn;
	smtp_server_settle(s);
	make_room(s);
	if (s->early == NULL || s->queue.head != e || e->verb != SMTP_MESSAGE)
		return;
	r = *s->early;
	free(s->early);
	s->early = NULL;
	resolve(s, &r);
}

void smtp_server_expect(
    struct smtp_session *s, enum smtp_verb verb, struct smtp_message *message)
{
	expect(s, smtp_queue_push(&s->queue, verb, message, s->now_us));
}

void smtp_server_expect_command(
    struct smtp_session *s, const struct smtp_command *c)
{
	struct smtp_pending *e =
	    smtp_queue_push_command(&s->queue, c, s->now_us);

	if (e != NULL && c->verb == SMTP_RCPT && s->rcpt_cb != NULL &&
	    !c->mailbox.unparsed)
		e->rcpt_sum +=
		    s->rcpt_cb(s->arg, c->mailbox.local, c->mailbox.domain);
	expect(s, e);
}

/* Gives up all in front of e. */
static struct smtp_pending *forward_to(
    struct smtp_session *s, struct smtp_pending *e)
{
	while (e != NULL && s->queue.head != e)
		resolve(s, NULL);
	return e;
}

/* After lost server bytes: a single command waits for this very reply; of
 * several nobody can say which were answered. */
static struct smtp_pending *after_gap(struct smtp_session *s)
{
	struct smtp_pending *e = s->queue.head;

	if (e->next == NULL && e->count == 1)
		return e;
	while (s->queue.head != NULL && s->queue.head->maybe_lost)
		resolve(s, NULL);
	return s->queue.head;
}

/* The command that a reply answers; NULL: none that is known. */
static struct smtp_pending *match(struct smtp_session *s, uint16_t code)
{
	struct smtp_pending *e;

	if (code == 354)
		return forward_to(s, smtp_queue_find(&s->queue, SMTP_DATA));
	if (code == 334 || code == 235)
		return forward_to(s, smtp_queue_find(&s->queue, SMTP_AUTH));
	if (code == 221) {
		e = smtp_queue_find(&s->queue, SMTP_QUIT);
		if (e != NULL)
			return forward_to(s, e);
	}
	e = s->queue.head;
	if (e != NULL && e->maybe_lost)
		e = after_gap(s);
	/* Only QUIT is answered by 221. */
	if (e == NULL || code == 221 ||
	    (code < 400 && (e->verb == SMTP_DATA || code >= 300)))
		return NULL;
	return e;
}

static void refuse_data(struct smtp_session *s, struct smtp_pending *after)
{
	/* The client did not wait: its message is through already. */
	if (after != NULL && after->verb == SMTP_MESSAGE) {
		after->verb = SMTP_PARTIAL;
		after->no_reply = true;
	} else if (s->mode == SMTP_MODE_WAIT || s->mode == SMTP_MODE_MESSAGE) {
		smtp_client_message_refused(s);
	}
}

static void take_matched(
    struct smtp_session *s, struct smtp_pending *e, struct smtp_reply *r)
{
	enum smtp_verb verb = e->verb;
	struct smtp_pending *next = e->next;

	if (verb == SMTP_AUTH && r->code == 334) {
		s->continuation = true;
		smtp_apply_reply(s, r, SEKISHO__STAGE__STAGE_AUTH);
		return;
	}
	if (verb == SMTP_AUTH)
		s->continuation = false;
	resolve(s, r);
	if (verb == SMTP_DATA && r->code >= 400)
		refuse_data(s, next);
	else if (verb == SMTP_DATA && s->mode == SMTP_MODE_WAIT)
		smtp_client_message_begin(s);
	smtp_server_settle(s);
}

static Sekisho__Stage stage_by_code(uint16_t code)
{
	switch (code) {
	case 354:
		return SEKISHO__STAGE__STAGE_DATA;
	case 334:
	case 235:
		return SEKISHO__STAGE__STAGE_AUTH;
	case 221:
		return SEKISHO__STAGE__STAGE_QUIT;
	default:
		return SEKISHO__STAGE__STAGE_OTHER;
	}
}

/* A reply while the message is still being read. */
static void take_in_message(struct smtp_session *s, struct smtp_reply *r)
{
	bool soft = s->message->soft_end;
	bool at_start = s->message->dot == SMTP_DOT_START;

	if (soft || s->message->gap) {
		/* Its end was another than ours, or is lost. */
		if (soft)
			smtp_message_end(s->message);
		smtp_client_message_end(s);
		if (!soft)
			s->mode = SMTP_MODE_UNSURE;
		if (!soft && !at_start)
			smtp_client_line_foreign(s);
		if (s->queue.head != NULL && r->code != 221)
			resolve(s, r);
		else
			smtp_apply_reply(s, r, stage_by_code(r->code));
		return;
	}
	if (s->early != NULL)
		smtp_apply_reply(s, s->early, SEKISHO__STAGE__STAGE_MESSAGE);
	else
		s->early = malloc(sizeof(*s->early));
	if (s->early != NULL)
		*s->early = *r;
}

static void take_unmatched(struct smtp_session *s, struct smtp_reply *r)
{
	const struct smtp_pending *e = s->queue.head;

	/* DATA never gets a 2xx: its 354 is lost, this is about the message. */
	if (s->mode == SMTP_MODE_MESSAGE && e != NULL && e->next == NULL &&
	    e->verb == SMTP_DATA && r->code < 300)
		resolve(s, NULL);
	if (s->mode == SMTP_MODE_MESSAGE && s->queue.head == NULL) {
		take_in_message(s, r);
		return;
	}
	smtp_apply_reply(s, r, stage_by_code(r->code));
	if (r->code != 354)
		return;
	/* Its DATA is lost, or took the refusal of a command that is lost:
	 * what follows is the message all the same. */
	if (s->mode == SMTP_MODE_UNSURE || s->mode == SMTP_MODE_SKIP) {
		smtp_line_next(&s->client_line);
		s->client_line.skip = false;
		smtp_client_message_begin(s);
	} else if (s->mode == SMTP_MODE_COMMAND) {
		s->message_expected = true;
	}
}

/* The first reply, which nobody asked for. */
static bool is_greeting(const struct smtp_session *s, uint16_t code)
{
	if (s->greeted || (code != 220 && code < 400))
		return false;
	if (s->server_lost)
		return code == 220 && s->queue.head == NULL;
	return true;
}

static void take_reply(struct smtp_session *s, const char *text)
{
	struct smtp_reply r = {.code = s->reply.code, .count = 1};
	struct smtp_pending *e;
	bool greeting = is_greeting(s, r.code);

	memcpy(r.enhanced, s->reply.enhanced, sizeof(r.enhanced));
	r.cls = SEKISHO__REPLY_CLASS__REPLY_CLASS_OK;
	if (r.code >= 400) {
		r.cls = (uint8_t)smtp_reply_classify(r.code, r.enhanced, text);
		r.names_client = smtp_reply_names(text, &s->client);
	}
	s->greeted = s->replied = true;
	if (greeting) {
		smtp_apply_reply(s, &r, SEKISHO__STAGE__STAGE_GREETING);
		return;
	}
	if (s->owed > 0) {
		s->owed--;
		smtp_apply_reply(s, &r, stage_by_code(r.code));
		return;
	}
	e = match(s, r.code);
	if (e != NULL)
		take_matched(s, e, &r);
	else
		take_unmatched(s, &r);
}

/* A line after a gap, whose beginning may be lost: a rest of text does not
 * begin like a reply. */
static bool is_reply_head(const struct smtp_cut *l)
{
	return l->len > 3 && (l->text[3] == ' ' || l->text[3] == '-');
}

static void take_line(struct smtp_session *s, const struct smtp_cut *l)
{
	char text[SMTP_REPLY_TEXT_MAX + 1];

	if (l->too_long && s->overlong_lines < UINT32_MAX)
		s->overlong_lines++;
	if (l->torn && !is_reply_head(l))
		return;
	switch (smtp_reply_line(&s->reply, l->text, l->len, text)) {
	case SMTP_REPLY_WHOLE:
		take_reply(s, text);
		smtp_reply_reset(&s->reply);
		break;
	case SMTP_REPLY_JUNK:
		s->junk |= !l->torn;
		break;
	case SMTP_REPLY_MORE:
		break;
	}
}

static bool is_tls(const struct smtp_session *s)
{
	return s->mode == SMTP_MODE_HELLO || s->mode == SMTP_MODE_OPAQUE;
}

void smtp_server_feed(struct smtp_session *s, const uint8_t *data, size_t len)
{
	struct smtp_cut cut;
	size_t i = 0;

	s->server_seen |= len > 0;
	while (i < len && !is_tls(s)) {
		i += smtp_line_feed(&s->server_line, data + i, len - i, &cut);
		if (cut.text == NULL)
			break;
		take_line(s, &cut);
		smtp_line_next(&s->server_line);
	}
}

void smtp_server_gap(struct smtp_session *s)
{
	s->server_lost = true;
	smtp_line_gap(&s->server_line);
	smtp_reply_reset(&s->reply);
	smtp_queue_gap(&s->queue, true);
}
