/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "capture/smtp/machine.h"

static void *copy(const void *p, size_t len)
{
	void *c = malloc(len);

	return c != NULL ? memcpy(c, p, len) : NULL;
}

static bool new_message(struct smtp_session *s)
{
	free(s->message);
	s->message = malloc(sizeof(*s->message));
	if (s->message != NULL)
		smtp_message_init(s->message, s->now_us);
	return s->message != NULL;
}

void smtp_client_message_begin(struct smtp_session *s)
{
	s->mode = new_message(s) ? SMTP_MODE_MESSAGE : SMTP_MODE_UNSURE;
	s->early = false;
	s->message_expected = false;
}

/* Hands the message over to the queue. */
void smtp_client_message_end(struct smtp_session *s)
{
	struct smtp_message *m = s->message;

	s->message = NULL;
	s->mode = SMTP_MODE_COMMAND;
	smtp_server_expect(s, SMTP_MESSAGE, m, 0);
}

/* The rest of it is swallowed up to a lone dot or a command. */
void smtp_client_message_refused(struct smtp_session *s)
{
	if (s->mode == SMTP_MODE_MESSAGE && s->message != NULL) {
		/* In the middle of a line: that line is no command. */
		if (s->message->dot != SMTP_DOT_START)
			smtp_line_gap(&s->client_line);
		smtp_apply_partial(s, s->message);
		free(s->message);
		s->message = NULL;
	}
	s->mode = SMTP_MODE_SKIP;
}

/* What a message by BDAT showed before something else ended it. */
static void drop_chunks(struct smtp_session *s)
{
	struct smtp_message *m = s->message;

	s->message = NULL;
	if (m != NULL)
		smtp_server_expect(s, SMTP_PARTIAL, m, 0);
}

static void begin_chunk(struct smtp_session *s, const struct smtp_command *c)
{
	if (c->malformed) {
		drop_chunks(s);
		smtp_server_expect(s, SMTP_BDAT, NULL, 0);
		s->mode = SMTP_MODE_SKIP;
		return;
	}
	if (s->message == NULL && !new_message(s))
		return;
	s->chunk_left = c->size;
	s->chunk_last = c->last;
	s->mode = SMTP_MODE_CHUNK;
	smtp_server_expect(s, c->last ? SMTP_MESSAGE : SMTP_BDAT, NULL, 0);
}

/* The octets of a chunk are through. */
static void end_chunk(struct smtp_session *s)
{
	struct smtp_pending *e = s->queue.head;

	s->mode = SMTP_MODE_COMMAND;
	if (!s->chunk_last || s->message == NULL)
		return;
	smtp_message_end(s->message);
	while (e != NULL && (e->verb != SMTP_MESSAGE || e->payload != NULL))
		e = e->next;
	if (e != NULL)
		e->payload = s->message;
	else /* answered before its end was seen */
		free(s->message);
	s->message = NULL;
}

static void expect_command(struct smtp_session *s, const struct smtp_command *c)
{
	void *payload = NULL;

	if (c->verb == SMTP_HELO || c->verb == SMTP_EHLO)
		payload = copy(&c->helo, sizeof(c->helo));
	else if (c->verb == SMTP_MAIL)
		payload = copy(&c->mailbox, sizeof(c->mailbox));
	else if (c->verb == SMTP_RCPT)
		payload = strdup(c->mailbox.domain);
	smtp_server_expect(s, c->verb, payload, c->size);
}

static void take_auth(struct smtp_session *s, const struct smtp_command *c)
{
	if (s->sum.auth == SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED)
		return;
	memcpy(s->sum.auth_mechanism, c->mechanism, sizeof(c->mechanism));
	s->sum.auth = SEKISHO__AUTH_OUTCOME__AUTH_UNSEEN;
}

static void take_command(struct smtp_session *s, const struct smtp_command *c)
{
	s->valid = true;
	s->message_expected = false;
	if (c->verb == SMTP_MAIL)
		s->client_lost = false;
	if (c->verb == SMTP_BDAT) {
		begin_chunk(s, c);
		return;
	}
	if (c->verb != SMTP_NOOP && c->verb != SMTP_VRFY &&
	    c->verb != SMTP_RCPT)
		drop_chunks(s);
	if (c->verb == SMTP_AUTH)
		take_auth(s, c);
	expect_command(s, c);
	if (c->verb == SMTP_DATA)
		s->mode = SMTP_MODE_WAIT;
	else if (c->verb == SMTP_STARTTLS)
		s->mode = SMTP_MODE_PROBE;
}

