/* SPDX-License-Identifier: Apache-2.0 */
/* libmicrohttpd runs in its external mode: its epoll descriptor is one
 * uv_poll. A request that waits for its answer is suspended; the answer is
 * queued when the library calls again after the resume. */
#include "reports/api/http.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "reports/api/bytes.h"
#include "reports/api/peer.h"
#include "reports/api/tls.h"

#define LISTENERS_MAX 4
#define SWEEP_MS      1000
#define STREAM_CHUNK  4096
#define STREAM_BYTES  (256 * 1024) /* that a slow client may be behind */
#define ANSWER_FACTOR 10           /* times the time-out, to take it */
/* A head that is only a little too long is refused by us, with a problem: the
 * library's own words are a page of HTML. */
#define MEMORY_FACTOR 2

struct listener {
	struct http *http;
	struct MHD_Daemon *daemon;
	uv_poll_t poll;
	uv_timer_t timer;
	bool tls, running;
};
struct http_request {
	struct http_request *next, *prev;
	struct http *http;
	struct listener *listener;
	struct MHD_Connection *mhd;
	struct peer *peer;
	struct MHD_Response *response; /* to be queued */
	int status;
	char *target;
	const char *method;
	struct bytes body;
	void *data;
	struct framing framing;
	bool started, too_large, handed, suspended;
	/* stream */
	bool streaming, ended;
	struct bytes pending;
};
struct http {
	uv_loop_t *loop;
	struct http_limits limits;
	struct http_owner owner;
	struct listener listeners[LISTENERS_MAX];
	size_t n_listeners, n_pending;
	struct peers peers;
	struct http_request *requests;
	uv_timer_t sweep;
	int closing; /* handles that are not closed yet */
};

/* --- running ---------------------------------------------------------------
 */

static void run(struct listener *l);

static void on_timer(uv_timer_t *t)
{
	run(t->data);
}

static void on_poll(uv_poll_t *p, int status, int events)
{
	(void)status;
	(void)events;
	run(p->data);
}

static void run(struct listener *l)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (l->running)
		return;
	l->running = true;
	MHD_run(l->daemon);
	l->running = false;
	if (MHD_get_timeout(l->daemon, &ms) != MHD_YES || ms > SWEEP_MS)
		ms = SWEEP_MS;
	uv_timer_start(&l->timer, on_timer, ms, 0);
}

/* Something was resumed: soon, but not from inside of the library. */
static void kick(struct listener *l)
{
	uv_timer_start(&l->timer, on_timer, 0, 0);
}

static int64_t deadline(const struct http *h, int64_t factor)
{
	return (int64_t)uv_now(h->loop) + factor * 1000 * h->limits.timeout_s;
}

static void await(struct http_request *r, int64_t factor)
{
	if (r->peer)
		r->peer->deadline_ms = deadline(r->http, factor);
}

/* Its next word is ours. */
static void await_nothing(struct http_request *r)
{
	if (r->peer)
		peer_leave(r->peer);
}

/* A client that sends a byte now and then is no less slow than a silent one,
 * which the library would see. */
static void on_sweep(uv_timer_t *t)
{
	struct http *h = t->data;

	peers_sweep(&h->peers, (int64_t)uv_now(h->loop));
}

static void on_connection(void *arg, struct MHD_Connection *m, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info;
	struct http *h = arg;
	struct peer *p = *context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		info = MHD_get_connection_info(
		    m, MHD_CONNECTION_INFO_CONNECTION_FD);
		p = info ? peers_add(&h->peers, info->connect_fd) : NULL;
		if (p)
			p->deadline_ms = deadline(h, 1);
		*context = p;
		return;
	}
	*context = NULL;
	if (p)
		peers_remove(&h->peers, p);
}

/* --- a request --------------------------------------------------------------
 */

