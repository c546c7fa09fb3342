/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/parts/lines.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_MAX_BYTES 1024
#define EARLY_MAX      32

static void command(struct lines_session *s, const char *p, uint32_t n)
{
	if (s->state == LINES_MESSAGE) {
		if (n == 1 && p[0] == '.') {
			s->state = LINES_COMMAND;
			s->messages++;
		}
		return;
	}
	s->commands++;
	s->state = LINES_COMMAND;
	if (n < 4)
		return;
	if (strncasecmp(p, "RCPT", 4) == 0)
		s->recipients++;
	else if (strncasecmp(p, "DATA", 4) == 0)
		s->state = LINES_DATA;
	else if (n >= 8 && strncasecmp(p, "STARTTLS", 8) == 0)
		s->state = LINES_STARTTLS;
}

static void reply(struct lines_session *s, const char *p, uint32_t n)
{
	unsigned int code;

	if (n < 3 || (n > 3 && p[3] == '-'))
		return;
	code =
	    (unsigned int)((p[0] - '0') * 100 + (p[1] - '0') * 10 + p[2] - '0');
	s->last_code = (uint16_t)code;
	if (code >= 500)
		s->refused++;
	else if (code >= 400)
		s->deferred++;
	if (s->state == LINES_DATA && code == 354)
		s->state = LINES_MESSAGE;
	else if (s->state == LINES_STARTTLS && code == 220)
		s->state = LINES_OPAQUE;
}

static void line(struct lines_session *s, int side, const char *p, uint32_t n)
{
	if (n > 0 && p[n - 1] == '\r')
		n--;
	if (side == 0)
		command(s, p, n);
	else
		reply(s, p, n);
}

/* A part of a line; whole: the last one, its LF not counted. */
static void partial(
    struct lines_session *s, int side, const uint8_t *p, uint32_t n, bool whole)
{
	struct lines_stream *d = &s->stream[side];

	if (d->fill + n > LINE_MAX_BYTES)
		n = 0;
	if (d->fill + n > d->cap) {
		d->cap = d->fill + n <= 128 ? 128 : LINE_MAX_BYTES;
		d->line = realloc(d->line, d->cap);
		if (d->line == NULL)
			err(1, "line");
	}
	if (n > 0)
		memcpy(d->line + d->fill, p, n);
	d->fill = (uint16_t)(d->fill + n);
	if (whole) {
		n = d->fill;
		d->fill = 0;
		line(s, side, d->line, n);
	}
}

static void feed(
    struct lines_session *s, int side, const uint8_t *p, uint32_t n)
{
	if (s->commands == 0 && n > 2 && p[0] == 22 && p[1] == 3)
		s->state = LINES_OPAQUE; /* TLS from the start */
	while (n > 0 && s->state != LINES_OPAQUE) {
		const uint8_t *lf = memchr(p, '\n', n);
		uint32_t len = lf != NULL ? (uint32_t)(lf - p) : n;

		if (lf == NULL || s->stream[side].fill > 0)
			partial(s, side, p, len, lf != NULL);
		else
			line(s, side, (const char *)p, len);
		len += lf != NULL;
		p += len;
		n -= len;
	}
}

static void keep(
    struct lines_stream *d, uint32_t seq, const uint8_t *p, uint32_t n)
{
	struct lines_segment **at = &d->early, *g;
	int count = 0;

	for (; *at != NULL && (int32_t)((*at)->seq - seq) < 0;
	     at = &(*at)->next)
		count++;
	if (count > EARLY_MAX)
		return;
	g = malloc(sizeof(*g) + n);
	if (g == NULL)
		err(1, "segment");
	*g = (struct lines_segment){.next = *at, .seq = seq, .len = n};
	memcpy(g->data, p, n);
	*at = g;
}

void lines_syn(struct lines_session *s, int side, uint32_t seq)
{
	s->stream[side].synced = true;
	s->stream[side].next_seq = seq + 1;
}

void lines_payload(struct lines_session *s, int side, uint32_t seq,
    const uint8_t *data, uint32_t len)
{
	struct lines_stream *d = &s->stream[side];
	uint32_t old;

	if (!d->synced) {
		d->synced = true;
		d->next_seq = seq;
	}
	if ((int32_t)(seq - d->next_seq) > 0) {
		keep(d, seq, data, len);
		return;
	}
	old = d->next_seq - seq;
	if (old >= len)
		return;
	d->next_seq = seq + len;
	feed(s, side, data + old, len - old);
	while (
	    d->early != NULL && (int32_t)(d->early->seq - d->next_seq) <= 0) {
		struct lines_segment *g = d->early;

		d->early = g->next;
		old = d->next_seq - g->seq;
		if (old < g->len) {
			d->next_seq = g->seq + g->len;
			feed(s, side, g->data + old, g->len - old);
		}
		free(g);
	}
}

void lines_free(struct lines_session *s)
{
	for (int side = 0; side < 2; side++) {
		struct lines_stream *d = &s->stream[side];

		free(d->line);
		while (d->early != NULL) {
			struct lines_segment *g = d->early;

			d->early = g->next;
			free(g);
		}
	}
}
