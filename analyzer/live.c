/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/live.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "analyzer/identity/radius/server.h"
#include "analyzer/intake.h"
#include "analyzer/own_names.h"
#include "analyzer/pipeline.h"
#include "base/clock.h"
#include "base/log.h"

#define LIVE_OPERATOR_MS 500
#define LIVE_RETRY_MS    1000
#define LIVE_TICK_MS     10000

struct live {
	uv_loop_t *loop;
	struct conf *conf;
	struct pipeline *pipeline;    /* NULL while the store is away */
	struct intake *intake;        /* NULL: own servers are not known yet */
	struct own_names *own_names;  /* NULL: not configured */
	struct radius_server *radius; /* NULL: not configured */
	struct logins *logins;        /* NULL: not configured, or no pipeline */
	struct lease_feed *leases;    /* the same */
	uv_timer_t operator_timer, retry_timer, tick_timer;
	uv_signal_t term, intr, hup;
	int code;
};

static void stop(struct live *l)
{
	logins_free(l->logins);
	l->logins = NULL;
	lease_feed_free(l->leases);
	l->leases = NULL;
	pipeline_free(l->pipeline);
	l->pipeline = NULL;
	intake_free(l->intake);
	l->intake = NULL;
	own_names_free(l->own_names);
	l->own_names = NULL;
	radius_server_free(l->radius);
	l->radius = NULL;
	uv_close((uv_handle_t *)&l->operator_timer, NULL);
	uv_close((uv_handle_t *)&l->retry_timer, NULL);
	uv_close((uv_handle_t *)&l->tick_timer, NULL);
	uv_close((uv_handle_t *)&l->term, NULL);
	uv_close((uv_handle_t *)&l->intr, NULL);
	uv_close((uv_handle_t *)&l->hup, NULL);
}

static void on_signal(uv_signal_t *s, int signum)
{
	log_info("analyzer", "ends signal=%d", signum);
	stop(s->data);
}

static void on_retry(uv_timer_t *t);

/* --- log-ins -------------------------------------------------------------- */

static int on_logins(void *arg, const struct login_batch *b)
{
	struct live *l = arg;

	if (pipeline_logins(l->pipeline, b) == 0)
		return 0;
	uv_timer_start(&l->retry_timer, on_retry, 0, 0);
	return -1;
}

static int on_position(
    void *arg, const char *path, struct file_position *position)
{
	struct live *l = arg;

	return pipeline_file_position(l->pipeline, path, position);
}

/* From where the store says; what it does not have is read again. */
static int follow_logins(struct live *l, char *err, size_t errsize)
{
	struct logins_owner owner = {on_logins, on_position, l};

	if (!l->conf->login_files[0])
		return 0;
	l->logins = logins_new(l->conf, owner, err, errsize);
	if (!l->logins)
		return -1;
	return logins_follow(l->logins, l->loop, err, errsize);
}

/* --- files of leases ------------------------------------------------------ */

static int on_lease_files(void *arg, const struct lease_feed_batch *b)
{
	struct live *l = arg;

	if (pipeline_lease_files(l->pipeline, b, clock_now_us()) == 0)
		return 0;
	uv_timer_start(&l->retry_timer, on_retry, 0, 0);
	return -1;
}

static int follow_leases(struct live *l, char *err, size_t errsize)
{
	struct lease_feed_owner owner = {on_lease_files, on_position, l};

	if (!l->conf->lease_files[0])
		return 0;
	l->leases = lease_feed_new(l->loop, l->conf, owner, err, errsize);
	return l->leases ? 0 : -1;
}

/* --- the store ------------------------------------------------------------ */

/* Everything that is not committed is the agents' again. */
static void give_up_store(struct live *l)
{
	log_warn("analyzer", "%s; trying again each second",
	    pipeline_error(l->pipeline) ? pipeline_error(l->pipeline)
					: "the store failed");
	if (l->intake) {
		intake_drop_all(l->intake);
		intake_resume(l->intake);
	}
	logins_free(l->logins);
	l->logins = NULL;
	lease_feed_free(l->leases);
	l->leases = NULL;
	pipeline_free(l->pipeline);
	l->pipeline = NULL;
	uv_timer_start(&l->retry_timer, on_retry, LIVE_RETRY_MS, 0);
}

static void on_progress(void *arg)
{
	struct live *l = arg;

	/* A broken pipeline is freed from the operator timer: not from
	 * inside its own call. */
	if (pipeline_error(l->pipeline))
		uv_timer_start(&l->retry_timer, on_retry, 0, 0);
	else if (l->intake && !pipeline_is_full(l->pipeline))
		intake_resume(l->intake);
}

static void on_retry(uv_timer_t *t)
{
	struct live *l = t->data;
	char err[512];

	if (l->pipeline && pipeline_error(l->pipeline)) {
		give_up_store(l);
		return;
	}
	if (l->pipeline)
		return;
	l->pipeline =
	    pipeline_new(l->loop, l->conf, PIPELINE_LIVE, err, sizeof(err));
	if (!l->pipeline) {
		log_warn("analyzer", "%s; trying again each second", err);
		uv_timer_start(t, on_retry, LIVE_RETRY_MS, 0);
		return;
	}
	log_info("analyzer", "the store is back");
	pipeline_on_progress(l->pipeline, on_progress, l);
	if (follow_logins(l, err, sizeof(err)) != 0)
		log_error("analyzer",
		    "%s; submission logs are not read until a restart", err);
	if (follow_leases(l, err, sizeof(err)) != 0)
		log_error("analyzer",
		    "%s; files of leases are not read until a restart", err);
}

