/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/dmarc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/auth/asking.h"

#define TEXT_MAX 4096

struct dmarc_check {
	struct asking asking; /* first */
	char domain[256];
	struct dmarc_outcome out;
	dmarc_cb cb;
	void *arg;
};

/* What stands at one name of the walk. */
struct found {
	bool there;
	struct dmarc_record record;
	char text[512];
};

const char *dmarc_state_name(enum dmarc_state s)
{
	switch (s) {
	case DMARC_ABSENT:
		return "absent";
	case DMARC_FOUND:
		return "found";
	case DMARC_TEMPERROR:
		return "temperror";
	}
	return "?";
}

static void keep_ttl(struct dmarc_check *c, const struct spf_answer *a)
{
	if (a->status == DNS_OK &&
	    (c->out.ttl_s == 0 || a->ttl_s < c->out.ttl_s))
		c->out.ttl_s = a->ttl_s;
}

/* Several records at one name are none. */
static void choose(const struct spf_answer *a, struct found *f)
{
	struct dmarc_record r;
	char text[TEXT_MAX];
	int n = 0;

	for (size_t i = 0; i < a->n; i++) {
		size_t len = spf_rdata_text(
		    a->rr[i].data, a->rr[i].len, text, sizeof(text));

		if (!dmarc_record_parse(&r, text, len))
			continue;
		n++;
		f->record = r;
		snprintf(f->text, sizeof(f->text), "%.*s",
		    (int)(len < sizeof(f->text) ? len : sizeof(f->text) - 1),
		    text);
	}
	f->there = n == 1;
}

enum asked { ASKED_WAIT, ASKED_TEMPERROR, ASKED_KNOWN };

static enum asked ask(
    struct dmarc_check *c, const char *domain, struct found *f)
{
	const struct spf_answer *a = NULL;
	char name[256];

	memset(f, 0, sizeof(*f));
	/* Too long for DNS: there can be none. */
	if (snprintf(name, sizeof(name), "_dmarc.%s", domain) > 253)
		return ASKED_KNOWN;
	switch (spf_lookup(&c->asking.lookups, name, RR_TXT, &a)) {
	case SPF_LOOKUP_WAIT:
		return ASKED_WAIT;
	case SPF_LOOKUP_FAILED:
		return ASKED_TEMPERROR;
	case SPF_LOOKUP_KNOWN:
		break;
	}
	if (a->status == DNS_FAIL)
		return ASKED_TEMPERROR;
	keep_ttl(c, a);
	if (a->status == DNS_OK)
		choose(a, f);
	return ASKED_KNOWN;
}

static size_t count_labels(const char *domain)
{
	size_t n = 1;

	for (; *domain != '\0'; domain++)
		n += *domain == '.';
	return n;
}

static const char *parent(const char *domain)
{
	const char *dot = strchr(domain, '.');

	return dot != NULL ? dot + 1 : NULL;
}

/* The names above the first: of a long one, the last seven labels. */
static size_t list_walk(const char *domain, const char *walk[DMARC_WALK_MAX])
{
	size_t n = 0;
	const char *d = parent(domain);

	while (d != NULL && count_labels(d) >= DMARC_WALK_MAX)
		d = parent(d);
	for (; d != NULL && n < DMARC_WALK_MAX; d = parent(d))
		walk[n++] = d;
	return n;
}

static enum dmarc_policy softer(enum dmarc_policy p)
{
	return p == DMARC_REJECT ? DMARC_QUARANTINE : DMARC_POLICY_NONE;
}

static void take(struct dmarc_check *c, const struct found *f,
    const char *domain, enum dmarc_policy asked)
{
	c->out.state = DMARC_FOUND;
	snprintf(c->out.domain, sizeof(c->out.domain), "%s", domain);
	memcpy(c->out.text, f->text, sizeof(c->out.text));
	c->out.record = f->record;
	c->out.asked = asked;
	c->out.policy = f->record.testing ? softer(asked) : asked;
}

