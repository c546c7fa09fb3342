/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What has come, once SPF has. */
struct answers {
	struct spf_outcome spf;
	struct dkim_outcome dkim;
	struct dmarc_outcome dmarc;
};

struct auth_check {
	struct auth_means means;
	uv_timer_t timer;
	char domain[256], header_from[256], helo[256];
	struct addr ip;
	bool postmaster; /* the local part of SPF's sender */
	bool header_complete, dkim_asked, dmarc_asked, cached, closing;
	struct dkim_query query;
	/* under way */
	struct spf_check *spf;
	struct dkim_check *dkim;
	struct dmarc_check *dmarc;
	struct answers *got; /* NULL: still SPF */
	auth_cb cb;
	void *arg;
};

static void on_closed(uv_handle_t *h)
{
	struct auth_check *c = h->data;

	free(c->got);
	free(c);
}

void auth_check_cancel(struct auth_check *c)
{
	if (c->closing)
		return;
	c->closing = true;
	if (c->spf != NULL)
		spf_check_cancel(c->spf);
	if (c->dkim != NULL)
		dkim_check_cancel(c->dkim);
	if (c->dmarc != NULL)
		dmarc_check_cancel(c->dmarc);
	uv_close((uv_handle_t *)&c->timer, on_closed);
}

static void tell(struct auth_check *c, const struct auth_outcome *o)
{
	/* A caller that cancels from here must not free it under us. */
	c->closing = true;
	c->cb(c->arg, o);
	c->closing = false;
	auth_check_cancel(c);
}

static int64_t now_s(const struct auth_check *c)
{
	return (int64_t)(uv_now(c->means.loop) / 1000);
}

/* SPF did not come to an end. */
static void fail(struct auth_check *c, const char *why)
{
	struct spf_outcome spf = {.result = SPF_TEMPERROR};
	struct auth_outcome o = {.spf = &spf, .says = DKIM_SAYS_NOTHING};

	snprintf(spf.reason, sizeof(spf.reason), "%s", why);
	tell(c, &o);
}

/* A domain without a record, or whose record we could not get, is relaxed:
 * that calls more aligned, which accuses nobody. */
static void finish(struct auth_check *c)
{
	const struct answers *got = c->got;
	const struct dmarc_record *r = &got->dmarc.record;
	struct auth_outcome o = {.spf = &got->spf,
	    .says = DKIM_SAYS_NOTHING,
	    .dkim = c->dkim_asked ? &got->dkim : NULL,
	    .dmarc = c->dmarc_asked ? &got->dmarc : NULL,
	    .cached = c->cached};

	o.from_aligned =
	    align_domains(c->means.align, c->domain, c->header_from, r->aspf);
	if (o.dkim != NULL)
		o.says = dkim_says(o.dkim, c->means.align, c->header_from,
		    r->adkim, &o.signature);
	o.lookups = got->dkim.lookups + got->dmarc.lookups +
		    (c->cached ? 0 : got->spf.lookups);
	tell(c, &o);
}

static void finish_if_all_is_there(struct auth_check *c)
{
	if (c->dkim == NULL && c->dmarc == NULL)
		finish(c);
}

static void on_dkim(void *arg, const struct dkim_outcome *o)
{
	struct auth_check *c = arg;

	c->dkim = NULL;
	c->got->dkim = *o;
	finish_if_all_is_there(c);
}

static void on_dmarc(void *arg, const struct dmarc_outcome *o)
{
	struct auth_check *c = arg;

	c->dmarc = NULL;
	c->got->dmarc = *o;
	finish_if_all_is_there(c);
}

/* As if every key had failed for a while. */
static void give_up_dkim(struct auth_check *c, const char *why)
{
	struct dkim_outcome *o = &c->got->dkim;

	memset(o, 0, sizeof(*o));
	o->more = c->query.more;
	if (c->query.n > 0) {
		o->n = 1;
		o->v[0].code = DKIM_TEMPERROR;
		o->v[0].domain = c->query.signatures[0]->domain;
		o->v[0].selector = c->query.signatures[0]->selector;
		o->v[0].reason = why;
	}
}

static void start_dkim(struct auth_check *c)
{
	c->dkim_asked = true;
	c->dkim = dkim_check_start(c->means.loop, c->means.resolver,
	    &c->means.limits->dkim, &c->query, on_dkim, c);
	if (c->dkim == NULL)
		give_up_dkim(c, "out of memory");
}

