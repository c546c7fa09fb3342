/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "reports/api/dispatch.h"
#include "reports/api/http.h"
#include "reports/api/page.h"
#include "store/desk.h"

#define WATCH_MS        250
#define BEAT_MS         15000
#define LOGIN_FAILURES  10
#define LOGIN_WINDOW_US (300 * US_PER_S)
#define SECURITY_FIELDS 6
#define ANSWER_FIELDS   (CALL_FIELDS + SECURITY_FIELDS + 1)
#define CONTENT_SECURITY                                                       \
	"default-src 'none'; script-src 'self'; style-src 'self'; "            \
	"connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; "   \
	"base-uri 'none'; form-action 'none'"

struct work {
	uv_work_t work;
	struct call *call;
};

/* --- handles of the store --------------------------------------------------
 */

struct db *api_take_db(struct api *a, struct call *c)
{
	char err[DB_ERROR_BYTES];
	struct db *db = NULL;

	pthread_mutex_lock(&a->lock);
	if (a->n_idle > 0)
		db = a->idle[--a->n_idle];
	pthread_mutex_unlock(&a->lock);
	if (!db)
		db = db_open(a->db_path, DB_WRITE, err);
	if (!db)
		call_problem(c, 503, "unavailable", "%s", err);
	return db;
}

void api_give_db(struct api *a, struct db *db)
{
	if (!db)
		return;
	pthread_mutex_lock(&a->lock);
	if (a->n_idle < API_HANDLES && !db_is_broken(db)) {
		a->idle[a->n_idle++] = db;
		db = NULL;
	}
	pthread_mutex_unlock(&a->lock);
	db_close(db);
}

/* --- answers ----------------------------------------------------------------
 */

static bool has_field(const struct call *c, const char *name)
{
	for (int i = 0; i < c->n_fields; i++)
		if (strcmp(c->fields[i][0], name) == 0)
			return true;
	return false;
}

/* A report may bring its own policy. */
static size_t add_security(struct call *c, struct http_field *f)
{
	size_t n = 0;
	bool page = c->type && strncmp(c->type, "text/html", 9) == 0;

	if (!has_field(c, "Content-Security-Policy"))
		f[n++] = (struct http_field){
		    "Content-Security-Policy", CONTENT_SECURITY};
	f[n++] = (struct http_field){"X-Content-Type-Options", "nosniff"};
	f[n++] = (struct http_field){"Referrer-Policy", "no-referrer"};
	f[n++] = (struct http_field){"X-Frame-Options", "DENY"};
	f[n++] =
	    (struct http_field){"Cross-Origin-Resource-Policy", "same-origin"};
	if (page)
		f[n++] = (struct http_field){
		    "Cross-Origin-Opener-Policy", "same-origin"};
	else if (c->tls || c->conf->serve_https)
		f[n++] = (struct http_field){
		    "Strict-Transport-Security", "max-age=31536000"};
	return n;
}

static void answer(struct call *c)
{
	struct http_field fields[ANSWER_FIELDS];
	struct http_answer out = {.status = c->status, .fields = fields};
	const char *body;

	if (!has_field(c, "Cache-Control"))
		call_field(c, "Cache-Control", "no-store");
	body = call_body(c, &out.n);
	if (!body) {
		call_problem(c, 503, "unavailable", "out of memory");
		out.status = c->status;
		body = call_body(c, &out.n);
	}
	out.n_fields = add_security(c, fields);
	if (c->type)
		fields[out.n_fields++] =
		    (struct http_field){"Content-Type", c->type};
	for (int i = 0; i < c->n_fields; i++)
		fields[out.n_fields++] =
		    (struct http_field){c->fields[i][0], c->fields[i][1]};
	if (c->fixed && body == c->fixed) {
		out.fixed = c->fixed;
	} else if (body && out.n > 0) {
		out.body = malloc(out.n);
		if (!out.body)
			out.n = 0;
		else
			memcpy(out.body, body, out.n);
	}
	pthread_mutex_lock(&c->api->lock);
	if (c->status / 100 < 6)
		c->api->answers[c->status / 100]++;
	pthread_mutex_unlock(&c->api->lock);
	http_reply(c->http, &out);
	call_clear(c);
}

