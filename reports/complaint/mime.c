/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/complaint/mime.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define BOUNDARY_LEN 72 /* RFC 2046 section 5.1.1: 70 characters */

/* --- lines and fields ------------------------------------------------------
 */

/* The end of the line that begins at p, without its CR LF or LF; *next is
 * where the next one begins. */
static const char *line_end(const char *p, const char *end, const char **next)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	*next = lf ? lf + 1 : end;
	if (lf == NULL)
		return end;
	return lf > p && lf[-1] == '\r' ? lf - 1 : lf;
}

static void append(char *buf, size_t size, const char *p, const char *end)
{
	size_t n = strlen(buf);

	for (; p < end && n + 1 < size; p++)
		buf[n++] = (unsigned char)*p < ' ' && *p != '\t' ? '?' : *p;
	buf[n] = '\0';
}

void mime_fields_of(
    struct mime_fields *f, const char *text, size_t len, bool stop_at_blank)
{
	f->at = text;
	f->end = text + len;
	f->stop_at_blank = stop_at_blank;
	f->name[0] = f->value[0] = '\0';
}

/* What goes on in the next lines, which begin with a space. */
static void unfold(struct mime_fields *f)
{
	const char *next, *e;

	while (f->at < f->end && (*f->at == ' ' || *f->at == '\t')) {
		e = line_end(f->at, f->end, &next);
		append(f->value, sizeof(f->value), f->at, e);
		f->at = next;
	}
}

static void trim(char *s)
{
	size_t n = strlen(s), i = strspn(s, " \t");

	while (n > i && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	memmove(s, s + i, n - i);
	s[n - i] = '\0';
}

static bool is_name(const char *p, const char *colon)
{
	if (p == colon || colon - p >= MIME_NAME_LEN)
		return false;
	for (; p < colon; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return true;
}

bool mime_next(struct mime_fields *f)
{
	while (f->at < f->end) {
		const char *p = f->at, *next, *e = line_end(p, f->end, &next);
		const char *colon = memchr(p, ':', (size_t)(e - p));
		const char *name_end = colon;

		f->at = next;
		if (e == p && f->stop_at_blank)
			return false;
		while (colon && name_end > p && name_end[-1] == ' ')
			name_end--;
		if (colon == NULL || !is_name(p, name_end))
			continue;
		f->name[0] = f->value[0] = '\0';
		append(f->name, sizeof(f->name), p, name_end);
		for (char *c = f->name; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
		append(f->value, sizeof(f->value), colon + 1, e);
		unfold(f);
		trim(f->value);
		return true;
	}
	return false;
}

/* --- parameters ------------------------------------------------------------
 */

/* Spaces and comments (RFC 5322 section 3.2.2), which may nest. */
static const char *skip_comments(const char *p)
{
	int depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && depth > 0 && p[1] != '\0')
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && depth > 0)
			depth--;
		else if (depth == 0 && *p != ' ' && *p != '\t')
			break;
	}
	return p;
}

/* A token or a quoted string into buf; what does not fit is left out. */
static const char *take_word(const char *p, char *buf, size_t size)
{
	bool quoted = *p == '"';
	size_t n = 0;

	for (p += quoted; *p != '\0'; p++) {
		if (quoted && *p == '\\' && p[1] != '\0')
			p++;
		else if (quoted ? *p == '"' : strchr(" \t;=()\"", *p) != NULL)
			break;
		if (n + 1 < size)
			buf[n++] = *p;
	}
	buf[n] = '\0';
	return quoted && *p == '"' ? p + 1 : p;
}

bool mime_parameter(const char *value, const char *name, char *buf, size_t size)
{
	char key[MIME_NAME_LEN];
	const char *p = take_word(skip_comments(value), key, sizeof(key));

	while (*(p = skip_comments(p)) != '\0') {
		if (*p++ != ';')
			continue;
		p = take_word(skip_comments(p), key, sizeof(key));
		p = skip_comments(p);
		if (*p != '=')
			continue;
		p = take_word(skip_comments(p + 1), buf, size);
		if (strcasecmp(key, name) == 0)
			return buf[0] != '\0';
	}
	return false;
}

/* --- parts ------------------------------------------------------------------
 */

struct walk {
	mime_part_cb cb;
	void *arg;
	int parts;
};

static enum mime_encoding encoding_of(const char *value)
{
	char word[MIME_NAME_LEN];

	take_word(skip_comments(value), word, sizeof(word));
	if (strcasecmp(word, "base64") == 0)
		return MIME_BASE64;
	if (strcasecmp(word, "quoted-printable") == 0)
		return MIME_QUOTED;
	if (word[0] == '\0' || strcasecmp(word, "7bit") == 0 ||
	    strcasecmp(word, "8bit") == 0 || strcasecmp(word, "binary") == 0)
		return MIME_PLAIN;
	return MIME_OTHER;
}

