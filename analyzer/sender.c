/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/sender.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/auth/verdict.h"
#include "analyzer/budget.h"
#include "base/clock.h"

struct sender {
	uv_loop_t *loop;
	const struct conf *conf;
	struct resolver *resolver;
	struct align *align;
	struct spf_cache *cache;
	struct auth_limits limits;
	struct budget *budget;
	struct work to_check;
	size_t in_flight;
	struct sender_owner owner;
};

static struct auth_limits limits_of(const struct conf *c)
{
	return (struct auth_limits){
	    .spf = {.max_terms = (int)c->spf_max_terms,
		.max_void = (int)c->spf_max_void,
		.max_addresses = (int)c->spf_max_addresses,
		.timeout_ms = (int)c->spf_timeout_ms},
	    .dkim = {.max_signatures = (int)c->dkim_max_signatures,
		.max_keys = (int)c->dkim_max_keys,
		.min_rsa_bits = (int)c->dkim_min_rsa_bits,
		.max_rsa_bits = (int)c->dkim_max_rsa_bits},
	    .timeout_ms = (int)c->spf_timeout_ms};
}

struct sender *sender_new(uv_loop_t *loop, const struct conf *c,
    struct sender_owner owner, char *err, size_t errsize)
{
	struct sender *s = calloc(1, sizeof(*s));

	if (!s) {
		snprintf(err, errsize, "out of memory");
		return NULL;
	}
	s->loop = loop;
	s->conf = c;
	s->owner = owner;
	s->limits = limits_of(c);
	work_init(&s->to_check);
	s->budget = budget_new(c->dns_budget_subscriber, c->dns_budget_total);
	s->resolver = resolver_new_unbound(loop, c->resolver,
	    c->zone && *c->zone ? c->zone : NULL, err, errsize);
	if (s->resolver)
		s->align = align_new(c->psl_file, err, errsize);
	s->cache = spf_cache_new((size_t)c->spf_cache);
	if (!s->budget || !s->cache)
		snprintf(err, errsize, "out of memory");
	if (s->budget && s->cache && s->resolver && s->align)
		return s;
	sender_free(s);
	return NULL;
}

void sender_free(struct sender *s)
{
	if (!s)
		return;
	if (s->resolver)
		s->resolver->free(s->resolver);
	align_free(s->align);
	spf_cache_free(s->cache);
	budget_free(s->budget);
	free(s);
}

enum sender_plan sender_plan(struct sender *s, struct observation *o)
{
	const char *why = NULL;
	struct spf_query q;

	if (!verdict_query(o, s->conf, &q, &why)) {
		snprintf(o->verdict_reason, sizeof(o->verdict_reason), "%s",
		    why ? why : "");
		return SENDER_NOT_NEEDED;
	}
	if (!budget_take(s->budget, o->customer, o->ts_us)) {
		snprintf(o->verdict_reason, sizeof(o->verdict_reason),
		    "the hour's budget of sender checks is spent");
		return SENDER_OVER_BUDGET;
	}
	o->auth_state = AUTH_STATE_PENDING;
	o->spf_address = q.ip;
	return SENDER_PENDING;
}

void sender_restore(struct sender *s, const struct observation *o)
{
	if (o->auth_state != AUTH_STATE_NONE)
		budget_restore(s->budget, o->customer, o->ts_us);
}

void sender_push(struct sender *s, struct entry *e)
{
	e->sender = s;
	work_push(&s->to_check, e);
}

static void drop_evidence(struct entry *e)
{
	if (e->evidence)
		sekisho__transaction__free_unpacked(e->evidence, NULL);
	e->evidence = NULL;
}

static void answer(struct entry *e, const struct auth_outcome *out)
{
	struct sender *s = e->sender;

	verdict_decide(
	    &e->o, s->conf, s->owner.own_domains(s->owner.arg, &e->o), out);
	drop_evidence(e);
	e->o.auth_state = AUTH_STATE_DONE;
	s->owner.done(s->owner.arg, e);
}

static void on_checked(void *arg, const struct auth_outcome *out)
{
	struct entry *e = arg;

	e->check = NULL;
	e->sender->in_flight--;
	answer(e, out);
}

/* False: not worth it any more, or no memory. */
static bool start(struct sender *s, struct entry *e)
{
	const struct observation *o = &e->o;
	const struct row_blob *b = &o->dkim_evidence;
	struct auth_means means = {
	    s->loop, s->resolver, s->align, &s->limits, s->cache};
	/* Our servers may sign what customers hand in: only SPF is asked. */
	struct auth_query q = {.header_from = verdict_header_from(o),
	    .header_complete = o->header_complete && o->traffic_case == 2};
	const char *why;

	if (!verdict_query(o, s->conf, &q.spf, &why))
		return false;
	if (b->len > 0)
		e->evidence = sekisho__transaction__unpack(NULL, b->len, b->b);
	if (e->evidence) {
		q.dkim.signatures = e->evidence->dkim;
		q.dkim.n = e->evidence->n_dkim;
	}
	/* A signature was seen, and there is no evidence of it. */
	q.dkim.more = o->dkim_more || (o->dkim_signature && q.dkim.n == 0);
	q.dkim.now_s = o->ts_us / US_PER_S;
	e->check = auth_check_start(&means, &q, on_checked, e);
	return e->check != NULL;
}

void sender_start(struct sender *s)
{
	struct spf_outcome spf = {
	    .result = SPF_TEMPERROR, .reason = "the check did not start"};
	struct auth_outcome none = {.spf = &spf, .says = DKIM_SAYS_NOTHING};
	struct entry *e;

	while (s->in_flight < (size_t)s->conf->dns_in_flight &&
	       (e = work_pop(&s->to_check)) != NULL) {
		if (start(s, e))
			s->in_flight++;
		else
			answer(e, &none);
	}
}

void sender_cancel(struct entry *e)
{
	if (e->check)
		auth_check_cancel(e->check);
	e->check = NULL;
	drop_evidence(e);
}