/* --- workers ----------------------------------------------------------------
 */

static void check_idle(struct api *a)
{
	void (*on_idle)(void *arg) = a->on_idle;

	if (!a->stopping || !on_idle || a->n_working > 0 ||
	    http_pending(a->http) > 0)
		return;
	a->on_idle = NULL;
	on_idle(a->on_idle_arg);
}

static void on_work(uv_work_t *w)
{
	dispatch_run(((struct work *)w->data)->call);
}

static void begin_work(struct call *c);

static void begin_wait(struct call *c)
{
	struct api *a = c->api;

	if (a->stopping || c->now_us >= c->wait_until_us) {
		c->wait_until_us = 1; /* over; 0 would ask anew */
		begin_work(c);
		return;
	}
	/* Changed while it was read: nobody wakes it for that. */
	if (c->version != a->version) {
		begin_work(c);
		return;
	}
	c->next = a->waiting;
	a->waiting = c;
}

/* HEAD has fields only (RFC 9110 section 9.3.2). */
static bool begins_stream(const struct call *c)
{
	return c->route && c->route->flags & ROUTE_STREAM && c->status == 200 &&
	       strcmp(c->method, "HEAD") != 0;
}

static void on_worked(uv_work_t *w, int status)
{
	struct work *work = w->data;
	struct call *c = work->call;
	struct api *a = c->api;

	(void)status;
	free(work);
	a->n_working--;
	if (c->waits)
		begin_wait(c);
	else if (begins_stream(c) && events_open(c))
		;
	else
		answer(c);
	check_idle(a);
}

static void begin_work(struct call *c)
{
	struct work *w = calloc(1, sizeof(*w));

	c->waits = false;
	c->version = c->api->version;
	if (!w) {
		call_problem(c, 503, "unavailable", "out of memory");
		answer(c);
		return;
	}
	w->work.data = w;
	w->call = c;
	c->api->n_working++;
	uv_queue_work(c->api->loop, &w->work, on_work, on_worked);
}

/* --- requests ---------------------------------------------------------------
 */

static struct call *new_call(void)
{
	struct call *c = calloc(1, sizeof(*c));

	if (!c)
		log_fatal("serve", "out of memory");
	return c;
}

static void take_fields(struct call *c, struct http_request *r)
{
	uid_t uid;

	c->method = http_method(r);
	c->authorization = http_field(r, "Authorization");
	c->cookie = http_field(r, "Cookie");
	c->api_key = http_field(r, "X-Api-Key");
	c->csrf = http_field(r, "X-Sekisho-CSRF");
	c->reason = http_field(r, "X-Sekisho-Reason");
	c->if_match = http_field(r, "If-Match");
	c->if_none_match = http_field(r, "If-None-Match");
	c->once_key = http_field(r, "Idempotency-Key");
	c->content_type = http_field(r, "Content-Type");
	c->last_event_id = http_field(r, "Last-Event-ID");
	c->accept_language = http_field(r, "Accept-Language");
	c->text = http_body(r, &c->n_text);
	c->too_large = http_too_large(r);
	http_peer(r, &c->peer, &uid, &c->local, &c->tls);
	c->peer_uid = uid;
}

/* RFC 9110 section 9.3, and PATCH. */
static bool is_method(const char *m)
{
	static const char *const all[] = {"GET", "HEAD", "POST", "PUT", "PATCH",
	    "DELETE", "OPTIONS", "TRACE", "CONNECT"};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(m, all[i]) == 0)
			return true;
	return false;
}

static void on_request(void *arg, struct http_request *r)
{
	const struct framing *f = http_framing(r);
	struct api *a = arg;
	struct call *c = new_call();

	http_set_data(r, c);
	c->api = a;
	c->conf = a->conf;
	c->http = r;
	take_fields(c, r);
	if (f->status != 0)
		call_problem(c, f->status, f->code, "%s", f->detail);
	else if (!is_method(c->method))
		call_problem(c, 501, "not_implemented",
		    "%.20s is no method of HTTP", c->method);
	else if (uri_parse(&c->uri, http_target(r)) != 0)
		call_problem(c, 400, "bad_request",
		    "the target cannot be read: a broken escape, a control "
		    "character, a parameter twice, or too long");
	else if (page_serve(c) || dispatch_route(c) != 0)
		;
	else {
		begin_work(c);
		return;
	}
	answer(c);
}

