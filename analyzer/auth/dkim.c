/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/dkim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/auth/asking.h"
#include "analyzer/auth/dkim_key.h"

#define KEY_TEXT_MAX 4096

struct dkim_check {
	struct asking asking; /* first */
	struct dkim_limits limits;
	struct dkim_query q;
	struct dkim_outcome out;
	dkim_cb cb;
	void *arg;
};

const char *dkim_code_name(enum dkim_code c)
{
	switch (c) {
	case DKIM_NONE:
		return "none";
	case DKIM_PASS:
		return "pass";
	case DKIM_FAIL:
		return "fail";
	case DKIM_POLICY:
		return "policy";
	case DKIM_NEUTRAL:
		return "neutral";
	case DKIM_TEMPERROR:
		return "temperror";
	case DKIM_PERMERROR:
		return "permerror";
	}
	return "?";
}

static void say(struct dkim_result *r, enum dkim_code code, const char *why)
{
	r->code = code;
	r->reason = why;
}

static void say_unseen(struct dkim_result *r, const char *why)
{
	r->unseen = true;
	say(r, DKIM_NEUTRAL, why);
}

/* A limit of ours, no fault of the signature's. */
static void say_beyond(struct dkim_result *r, const char *why)
{
	r->unseen = true;
	say(r, DKIM_POLICY, why);
}

static bool is_below(const char *domain, const char *of)
{
	size_t d = strlen(domain), o = strlen(of);

	return d >= o && strcmp(domain + d - o, of) == 0 &&
	       (d == o || domain[d - o - 1] == '.');
}

/* What can be said without DNS: true. */
static bool judge_tags(const Sekisho__DkimEvidence *e, struct dkim_result *r)
{
	if (e->malformed || e->domain[0] == '\0' || e->selector[0] == '\0' ||
	    e->signature.len == 0)
		say(r, DKIM_NEUTRAL, "the signature's tags are not in order");
	else if (e->algorithm == SEKISHO__DKIM_ALGORITHM__DKIM_RSA_SHA1)
		say(r, DKIM_POLICY, "rsa-sha1 is not valid any more");
	else if (e->algorithm != SEKISHO__DKIM_ALGORITHM__DKIM_RSA_SHA256 &&
		 e->algorithm != SEKISHO__DKIM_ALGORITHM__DKIM_ED25519_SHA256)
		say(r, DKIM_NEUTRAL, "the algorithm (a=) is not known");
	else if (!e->from_signed)
		say(r, DKIM_PERMERROR, "header From is not signed (h=)");
	else if (e->identity_domain[0] != '\0' &&
		 !is_below(e->identity_domain, e->domain))
		say(r, DKIM_PERMERROR, "i= is not below d=");
	else if (e->body == SEKISHO__DKIM_BODY__BODY_MISMATCH)
		say(r, DKIM_FAIL, "the body is not the one that was signed");
	else if (e->body != SEKISHO__DKIM_BODY__BODY_MATCH)
		say_unseen(r, "the body was not seen whole");
	else if (e->digest.len != DKIM_KEY_DIGEST_BYTES)
		say_unseen(r, "the header was not seen whole");
	else
		return false;
	return true;
}

/* May this key speak for the signature (RFC 6376 section 6.1.2)? */
static bool suits(const struct dkim_check *c, const Sekisho__DkimEvidence *e,
    const struct dkim_key *k, struct dkim_result *r)
{
	bool rsa = e->algorithm == SEKISHO__DKIM_ALGORITHM__DKIM_RSA_SHA256;

	if (k->revoked)
		say(r, DKIM_PERMERROR, "the key is revoked");
	else if (!k->sha256)
		say(r, DKIM_PERMERROR, "the key is not for SHA-256 (h=)");
	else if (!k->for_mail)
		say(r, DKIM_PERMERROR, "the key is not for mail (s=)");
	else if (rsa != (k->type == DKIM_KEY_RSA))
		say(r, DKIM_PERMERROR, "the key is for another algorithm (k=)");
	else if (k->exact && e->identity_domain[0] != '\0' &&
		 strcmp(e->identity_domain, e->domain) != 0)
		say(r, DKIM_PERMERROR, "the key is for d= alone (t=s)");
	else if (rsa && k->bits < (size_t)c->limits.min_rsa_bits)
		say(r, DKIM_POLICY, "the RSA key is too short to trust");
	else if (rsa && k->bits > (size_t)c->limits.max_rsa_bits)
		say_beyond(r, "the RSA key is longer than we verify");
	else
		return true;
	return false;
}

static void judge_genuine(const struct dkim_check *c,
    const Sekisho__DkimEvidence *e, const struct dkim_key *k,
    struct dkim_result *r)
{
	if (e->expires_s != 0 && c->q.now_s > e->expires_s) {
		r->genuine = true;
		say(r, DKIM_POLICY, "genuine, but expired (x=)");
	} else if (k->testing) {
		r->genuine = true;
		say(r, DKIM_NEUTRAL, "genuine, but the key is a test (t=y)");
	} else {
		r->partial = e->body_length;
		say(r, DKIM_PASS,
		    e->body_length ? "verified, but only a part of the body "
				     "is signed (l=)"
				   : "verified");
	}
}

static void judge_key(const struct dkim_check *c,
    const Sekisho__DkimEvidence *e, const char *text, size_t len,
    struct dkim_result *r)
{
	struct dkim_key k;
	const char *what;

