/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "capture/smtp/machine.h"

static bool new_message(struct smtp_session *s)
{
	smtp_message_drop(s->message);
	s->message = malloc(sizeof(*s->message));
	if (s->message == NULL)
		return false;
	smtp_message_init(s->message, s->now_us);
	s->message->header.no_dkim = s->no_dkim;
	return true;
}

void smtp_client_message_begin(struct smtp_session *s)
{
	s->mode = new_message(s) ? SMTP_MODE_MESSAGE : SMTP_MODE_UNSURE;
	free(s->early);
	s->early = NULL;
	s->message_expected = false;
}

/* The octets that were read last are the beginning of a line, unless they
 * are lost: then the next line is as good as any after a gap. */
void smtp_client_line_foreign(struct smtp_session *s)
{
	if (s->after_gap)
		smtp_line_gap(&s->client_line);
	else
		smtp_line_skip(&s->client_line);
}

/* Hands the message over to the queue. */
void smtp_client_message_end(struct smtp_session *s)
{
	struct smtp_message *m = s->message;

	s->message = NULL;
	s->mode = SMTP_MODE_COMMAND;
	smtp_server_expect(s, SMTP_MESSAGE, m);
}

/* The rest of it is swallowed up to a lone dot or a command. */
void smtp_client_message_refused(struct smtp_session *s)
{
	struct smtp_message *m = s->message;

	if (s->mode == SMTP_MODE_MESSAGE && m != NULL) {
		/* In the middle of a line: that line is no command. */
		if (m->dot != SMTP_DOT_START)
			smtp_client_line_foreign(s);
		s->message = NULL;
		smtp_apply_partial(s, m);
	}
	s->mode = SMTP_MODE_SKIP;
}

/* What a message by BDAT showed before something else ended it. */
static void drop_chunks(struct smtp_session *s)
{
	struct smtp_message *m = s->message;

	s->message = NULL;
	if (m != NULL)
		smtp_server_expect(s, SMTP_PARTIAL, m);
}

static void begin_chunk(struct smtp_session *s, const struct smtp_command *c)
{
	if (c->malformed) {
		drop_chunks(s);
		smtp_server_expect(s, SMTP_BDAT, NULL);
		s->mode = SMTP_MODE_SKIP;
		return;
	}
	if (s->message == NULL && !new_message(s))
		return;
	s->octets_left = c->size;
	s->chunk_last = c->last;
	s->mode = SMTP_MODE_CHUNK;
	smtp_server_expect(s, c->last ? SMTP_MESSAGE : SMTP_BDAT, NULL);
}

/* The octets of a chunk are through. */
static void end_chunk(struct smtp_session *s)
{
	struct smtp_pending *e = s->queue.head;

	s->mode = SMTP_MODE_COMMAND;
	if (!s->chunk_last || s->message == NULL)
		return;
	smtp_message_end(s->message);
	while (e != NULL && (e->verb != SMTP_MESSAGE || e->message != NULL))
		e = e->next;
	if (e != NULL)
		e->message = s->message;
	else /* answered before its end was seen */
		smtp_message_drop(s->message);
	s->message = NULL;
}

static void take_auth(struct smtp_session *s, const struct smtp_command *c)
{
	if (s->auth == SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED)
		return;
	s->auth_mechanism = c->mechanism;
	s->auth = SEKISHO__AUTH_OUTCOME__AUTH_UNSEEN;
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
	if (c->verb == SMTP_XCLIENT)
		s->xclient = true;
	smtp_server_expect_command(s, c);
	if (c->verb == SMTP_DATA)
		s->mode = SMTP_MODE_WAIT;
	else if (c->verb == SMTP_STARTTLS)
		s->mode = SMTP_MODE_PROBE;
}

/* Bytes that no SMTP client sends in a line of its own. */
static void look_foreign(struct smtp_session *s, const struct smtp_cut *l)
{
	const char *p = l->text, *end = p + l->len;

	for (; p < end; p++)
		if (((unsigned char)*p < 0x20 && *p != '\t' && *p != '\r') ||
		    *p == 0x7f)
			s->binary = true;
	if (l->len > 9 && memmem(l->text, l->len, " HTTP/1.", 8) != NULL)
		s->http = true;
}

