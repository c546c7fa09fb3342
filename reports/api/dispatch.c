/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/dispatch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "reports/api/access.h"
#include "reports/api/api.h"
#include "reports/api/once.h"
#include "reports/api/personal.h"
#include "reports/api/routes.h"

#define JSON_DEPTH_MAX 8

/* --- the route -------------------------------------------------------------
 */

static bool matches(struct call *c, const struct route *r)
{
	const char *path = c->uri.path, *star = strchr(r->path, '*');
	size_t n = star ? (size_t)(star - r->path) : 0, part;

	if (!star)
		return strcmp(path, r->path) == 0;
	if (strncmp(path, r->path, n) != 0)
		return false;
	part = strcspn(path + n, "/");
	if (part == 0 || part >= sizeof(c->part) ||
	    strcmp(path + n + part, star + 1) != 0)
		return false;
	memcpy(c->part, path + n, part);
	c->part[part] = '\0';
	return true;
}

static bool has_method(const struct call *c, const struct route *r)
{
	return strcmp(c->method, r->method) == 0 ||
	       (strcmp(c->method, "HEAD") == 0 &&
		   strcmp(r->method, "GET") == 0);
}

int dispatch_route(struct call *c)
{
	char allowed[64] = "";
	const char *path = NULL;

	for (size_t i = 0; i < routes_n; i++) {
		const struct route *r = &routes[i];

		/* The first path that matches; "*" stands behind words. */
		if (path ? strcmp(path, r->path) != 0 : !matches(c, r))
			continue;
		path = r->path;
		if (has_method(c, r)) {
			c->route = r;
			return 0;
		}
		snprintf(allowed + strlen(allowed),
		    sizeof(allowed) - strlen(allowed), "%s%s%s",
		    allowed[0] ? ", " : "", r->method,
		    strcmp(r->method, "GET") == 0 ? ", HEAD" : "");
	}
	if (!path) {
		call_problem(c, 404, "not_found",
		    "there is nothing under this path; "
		    "/api/v1/openapi.json lists what there is");
		return -1;
	}
	call_allow(c, allowed);
	return -1;
}

/* --- what is asked ---------------------------------------------------------
 */

static bool is_word_of(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; *p != '\0'; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (strncmp(p, word, n) == 0 && (p[n] == ' ' || p[n] == '\0'))
			return n > 0;
	}
	return false;
}

static bool knows_query(struct call *c)
{
	for (int i = 0; c->route->query && i < c->uri.n; i++)
		if (!is_word_of(c->route->query, c->uri.pairs[i].name)) {
			call_problem(c, 400, "bad_request",
			    "there is no parameter \"%.40s\" here; %s%s",
			    c->uri.pairs[i].name,
			    c->route->query[0] ? "there are: " : "none is",
			    c->route->query);
			return false;
		}
	return true;
}

static bool is_shallow(const char *text, size_t n)
{
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < n; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!quoted && (text[i] == '}' || text[i] == ']'))
			depth--;
		if (depth > JSON_DEPTH_MAX)
			return false;
	}
	return true;
}

json_t *body_parse(const char *text, size_t n, char *why, size_t size)
{
	json_error_t e;
	json_t *j;

	if (!is_shallow(text, n)) {
		snprintf(why, size, "it is nested too deep");
		return NULL;
	}
	j = json_loadb(text, n, JSON_REJECT_DUPLICATES, &e);
	if (!j)
		snprintf(why, size, "line %d, column %d: %s", e.line, e.column,
		    e.text);
	else if (!json_is_object(j)) {
		snprintf(why, size, "it is no object");
		json_decref(j);
		j = NULL;
	}
	return j;
}

static bool takes_body(struct call *c)
{
	char why[256];
	const char *type = c->content_type;

	if (c->too_large) {
		call_problem(c, 413, "too_large",
		    "a body has at most %lld bytes here; send less at once",
		    (long long)c->conf->serve_body_bytes);
		return false;
	}
	if (!(c->route->flags & ROUTE_BODY))
		return true;
	if (!type || strncasecmp(type, "application/json", 16) != 0 ||
	    (type[16] != '\0' && type[16] != ';' && type[16] != ' ')) {
		call_problem(c, 415, "unsupported_type",
		    "send JSON, with Content-Type: application/json");
		return false;
	}
	json_decref(c->body);
	c->body = body_parse(c->text, c->n_text, why, sizeof(why));
	if (c->body)
		return true;
	call_problem(c, 400, "bad_json", "the body: %.200s", why);
	return false;
}

/* --- all of it -------------------------------------------------------------
 */

static void run_with_db(struct call *c)
{
	struct once once;

	if (!access_allows(c) || !takes_body(c) || !knows_query(c) ||
	    !personal_reason(c))
		return;
	if (!(c->route->flags & ROUTE_ONCE) || !c->once_key) {
		c->route->run(c);
		return;
	}
	if (!once_begin(&once, c))
		return;
	c->route->run(c);
	once_end(&once, c);
}

void dispatch_run(struct call *c)
{
	c->now_us = clock_now_us();
	c->n_fields = 0;
	c->db = api_take_db(c->api, c);
	if (!c->db)
		return;
	run_with_db(c);
	api_give_db(c->api, c->db);
	c->db = NULL;
}