/* Bytes that no SMTP client sends in a line of its own. */
static void look_foreign(struct smtp_session *s, const struct smtp_line *l)
{
	const char *p = l->text, *end = p + l->len;

	for (; p < end; p++)
		if (((unsigned char)*p < 0x20 && *p != '\t' && *p != '\r') ||
		    *p == 0x7f)
			s->binary = true;
	if (l->len > 9 && memmem(l->text, l->len, " HTTP/1.", 8) != NULL)
		s->http = true;
}

static void take_unknown(struct smtp_session *s, const struct smtp_line *l)
{
	look_foreign(s, l);
	if (s->sum.unknown_commands < UINT32_MAX)
		s->sum.unknown_commands++;
	smtp_server_expect(s, SMTP_UNKNOWN, NULL, 0);
}

/* Where lines may be text of a message, only what can hardly be text. */
static bool is_surely(const struct smtp_command *c)
{
	if (c->malformed)
		return false;
	switch (c->verb) {
	case SMTP_HELO:
	case SMTP_EHLO:
		return c->helo.name[0] != '\0';
	case SMTP_MAIL:
	case SMTP_RCPT:
	case SMTP_DATA:
	case SMTP_BDAT:
	case SMTP_RSET:
	case SMTP_QUIT:
	case SMTP_STARTTLS:
		return true;
	case SMTP_AUTH:
		return strcmp(c->mechanism, "?") != 0;
	case SMTP_UNKNOWN:
	case SMTP_NOOP:
	case SMTP_VRFY:
	case SMTP_MESSAGE:
	case SMTP_PARTIAL:
		break;
	}
	return false;
}

/* A lone dot where DATA was not seen or refused. */
static void take_dot(struct smtp_session *s)
{
	bool unsure = s->mode == SMTP_MODE_UNSURE;

	if (unsure && (s->open != NULL ||
			  smtp_queue_find(&s->queue, SMTP_MAIL) != NULL)) {
		drop_chunks(s);
		if (!new_message(s))
			return;
		smtp_message_gap(s->message);
		smtp_client_message_end(s);
	} else if (!unsure) {
		s->mode = SMTP_MODE_COMMAND;
	}
}

static bool auth_is_last(const struct smtp_session *s)
{
	return s->queue.last != NULL && s->queue.last->verb == SMTP_AUTH;
}

static void take_line(struct smtp_session *s)
{
	const struct smtp_line *l = &s->client_line;
	struct smtp_command c;

	if (l->too_long && s->sum.overlong_lines < UINT32_MAX)
		s->sum.overlong_lines++;
	if (s->continuation) {
		s->continuation = false;
		return;
	}
	smtp_command_parse(&c, l->text, l->len, l->too_long, &s->client);
	if (s->mode == SMTP_MODE_COMMAND) {
		if (c.verb != SMTP_UNKNOWN)
			take_command(s, &c);
		else if (!auth_is_last(s))
			take_unknown(s, l);
	} else if (is_surely(&c)) {
		s->mode = SMTP_MODE_COMMAND;
		take_command(s, &c);
	} else if (l->len == 1 && l->text[0] == '.') {
		take_dot(s);
	}
	explicit_bzero(&c, sizeof(c));
}

static size_t feed_lines(struct smtp_session *s, const uint8_t *p, size_t len)
{
	size_t n = smtp_line_feed(&s->client_line, p, len);

	if (s->client_line.done) {
		take_line(s);
		smtp_line_next(&s->client_line);
	}
	return n;
}

/* RFC 8446 section 5.1: handshake, 3.x, length, client_hello. */
static bool is_hello_byte(size_t i, uint8_t c)
{
	switch (i) {
	case 0:
		return c == 0x16;
	case 1:
		return c == 0x03;
	case 2:
		return c <= 4;
	case 5:
		return c == 1;
	default:
		return true;
	}
}

