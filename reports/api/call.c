/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/call.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* --- the answer ------------------------------------------------------------
 */

void call_clear(struct call *c)
{
	if (c->begun)
		jsonw_free(&c->json);
	c->begun = false;
	free(c->out);
	c->out = NULL;
	c->n_out = 0;
	c->fixed = NULL;
}

struct jsonw *call_json(struct call *c, int status)
{
	call_clear(c);
	jsonw_init(&c->json, NULL);
	c->begun = true;
	c->status = status;
	c->type = "application/json";
	return &c->json;
}

static const char *title_of(int status)
{
	switch (status) {
	case 400:
		return "Bad request";
	case 401:
		return "Not authorised";
	case 403:
		return "Forbidden";
	case 404:
		return "Not found";
	case 405:
		return "Method not allowed";
	case 409:
		return "Conflict";
	case 410:
		return "Gone";
	case 412:
		return "Changed meanwhile";
	case 413:
		return "Too large";
	case 414:
		return "Target too long";
	case 415:
		return "Not JSON";
	case 422:
		return "Refused by policy";
	case 428:
		return "If-Match is missing";
	case 429:
		return "Too many";
	case 431:
		return "Head too large";
	case 501:
		return "Not implemented";
	case 503:
		return "Not available";
	default:
		return "Failed";
	}
}

static struct jsonw *begin_problem(
    struct call *c, int status, const char *code, const char *detail)
{
	struct jsonw *j = call_json(c, status);

	c->type = "application/problem+json";
	jsonw_object_begin(j);
	jsonw_kstring(j, "type", "about:blank");
	jsonw_kstring(j, "title", title_of(status));
	jsonw_kint(j, "status", status);
	jsonw_kstring(j, "detail", detail);
	jsonw_kstring(j, "code", code);
	return j;
}

void call_problem(
    struct call *c, int status, const char *code, const char *fmt, ...)
{
	char detail[CALL_DETAIL_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	jsonw_object_end(begin_problem(c, status, code, detail));
}

void call_bad_query(struct call *c, size_t at, const char *why)
{
	char detail[CALL_DETAIL_LEN];
	struct jsonw *j;

	snprintf(detail, sizeof(detail), "q, character %zu: %s", at + 1, why);
	j = begin_problem(c, 400, "bad_query", detail);
	jsonw_kint(j, "at", (int64_t)at);
	jsonw_object_end(j);
}

void call_db_failed(struct call *c)
{
	call_problem(c, db_is_busy(c->db) || db_is_full(c->db) ? 503 : 500,
	    db_is_busy(c->db) || db_is_full(c->db) ? "unavailable" : "failed",
	    "the store: %.300s", db_error(c->db));
}

void call_allow(struct call *c, const char *methods)
{
	call_field(c, "Allow", "%s, OPTIONS", methods);
	if (strcmp(c->method, "OPTIONS") != 0) {
		call_problem(
		    c, 405, "not_allowed", "this path takes %s only", methods);
		return;
	}
	call_clear(c);
	c->status = 204;
	c->type = NULL;
}

void call_field(struct call *c, const char *name, const char *fmt, ...)
{
	char(*field)[CALL_FIELD_LEN];
	va_list ap;

	if (c->n_fields == CALL_FIELDS)
		return;
	field = c->fields[c->n_fields];
	snprintf(field[0], CALL_FIELD_LEN, "%s", name);
	va_start(ap, fmt);
	if (vsnprintf(field[1], CALL_FIELD_LEN, fmt, ap) < CALL_FIELD_LEN)
		c->n_fields++;
	va_end(ap);
}

void call_text(
    struct call *c, int status, const char *type, char *text, size_t n)
{
	call_clear(c);
	c->status = status;
	c->type = type;
	c->out = text;
	c->n_out = n;
}

const char *call_body(struct call *c, size_t *n)
{
	*n = c->n_out;
	if (!c->begun)
		return c->fixed ? c->fixed : c->out ? c->out : "";
	*n = c->json.len;
	return c->json.mem && !c->json.failed ? c->json.mem : NULL;
}

/* --- what is asked ---------------------------------------------------------
 */

static int to_number(const char *text, int64_t *v)
{
	char *end;

	if (*text == '\0' || strspn(text, "-0123456789") != strlen(text))
		return -1;
	errno = 0;
	*v = strtoll(text, &end, 10);
	return errno != 0 || *end != '\0' ? -1 : 0;
}

bool call_number(
    struct call *c, const char *name, int64_t min, int64_t max, int64_t *v)
{
	const char *text = uri_get(&c->uri, name);
	int64_t n;

	if (!text)
		return true;
	if (to_number(text, &n) == 0 && n >= min && n <= max) {
		*v = n;
		return true;
	}
	call_problem(c, 400, "bad_value",
	    "%s: give a number from %" PRId64 " to %" PRId64, name, min, max);
	return false;
}

bool call_time(struct call *c, const char *name, int64_t *ts_us)
{
	const char *text = uri_get(&c->uri, name);

	if (!text || clock_parse(ts_us, text, c->now_us) == 0)
		return true;
	call_problem(c, 400, "bad_value",
	    "%s: give a time such as 2026-11-24T08:00:00Z, today or -2h", name);
	return false;
}

bool call_word(
    struct call *c, const char *name, int (*parse)(const char *), int *v)
{
	const char *text = uri_get(&c->uri, name);