static void take_unknown(struct smtp_session *s, const struct smtp_cut *l)
{
	look_foreign(s, l);
	if (s->unknown_commands < UINT32_MAX)
		s->unknown_commands++;
	smtp_server_expect(s, SMTP_UNKNOWN, NULL);
}

/* Where lines may be text of a message, only what can hardly be text. */
static bool is_surely(const struct smtp_command *c)
{
	if (c->malformed)
		return false;
	switch (c->verb) {
	case SMTP_HELO:
	case SMTP_EHLO:
		return c->helo.name != NULL;
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
	case SMTP_XCLIENT:
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

/* The text form of the PROXY protocol, version 1: the first line. */
static bool is_proxy(const struct smtp_session *s, const struct smtp_cut *l)
{
	static const char *const heads[] = {
	    "PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN"};

	if (s->client_spoke || s->proxy || l->len > 105)
		return false;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (l->len >= strlen(heads[i]) &&
		    memcmp(l->text, heads[i], strlen(heads[i])) == 0)
			return true;
	return false;
}

static void take_command_line(struct smtp_session *s, const struct smtp_cut *l)
{
	struct smtp_command c;

	smtp_command_parse(&c, l->text, l->len, l->too_long, &s->client);
	if (s->mode == SMTP_MODE_COMMAND && !l->torn) {
		if (c.verb != SMTP_UNKNOWN)
			take_command(s, &c);
		else if (!auth_is_last(s))
			take_unknown(s, l);
	} else if (is_surely(&c)) {
		/* Of a torn line, too: lost segments mostly end where a
		 * write of the client ended, with a line. What begins with a
		 * whole verb and is a whole command behind it is no rest of
		 * another line; all else may be, and is dropped. */
		s->mode = SMTP_MODE_COMMAND;
		take_command(s, &c);
	} else if (l->len == 1 && l->text[0] == '.' && !l->torn) {
		take_dot(s);
	}
	smtp_command_wipe(&c);
}

static void take_line(struct smtp_session *s, const struct smtp_cut *l)
{
	if (l->too_long && s->overlong_lines < UINT32_MAX)
		s->overlong_lines++;
	if (is_proxy(s, l)) {
		s->proxy = true;
		s->mode = SMTP_MODE_PROBE;
		return;
	}
	s->client_spoke = true;
	if (s->continuation)
		s->continuation = false;
	else
		take_command_line(s, l);
}

static size_t feed_lines(struct smtp_session *s, const uint8_t *p, size_t len)
{
	struct smtp_cut cut;
	size_t n = smtp_line_feed(&s->client_line, p, len, &cut);

	if (cut.text != NULL) {
		take_line(s, &cut);
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

#define TLS_PROBE_BYTES 6
#define TLS_HANDSHAKE   0x16

/* Version 2 of the PROXY protocol: a signature, version and command, family,
 * length. */
static bool is_proxy_byte(size_t i, uint8_t c)
{
	static const uint8_t signature[] = {
	    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

	if (i < sizeof(signature))
		return c == signature[i];
	return i > sizeof(signature) || c == 0x20 || c == 0x21;
}

static void probe_tls(struct smtp_session *s)
{
	if (smtp_queue_find(&s->queue, SMTP_STARTTLS) != NULL) {
		/* The 220 was not seen, but the client saw it. */
		smtp_server_give_up(s);
		smtp_apply_report(s, SEKISHO__END_OF__END_STARTTLS);
		smtp_apply_tls(s, SEKISHO__TLS_STATE__TLS_STARTED);
	} else {
		smtp_apply_tls(s, SEKISHO__TLS_STATE__TLS_IMPLICIT);
	}
}

static void probe_failed(struct smtp_session *s)
{
	uint8_t held[SMTP_PROBE_BYTES];
	size_t n = s->probe_len;

	memcpy(held, s->probe, n);
	s->probe_len = 0;
	s->mode = SMTP_MODE_COMMAND;
	smtp_client_feed(s, held, n);
}

static size_t feed_probe(struct smtp_session *s, uint8_t c)
{
	size_t i = s->probe_len;
	bool tls = (i == 0 ? c : s->probe[0]) == TLS_HANDSHAKE;
	bool may_be_proxy = !s->client_spoke && !s->proxy;

	if (i == 0 && !tls && !(may_be_proxy && c == '\r')) {
		s->mode = SMTP_MODE_COMMAND;
		return 0;
	}
	s->probe[s->probe_len++] = c;
	if (!(tls ? is_hello_byte(i, c) : is_proxy_byte(i, c))) {
		probe_failed(s);
	} else if (tls && s->probe_len == TLS_PROBE_BYTES) {
		probe_tls(s);
	} else if (s->probe_len == SMTP_PROBE_BYTES) {
		s->proxy = true;
		s->octets_left = (uint64_t)s->probe[14] << 8 | s->probe[15];
		s->probe_len = 0;
		s->mode = SMTP_MODE_PROXY;
	}
	return 1;
}

static size_t feed_proxy(struct smtp_session *s, size_t len)
{
	size_t n = len < s->octets_left ? len : (size_t)s->octets_left;

	s->octets_left -= n;
	if (s->octets_left == 0)
		s->mode = SMTP_MODE_PROBE;
	return n;
}

static void hello_is_over(struct smtp_session *s)
{
	client_hello_free(s->hello);
	s->hello = NULL;
	s->mode = SMTP_MODE_OPAQUE;
}

static size_t feed_hello(struct smtp_session *s, const uint8_t *p, size_t len)
{
	struct client_hello h;

	switch (client_hello_feed(s->hello, p, len, &h)) {
	case CLIENT_HELLO_MORE:
		return len;
	case CLIENT_HELLO_DONE:
		s->tls_version = h.version;
		s->sni = smtp_keep_text(
		    h.sni[0] != '\0' ? h.sni : NULL, &s->sni_bytes);
		break;
	case CLIENT_HELLO_NONE:
		break;
	}
	hello_is_over(s);
	return len;
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
	size_t n = len < s->octets_left ? len : (size_t)s->octets_left;

	if (s->message != NULL)
		smtp_message_chunk(s->message, p, n);
	s->octets_left -= n;
	if (s->octets_left == 0)
		end_chunk(s);
	return n;
}

void smtp_client_feed(struct smtp_session *s, const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (i < len) {
		switch ((enum smtp_mode)s->mode) {
		case SMTP_MODE_PROBE:
			i += feed_probe(s, data[i]);
			break;
		case SMTP_MODE_PROXY:
			i += feed_proxy(s, len - i);
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
		case SMTP_MODE_HELLO:
			i += feed_hello(s, data + i, len - i);
			break;
		case SMTP_MODE_OPAQUE:
			return;
		}
		/* An empty chunk ends without a further byte. */
		if (s->mode == SMTP_MODE_CHUNK && s->octets_left == 0)
			end_chunk(s);
	}
	s->after_gap &= len == 0;
}

static void gap_in_chunk(struct smtp_session *s, uint64_t len)
{
	if (s->message != NULL)
		smtp_message_gap(s->message);
	if (len > 0 && len <= s->octets_left) {
		s->octets_left -= len;
		if (s->octets_left == 0)
			end_chunk(s);
		return;
	}
	s->octets_left = 0;
	end_chunk(s);
	s->mode = SMTP_MODE_UNSURE;
	smtp_line_gap(&s->client_line);
}

void smtp_client_gap(struct smtp_session *s, uint64_t len)
{
	s->client_lost = s->client_spoke = s->after_gap = true;
	s->continuation = false;
	s->probe_len = 0;
	switch ((enum smtp_mode)s->mode) {
	case SMTP_MODE_MESSAGE:
		smtp_message_gap(s->message);
		return;
	case SMTP_MODE_CHUNK:
		gap_in_chunk(s, len);
		return;
	case SMTP_MODE_HELLO:
		hello_is_over(s);
		return;
	case SMTP_MODE_OPAQUE:
		return;
	case SMTP_MODE_PROBE:
	case SMTP_MODE_PROXY:
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