static size_t feed_probe(struct smtp_session *s, uint8_t c)
{
	uint8_t held[SMTP_PROBE_BYTES];
	size_t n = s->probe_len;
	bool fits = is_hello_byte(n, c);

	s->probe[s->probe_len++] = c;
	if (fits && s->probe_len < SMTP_PROBE_BYTES)
		return 1;
	n = s->probe_len;
	s->probe_len = 0;
	if (!fits) {
		memcpy(held, s->probe, n);
		s->mode = SMTP_MODE_COMMAND;
		smtp_client_feed(s, held, n);
	} else if (smtp_queue_find(&s->queue, SMTP_STARTTLS) != NULL) {
		/* The 220 was not seen, but the client saw it. */
		smtp_server_give_up(s);
		smtp_apply_report(s, SEKISHO__END_OF__END_STARTTLS);
		smtp_apply_opaque(s, SEKISHO__TLS_STATE__TLS_STARTED);
	} else {
		smtp_apply_opaque(s, SEKISHO__TLS_STATE__TLS_IMPLICIT);
	}
	return 1;
}

static size_t feed_message(struct smtp_session *s, const uint8_t *p, size_t len)
{
	bool ended;
	size_t n = smtp_message_feed(s->message, p, len, &ended);

	if (ended)
		smtp_client_message_end(s);
	return n;
}

static size_t feed_chunk(struct smtp_session *s, const uint8_t *p, size_t len)
{
	size_t n = len < s->chunk_left ? len : (size_t)s->chunk_left;

	if (s->message != NULL)
		smtp_message_chunk(s->message, p, n);
	s->chunk_left -= n;
	if (s->chunk_left == 0)
		end_chunk(s);
	return n;
}

void smtp_client_feed(struct smtp_session *s, const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (i < len) {
		switch (s->mode) {
		case SMTP_MODE_PROBE:
			i += feed_probe(s, data[i]);
			break;
		case SMTP_MODE_COMMAND:
		case SMTP_MODE_SKIP:
		case SMTP_MODE_UNSURE:
			i += feed_lines(s, data + i, len - i);
			break;
		case SMTP_MODE_WAIT:
			smtp_client_message_begin(s);
			break;
		case SMTP_MODE_MESSAGE:
			i += feed_message(s, data + i, len - i);
			break;
		case SMTP_MODE_CHUNK:
			i += feed_chunk(s, data + i, len - i);
			break;
		case SMTP_MODE_OPAQUE:
			return;
		}
		/* An empty chunk ends without a further byte. */
		if (s->mode == SMTP_MODE_CHUNK && s->chunk_left == 0)
			end_chunk(s);
	}
}

static void gap_in_chunk(struct smtp_session *s, uint64_t len)
{
	if (s->message != NULL)
		smtp_message_gap(s->message);
	if (len > 0 && len <= s->chunk_left) {
		s->chunk_left -= len;
		if (s->chunk_left == 0)
			end_chunk(s);
		return;
	}
	s->chunk_left = 0;
	end_chunk(s);
	s->mode = SMTP_MODE_UNSURE;
	smtp_line_gap(&s->client_line);
}

void smtp_client_gap(struct smtp_session *s, uint64_t len)
{
	s->client_lost = true;
	s->continuation = false;
	s->probe_len = 0;
	switch (s->mode) {
	case SMTP_MODE_MESSAGE:
		smtp_message_gap(s->message);
		return;
	case SMTP_MODE_CHUNK:
		gap_in_chunk(s, len);
		return;
	case SMTP_MODE_OPAQUE:
		return;
	case SMTP_MODE_PROBE:
	case SMTP_MODE_COMMAND:
	case SMTP_MODE_WAIT:
	case SMTP_MODE_SKIP:
	case SMTP_MODE_UNSURE:
		break;
	}
	if (s->message != NULL) /* between chunks */
		smtp_message_gap(s->message);
	if (s->mode == SMTP_MODE_WAIT || s->message_expected) {
		smtp_client_message_begin(s);
		if (s->mode == SMTP_MODE_MESSAGE)
			smtp_message_gap(s->message);
		return;
	}
	if (s->mode != SMTP_MODE_SKIP)
		s->mode = SMTP_MODE_UNSURE;
	smtp_line_gap(&s->client_line);
}
