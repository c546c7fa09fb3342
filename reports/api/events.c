/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events: each stream knows the last decision that it was told,
 * so that a client comes back where it left (Last-Event-ID). */
#include "reports/api/api.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/access.h"
#include "reports/api/decision_json.h"
#include "reports/api/http.h"
#include "reports/api/scope.h"
#include "store/desk.h"

#define BACKLOG 1000 /* decisions that are told to who comes back */

struct stream {
	struct stream *next, *prev;
	struct call *call;
	int64_t seq;
	bool tells_decisions;
};

static int push(struct stream *s, const char *text, size_t n)
{
	return http_push(s->call->http, text, n);
}

static int push_decision(void *arg, const struct decision *d)
{
	struct stream *s = arg;
	struct jsonw j;
	char head[80];
	int n, rc = -1;

	jsonw_init(&j, NULL);
	jsonw_object_begin(&j);
	jsonw_kint(&j, "seq", d->seq);
	if (s->tells_decisions) {
		jsonw_key(&j, "decision");
		decision_json(&j, d);
	}
	jsonw_object_end(&j);
	n = snprintf(head, sizeof(head),
	    "id: %" PRId64 "\nevent: decision\ndata: ", d->seq);
	if (!j.failed && n > 0 && push(s, head, (size_t)n) == 0 &&
	    push(s, j.mem, j.len) == 0)
		rc = push(s, "\n\n", 2);
	jsonw_free(&j);
	s->seq = d->seq;
	return rc;
}

static void push_incident(struct stream *s, const struct api *a)
{
	char text[128];
	int n = snprintf(text, sizeof(text),
	    "event: incident\ndata: {\"seq\":%" PRId64
	    ",\"incident_id\":%" PRId64 "}\n\n",
	    a->seq, a->incident);

	(void)push(s, text, (size_t)n);
}

static int64_t last_event(const struct call *c, int64_t now)
{
	char *end;
	int64_t v;

	if (!c->last_event_id)
		return now;
	errno = 0;
	v = strtoll(c->last_event_id, &end, 10);
	return errno != 0 || end == c->last_event_id || *end != '\0' || v < 0
		   ? now
		   : v;
}

struct stream *events_open(struct call *c)
{
	static const struct http_field fields[] = {
	    {"Content-Type", "text/event-stream"},
	    {"Cache-Control", "no-store"},
	    {"X-Accel-Buffering", "no"},
	    {"X-Content-Type-Options", "nosniff"},
	};
	static const char reset[] = "event: reset\ndata: {\"seq\":0}\n\n";
	struct api *a = c->api;
	struct stream *s;

	if (a->stopping || (int64_t)a->n_streams >= c->conf->serve_streams) {
		call_field(c, "Retry-After", "10");
		call_problem(c, 503, "too_many",
		    "%zu streams are open; close one, or raise serve { "
		    "streams }",
		    a->n_streams);
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->call = c;
	s->tells_decisions =
	    c->who.scopes & (SCOPE_DECISIONS_READ | SCOPE_ADMIN);
	s->seq = last_event(c, a->seq);
	s->next = a->streams;
	if (s->next)
		s->next->prev = s;
	a->streams = s;
	a->n_streams++;
	call_clear(c);
	http_stream(c->http, fields, sizeof(fields) / sizeof(fields[0]));
	(void)push(s, ": sekisho\n\n", 11);
	/* Another store, or too far behind: begin with a fresh list. */
	if (s->seq > a->seq || a->seq - s->seq > BACKLOG) {
		(void)push(s, reset, sizeof(reset) - 1);
		s->seq = a->seq;
	} else if (s->seq < a->seq) {
		(void)read_decisions_after(
		    a->watch_db, s->seq, push_decision, s);
	}
	push_incident(s, a);
	return s;
}

void events_close(struct api *a, struct call *c)
{
	struct stream *s = a->streams;

	while (s && s->call != c)
		s = s->next;
	if (!s)
		return;
	if (s->prev)
		s->prev->next = s->next;
	else
		a->streams = s->next;
	if (s->next)
		s->next->prev = s->prev;
	a->n_streams--;
	free(s);
}

/* To all: each row is read once. */
static int tell_decision(void *arg, const struct decision *d)
{
	struct api *a = arg;

	for (struct stream *s = a->streams; s; s = s->next)
		if (s->seq < d->seq)
			(void)push_decision(s, d);
	a->seq = d->seq;
	return 0;
}

void events_tell(struct api *a)
{
	int64_t none, incident, seq;

	if (read_last_numbers(a->watch_db, &none, &none, &incident, &seq) != 0)
		return;
	if (a->streams)
		(void)read_decisions_after(
		    a->watch_db, a->seq, tell_decision, a);
	else
		a->seq = seq;
	if (incident == a->incident)
		return;
	a->incident = incident;
	for (struct stream *s = a->streams; s; s = s->next)
		push_incident(s, a);
}

/* Who was logged out hears no more. */
void events_beat(struct api *a)
{
	int64_t now_us = clock_now_us();

	for (struct stream *s = a->streams; s; s = s->next) {
		if (!access_holds(s->call, a->watch_db, now_us))
			http_end(s->call->http);
		else
			(void)push(s, ": \n\n", 4);
	}
}
