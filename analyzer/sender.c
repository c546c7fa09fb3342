/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/sender.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/auth/verdict.h"
#include "analyzer/budget.h"

struct sender {
	uv_loop_t *loop;
	const struct conf *conf;
	struct resolver *resolver;
	struct spf_limits limits;
	struct budget *budget;
	struct work to_check;
	size_t in_flight;
	struct sender_owner owner;
};

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
	s->limits = (struct spf_limits){
	    .max_terms = (int)c->spf_max_terms,
	    .max_void = (int)c->spf_max_void,
	    .max_addresses = (int)c->spf_max_addresses,
	    .timeout_ms = (int)c->spf_timeout_ms,
	};
	work_init(&s->to_check);
	s->budget = budget_new(c->dns_budget_subscriber, c->dns_budget_total);
	s->resolver = resolver_new_unbound(loop, c->resolver,
	    c->zone && *c->zone ? c->zone : NULL, err, errsize);
	if (!s->budget)
		snprintf(err, errsize, "out of memory");
	if (s->budget && s->resolver)
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

static void answer(struct entry *e, const struct spf_outcome *out)
{
	struct sender *s = e->sender;

	verdict_decide(&e->o, s->owner.own_domains(s->owner.arg, &e->o), out);
	e->o.auth_state = AUTH_STATE_DONE;
	s->owner.done(s->owner.arg, e);
}

static void on_spf(void *arg, const struct spf_outcome *out)
{
	struct entry *e = arg;

	e->check = NULL;
	e->sender->in_flight--;
	answer(e, out);
}

void sender_start(struct sender *s)
{
	struct spf_outcome none = {
	    .result = SPF_TEMPERROR, .reason = "the check did not start"};
	struct entry *e;

	while (s->in_flight < (size_t)s->conf->dns_in_flight &&
	       (e = work_pop(&s->to_check)) != NULL) {
		struct spf_query q;
		const char *why;

		if (verdict_query(&e->o, s->conf, &q, &why))
			e->check = spf_check_start(
			    s->loop, s->resolver, &s->limits, &q, on_spf, e);
		if (e->check)
			s->in_flight++;
		else
			answer(e, &none);
	}
}

void sender_cancel(struct entry *e)
{
	if (e->check)
		spf_check_cancel(e->check);
	e->check = NULL;
}
