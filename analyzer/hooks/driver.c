/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/driver.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define LINE_MAX_BYTES   65536
#define RESTART_MIN_MS   200
#define RESTART_MAX_MS   30000
#define STOP_MS          3000
#define LOST_IN_A_ROW    3
#define QUEUED_MAX_BYTES (4 << 20)
/* The socket to a driver holds some 270 writes, however short they are. */
#define CHUNK_BYTES 65536
#define WINDOW_MAX  16384
/* Of all parts of a list: a million entries and more. */
#define LIST_MAX_BYTES (INT64_C(256) << 20)

static const char mod[] = "hooks";

enum driver_state {
	DRIVER_DOWN,     /* waits for its next start */
	DRIVER_GREETING, /* hello sent */
	DRIVER_READY,
	DRIVER_LISTING, /* list sent */
	DRIVER_STOPPING
};

struct driver {
	uv_loop_t *loop;
	const struct conf_driver *conf;
	struct driver_events events;
	void *arg;
	enum driver_state state;
	uv_timer_t timer; /* answer, restart, or stop: by state */
	struct process *process;
	int failed_starts, lost_in_a_row;
	int in_flight;      /* lines without an answer */
	int64_t list_id;    /* of the last list */
	int64_t list_bytes; /* of its answer, so far */
	struct log_limit noise;
	struct hello hello;
};

/* Outlives a restart: handles close later than they end. */
struct process {
	struct driver *driver; /* NULL: given up */
	uv_process_t child;
	uv_pipe_t in, out;
	int handles;            /* not closed yet */
	int writing;            /* chunks under way */
	struct chunk *gathered; /* goes when none is; may be NULL */
	bool exited;
	size_t len;
	bool skip; /* the rest of a line that was too long */
	char line[LINE_MAX_BYTES];
};

/* Lines that are written together. */
struct chunk {
	uv_write_t req;
	size_t len, size;
	char text[];
};

static void start_soon(struct driver *d);
static void on_timer(uv_timer_t *t);

const struct hello *driver_hello(const struct driver *d)
{
	return &d->hello;
}

const char *driver_name(const struct driver *d)
{
	return d->conf->name;
}

int driver_failed_starts(const struct driver *d)
{
	return d->failed_starts;
}

bool driver_is_up(const struct driver *d)
{
	return d->state == DRIVER_READY || d->state == DRIVER_LISTING;
}

static int window(const struct driver *d)
{
	return d->hello.window < WINDOW_MAX ? (int)d->hello.window : WINDOW_MAX;
}

bool driver_has_room(const struct driver *d)
{
	size_t queued;

	if (d->state != DRIVER_READY || d->in_flight >= window(d))
		return false;
	queued = uv_stream_get_write_queue_size(
	    (const uv_stream_t *)&d->process->in);
	if (d->process->gathered != NULL)
		queued += d->process->gathered->len;
	return queued < QUEUED_MAX_BYTES;
}

static void watch_time(struct driver *d)
{
	(void)uv_timer_start(
	    &d->timer, on_timer, (uint64_t)d->conf->timeout_s * 1000, 0);
}

struct driver *driver_new(uv_loop_t *loop, const struct conf_driver *conf,
    const struct driver_events *events, void *arg)
{
	struct driver *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->loop = loop;
	d->conf = conf;
	d->events = *events;
	d->arg = arg;
	(void)uv_timer_init(loop, &d->timer);
	d->timer.data = d;
	return d;
}

static void on_driver_closed(uv_handle_t *h)
{
	free(h->data);
}

static void on_process_closed(uv_handle_t *h)
{
	struct process *p = h->data;

	if (--p->handles > 0)
		return;
	if (p->driver != NULL && p->driver->state == DRIVER_STOPPING)
		uv_close((uv_handle_t *)&p->driver->timer, on_driver_closed);
	free(p->gathered);
	free(p);
}

static void close_handle(uv_handle_t *h)
{
	if (!uv_is_closing(h))
		uv_close(h, on_process_closed);
}

/* Takes the process away from the driver, unless it is stopping: then the
 * last handle to close frees both. */
