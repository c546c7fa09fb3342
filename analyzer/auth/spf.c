/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/auth/spf_eval.h"

struct spf_check {
	struct spf_lookups lookups;
	struct spf_limits limits;
	uv_timer_t timer;
	struct addr ip;
	char helo[256], domain[256], local_part[320], receiver[256];
	bool has_local_part, want_exp;
	spf_cb cb;
	void *arg;
	bool closing;
};

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

void spf_check_cancel(struct spf_check *c)
{
	if (c->closing)
		return;
	c->closing = true;
	spf_lookups_free(&c->lookups);
	uv_close((uv_handle_t *)&c->timer, on_closed);
}

static void finish(struct spf_check *c, struct spf_outcome *out)
{
	spf_cb cb = c->cb;
	void *arg = c->arg;

	/* A caller that starts another check must not disturb this one. */
	c->closing = true;
	cb(arg, out);
	c->closing = false;
	spf_check_cancel(c);
}

/* False: it waits for answers. */
static bool evaluate(struct spf_check *c, struct spf_outcome *out)
{
	struct spf_eval e = {
	    .lookups = &c->lookups,
	    .limits = c->limits,
	    .macros = {.ip = c->ip,
		.local_part = c->has_local_part ? c->local_part : NULL,
		.sender_domain = c->domain,
		.domain = c->domain,
		.helo = c->helo,
		.receiver = c->receiver,
		.now_s = (long)time(NULL)},
	    .want_exp = c->want_exp,
	    .out = out,
	};

	out->result = spf_evaluate(&e, c->domain);
	return !e.wait;
}

/* How far it got is worth telling: the record, the counts, the answers. */
static void on_timeout(uv_timer_t *t)
{
	struct spf_check *c = t->data;
	struct spf_outcome out = {.result = SPF_UNCHECKED};

	evaluate(c, &out);
	out.result = SPF_TEMPERROR;
	out.ttl_s = 0;
	out.term[0] = '\0';
	snprintf(out.reason, sizeof(out.reason),
	    "the check took longer than %d ms", c->limits.timeout_ms);
	finish(c, &out);
}

static void run(void *arg)
{
	struct spf_check *c = arg;
	struct spf_outcome out = {.result = SPF_UNCHECKED};

	if (evaluate(c, &out))
		finish(c, &out);
}

/* The callback never comes from inside spf_check_start(). */
static void on_first(uv_timer_t *t)
{
	struct spf_check *c = t->data;

	uv_timer_start(t, on_timeout, (uint64_t)c->limits.timeout_ms, 0);
	run(c);
}

static void on_progress(void *arg)
{
	struct spf_check *c = arg;

	if (!c->closing)
		run(c);
}

struct spf_check *spf_check_start(uv_loop_t *loop, struct resolver *r,
    const struct spf_limits *limits, const struct spf_query *q, spf_cb cb,
    void *arg)
{
	struct spf_check *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->lookups.r = r;
	c->lookups.progress = on_progress;
	c->lookups.arg = c;
	c->limits = *limits;
	c->ip = q->ip;
	snprintf(c->helo, sizeof(c->helo), "%s", q->helo ? q->helo : "");
	snprintf(c->domain, sizeof(c->domain), "%s", q->domain);
	snprintf(c->receiver, sizeof(c->receiver), "%s",
	    q->receiver ? q->receiver : "");
	c->want_exp = q->want_exp;
	c->lookups.keep_askers = q->keep_askers;
	c->has_local_part = q->local_part != NULL;
	/* section 4.3: no local part is postmaster's */
	snprintf(c->local_part, sizeof(c->local_part), "%s",
	    q->local_part && *q->local_part ? q->local_part : "postmaster");
	c->cb = cb;
	c->arg = arg;
	uv_timer_init(loop, &c->timer);
	c->timer.data = c;
	uv_timer_start(&c->timer, on_first, 0, 0);
	return c;
}