/* Is it sp, or np, of this record? False: waits for DNS. */
static bool take_from_above(
    struct dmarc_check *c, const struct found *f, const char *domain)
{
	const struct spf_answer *a = NULL;
	enum dmarc_policy asked = f->record.sp;

	if (f->record.np != f->record.sp) {
		switch (spf_lookup(&c->asking.lookups, c->domain, RR_A, &a)) {
		case SPF_LOOKUP_WAIT:
			return false;
		case SPF_LOOKUP_FAILED:
			break;
		case SPF_LOOKUP_KNOWN:
			if (a->status == DNS_NXDOMAIN)
				asked = f->record.np;
			break;
		}
	}
	take(c, f, domain, asked);
	return true;
}

/* Section 4.10.2: psd= ends the walk; else the name with fewest labels that
 * has a record is the organisation's. The record of a public suffix speaks
 * where the organisation, one label below, has none. */
static bool step_above(struct dmarc_check *c)
{
	const char *walk[DMARC_WALK_MAX], *best_domain = NULL, *below;
	struct found f, best = {.there = false};
	size_t n = list_walk(c->domain, walk);
	bool wait = false;

	below = c->domain;
	for (size_t i = 0; i < n; i++)
		wait |= ask(c, walk[i], &f) == ASKED_WAIT;
	for (size_t i = 0; i < n && !wait; below = walk[i++]) {
		if (ask(c, walk[i], &f) == ASKED_TEMPERROR) {
			c->out.state = DMARC_TEMPERROR;
			return true;
		}
		if (!f.there)
			continue;
		if (f.record.psd != DMARC_PSD_YES || best_domain != below) {
			best = f;
			best_domain = walk[i];
		}
		if (f.record.psd != DMARC_PSD_UNKNOWN)
			break;
	}
	if (wait)
		return false;
	return best_domain == NULL || take_from_above(c, &best, best_domain);
}

static bool step(struct asking *a)
{
	struct dmarc_check *c = (struct dmarc_check *)a;
	struct found f;
	bool done = true;

	memset(&c->out, 0, sizeof(c->out));
	if (c->domain[0] != '\0') {
		switch (ask(c, c->domain, &f)) {
		case ASKED_WAIT:
			return false;
		case ASKED_TEMPERROR:
			c->out.state = DMARC_TEMPERROR;
			break;
		case ASKED_KNOWN:
			if (f.there)
				take(c, &f, c->domain, f.record.p);
			else
				done = step_above(c);
			break;
		}
	}
	c->out.lookups = c->asking.lookups.n;
	if (done)
		c->cb(c->arg, &c->out);
	return done;
}

static const struct asking_ops ops = {.step = step};

/* In lower case; "": no domain name. */
static void copy_domain(char out[static 256], const char *domain)
{
	size_t len = strlen(domain), label = 0;

	out[0] = '\0';
	if (len > 0 && domain[len - 1] == '.')
		len--;
	if (len == 0 || len > 253)
		return;
	for (size_t i = 0; i <= len; i++) {
		bool end = i == len || domain[i] == '.';

		if (end && (label == 0 || label > 63))
			return;
		label = end ? 0 : label + 1;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = (char)(domain[i] >= 'A' && domain[i] <= 'Z'
				    ? domain[i] - 'A' + 'a'
				    : domain[i]);
	out[len] = '\0';
}

struct dmarc_check *dmarc_check_start(uv_loop_t *loop, struct resolver *r,
    const char *domain, dmarc_cb cb, void *arg)
{
	struct dmarc_check *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	copy_domain(c->domain, domain);
	c->cb = cb;
	c->arg = arg;
	asking_start(&c->asking, &ops, loop, r);
	return c;
}

void dmarc_check_cancel(struct dmarc_check *c)
{
	asking_cancel(&c->asking);
}
