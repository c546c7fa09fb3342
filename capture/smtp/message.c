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

static void take(struct smtp_message *m, const uint8_t *data, size_t len)
{
	size_t header = 0;

	if (!m->header.over)
		header = smtp_header_feed(&m->header, data, len);
	if (m->header.dkim != NULL && header < len)
		dkim_body(m->header.dkim, data + header, len - header);
}

void smtp_message_chunk(struct smtp_message *m, const uint8_t *data, size_t len)
{
	m->seen_bytes += len;
	take(m, data, len);
}

/* Behind a gap it may be anything, until the end of the message proves that
 * it was text. */
static void take_line(struct smtp_message *m, const uint8_t *data, size_t len)
{
	if (m->gap)
		m->unsure_bytes += len;
	else
		m->seen_bytes += len;
	take(m, data, len);
}

static void put(struct smtp_message *m, const char *text, size_t len)
{
	take_line(m, (const uint8_t *)text, len);
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

/* A dot at the beginning of a line, or an octet behind one. True: the
 * message ended with it. */
static bool step(struct smtp_message *m, char c)
{
	m->soft_end = false;
	if (m->dot == SMTP_DOT_START) {
		m->dot = SMTP_DOT_DOT;
		return false;
	}
	if (c == '\n')
		return dot_line(m, m->dot == SMTP_DOT_DOT_CR);
	if (m->dot == SMTP_DOT_DOT && c == '\r') {
		m->dot = SMTP_DOT_DOT_CR;
		return false;
	}
	/* The stuffed dot is gone. */
	if (m->dot == SMTP_DOT_DOT_CR)
		put(m, "\r", 1);
	put(m, &c, 1);
	m->dot = c == '\r' ? SMTP_DOT_CR : SMTP_DOT_TEXT;
	return false;
}

/* Where in a line the octet behind data[0, len) stands; cr: CR stood before
 * it. */
static void stand_behind(
    struct smtp_message *m, const uint8_t *data, size_t len, bool cr)
{
	uint8_t last = data[len - 1];

	if (last == '\n')
		line_ended(m, len > 1 ? data[len - 2] == '\r' : cr);
	else
		m->dot = last == '\r' ? SMTP_DOT_CR : SMTP_DOT_TEXT;
}

/* Octets up to the next dot that begins a line. Dots are rarer than lines. */
static size_t text_run(const uint8_t *data, size_t len)
{
	const uint8_t *p = data, *end = data + len;

	while (p < end) {
		p = memchr(p, '.', (size_t)(end - p));
		if (p == NULL)
			break;
		if (p > data && p[-1] == '\n')
			return (size_t)(p - data);
		p++;
	}
	return len;
}

/* The same, and up to the first CRLF of a client that sent none yet. */
static size_t first_run(const uint8_t *data, size_t len)
{
	const uint8_t *lf = memchr(data, '\n', len);

	return lf != NULL ? (size_t)(lf - data) + 1 : len;
}

static size_t take_text(struct smtp_message *m, const uint8_t *data, size_t len)
{
	size_t n = m->crlf_seen ? text_run(data, len) : first_run(data, len);

	m->soft_end = false;
	take_line(m, data, n);
	stand_behind(m, data, n, m->dot == SMTP_DOT_CR);
	return n;
}

/* The rest of a line that lost bytes stood in. */
static size_t skip_line(struct smtp_message *m, const uint8_t *data, size_t len)
{
	size_t n = first_run(data, len);

	m->soft_end = false;
	if (data[n - 1] == '\n') {
		m->dot = SMTP_DOT_START;
		m->hard_start = true;
	}
	return n;
}

size_t smtp_message_feed(
    struct smtp_message *m, const uint8_t *data, size_t len, bool *ended)
{
	size_t i = 0;

	*ended = false;
	while (i < len && !*ended) {
		if (m->dot == SMTP_DOT_SKIP)
			i += skip_line(m, data + i, len - i);
		else if (m->dot == SMTP_DOT_DOT || m->dot == SMTP_DOT_DOT_CR ||
			 (m->dot == SMTP_DOT_START && data[i] == '.'))
			*ended = step(m, (char)data[i++]);
		else
			i += take_text(m, data + i, len - i);
	}
	if (*ended) {
		m->seen_bytes += m->unsure_bytes;
		smtp_message_end(m);
	}
	return i;
}

void smtp_message_end(struct smtp_message *m)
{
	smtp_header_end(&m->header);
	if (m->header.dkim != NULL && !m->gap)
		dkim_end(m->header.dkim);
}

void smtp_message_gap(struct smtp_message *m)
{
	m->gap = true;
	m->soft_end = false;
	m->dot = SMTP_DOT_SKIP;
	/* How the client ends lines is not known any more: be strict. */
	m->crlf_seen = true;
	smtp_header_gap(&m->header);
	if (m->header.dkim != NULL)
		dkim_gap(m->header.dkim);
}