static void start_dmarc(struct auth_check *c)
{
	c->dmarc_asked = true;
	c->dmarc = dmarc_check_start(
	    c->means.loop, c->means.resolver, c->header_from, on_dmarc, c);
	if (c->dmarc == NULL)
		c->got->dmarc.state = DMARC_TEMPERROR;
}

/* Only a failure of SPF is for DKIM to rescue. DMARC says how strictly the
 * domains are compared, which makes no difference where they are the same. */
static void go_on(struct auth_check *c)
{
	const struct spf_outcome *o = &c->got->spf;
	bool fails = o->result == SPF_FAIL, passes = o->result == SPF_PASS;

	if (c->header_complete && !o->needs_local_part) {
		bool same = align_domains(
		    c->means.align, c->domain, c->header_from, ALIGN_STRICT);

		if (fails)
			start_dkim(c);
		if (c->header_from[0] != '\0' && (fails || (passes && !same)))
			start_dmarc(c);
	}
	finish_if_all_is_there(c);
}

static struct spf_query query_of(const struct auth_check *c)
{
	return (struct spf_query){.ip = c->ip,
	    .helo = c->helo,
	    .domain = c->domain,
	    .local_part = c->postmaster ? "postmaster" : NULL};
}

static void on_spf(void *arg, const struct spf_outcome *o)
{
	struct auth_check *c = arg;
	struct spf_query q = query_of(c);

	c->spf = NULL;
	if (c->means.cache != NULL)
		spf_cache_put(c->means.cache, &q, now_s(c), o);
	c->got = calloc(1, sizeof(*c->got));
	if (c->got == NULL) {
		fail(c, "out of memory");
		return;
	}
	c->got->spf = *o;
	c->got->spf.answers = NULL;
	go_on(c);
}

static void on_timeout(uv_timer_t *t)
{
	struct auth_check *c = t->data;

	if (c->got == NULL) {
		fail(c, "the check took too long");
		return;
	}
	if (c->dkim != NULL) {
		dkim_check_cancel(c->dkim);
		c->dkim = NULL;
		give_up_dkim(c, "no key came in time");
	}
	if (c->dmarc != NULL) {
		dmarc_check_cancel(c->dmarc);
		c->dmarc = NULL;
		c->got->dmarc.state = DMARC_TEMPERROR;
	}
	finish(c);
}

static void start_timer(struct auth_check *c)
{
	uv_timer_start(
	    &c->timer, on_timeout, (uint64_t)c->means.limits->timeout_ms, 0);
}

static void on_cached(uv_timer_t *t)
{
	struct auth_check *c = t->data;

	start_timer(c);
	go_on(c);
}

/* True: SPF needs no DNS. */
static bool ask_cache(struct auth_check *c)
{
	struct spf_query q = query_of(c);
	struct answers *got;

	if (c->means.cache == NULL)
		return false;
	got = calloc(1, sizeof(*got));
	if (got == NULL ||
	    !spf_cache_get(c->means.cache, &q, now_s(c), &got->spf)) {
		free(got);
		return false;
	}
	c->got = got;
	c->cached = true;
	return true;
}

/* A longer one is no domain name, and stays one that is none. */
static void copy_name(char out[256], const char *name)
{
	if (memccpy(out, name, 0, 256) == NULL)
		out[255] = '\0';
}

static void copy_query(struct auth_check *c, const struct auth_query *q)
{
	copy_name(c->domain, q->spf.domain);
	copy_name(c->header_from, q->header_from);
	copy_name(c->helo, q->spf.helo);
	c->ip = q->spf.ip;
	c->postmaster = q->spf.local_part != NULL;
	c->header_complete = q->header_complete;
	c->query = q->dkim;
}

struct auth_check *auth_check_start(const struct auth_means *m,
    const struct auth_query *q, auth_cb cb, void *arg)
{
	struct auth_check *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->means = *m;
	copy_query(c, q);
	/* Another local part has another result. */
	if (c->postmaster && strcmp(q->spf.local_part, "postmaster") != 0)
		c->means.cache = NULL;
	c->cb = cb;
	c->arg = arg;
	if (!ask_cache(c))
		c->spf = spf_check_start(
		    m->loop, m->resolver, &m->limits->spf, &q->spf, on_spf, c);
	if (c->spf == NULL && c->got == NULL) {
		free(c);
		return NULL;
	}
	uv_timer_init(m->loop, &c->timer);
	c->timer.data = c;
	/* Not 0: libuv runs such a timer before it closes handles, so that
	 * one check that starts the next would go on for ever. */
	if (c->got != NULL)
		uv_timer_start(&c->timer, on_cached, 1, 0);
	else
		start_timer(c);
	return c;
}