/* 1 the line is a boundary, 2 the last one, 0 it is none. */
static int boundary_of(const char *p, const char *e, const char *boundary)
{
	size_t n = strlen(boundary);
	int kind = 1;

	if ((size_t)(e - p) < n + 2 || p[0] != '-' || p[1] != '-' ||
	    memcmp(p + 2, boundary, n) != 0)
		return 0;
	p += n + 2;
	if (e - p >= 2 && p[0] == '-' && p[1] == '-') {
		kind = 2;
		p += 2;
	}
	while (p < e && (*p == ' ' || *p == '\t'))
		p++;
	return p == e ? kind : 0;
}

static int walk_part(struct walk *w, const char *p, const char *end, int depth);

static int walk_multipart(struct walk *w, const char *p, const char *end,
    const char *boundary, int depth)
{
	const char *part = NULL, *next, *e;
	int rc = 0, kind = 0;

	for (; p < end && kind != 2 && rc == 0; p = next) {
		e = line_end(p, end, &next);
		kind = boundary_of(p, e, boundary);
		if (kind == 0)
			continue;
		if (part != NULL)
			rc = walk_part(w, part, p, depth);
		part = next;
	}
	if (rc == 0 && kind != 2 && part != NULL)
		rc = walk_part(w, part, end, depth);
	return rc;
}

static int walk_part(struct walk *w, const char *p, const char *end, int depth)
{
	struct mime_part part = {.type = "text/plain"};
	char boundary[BOUNDARY_LEN] = "";
	struct mime_fields f;

	if (w->parts++ >= MIME_PARTS_MAX)
		return 0;
	mime_fields_of(&f, p, (size_t)(end - p), true);
	while (mime_next(&f)) {
		if (strcmp(f.name, "content-type") == 0) {
			take_word(skip_comments(f.value), part.type,
			    sizeof(part.type));
			mime_parameter(
			    f.value, "boundary", boundary, sizeof(boundary));
		} else if (strcmp(f.name, "content-transfer-encoding") == 0) {
			part.encoding = encoding_of(f.value);
		}
	}
	for (char *c = part.type; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	if (strncmp(part.type, "multipart/", 10) == 0)
		return depth < MIME_DEPTH_MAX && boundary[0] != '\0'
			   ? walk_multipart(w, f.at, end, boundary, depth + 1)
			   : 0;
	part.body = f.at;
	part.len = (size_t)(end - f.at);
	return w->cb(w->arg, &part);
}

int mime_walk(const char *text, size_t len, mime_part_cb cb, void *arg)
{
	struct walk w = {.cb = cb, .arg = arg};

	return walk_part(&w, text, text + len, 0);
}

/* --- encodings --------------------------------------------------------------
 */

static int base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c == '\0' ? NULL : strchr(digits, c);

	return p ? (int)(p - digits) : -1;
}

static size_t decode_base64(const struct mime_part *p, char *buf, size_t size)
{
	uint32_t bits = 0;
	int have = 0;
	size_t n = 0;

	for (size_t i = 0; i < p->len && n < size && p->body[i] != '='; i++) {
		int digit = base64_digit(p->body[i]);

		if (digit < 0)
			continue;
		bits = (bits << 6 | (uint32_t)digit) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf[n++] = (char)(bits >> have & 0xff);
		}
	}
	return n;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The length of a soft line break (RFC 2045 section 6.7) at "="; 0: none. */
static size_t soft_break(const char *p, const char *end)
{
	const char *q = p + 1;

	while (q < end && (*q == ' ' || *q == '\t' || *q == '\r'))
		q++;
	return q < end && *q == '\n' ? (size_t)(q + 1 - p) : 0;
}

static size_t decode_quoted(const struct mime_part *p, char *buf, size_t size)
{
	const char *at = p->body, *end = at + p->len;
	size_t n = 0, skip;

	while (at < end && n < size) {
		if (*at == '=' && (skip = soft_break(at, end)) > 0) {
			at += skip;
		} else if (*at == '=' && end - at >= 3 &&
			   hex_digit(at[1]) >= 0 && hex_digit(at[2]) >= 0) {
			buf[n++] =
			    (char)(16 * hex_digit(at[1]) + hex_digit(at[2]));
			at += 3;
		} else {
			buf[n++] = *at++;
		}
	}
	return n;
}

size_t mime_decode(const struct mime_part *p, char *buf, size_t size)
{
	size_t n = p->len < size ? p->len : size;

	switch (p->encoding) {
	case MIME_BASE64:
		return decode_base64(p, buf, size);
	case MIME_QUOTED:
		return decode_quoted(p, buf, size);
	case MIME_PLAIN:
		memcpy(buf, p->body, n);
		return n;
	case MIME_OTHER:
		break;
	}
	return 0;
}
