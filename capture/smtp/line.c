/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/line.h"

#include <string.h>

static void append(struct smtp_line *l, const uint8_t *data, size_t len)
{
	size_t room = SMTP_LINE_MAX - l->len;

	if (l->skip)
		return;
	if (len > room) {
		l->too_long = true;
		len = room;
	}
	memcpy(l->text + l->len, data, len);
	l->len += len;
}

static void finish(struct smtp_line *l)
{
	if (l->skip) {
		l->skip = false;
		return;
	}
	if (l->len > 0 && !l->too_long && l->text[l->len - 1] == '\r')
		l->len--;
	l->text[l->len] = '\0';
	l->done = true;
}

size_t smtp_line_feed(struct smtp_line *l, const uint8_t *data, size_t len)
{
	const uint8_t *lf;
	size_t used = 0, n;

	while (used < len && !l->done) {
		lf = memchr(data + used, '\n', len - used);
		n = lf != NULL ? (size_t)(lf - data) - used : len - used;
		append(l, data + used, n);
		used += n;
		if (lf == NULL)
			break;
		used++;
		finish(l);
	}
	return used;
}

void smtp_line_next(struct smtp_line *l)
{
	explicit_bzero(l->text, l->len + 1);
	l->len = 0;
	l->too_long = false;
	l->done = false;
}

void smtp_line_gap(struct smtp_line *l)
{
	smtp_line_next(l);
	l->skip = true;
}