static void on_done(void *arg, struct http_request *r)
{
	struct api *a = arg;
	struct call *c = http_data(r);

	if (!c)
		return;
	if (c->route && c->route->flags & ROUTE_STREAM)
		events_close(a, c);
	json_decref(c->body);
	call_clear(c);
	free(c);
	check_idle(a);
}

/* --- changes ----------------------------------------------------------------
 */

static void wake(struct api *a, bool changed)
{
	struct call *c = a->waiting, *next;
	int64_t now_us = clock_now_us();

	a->waiting = NULL;
	for (; c; c = next) {
		next = c->next;
		if (changed || a->stopping || now_us >= c->wait_until_us) {
			c->next = NULL;
			begin_work(c);
		} else {
			c->next = a->waiting;
			a->waiting = c;
		}
	}
}

static void on_watch(uv_timer_t *t)
{
	struct api *a = t->data;
	int64_t version = read_data_version(a->watch_db);
	bool changed = version != a->version;

	a->version = version;
	wake(a, changed);
	if (changed)
		events_tell(a);
}

static void on_beat(uv_timer_t *t)
{
	events_beat(t->data);
}

/* --- beginning and end ------------------------------------------------------
 */

int api_open(struct api *a, uv_loop_t *loop, const struct conf *conf,
    const char *config, const char *db_path, char *why, size_t size)
{
	const struct http_limits limits = {
	    .connections = (unsigned int)conf->serve_connections,
	    .per_address = (unsigned int)conf->serve_per_address,
	    .memory_bytes = (size_t)conf->serve_memory_bytes,
	    .body_bytes = (size_t)conf->serve_body_bytes,
	    .timeout_s = conf->serve_timeout_s};
	const struct http_owner owner = {on_request, on_done, a};
	char err[DB_ERROR_BYTES];

	memset(a, 0, sizeof(*a));
	a->loop = loop;
	a->conf = conf;
	a->config = config;
	a->db_path = db_path;
	a->started_us = clock_now_us();
	a->watch_db = db_open(db_path, DB_WRITE, err);
	if (!a->watch_db) {
		snprintf(why, size, "%s", err);
		return -1;
	}
	if (limiter_init(&a->limiter, LOGIN_FAILURES, LOGIN_WINDOW_US) != 0) {
		snprintf(why, size, "no random numbers can be had");
		db_close(a->watch_db);
		return -1;
	}
	pthread_mutex_init(&a->lock, NULL);
	pthread_mutex_init(&a->change, NULL);
	a->http = http_new(loop, &limits, &owner);
	if (!a->http)
		log_fatal("serve", "out of memory");
	uv_timer_init(loop, &a->watch);
	uv_timer_init(loop, &a->beat);
	a->watch.data = a->beat.data = a;
	events_tell(a);
	uv_timer_start(&a->watch, on_watch, WATCH_MS, WATCH_MS);
	uv_timer_start(&a->beat, on_beat, BEAT_MS, BEAT_MS);
	return 0;
}

void api_stop(struct api *a, void (*on_idle)(void *arg), void *arg)
{
	a->stopping = true;
	a->on_idle = on_idle;
	a->on_idle_arg = arg;
	http_quiesce(a->http);
	wake(a, true);
	check_idle(a);
}

void api_close(struct api *a)
{
	uv_close((uv_handle_t *)&a->watch, NULL);
	uv_close((uv_handle_t *)&a->beat, NULL);
	http_free(a->http);
	db_close(a->watch_db);
	while (a->n_idle > 0)
		db_close(a->idle[--a->n_idle]);
	pthread_mutex_destroy(&a->lock);
	pthread_mutex_destroy(&a->change);
}