static void process_release(struct process *p)
{
	struct driver *d = p->driver;

	if (d->state != DRIVER_STOPPING)
		p->driver = NULL;
	d->process = NULL;
	close_handle((uv_handle_t *)&p->in);
	close_handle((uv_handle_t *)&p->out);
	if (p->exited)
		close_handle((uv_handle_t *)&p->child);
	else
		(void)uv_process_kill(&p->child, SIGKILL);
}

/* The process is of no use any more. */
static void driver_fail(struct driver *d, const char *why)
{
	bool busy = d->in_flight > 0 || d->state == DRIVER_LISTING;

	d->in_flight = 0;
	if (d->process != NULL)
		process_release(d->process);
	if (d->state == DRIVER_STOPPING)
		return;
	log_warn(mod, "driver %s: %s; it is started again", d->conf->name, why);
	start_soon(d);
	if (busy)
		d->events.lost(d->arg, why);
}

static void on_child_exit(uv_process_t *child, int64_t status, int signal_no)
{
	struct process *p = child->data;
	struct driver *d = p->driver;
	char why[96];

	p->exited = true;
	if (d == NULL || d->process != p) {
		close_handle((uv_handle_t *)child);
		return;
	}
	if (signal_no != 0)
		snprintf(why, sizeof(why), "ended by signal %d", signal_no);
	else
		snprintf(why, sizeof(why), "ended with status %d", (int)status);
	driver_fail(d, why);
}

static void on_greeting(struct driver *d, const char *line, size_t len)
{
	if (answer_read_hello(line, len, &d->hello) != 0) {
		driver_fail(d, "its answer to hello is no JSON object");
		return;
	}
	(void)uv_timer_stop(&d->timer);
	d->state = DRIVER_READY;
	d->failed_starts = 0;
	d->lost_in_a_row = 0;
	log_info(mod, "driver %s: ready max_entries=%lld", d->conf->name,
	    (long long)d->hello.max_entries);
	d->events.ready(d->arg);
}

/* A part of a list that was given up is passed over. */
static void on_list_part(
    struct driver *d, const struct list_part *part, size_t len)
{
	if (d->state != DRIVER_LISTING ||
	    (part->has_id && part->id != d->list_id))
		return;
	d->lost_in_a_row = 0;
	d->list_bytes += (int64_t)len;
	if (d->list_bytes > LIST_MAX_BYTES) {
		driver_fail(d, "its list is longer than 256 MiB");
		return;
	}
	watch_time(d);
	if (!part->more) {
		d->state = DRIVER_READY;
		(void)uv_timer_stop(&d->timer);
	}
	d->events.list(d->arg, part);
}

static void on_line(struct driver *d, const char *line, size_t len)
{
	struct answer a;
	struct list_part part;
	unsigned int held_back;

	if (d->state == DRIVER_GREETING) {
		on_greeting(d, line, len);
		return;
	}
	if (answer_read(line, len, &a) == 0) {
		d->lost_in_a_row = 0;
		d->events.answer(d->arg, &a);
		return;
	}
	if (answer_read_list(line, len, &part) == 0) {
		on_list_part(d, &part, len);
		json_decref(part.json);
		return;
	}
	if (log_allow(&d->noise, 3, &held_back))
		log_warn(mod,
		    "driver %s: a line of %zu bytes is no answer and was "
		    "ignored; it must be {\"seq\":N,\"ok\":true|false} "
		    "suppressed=%u",
		    d->conf->name, len, held_back);
}

