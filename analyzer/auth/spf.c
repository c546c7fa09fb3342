/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/auth/asking.h"
#include "analyzer/auth/spf_eval.h"
#include "analyzer/auth/spf_trail.h"

struct spf_check {
	struct asking asking;
	struct spf_limits limits;
	struct addr ip;
	char helo[256], domain[256], local_part[320], receiver[256];
	bool has_local_part, want_exp;
	spf_cb cb;
	void *arg;
};

/* False: it waits for answers. */
static bool evaluate(struct spf_check *c, struct spf_outcome *out)
{
	struct spf_eval e = {
	    .lookups = &c->asking.lookups,
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
	if (!e.wait && out->result == SPF_FAIL)
		spf_trail(out->answers, out->trail, sizeof(out->trail));
	return !e.wait;
}

static bool step(struct asking *a)
{
	struct spf_check *c = (struct spf_check *)a;
	struct spf_outcome out = {.result = SPF_UNCHECKED};

	if (!evaluate(c, &out))
		return false;
	c->cb(c->arg, &out);
	return true;
}

/* How far it got is worth telling: the record, the counts, the answers. */
static void late(struct asking *a)
{
	struct spf_check *c = (struct spf_check *)a;
	struct spf_outcome out = {.result = SPF_UNCHECKED};

	evaluate(c, &out);
	out.result = SPF_TEMPERROR;
	out.ttl_s = 0;
	out.term[0] = '\0';
	out.trail[0] = '\0';
	snprintf(out.reason, sizeof(out.reason),
	    "the check took longer than %d ms", c->limits.timeout_ms);
	c->cb(c->arg, &out);
}

static const struct asking_ops ops = {step, late};

struct spf_check *spf_check_start(uv_loop_t *loop, struct resolver *r,
    const struct spf_limits *limits, const struct spf_query *q, spf_cb cb,
    void *arg)
{
	struct spf_check *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->limits = *limits;
	c->ip = q->ip;
	snprintf(c->helo, sizeof(c->helo), "%s", q->helo ? q->helo : "");
	snprintf(c->domain, sizeof(c->domain), "%s", q->domain);
	snprintf(c->receiver, sizeof(c->receiver), "%s",
	    q->receiver ? q->receiver : "");
	c->want_exp = q->want_exp;
	c->asking.lookups.keep_askers = q->keep_askers;
	c->has_local_part = q->local_part != NULL;
	/* section 4.3: no local part is postmaster's */
	snprintf(c->local_part, sizeof(c->local_part), "%s",
	    q->local_part && *q->local_part ? q->local_part : "postmaster");
	c->cb = cb;
	c->arg = arg;
	c->asking.timeout_ms = limits->timeout_ms;
	asking_start(&c->asking, &ops, loop, r);
	return c;
}

void spf_check_cancel(struct spf_check *c)
{
	asking_cancel(&c->asking);
}