static int on_batch(void *arg, const Sekisho__Batch *b, uint64_t *committed)
{
	struct live *l = arg;

	if (!l->pipeline)
		return -1;
	if (pipeline_batch(l->pipeline, b, clock_now_us()) != 0 ||
	    pipeline_cursor(l->pipeline, b->agent, b->boot, committed) != 0) {
		uv_timer_start(&l->retry_timer, on_retry, 0, 0);
		return -1;
	}
	if (pipeline_is_full(l->pipeline))
		intake_pause(l->intake);
	return 0;
}

/* What is not committed is not answered: the NAS keeps it. */
static int on_leases(void *arg, const struct lease_event *events, size_t n)
{
	struct live *l = arg;

	if (!l->pipeline || pipeline_error(l->pipeline))
		return -1;
	if (pipeline_leases(l->pipeline, events, n, clock_now_us()) == 0)
		return 0;
	uv_timer_start(&l->retry_timer, on_retry, 0, 0);
	return -1;
}

static void on_operator(uv_timer_t *t)
{
	struct live *l = t->data;

	if (l->pipeline && !pipeline_error(l->pipeline) &&
	    pipeline_operator(l->pipeline, clock_now_us()) != 0)
		give_up_store(l);
}

static void on_tick(uv_timer_t *t)
{
	struct live *l = t->data;

	if (l->pipeline && !pipeline_error(l->pipeline) &&
	    pipeline_tick(l->pipeline, clock_now_us()) != 0)
		give_up_store(l);
}

/* The files of names anew; a bad one changes nothing. */
static void on_hangup(uv_signal_t *h, int signum)
{
	struct live *l = h->data;
	char err[512];

	(void)signum;
	if (l->pipeline && !pipeline_error(l->pipeline) &&
	    pipeline_subscribers(l->pipeline, clock_now_us()) != 0)
		give_up_store(l);
	if (l->logins && logins_reload(l->logins, err, sizeof(err)) != 0)
		log_error("analyzer", "%s; the accounts before stay", err);
	if (l->radius && radius_server_reload(l->radius, err, sizeof(err)) != 0)
		log_error("analyzer", "%s; the clients before stay", err);
}

static void init_handles(struct live *l)
{
	uv_timer_init(l->loop, &l->operator_timer);
	uv_timer_init(l->loop, &l->retry_timer);
	uv_timer_init(l->loop, &l->tick_timer);
	uv_signal_init(l->loop, &l->term);
	uv_signal_init(l->loop, &l->intr);
	uv_signal_init(l->loop, &l->hup);
	l->operator_timer.data = l->retry_timer.data = l;
	l->tick_timer.data = l->hup.data = l;
	l->term.data = l->intr.data = l;
	uv_signal_start(&l->hup, on_hangup, SIGHUP);
	uv_signal_start(&l->term, on_signal, SIGTERM);
	uv_signal_start(&l->intr, on_signal, SIGINT);
}

/* --- agents --------------------------------------------------------------- */

static int listen_to_agents(struct live *l, char *err, size_t errsize)
{
	l->intake =
	    intake_new(l->loop, l->conf->socket, on_batch, l, err, errsize);
	if (!l->intake)
		return -1;
	log_info("analyzer", "listens socket=%s mode=%s", l->conf->socket,
	    mode_name(l->conf->mode));
	return 0;
}

static void on_give_up(uv_timer_t *t)
{
	stop(t->data);
}

static void on_own_names(void *arg)
{
	struct live *l = arg;
	char err[512];

	if (listen_to_agents(l, err, sizeof(err)) == 0)
		return;
	log_error("analyzer", "%s", err);
	l->code = 1;
	/* Not from inside of the resolver's own call. */
	uv_timer_start(&l->tick_timer, on_give_up, 0, 0);
}

/* Mail to an own server that is not known as one would be evidence against
 * who sends it: agents wait until each name has had an answer. */
static int open_intake(struct live *l, char *err, size_t errsize)
{
	struct resolver *r;

	if (l->conf->own_server_names.n == 0)
		return listen_to_agents(l, err, errsize);
	r = resolver_new_unbound(
	    l->loop, l->conf->resolver, l->conf->zone, err, errsize);
	if (!r)
		return -1;
	l->own_names = own_names_new(l->loop, l->conf, r, on_own_names, l);
	if (l->own_names)
		return 0;
	snprintf(err, errsize, "out of memory");
	return -1;
}

int live_run(uv_loop_t *loop, struct conf *c)
{
	struct live l = {.loop = loop, .conf = c};
	char err[512];

	init_handles(&l);
	l.pipeline = pipeline_new(loop, c, PIPELINE_LIVE, err, sizeof(err));
	if (!l.pipeline)
		goto fail;
	pipeline_on_progress(l.pipeline, on_progress, &l);
	if (open_intake(&l, err, sizeof(err)) != 0 ||
	    follow_logins(&l, err, sizeof(err)) != 0 ||
	    follow_leases(&l, err, sizeof(err)) != 0)
		goto fail;
	if (c->radius_listen && *c->radius_listen) {
		l.radius =
		    radius_server_new(loop, c, on_leases, &l, err, sizeof(err));
		if (!l.radius)
			goto fail;
	}
	uv_timer_start(
	    &l.operator_timer, on_operator, LIVE_OPERATOR_MS, LIVE_OPERATOR_MS);
	uv_timer_start(&l.tick_timer, on_tick, LIVE_TICK_MS, LIVE_TICK_MS);
	goto run;
fail:
	log_error("analyzer", "%s", err);
	l.code = 1;
	stop(&l);
run:
	uv_run(loop, UV_RUN_DEFAULT);
	return l.code;
}
