/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/message.h"

#include <string.h>

void smtp_message_init(struct smtp_message *m, int64_t now_us)
{
	memset(m, 0, sizeof(*m));
	smtp_header_init(&m->header);
	m->start_us = now_us;
	m->dot = SMTP_DOT_START;
	m->hard_start = true;
}

void smtp_message_chunk(struct smtp_message *m, const uint8_t *data, size_t len)
{
	m->seen_bytes += len;
	smtp_header_feed(&m->header, data, len);
}

static void put(struct smtp_message *m, const char *text, size_t len)
{
	smtp_message_chunk(m, (const uint8_t *)text, len);
}

/* A line ended, with CRLF or with LF alone. */
static void line_ended(struct smtp_message *m, bool hard)
{
	m->dot = SMTP_DOT_START;
	m->hard_start = hard;
	m->crlf_seen |= hard;
}

/* The line that ends here is a lone dot. True: it ends the message. Between
 * bare LFs it does so only for a client that never sent CRLF: to all others
 * it is text (or smuggling), unless the server answers right here. */
static bool dot_line(struct smtp_message *m, bool hard)
{
	if ((m->hard_start && hard) || !m->crlf_seen)
		return true;
	put(m, hard ? "\r\n" : "\n", hard ? 2 : 1);
	line_ended(m, hard);
	m->soft_end = true;
	return false;
}

/* One octet that is no plain text. True: the message ended with it. */
static bool step(struct smtp_message *m, char c)
{
	m->soft_end = false;
	switch (m->dot) {
	case SMTP_DOT_START:
		if (c == '.') {
			m->dot = SMTP_DOT_DOT;
			return false;
		}
		break;
	case SMTP_DOT_DOT:
		if (c == '\n')
			return dot_line(m, false);
		if (c == '\r') {
			m->dot = SMTP_DOT_DOT_CR;
			return false;
		}
		break; /* the stuffed dot is gone */
	case SMTP_DOT_DOT_CR:
		if (c == '\n')
			return dot_line(m, true);
		put(m, "\r", 1);
		break;
	case SMTP_DOT_SKIP:
		if (c == '\n') {
			m->dot = SMTP_DOT_START;
			m->hard_start = true;
		}
		return false;
	case SMTP_DOT_CR:
	case SMTP_DOT_TEXT:
		break;
	}
	put(m, &c, 1);
	if (c == '\n')
		line_ended(m, m->dot == SMTP_DOT_CR);
	else
		m->dot = c == '\r' ? SMTP_DOT_CR : SMTP_DOT_TEXT;
	return false;
}

size_t smtp_message_feed(
    struct smtp_message *m, const uint8_t *data, size_t len, bool *ended)
{
	size_t i = 0, from;

	*ended = false;
	while (i < len) {
		if (m->dot != SMTP_DOT_TEXT) {
			*ended = step(m, (char)data[i++]);
			if (*ended) {
				smtp_message_end(m);
				break;
			}
			continue;
		}
		for (from = i; i < len && data[i] != '\r' && data[i] != '\n';)
			i++;
		smtp_message_chunk(m, data + from, i - from);
		if (i < len)
			(void)step(m, (char)data[i++]);
	}
	return i;
}

void smtp_message_end(struct smtp_message *m)
{
	smtp_header_end(&m->header);
}

void smtp_message_gap(struct smtp_message *m)
{
	m->gap = true;
	m->soft_end = false;
	m->dot = SMTP_DOT_SKIP;
	/* How the client ends lines is not known any more: be strict. */
	m->crlf_seen = true;
	smtp_header_gap(&m->header);
}
