/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/own_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define ADDRESSES_MAX 64 /* of one name */

struct name {
	struct own_names *all;
	const char *text;
	uv_timer_t timer;
	void *asked[2]; /* A, AAAA; NULL: not under way */
	bool failed, answered;
	uint32_t ttl_s; /* the least of this round */
	struct addr found[ADDRESSES_MAX], v[ADDRESSES_MAX];
	size_t n_found, n;
};
struct own_names {
	uv_loop_t *loop;
	struct conf *conf;
	struct resolver *resolver;
	void (*ready)(void *arg);
	void *arg;
	bool told_ready;
	int handles;
	size_t n;
	struct name names[];
};

static void ask(struct name *x);

int64_t own_names_keep_s(uint32_t ttl_s)
{
	if (ttl_s < OWN_NAMES_TTL_MIN_S)
		return OWN_NAMES_TTL_MIN_S;
	return ttl_s > OWN_NAMES_TTL_MAX_S ? OWN_NAMES_TTL_MAX_S : ttl_s;
}

/* --- the list ------------------------------------------------------------- */

/* All names' addresses, in the place of those before. No memory: those before
 * stay. */
static void publish(struct own_names *o)
{
	size_t n = 0, at = 0;
	struct prefix *v;

	for (size_t i = 0; i < o->n; i++)
		n += o->names[i].n;
	v = calloc(n + 1, sizeof(*v));
	if (v == NULL)
		return;
	for (size_t i = 0; i < o->n; i++)
		for (size_t k = 0; k < o->names[i].n; k++)
			v[at++] = (struct prefix){o->names[i].v[k], 128};
	free(o->conf->own_named.v);
	o->conf->own_named = (struct conf_prefixes){v, n};
}

static int by_address(const void *a, const void *b)
{
	return addr_compare(a, b);
}

static void take_over(struct name *x)
{
	qsort(x->found, x->n_found, sizeof(x->found[0]), by_address);
	if (x->n == x->n_found &&
	    memcmp(x->v, x->found, x->n * sizeof(x->v[0])) == 0)
		return;
	log_info("analyzer", "own server name=%s addresses=%zu before=%zu",
	    x->text, x->n_found, x->n);
	memcpy(x->v, x->found, sizeof(x->v));
	x->n = x->n_found;
	publish(x->all);
}

/* --- a round -------------------------------------------------------------- */

static void on_timer(uv_timer_t *t)
{
	ask(t->data);
}

static void again_in(struct name *x, int64_t s)
{
	uv_timer_start(&x->timer, on_timer, (uint64_t)s * 1000, 0);
}

static void tell_ready(struct own_names *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (!o->names[i].answered)
			return;
	if (!o->told_ready) {
		o->told_ready = true;
		o->ready(o->arg);
	}
}

static void on_failed(struct name *x)
{
	log_warn("analyzer",
	    "network.own_server_names: %s cannot be resolved now; %s", x->text,
	    x->answered ? "the addresses before stay"
			: "records are not taken before it is; see "
			  "analyzer.resolver");
	again_in(x, x->answered ? OWN_NAMES_TTL_MIN_S : OWN_NAMES_RETRY_S);
}

/* Both answers are there. */
static void end_round(struct name *x)
{
	if (x->failed) {
		on_failed(x);
		return;
	}
	if (x->n_found == 0)
		log_warn("analyzer",
		    "network.own_server_names: %s has no address; %s", x->text,
		    x->n > 0 ? "those before stay until a restart"
			     : "is it written right?");
	/* A server does not become foreign by a slip in a zone. */
	if (x->n_found > 0)
		take_over(x);
	x->answered = true;
	again_in(x, own_names_keep_s(x->ttl_s));
	tell_ready(x->all);
}

static void take_answer(struct name *x, const struct dns_answer *a)
{
	if (a->status == DNS_FAIL)
		x->failed = true;
	if (a->status == DNS_OK && a->ttl_s < x->ttl_s)
		x->ttl_s = a->ttl_s;
	for (size_t i = 0; a->status == DNS_OK && i < a->n; i++) {
		if (x->n_found == ADDRESSES_MAX)
			break;
		if (a->len[i] == 4)
			x->found[x->n_found++] = addr_from_v4(a->data[i]);
		else if (a->len[i] == 16)
			x->found[x->n_found++] = addr_from_v6(a->data[i]);
	}
}

static void on_a(void *arg, const struct dns_answer *a)
{
	struct name *x = arg;

	x->asked[0] = NULL;
	take_answer(x, a);
	if (x->asked[1] == NULL)
		end_round(x);
}

static void on_aaaa(void *arg, const struct dns_answer *a)
{
	struct name *x = arg;

	x->asked[1] = NULL;
	take_answer(x, a);
	if (x->asked[0] == NULL)
		end_round(x);
}

static void ask(struct name *x)
{
	struct resolver *r = x->all->resolver;

	x->failed = false;
	x->ttl_s = OWN_NAMES_TTL_MAX_S;
	x->n_found = 0;
	x->asked[0] = x->asked[1] = NULL;
	if (r->ask(r, x->text, RR_A, on_a, x, &x->asked[0]) == 0) {
		if (r->ask(r, x->text, RR_AAAA, on_aaaa, x, &x->asked[1]) == 0)
			return;
		r->cancel(r, x->asked[0]);
		x->asked[0] = x->asked[1] = NULL;
	}
	on_failed(x);
}

/* --- open and close ------------------------------------------------------- */

struct own_names *own_names_new(uv_loop_t *loop, struct conf *c,
    struct resolver *r, void (*ready)(void *arg), void *arg)
{
	size_t n = c->own_server_names.n;
	struct own_names *o = calloc(1, sizeof(*o) + n * sizeof(o->names[0]));

	if (o == NULL) {
		r->free(r);
		return NULL;
	}
	o->loop = loop;
	o->conf = c;
	o->resolver = r;
	o->ready = ready;
	o->arg = arg;
	o->n = n;
	for (size_t i = 0; i < n; i++) {
		struct name *x = &o->names[i];

		x->all = o;
		x->text = c->own_server_names.v[i];
		uv_timer_init(loop, &x->timer);
		x->timer.data = x;
		o->handles++;
		again_in(x, 0);
	}
	return o;
}

static void on_closed(uv_handle_t *h)
{
	struct own_names *o = ((struct name *)h->data)->all;

	if (--o->handles == 0)
		free(o);
}

void own_names_free(struct own_names *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->n; i++)
		for (int k = 0; k < 2; k++)
			if (o->names[i].asked[k] != NULL)
				o->resolver->cancel(
				    o->resolver, o->names[i].asked[k]);
	o->resolver->free(o->resolver);
	if (o->n == 0)
		free(o);
	else
		for (size_t i = 0; i < o->n; i++)
			uv_close((uv_handle_t *)&o->names[i].timer, on_closed);
}
