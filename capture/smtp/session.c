/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/prefetch.h"
#include "capture/smtp/machine.h"

struct smtp_session *smtp_session_new(const struct addr *client,
    uint16_t server_port, int64_t now_us, smtp_transaction_cb cb, void *arg)
{
	struct smtp_session *s = calloc(1, sizeof(*s));

	(void)server_port;
	if (s == NULL)
		return NULL;
	s->client = *client;
	s->now_us = now_us;
	s->cb = cb;
	s->arg = arg;
	s->mode = SMTP_MODE_PROBE;
	return s;
}

void smtp_session_free(struct smtp_session *s)
{
	if (s == NULL)
		return;
	smtp_queue_clear(&s->queue);
	smtp_message_drop(s->message);
	smtp_open_free(s->open);
	smtp_line_next(&s->client_line);
	smtp_line_next(&s->server_line);
	smtp_reply_reset(&s->reply);
	smtp_replies_clear(&s->replies);
	client_hello_free(s->hello);
	free(s->early);
	free(s->helo_name);
	free(s->sni);
	free(s);
}

void smtp_session_feed(struct smtp_session *s, enum smtp_dir dir,
    const uint8_t *data, size_t len, int64_t now_us)
{
	s->now_us = now_us;
	if (s->ended || s->mode == SMTP_MODE_OPAQUE)
		return;
	if (dir == SMTP_CLIENT)
		smtp_client_feed(s, data, len);
	else
		smtp_server_feed(s, data, len);
}

void smtp_session_gap(
    struct smtp_session *s, enum smtp_dir dir, uint64_t len, int64_t now_us)
{
	s->now_us = now_us;
	if (s->ended || s->mode == SMTP_MODE_OPAQUE)
		return;
	if (s->open != NULL)
		s->open->gap = true;
	if (dir == SMTP_CLIENT) {
		smtp_queue_gap(&s->queue, false);
		smtp_client_gap(s, len);
	} else {
		smtp_server_gap(s);
	}
}

void smtp_session_end(struct smtp_session *s, int64_t now_us)
{
	bool lost = s->message != NULL && s->message->gap;
	bool refused = s->early != NULL && s->early->code >= 400;
	struct smtp_message *m = s->message;

	if (s->ended)
		return;
	s->now_us = now_us;
	s->ending = true;
	s->message = NULL;
	if (m != NULL)
		smtp_server_expect(s, SMTP_PARTIAL, m);
	smtp_server_give_up(s);
	if (s->early != NULL && s->open != NULL)
		smtp_apply_reply(s, s->early, SEKISHO__STAGE__STAGE_MESSAGE);
	smtp_apply_report(s, refused ? SEKISHO__END_OF__END_REJECTED
			     : lost  ? SEKISHO__END_OF__END_GAP
				     : SEKISHO__END_OF__END_CONNECTION);
	s->ended = true;
}

/* Payload, but nothing that was a command, and a reason to say so. */
static bool is_not_smtp(const struct smtp_session *s)
{
	const struct smtp_line *l = &s->client_line;
	bool binary = s->binary;

	if (s->valid || s->tls != SEKISHO__TLS_STATE__TLS_NONE)
		return false;
	for (size_t i = 0; s->mode == SMTP_MODE_COMMAND && i < l->len; i++)
		binary |= (unsigned char)l->text[i] < 0x20 &&
			  l->text[i] != '\t' && l->text[i] != '\r';
	return binary || s->http || s->unknown_refused >= 3 ||
	       (s->junk && !s->replied);
}

void smtp_session_summary(
    const struct smtp_session *s, struct smtp_summary *out)
{
	*out = (struct smtp_summary){.helo = s->helo,
	    .replies = s->replies.v,
	    .n_replies = s->replies.n,
	    .replies_not_kept = s->replies_not_kept,
	    .auth_mechanism = s->auth_mechanism,
	    .auth = (Sekisho__AuthOutcome)s->auth,
	    .tls = (Sekisho__TlsState)s->tls,
	    .transactions = s->transactions,
	    .unknown_commands = s->unknown_commands,
	    .overlong_lines = s->overlong_lines,
	    .not_smtp = is_not_smtp(s),
	    .sni = s->sni,
	    .tls_version = s->tls_version,
	    .proxy = s->proxy,
	    .xclient = s->xclient};
}

char *smtp_keep_text(const char *text, uint16_t *bytes)
{
	size_t n = text != NULL ? strlen(text) + 1 : 0;
	char *copy = n > 0 && n <= UINT16_MAX ? malloc(n) : NULL;

	*bytes = copy != NULL ? (uint16_t)n : 0;
	return copy != NULL ? memcpy(copy, text, n) : NULL;
}

void smtp_session_without_dkim(struct smtp_session *s)
{
	s->no_dkim = true;
}

void smtp_session_hash_rcpts(struct smtp_session *s, smtp_rcpt_cb cb)
{
	s->rcpt_cb = cb;
}

void smtp_session_prefetch(const struct smtp_session *s)
{
	prefetch(s, sizeof(*s));
}

size_t smtp_session_bytes(const struct smtp_session *s)
{
	size_t n = sizeof(*s);

	n += smtp_message_bytes(s->message) + smtp_queue_bytes(&s->queue);
	n += s->open != NULL ? smtp_open_bytes(s->open) : 0;
	n += s->client_line.capacity + s->server_line.capacity;
	n += s->reply.text != NULL ? SMTP_REPLY_TEXT_MAX + 1 : 0;
	n += s->replies.capacity * sizeof(struct smtp_reply);
	n += client_hello_bytes(s->hello);
	n += s->early != NULL ? sizeof(*s->early) : 0;
	return n + s->helo_bytes + s->sni_bytes;
}
