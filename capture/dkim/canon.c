/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/dkim/canon.h"

#include <string.h>

void dkim_canon_init(
    struct dkim_canon *c, bool relaxed, dkim_put put, void *arg)
{
	*c = (struct dkim_canon){.put = put, .arg = arg, .relaxed = relaxed};
}

static void put_lines(struct dkim_canon *c)
{
	static const char crlf[] = "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";
	const uint64_t most = (sizeof(crlf) - 1) / 2;

	while (c->lines > 0) {
		uint64_t n = c->lines < most ? c->lines : most;

		c->put(c->arg, crlf, (size_t)n * 2);
		c->lines -= n;
	}
}

/* More text follows: what was held back belongs to it. */
static void flush(struct dkim_canon *c)
{
	put_lines(c);
	if (c->space)
		c->put(c->arg, " ", 1);
	if (c->cr)
		c->put(c->arg, "\r", 1);
	c->space = c->cr = false;
	c->text = true;
}

static bool is_wsp(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* An octet that is, or stands behind, something held back. */
static void step(struct dkim_canon *c, uint8_t octet)
{
	if (octet == '\n' && c->cr) {
		c->lines++;
		c->space = c->cr = false;
		return;
	}
	if (c->cr)
		flush(c);
	if (octet == '\r') {
		c->cr = true;
	} else if (c->relaxed && is_wsp(octet)) {
		c->space = true;
	} else {
		flush(c);
		c->put(c->arg, &octet, 1);
	}
}

/* How many octets are their own canonical form, whatever follows. */
static size_t simple_run(const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (i < len) {
		const uint8_t *cr = memchr(data + i, '\r', len - i);

		if (cr == NULL)
			return len;
		i = (size_t)(cr - data);
		if (len - i < 3 || cr[1] != '\n' || cr[2] == '\r')
			return i;
		i += 2;
	}
	return i;
}

static bool is_plain(uint8_t c)
{
	return c > ' ' || !(c == ' ' || c == '\t' || c == '\r');
}

static size_t relaxed_run(const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (i < len) {
		if (is_plain(data[i]))
			i++;
		else if (data[i] == ' ' && len - i > 1 && is_plain(data[i + 1]))
			i += 2;
		else if (data[i] == '\r' && len - i > 2 &&
			 data[i + 1] == '\n' && is_plain(data[i + 2]))
			i += 3;
		else
			break;
	}
	return i;
}

void dkim_canon_feed(struct dkim_canon *c, const uint8_t *data, size_t len)
{
	size_t i = 0, n;

	while (i < len) {
		/* The LF of a CRLF is no text. */
		if (c->cr && data[i] == '\n') {
			step(c, data[i++]);
			continue;
		}
		n = c->relaxed ? relaxed_run(data + i, len - i)
			       : simple_run(data + i, len - i);
		/* A space in front of a run that begins with one. */
		if (n > 0 && c->space && data[i] == ' ')
			n = 0;
		/* What is held back and a line end must not be separated. */
		if (n > 0 && data[i] == '\r')
			n = 0;
		if (n == 0) {
			step(c, data[i++]);
			continue;
		}
		flush(c);
		c->put(c->arg, data + i, n);
		i += n;
	}
}

void dkim_canon_end(struct dkim_canon *c)
{
	if (c->cr)
		flush(c);
	c->lines = 0;
	if (!c->relaxed || c->text)
		c->put(c->arg, "\r\n", 2);
}

struct field_out {
	dkim_put put;
	void *arg;
	size_t n;
	bool value, begun, space;
	char held[512];
};

static void put_char(struct field_out *o, char c)
{
	if (o->n == sizeof(o->held)) {
		o->put(o->arg, o->held, o->n);
		o->n = 0;
	}
	o->held[o->n++] = c;
}

static void relax(struct field_out *o, const char *p, const char *end)
{
	for (; p < end; p++) {
		char c = *p;

		if (c == '\r' && p + 1 < end && p[1] == '\n')
			continue;
		if (c == '\n')
			continue;
		if (is_wsp((uint8_t)c)) {
			o->space = true;
			continue;
		}
		if (!o->value && c == ':') {
			put_char(o, c);
			o->value = true;
			o->space = o->begun = false;
			continue;
		}
		if (o->space && o->begun)
			put_char(o, ' ');
		o->space = false;
		o->begun = true;
		if (!o->value && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		put_char(o, c);
	}
}

static const char *without_line_end(const char *p, const char *end)
{
	if (end > p && end[-1] == '\n')
		end--;
	if (end > p && end[-1] == '\r')
		end--;
	return end;
}

void dkim_canon_field(const char *field, size_t len, const char *cut,
    const char *cut_end, bool relaxed, bool last, dkim_put put, void *arg)
{
	const char *end = field + len;
	struct field_out o = {.n = 0};

	if (last || relaxed)
		end = without_line_end(field, end);
	if (cut == NULL)
		cut = cut_end = end;
	if (cut > end)
		cut = end;
	if (cut_end > end)
		cut_end = end;
	if (relaxed) {
		o.put = put;
		o.arg = arg;
		relax(&o, field, cut);
		relax(&o, cut_end, end);
		put(arg, o.held, o.n);
		if (!last)
			put(arg, "\r\n", 2);
		return;
	}
	put(arg, field, (size_t)(cut - field));
	put(arg, cut_end, (size_t)(end - cut_end));
}
