/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/line.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 128

/* Room for len octets more, up to SMTP_LINE_MAX in all. */
static size_t make_room(struct smtp_line *l, size_t len)
{
	size_t want = l->len + len, capacity = l->capacity;
	char *text;

	if (want > SMTP_LINE_MAX)
		want = SMTP_LINE_MAX;
	if (want > capacity) {
		if (capacity < FIRST_BYTES)
			capacity = FIRST_BYTES;
		while (capacity < want)
			capacity *= 2;
		/* Not realloc(): it would leave a credential behind. */
		text = malloc(capacity);
		if (text == NULL)
			return l->capacity - l->len;
		if (l->text != NULL) {
			memcpy(text, l->text, l->len);
			explicit_bzero(l->text, l->len);
			free(l->text);
		}
		l->text = text;
		l->capacity = (uint16_t)capacity;
	}
	return want - l->len;
}

static void append(struct smtp_line *l, const uint8_t *data, size_t len)
{
	size_t room;

	if (l->skip || len == 0)
		return;
	room = make_room(l, len);
	if (len > room) {
		l->too_long = true;
		len = room;
	}
	if (len == 0)
		return;
	memcpy(l->text + l->len, data, len);
	l->len += (uint16_t)len;
}

static void finish(const struct smtp_line *l, struct smtp_cut *out,
    const char *text, size_t len, bool too_long)
{
	if (len > SMTP_LINE_MAX) {
		len = SMTP_LINE_MAX;
		too_long = true;
	}
	if (len > 0 && !too_long && text[len - 1] == '\r')
		len--;
	*out = (struct smtp_cut){text, len, too_long, l->torn};
}

size_t smtp_line_feed(
    struct smtp_line *l, const uint8_t *data, size_t len, struct smtp_cut *out)
{
	const uint8_t *lf;
	size_t used = 0, n;

	out->text = NULL;
	while (used < len && out->text == NULL) {
		lf = memchr(data + used, '\n', len - used);
		if (lf == NULL) {
			append(l, data + used, len - used);
			return len;
		}
		n = (size_t)(lf - data) - used;
		if (l->skip) {
			l->skip = false;
		} else if (l->len == 0) {
			/* The whole line is here: no copy. */
			finish(
			    l, out, (const char *)data + used, n, l->too_long);
		} else {
			append(l, data + used, n);
			finish(l, out, l->text, l->len, l->too_long);
		}
		used += n + 1;
	}
	return used;
}

static void drop(struct smtp_line *l)
{
	if (l->text != NULL) {
		explicit_bzero(l->text, l->len);
		free(l->text);
		l->text = NULL;
		l->capacity = 0;
	}
	l->len = 0;
	l->too_long = false;
}

void smtp_line_next(struct smtp_line *l)
{
	drop(l);
	l->torn = false;
}

void smtp_line_skip(struct smtp_line *l)
{
	drop(l);
	l->torn = false;
	l->skip = true;
}

void smtp_line_gap(struct smtp_line *l)
{
	drop(l);
	l->torn = true;
	l->skip = false;
}