/* Stops as soon as a line made the driver give the process up. */
static void feed(struct process *p, const char *data, size_t len)
{
	for (size_t i = 0; i < len && p->driver != NULL; i++) {
		if (data[i] == '\n') {
			size_t n = p->len;

			p->len = 0;
			if (!p->skip && n > 0 &&
			    p->driver->state != DRIVER_STOPPING)
				on_line(p->driver, p->line, n);
			p->skip = false;
		} else if (p->len < sizeof(p->line)) {
			p->line[p->len++] = data[i];
		} else {
			p->skip = true;
		}
	}
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	(void)h;
	(void)suggested;
	buf->base = malloc(LINE_MAX_BYTES);
	buf->len = buf->base != NULL ? LINE_MAX_BYTES : 0;
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct process *p = s->data;

	if (n > 0 && p->driver != NULL) {
		feed(p, buf->base, (size_t)n);
		if (p->driver != NULL && p->driver->state == DRIVER_READY)
			p->driver->events.idle(p->driver->arg);
	}
	/* At the end of its stdout its exit tells more. */
	else if (n < 0)
		(void)uv_read_stop(s);
	free(buf->base);
}

static int write_chunk(struct process *p, struct chunk *c);

static void on_written(uv_write_t *req, int status)
{
	struct process *p = req->handle->data;
	struct driver *d = p->driver;
	struct chunk *next = p->gathered;

	free(req->data);
	p->writing--;
	/* What could not be written is not answered: the timer sees it. */
	if (status != 0 || d == NULL || d->process != p)
		return;
	if (p->writing == 0 && next != NULL) {
		p->gathered = NULL;
		(void)write_chunk(p, next);
	}
	if (driver_has_room(d))
		d->events.idle(d->arg);
}

static int write_chunk(struct process *p, struct chunk *c)
{
	uv_buf_t buf = uv_buf_init(c->text, (unsigned int)c->len);

	c->req.data = c;
	if (uv_write(&c->req, (uv_stream_t *)&p->in, &buf, 1, on_written) !=
	    0) {
		free(c);
		return -1;
	}
	p->writing++;
	return 0;
}

static struct chunk *chunk_new(size_t size)
{
	struct chunk *c = malloc(sizeof(*c) + size);

	if (c != NULL) {
		c->len = 0;
		c->size = size;
	}
	return c;
}

/* The first line goes at once, and those that come before it is written go
 * together. */
static int write_line(struct process *p, const char *line)
{
	size_t n = strlen(line);
	struct chunk *c = p->gathered;

	if (c != NULL && c->size - c->len < n) {
		p->gathered = NULL;
		if (write_chunk(p, c) != 0)
			return -1;
		c = NULL;
	}
	if (c == NULL)
		c = chunk_new(
		    p->writing > 0 && n < CHUNK_BYTES ? CHUNK_BYTES : n);
	if (c == NULL)
		return -1;
	memcpy(c->text + c->len, line, n);
	c->len += n;
	if (p->writing == 0)
		return write_chunk(p, c);
	p->gathered = c;
	return 0;
}

/* A name without a slash: beside our own program first. Returns what to
 * give to execvp(). */
static const char *find_program(const char *name, char path[PATH_MAX])
{
	ssize_t n;
	char *slash;

	if (strchr(name, '/') != NULL)
		return name;
	n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	if (n <= 0)
		return name;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL ||
	    (size_t)(slash + 1 - path) + strlen(name) >= PATH_MAX)
		return name;
	memcpy(slash + 1, name, strlen(name) + 1);
	return access(path, X_OK) == 0 ? path : name;
}

static int spawn(struct driver *d, struct process *p)
{
	uv_stdio_container_t stdio[3] = {
	    {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE},
	    {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE},
	    {.flags = UV_INHERIT_FD},
	};
	uv_process_options_t o = {0};
	char path[PATH_MAX];

	stdio[0].data.stream = (uv_stream_t *)&p->in;
	stdio[1].data.stream = (uv_stream_t *)&p->out;
	stdio[2].data.fd = STDERR_FILENO;
	o.exit_cb = on_child_exit;
	o.file = find_program(d->conf->argv[0], path);
	/* libuv does not change them. */
	o.args = (char **)(uintptr_t)d->conf->argv;
	o.stdio = stdio;
	o.stdio_count = 3;
	return uv_spawn(d->loop, &p->child, &o);
}

/* NULL: no memory. */
static struct process *process_new(struct driver *d)
{
	struct process *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->driver = d;
	p->handles = 3;
	(void)uv_pipe_init(d->loop, &p->in, 0);
	(void)uv_pipe_init(d->loop, &p->out, 0);
	p->in.data = p;
	p->out.data = p;
	p->child.data = p;
	return p;
}

