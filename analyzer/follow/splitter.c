/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/follow/splitter.h"

#include <string.h>

void splitter_seek(struct splitter *s, int64_t at)
{
	s->at = s->line_at = at;
	s->skipping = false;
	s->len = 0;
}

/* The part of a line that has no end yet. */
static void keep(struct splitter *s, const char *data, size_t n)
{
	if (s->skipping || n > sizeof(s->line) - s->len) {
		s->skipping = true;
		s->len = 0;
		return;
	}
	memcpy(s->line + s->len, data, n);
	s->len += n;
}

static int end_line(struct splitter *s, const char *data, size_t n,
    const struct splitter_owner *o)
{
	bool whole = s->len == 0 && n <= sizeof(s->line) && !s->skipping;
	size_t len;

	s->line_at = s->at;
	if (whole)
		return o->line(o->arg, data, n);
	keep(s, data, n);
	len = s->len;
	s->len = 0;
	if (!s->skipping)
		return o->line(o->arg, s->line, len);
	s->skipping = false;
	o->too_long(o->arg);
	return 0;
}

int splitter_feed(struct splitter *s, const char *data, size_t n,
    const struct splitter_owner *o)
{
	while (n > 0) {
		const char *end = memchr(data, '\n', n);
		size_t len = end != NULL ? (size_t)(end - data) : n;
		size_t taken = end != NULL ? len + 1 : len;
		int rc = 0;

		s->at += (int64_t)taken;
		if (end != NULL)
			rc = end_line(s, data, len, o);
		else
			keep(s, data, len);
		if (rc != 0)
			return rc;
		data += taken;
		n -= taken;
	}
	return 0;
}