	if (!dkim_key_parse(&k, text, len, &what)) {
		say(r, DKIM_PERMERROR, what);
		return;
	}
	if (!suits(c, e, &k, r))
		return;
	switch (dkim_key_verify(
	    &k, e->digest.data, e->signature.data, e->signature.len)) {
	case DKIM_KEY_GOOD:
		judge_genuine(c, e, &k, r);
		break;
	case DKIM_KEY_BAD:
		say(r, DKIM_FAIL, "the signature is not one of this key");
		break;
	case DKIM_KEY_NO_MEMORY:
		say(r, DKIM_TEMPERROR, "out of memory");
		break;
	}
}

/* Section 3.6.2.2 wants one record; of several the first that fits is it. */
static void judge_answer(const struct dkim_check *c,
    const Sekisho__DkimEvidence *e, const struct spf_answer *a,
    struct dkim_result *r)
{
	char text[KEY_TEXT_MAX];

	say(r, DKIM_PERMERROR, "there is no key");
	if (a->status == DNS_FAIL)
		say(r, DKIM_TEMPERROR, "a name server did not give the key");
	if (a->status != DNS_OK)
		return;
	for (size_t i = 0; i < a->n && i < (size_t)c->limits.max_keys; i++) {
		size_t n = spf_rdata_text(
		    a->rr[i].data, a->rr[i].len, text, sizeof(text));

		judge_key(c, e, text, n, r);
		if (r->code == DKIM_PASS || r->genuine || r->unseen)
			return;
	}
	if (a->n > (size_t)c->limits.max_keys)
		say_beyond(r, "there are more keys than we try");
}

/* False: waits for the key. */
static bool judge(
    struct dkim_check *c, const Sekisho__DkimEvidence *e, struct dkim_result *r)
{
	const struct spf_answer *a = NULL;
	char name[256];

	memset(r, 0, sizeof(*r));
	r->domain = e->domain;
	r->selector = e->selector;
	if (judge_tags(e, r))
		return true;
	if (snprintf(name, sizeof(name), "%s._domainkey.%s", e->selector,
		e->domain) > 253) {
		say(r, DKIM_PERMERROR, "the key's name is too long");
		return true;
	}
	switch (spf_lookup(&c->asking.lookups, name, RR_TXT, &a)) {
	case SPF_LOOKUP_WAIT:
		return false;
	case SPF_LOOKUP_FAILED:
		say(r, DKIM_TEMPERROR, "the key can't be asked for");
		return true;
	case SPF_LOOKUP_KNOWN:
		if (a->status == DNS_OK &&
		    (c->out.ttl_s == 0 || a->ttl_s < c->out.ttl_s))
			c->out.ttl_s = a->ttl_s;
		judge_answer(c, e, a, r);
		return true;
	}
	return true;
}

static size_t limit(const struct dkim_check *c)
{
	size_t most =
	    c->limits.max_signatures > 0 ? (size_t)c->limits.max_signatures : 0;

	return most < DKIM_RESULTS_MAX ? most : DKIM_RESULTS_MAX;
}

/* All keys are asked for before the first is waited for. */
static bool step(struct asking *a)
{
	struct dkim_check *c = (struct dkim_check *)a;
	size_t most = limit(c);
	bool wait = false;

	c->out.n = c->q.n < most ? c->q.n : most;
	c->out.more = c->q.more || c->q.n > most;
	c->out.ttl_s = 0;
	for (size_t i = 0; i < c->out.n; i++)
		wait |= !judge(c, c->q.signatures[i], &c->out.v[i]);
	c->out.lookups = c->asking.lookups.n;
	if (!wait)
		c->cb(c->arg, &c->out);
	return !wait;
}

static const struct asking_ops ops = {.step = step};

struct dkim_check *dkim_check_start(uv_loop_t *loop, struct resolver *r,
    const struct dkim_limits *limits, const struct dkim_query *q, dkim_cb cb,
    void *arg)
{
	struct dkim_check *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->limits = *limits;
	c->q = *q;
	c->cb = cb;
	c->arg = arg;
	asking_start(&c->asking, &ops, loop, r);
	return c;
}

void dkim_check_cancel(struct dkim_check *c)
{
	asking_cancel(&c->asking);
}

static enum dkim_says one_says(const struct dkim_result *r,
    const struct align *a, const char *header_from, enum align_mode mode)
{
	if (r->unseen)
		return DKIM_SAYS_UNSEEN;
	switch (r->code) {
	case DKIM_PASS:
		return align_domains(a, r->domain, header_from, mode)
			   ? DKIM_SAYS_ALIGNED
			   : DKIM_SAYS_UNALIGNED;
	case DKIM_TEMPERROR:
		return DKIM_SAYS_TEMPERROR;
	case DKIM_NONE:
		return DKIM_SAYS_NOTHING;
	case DKIM_FAIL:
	case DKIM_POLICY:
	case DKIM_NEUTRAL:
	case DKIM_PERMERROR:
		return r->genuine ? DKIM_SAYS_GENUINE : DKIM_SAYS_FAILED;
	}
	return DKIM_SAYS_UNSEEN;
}

enum dkim_says dkim_says(const struct dkim_outcome *o, const struct align *a,
    const char *header_from, enum align_mode mode,
    const struct dkim_result **best)
{
	enum dkim_says all = o->more ? DKIM_SAYS_UNSEEN : DKIM_SAYS_NOTHING;

	*best = NULL;
	for (size_t i = 0; i < o->n; i++) {
		enum dkim_says s = one_says(&o->v[i], a, header_from, mode);

		if (s < all || *best == NULL) {
			*best = &o->v[i];
			all = s < all ? s : all;
		}
	}
	return all;
}