void driver_start(struct driver *d)
{
	struct process *p = process_new(d);
	char why[256];
	int rc;

	if (p == NULL) {
		start_soon(d);
		return;
	}
	d->process = p;
	rc = spawn(d, p);
	p->child.data = p;
	if (rc != 0) {
		p->exited = true;
		snprintf(why, sizeof(why),
		    "\"%.100s\" cannot be started (%s); correct its command "
		    "in the configuration",
		    d->conf->argv[0], uv_strerror(rc));
		driver_fail(d, why);
		return;
	}
	d->state = DRIVER_GREETING;
	d->in_flight = 0;
	(void)uv_read_start((uv_stream_t *)&p->out, on_alloc, on_read);
	watch_time(d);
	if (write_line(p, "{\"op\":\"hello\"}\n") != 0)
		driver_fail(d, "hello could not be written");
}

static void start_soon(struct driver *d)
{
	uint64_t ms = RESTART_MIN_MS;

	for (int i = 0; i < d->failed_starts && ms < RESTART_MAX_MS; i++)
		ms *= 2;
	if (ms > RESTART_MAX_MS)
		ms = RESTART_MAX_MS;
	d->failed_starts++;
	d->state = DRIVER_DOWN;
	(void)uv_timer_start(&d->timer, on_timer, ms, 0);
}

static void on_late_answer(struct driver *d)
{
	char why[64];

	snprintf(why, sizeof(why), "no answer within %d s", d->conf->timeout_s);
	/* One slow answer may still come; a row of them is a dead driver. */
	if (++d->lost_in_a_row >= LOST_IN_A_ROW) {
		driver_fail(d, why);
		return;
	}
	d->state = DRIVER_READY;
	d->in_flight = 0;
	d->events.lost(d->arg, why);
}

static void on_timer(uv_timer_t *t)
{
	struct driver *d = t->data;

	switch (d->state) {
	case DRIVER_DOWN:
		driver_start(d);
		break;
	case DRIVER_GREETING:
		driver_fail(d, "no answer to hello in time");
		break;
	case DRIVER_READY:
	case DRIVER_LISTING:
		on_late_answer(d);
		break;
	case DRIVER_STOPPING:
		if (d->process != NULL)
			(void)uv_process_kill(&d->process->child, SIGKILL);
		break;
	}
}

int driver_send(struct driver *d, const char *line)
{
	if (!driver_has_room(d) || write_line(d->process, line) != 0)
		return -1;
	if (d->in_flight++ == 0)
		watch_time(d);
	return 0;
}

void driver_done(struct driver *d)
{
	if (d->in_flight == 0)
		return;
	if (--d->in_flight == 0)
		(void)uv_timer_stop(&d->timer);
	else
		watch_time(d);
}

static int ask(struct driver *d, const char *op)
{
	char line[64];

	if (d->in_flight > 0 || !driver_has_room(d))
		return -1;
	snprintf(line, sizeof(line), "{\"op\":\"%s\",\"id\":%" PRId64 "}\n", op,
	    ++d->list_id);
	if (write_line(d->process, line) != 0)
		return -1;
	d->state = DRIVER_LISTING;
	d->list_bytes = 0;
	watch_time(d);
	return 0;
}

int driver_list(struct driver *d)
{
	return ask(d, "list");
}

int driver_counters(struct driver *d)
{
	return ask(d, "counters");
}

int driver_test(struct driver *d)
{
	return ask(d, "test");
}

void driver_stop(struct driver *d)
{
	struct process *p = d->process;

	d->state = DRIVER_STOPPING;
	(void)uv_timer_stop(&d->timer);
	if (p == NULL) {
		uv_close((uv_handle_t *)&d->timer, on_driver_closed);
		return;
	}
	/* The end of its input is its sign to end. */
	close_handle((uv_handle_t *)&p->in);
	(void)uv_timer_start(&d->timer, on_timer, STOP_MS, 0);
}