static void *on_target(void *arg, const char *uri, struct MHD_Connection *m)
{
	struct listener *l = arg;
	struct http_request *r = calloc(1, sizeof(*r));
	const union MHD_ConnectionInfo *info;

	if (!r)
		return NULL;
	r->http = l->http;
	r->listener = l;
	r->mhd = m;
	r->target = strdup(uri);
	info = MHD_get_connection_info(m, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	r->peer = info ? info->socket_context : NULL;
	r->next = l->http->requests;
	if (r->next)
		r->next->prev = r;
	l->http->requests = r;
	return r;
}

static void on_done(void *arg, struct MHD_Connection *m, void **context,
    enum MHD_RequestTerminationCode code)
{
	struct http_request *r = *context;
	struct http *h;

	(void)arg;
	(void)m;
	(void)code;
	*context = NULL;
	if (!r)
		return;
	h = r->http;
	if (r->handed) {
		h->n_pending -= !r->streaming;
		h->owner.done(h->owner.arg, r);
	}
	await(r, 1); /* the connection's next request */
	if (r->response)
		MHD_destroy_response(r->response);
	if (r->prev)
		r->prev->next = r->next;
	else
		h->requests = r->next;
	if (r->next)
		r->next->prev = r->prev;
	bytes_clear(&r->pending);
	free(r->target);
	bytes_clear(&r->body);
	free(r);
}

static enum MHD_Result queue(struct http_request *r)
{
	enum MHD_Result ok =
	    MHD_queue_response(r->mhd, (unsigned int)r->status, r->response);

	MHD_destroy_response(r->response);
	r->response = NULL;
	return ok;
}

static void take_body(struct http_request *r, const char *data, size_t n)
{
	if (!r->too_large &&
	    bytes_add(&r->body, data, n, r->http->limits.body_bytes) != 0)
		r->too_large = true;
}

static enum MHD_Result hand_over(struct http_request *r)
{
	struct http *h = r->http;

	if (!r->handed) {
		r->handed = true;
		h->n_pending++;
		await_nothing(r);
		h->owner.request(h->owner.arg, r);
	}
	if (r->response)
		return queue(r);
	r->suspended = true;
	MHD_suspend_connection(r->mhd);
	return MHD_YES;
}

static bool says_too_much(const struct http_request *r)
{
	const char *text = MHD_lookup_connection_value(
	    r->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return text && strtoull(text, NULL, 10) > r->http->limits.body_bytes;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *m,
    const char *url, const char *method, const char *version, const char *data,
    size_t *n, void **context)
{
	struct http_request *r = *context;

	(void)arg;
	(void)m;
	(void)url;
	if (!r || !r->target)
		return MHD_NO;
	if (!r->started) {
		r->started = true;
		r->method = method;
		framing_check(&r->framing, m, version, r->target,
		    r->http->limits.memory_bytes / 2);
		r->too_large = says_too_much(r);
		if (!r->too_large && r->framing.status == 0)
			return MHD_YES;
		return hand_over(r);
	}
	if (*n > 0) {
		take_body(r, data, *n);
		*n = 0;
		return MHD_YES;
	}
	return hand_over(r);
}

/* --- answers ----------------------------------------------------------------
 */

static void resume(struct http_request *r)
{
	if (!r->suspended)
		return;
	r->suspended = false;
	MHD_resume_connection(r->mhd);
	kick(r->listener);
}

static void add_fields(
    struct MHD_Response *response, const struct http_field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (MHD_add_response_header(
			response, fields[i].name, fields[i].value) != MHD_YES)
			log_warn("http", "a field was not taken name=%s",
			    fields[i].name);
}

void http_reply(struct http_request *r, const struct http_answer *a)
{
	r->response = MHD_create_response_from_buffer(a->n,
	    a->fixed ? (void *)(uintptr_t)a->fixed : (void *)a->body,
	    a->fixed  ? MHD_RESPMEM_PERSISTENT
	    : a->body ? MHD_RESPMEM_MUST_FREE
		      : MHD_RESPMEM_PERSISTENT);
	if (!r->response)
		log_fatal("http", "out of memory");
	add_fields(r->response, a->fields, a->n_fields);
	r->status = a->status;
	await(r, ANSWER_FACTOR);
	resume(r);
}

static ssize_t read_stream(void *arg, uint64_t at, char *buf, size_t max)
{
	struct http_request *r = arg;
	size_t n = bytes_take(&r->pending, buf, max);

	(void)at;
	if (n > 0)
		return (ssize_t)n;
	if (r->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	bytes_clear(&r->pending);
	r->suspended = true;
	MHD_suspend_connection(r->mhd);
	return 0;
}

void http_stream(
    struct http_request *r, const struct http_field *fields, size_t n)
{
	r->response = MHD_create_response_from_callback(
	    MHD_SIZE_UNKNOWN, STREAM_CHUNK, read_stream, r, NULL);
	if (!r->response)
		log_fatal("http", "out of memory");
	add_fields(r->response, fields, n);
	r->status = MHD_HTTP_OK;
	r->http->n_pending -= !r->streaming;
	r->streaming = true;
	await_nothing(r);
	resume(r);
}

void http_end(struct http_request *r)
{
	r->ended = true;
	resume(r);
}

int http_push(struct http_request *r, const char *text, size_t n)
{
	if (r->ended || bytes_add(&r->pending, text, n, STREAM_BYTES) != 0) {
		r->ended = true;
		if (r->peer)
			r->peer->deadline_ms = 0;
		return -1;
	}
	resume(r);
	return 0;
}

/* --- what a request says ----------------------------------------------------
 */

const char *http_method(const struct http_request *r)
{
	return r->method;
}

const char *http_target(const struct http_request *r)
{
	return r->target;
}

const char *http_field(const struct http_request *r, const char *name)
{
	return MHD_lookup_connection_value(r->mhd, MHD_HEADER_KIND, name);
}

const char *http_body(const struct http_request *r, size_t *n)
{
	*n = r->body.n;
	return r->body.v ? r->body.v : "";
}

const struct framing *http_framing(const struct http_request *r)
{
	return &r->framing;
}

bool http_too_large(const struct http_request *r)
{
	return r->too_large;
}

void http_set_data(struct http_request *r, void *data)
{
	r->data = data;
}

void *http_data(const struct http_request *r)
{
	return r->data;
}

void http_peer(const struct http_request *r, struct addr *a, uid_t *uid,
    bool *local, bool *tls)
{
	*tls = r->listener->tls;
	if (r->peer) {
		peer_who(r->peer, a, uid, local);
		return;
	}
	memset(a, 0, sizeof(*a));
	*uid = (uid_t)-1;
	*local = false;
}

/* --- beginning and end ------------------------------------------------------
 */

struct http *http_new(uv_loop_t *loop, const struct http_limits *limits,
    const struct http_owner *owner)
{
	struct http *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->loop = loop;
	h->limits = *limits;
	h->owner = *owner;
	uv_timer_init(loop, &h->sweep);
	h->sweep.data = h;
	uv_timer_start(&h->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
	return h;
}

/* We read the target ourselves, as it came. */
static size_t leave_escaped(void *arg, struct MHD_Connection *m, char *s)
{
	(void)arg;
	(void)m;
	return strlen(s);
}

static void on_log(void *arg, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
static void on_log(void *arg, const char *fmt, va_list ap)
{
	static struct log_limit limit;
	char text[256];
	unsigned int suppressed;

	(void)arg;
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\r\n")] = '\0';
	if (log_allow(&limit, 5, &suppressed))
		log_debug("http", "%s suppressed=%u", text, suppressed);
}

static struct MHD_Daemon *start(struct listener *l, int fd)
{
	struct http *h = l->http;
	struct MHD_OptionItem options[] = {
	    {MHD_OPTION_HTTPS_CERT_CALLBACK, 0,
		(void *)(uintptr_t)tls_retrieve},
	    {MHD_OPTION_HTTPS_PRIORITIES, 0,
		(void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:"
				    "+VERS-TLS1.2"},
	    {MHD_OPTION_END, 0, NULL},
	};
	unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
			     MHD_USE_ERROR_LOG | (l->tls ? MHD_USE_TLS : 0);

	if (!l->tls)
		options[0].option = MHD_OPTION_END;
	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, l,
	    MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET,
	    fd, MHD_OPTION_CONNECTION_LIMIT, h->limits.connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, h->limits.per_address,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    MEMORY_FACTOR * h->limits.memory_bytes,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)h->limits.timeout_s,
	    MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, l,
	    MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_ARRAY,
	    options, MHD_OPTION_END);
}

int http_certificate(const char *cert, const char *key, char *why, size_t size)
{
	if (tls_use(cert, key) == 0)
		return 0;
	snprintf(why, size, "the certificate or its key is not taken");
	return -1;
}

int http_serve(struct http *h, int fd, const char *cert, const char *key,
    char *why, size_t size)
{
	struct listener *l = &h->listeners[h->n_listeners];
	const union MHD_DaemonInfo *info;

	if (h->n_listeners == LISTENERS_MAX) {
		snprintf(why, size, "too many sockets");
		return -1;
	}
	l->http = h;
	l->tls = cert != NULL;
	if (l->tls && http_certificate(cert, key, why, size) != 0)
		return -1;
	l->daemon = start(l, fd);
	info = l->daemon
		   ? MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)
		   : NULL;
	if (!info) {
		if (l->daemon)
			MHD_stop_daemon(l->daemon);
		snprintf(why, size, "the server does not start");
		return -1;
	}
	uv_timer_init(h->loop, &l->timer);
	uv_poll_init(h->loop, &l->poll, info->epoll_fd);
	l->timer.data = l->poll.data = l;
	uv_poll_start(&l->poll, UV_READABLE, on_poll);
	h->n_listeners++;
	kick(l);
	return 0;
}

size_t http_pending(const struct http *h)
{
	return h->n_pending;
}

size_t http_connections(const struct http *h)
{
	return h->peers.n;
}

void http_quiesce(struct http *h)
{
	for (size_t i = 0; i < h->n_listeners; i++) {
		int fd = MHD_quiesce_daemon(h->listeners[i].daemon);

		if (fd >= 0)
			close(fd);
	}
	for (struct http_request *r = h->requests; r; r = r->next)
		if (r->streaming)
			http_end(r);
}

void http_drop(struct http *h)
{
	peers_drop(&h->peers);
}

static void forget(struct http *h)
{
	if (--h->closing > 0)
		return;
	tls_forget();
	free(h);
}

static void on_sweep_closed(uv_handle_t *handle)
{
	forget(handle->data);
}

static void on_closed(uv_handle_t *handle)
{
	forget(((struct listener *)handle->data)->http);
}

void http_free(struct http *h)
{
	if (!h)
		return;
	h->closing = 1 + 2 * (int)h->n_listeners;
	for (size_t i = 0; i < h->n_listeners; i++) {
		struct listener *l = &h->listeners[i];

		uv_poll_stop(&l->poll);
		uv_timer_stop(&l->timer);
		for (struct http_request *r = h->requests; r; r = r->next)
			if (r->listener == l && r->suspended) {
				r->suspended = false;
				MHD_resume_connection(r->mhd);
			}
		l->running = true;
		MHD_stop_daemon(l->daemon);
		uv_close((uv_handle_t *)&l->poll, on_closed);
		uv_close((uv_handle_t *)&l->timer, on_closed);
	}
	uv_close((uv_handle_t *)&h->sweep, on_sweep_closed);
}