	if (!text)
		return true;
	*v = parse(text);
	if (*v >= 0)
		return true;
	call_problem(c, 400, "bad_value",
	    "%s: there is no such word; /api/v1/openapi.json has them", name);
	return false;
}

bool call_limit(struct call *c, int64_t *limit)
{
	*limit = CALL_LIMIT;
	return call_number(c, "limit", 1, CALL_LIMIT_MAX, limit);
}

bool call_wants_count(const struct call *c)
{
	const char *text = uri_get(&c->uri, "count");

	return text && strcmp(text, "1") == 0;
}

bool call_id(struct call *c, char letter, int64_t *id)
{
	if (c->part[0] == letter && to_number(c->part + 1, id) == 0 && *id > 0)
		return true;
	call_problem(c, 404, "not_found",
	    "there is none of this id; one looks as %c12", letter);
	return false;
}

bool call_string(
    struct call *c, const char *name, bool needed, char *buf, size_t size)
{
	const json_t *v = json_object_get(c->body, name);
	const char *text = json_string_value(v);
	size_t n = json_string_length(v);

	buf[0] = '\0';
	if (!v && !needed)
		return true;
	if (text && n < size && strspn(text, " \t\r\n") < n) {
		memcpy(buf, text, n + 1);
		for (char *p = buf; *p != '\0'; p++)
			if ((unsigned char)*p < 0x20 && *p != '\n' &&
			    *p != '\t')
				*p = ' ';
		if (strlen(buf) == n)
			return true;
	}
	call_problem(c, 400, "bad_value", "%s: give a text of 1 to %zu bytes",
	    name, size - 1);
	return false;
}

/* --- cursors of lists ------------------------------------------------------
 */

void cursor_format(
    char buf[static 64], const char *tag, int64_t value, int64_t id)
{
	snprintf(buf, 64, "%s.%" PRIx64 ".%" PRIx64, tag, (uint64_t)value,
	    (uint64_t)id);
}

static const char *take_hex(const char *p, int64_t *v)
{
	uint64_t n = 0;
	int digits = 0;

	for (; digits < 16; p++, digits++) {
		const char *at = *p ? strchr("0123456789abcdef", *p) : NULL;

		if (!at)
			break;
		n = n << 4 | (uint64_t)(at - "0123456789abcdef");
	}
	memcpy(v, &n, sizeof(n));
	return digits > 0 ? p : NULL;
}

int cursor_parse(const char *text, const char *tag, int64_t *value, int64_t *id)
{
	size_t n = strlen(tag);
	const char *p;

	if (strncmp(text, tag, n) != 0 || text[n] != '.')
		return -1;
	p = take_hex(text + n + 1, value);
	if (!p || *p != '.')
		return -1;
	p = take_hex(p + 1, id);
	return p && *p == '\0' ? 0 : -1;
}

int call_cursor(struct call *c, const char *tag, int64_t *value, int64_t *id)
{
	const char *text = uri_get(&c->uri, "cursor");

	if (!text)
		return 0;
	if (cursor_parse(text, tag, value, id) == 0)
		return 1;
	call_problem(c, 400, "bad_cursor",
	    "cursor: give next_cursor of the page before, with the same sort, "
	    "or leave it out to begin at the top");
	return -1;
}

/* The target again with another cursor; what would need escapes has them
 * already. */
static void add_link(struct call *c, const char *next)
{
	char link[CALL_FIELD_LEN];
	size_t at = (size_t)snprintf(link, sizeof(link), "%s", c->uri.path);
	const char *between = "?";

	for (int i = 0; i < c->uri.n; i++) {
		const struct uri_pair *p = &c->uri.pairs[i];

		if (strcmp(p->name, "cursor") == 0)
			continue;
		if (at < sizeof(link))
			at += (size_t)snprintf(link + at, sizeof(link) - at,
			    "%s%s=", between, p->name);
		between = "&";
		for (const char *s = p->value; *s != '\0'; s++) {
			bool plain = (*s >= 'a' && *s <= 'z') ||
				     (*s >= 'A' && *s <= 'Z') ||
				     (*s >= '0' && *s <= '9') ||
				     strchr("-._~:,", *s) != NULL;

			if (at >= sizeof(link))
				return; /* next_cursor says it, too */
			at += (size_t)snprintf(link + at, sizeof(link) - at,
			    plain ? "%c" : "%%%02X", (unsigned char)*s);
		}
	}
	if (at < sizeof(link))
		call_field(c, "Link", "<%s%scursor=%s>; rel=\"next\"", link,
		    between, next);
}

void call_end_page(struct call *c, const char *next, int64_t total)
{
	struct jsonw *j = &c->json;

	jsonw_kstring(j, "next_cursor", next);
	jsonw_key(j, "total");
	if (total < 0)
		jsonw_null(j);
	else
		jsonw_int(j, total);
	if (next)
		add_link(c, next);
}
