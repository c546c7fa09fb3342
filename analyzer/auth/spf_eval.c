/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf_eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analyzer/auth/spf_record.h"

/* Each include and redirect costs a term, so that the term limit bounds the
 * depth; this bounds it when an operator raises the limit. */
#define SPF_DEPTH_MAX 20

static enum spf_result host(struct spf_eval *e, const char *domain, int depth);

static enum spf_result error(
    struct spf_eval *e, enum spf_result r, const char *why, const char *what)
{
	if (!e->wait)
		snprintf(e->out->reason, sizeof(e->out->reason), "%s%s%.200s",
		    why, *what ? ": " : "", what);
	return r;
}

/* section 4.3 */
static bool is_domain(const char *d)
{
	size_t len = strlen(d), label = 0;
	bool dot = false;

	if (len == 0 || len > 253)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (d[i] == '.') {
			if (label == 0)
				return false;
			dot = dot || i + 1 < len;
			label = 0;
		} else if (++label > 63) {
			return false;
		}
	}
	return dot;
}

/* NULL: wait, or *status says DNS_FAIL. */
static const struct spf_answer *ask(struct spf_eval *e, const char *name,
    enum rr_type type, enum dns_status *status)
{
	const struct spf_answer *a = NULL;

	*status = DNS_FAIL;
	switch (spf_lookup(e->lookups, name, type, &a)) {
	case SPF_LOOKUP_KNOWN:
		*status = a->status;
		if (a->status == DNS_OK && a->ttl_s < e->out->ttl_s)
			e->out->ttl_s = a->ttl_s;
		return a;
	case SPF_LOOKUP_WAIT:
		e->wait = true;
		return NULL;
	case SPF_LOOKUP_FAILED:
		return NULL;
	}
	return NULL;
}

/* What is asked from now on is for this term. */
static void set_asker(
    struct spf_eval *e, const char *domain, const char *term, int len)
{
	e->lookups->asker = (struct spf_asker){domain, term, len};
}

static enum rr_type address_type(const struct spf_eval *e)
{
	return addr_is_v4(&e->macros.ip) ? RR_A : RR_AAAA;
}

static bool address_matches(
    const struct spf_eval *e, const struct spf_answer *a, int cidr)
{
	for (size_t i = 0; i < a->n; i++) {
		struct prefix p;

		if (a->type == RR_A && a->rr[i].len == 4)
			p.addr = addr_from_v4(a->rr[i].data);
		else if (a->type == RR_AAAA && a->rr[i].len == 16)
			p.addr = addr_from_v6(a->rr[i].data);
		else
			continue;
		p.len = (uint8_t)(a->type == RR_A ? cidr + 96 : cidr);
		if (prefix_contains(&p, &e->macros.ip))
			return true;
	}
	return false;
}

/* What a mechanism says: match, no match, or an error that ends it all. */
enum match { NO_MATCH, MATCH, TEMPERROR, PERMERROR };

static enum match count_void(struct spf_eval *e, enum dns_status s)
{
	if (s != DNS_NXDOMAIN && s != DNS_NODATA)
		return NO_MATCH;
	e->voids++;
	if (e->voids <= e->limits.max_void)
		return NO_MATCH;
	error(e, SPF_PERMERROR, "more void look-ups than allowed", "");
	return PERMERROR;
}

/* The question of a mechanism. NO_MATCH: *a is the answer, or e->wait. */
static enum match ask_counted(struct spf_eval *e, const char *name,
    enum rr_type type, const struct spf_answer **a)
{
	enum dns_status s;

	*a = ask(e, name, type, &s);
	if (e->wait)
		return NO_MATCH;
	if (!*a || s == DNS_FAIL) {
		error(
		    e, SPF_TEMPERROR, "a name server did not answer for", name);
		return TEMPERROR;
	}
	return count_void(e, s);
}

static enum match match_a(
    struct spf_eval *e, const char *target, const struct spf_term *t)
{
	const struct spf_answer *a;
	enum match v = ask_counted(e, target, address_type(e), &a);

	if (v != NO_MATCH || e->wait)
		return v;
	return address_matches(e, a, a->type == RR_A ? t->cidr4 : t->cidr6)
		   ? MATCH
		   : NO_MATCH;
}

/* All exchanges are asked for before the first is waited for. */
static void ask_exchanges(struct spf_eval *e, const struct spf_answer *mx)
{
	const struct spf_answer *a;
	char name[256];

	for (size_t i = 0; i < mx->n; i++)
		if (spf_rdata_name(mx->rr[i].data, mx->rr[i].len, 2, name) == 0)
			spf_lookup(e->lookups, name, address_type(e), &a);
}

static enum match match_mx(
    struct spf_eval *e, const char *target, const struct spf_term *t)
{
	const struct spf_answer *mx;
	enum match v = ask_counted(e, target, RR_MX, &mx);

	if (v != NO_MATCH || e->wait)
		return v;
	if (mx->n > (size_t)e->limits.max_addresses) {
		error(e, SPF_PERMERROR, "more MX records than allowed", target);
		return PERMERROR;
	}
	ask_exchanges(e, mx);
	for (size_t i = 0; i < mx->n; i++) {
		char name[256];

		/* "." is the null MX (RFC 7505): no server at all */
		if (spf_rdata_name(mx->rr[i].data, mx->rr[i].len, 2, name) !=
			0 ||
		    !*name)
			continue;
		v = match_a(e, name, t);
		if (v != NO_MATCH || e->wait)
			return v;
	}
	return NO_MATCH;
}

/* A name of the address that leads back to it (section 5.5). */
static bool validated(
    struct spf_eval *e, const char *target, bool any, char name[256])
{
	char reverse[128], text[80];
	enum dns_status s;
	const struct spf_answer *ptr;
	size_t tlen = strlen(target);

	spf_macro_ip(&e->macros.ip, text, sizeof(text));
	if (addr_is_v4(&e->macros.ip))
		snprintf(reverse, sizeof(reverse), "%u.%u.%u.%u.in-addr.arpa",
		    e->macros.ip.b[15], e->macros.ip.b[14], e->macros.ip.b[13],
		    e->macros.ip.b[12]);
	else {
		size_t n = strlen(text);

		for (size_t i = 0; i < n; i++)
			reverse[i] = text[n - 1 - i];
		snprintf(reverse + n, sizeof(reverse) - n, ".ip6.arpa");
	}
	ptr = ask(e, reverse, RR_PTR, &s);
	/* One question, however many terms hang on it. */
	if (ptr && !e->ptr_counted && count_void(e, s) == PERMERROR)
		e->void_over = true;
	e->ptr_counted |= ptr != NULL;
	if (!ptr || s != DNS_OK)
		return false;
	for (size_t i = 0; i < ptr->n && i < (size_t)e->limits.max_addresses;
	     i++) {
		const struct spf_answer *a;
		size_t len;

		if (spf_rdata_name(ptr->rr[i].data, ptr->rr[i].len, 0, name))
			continue;
		len = strlen(name);
		if (!any && !(len >= tlen &&
				strcasecmp(name + len - tlen, target) == 0 &&
				(len == tlen || name[len - tlen - 1] == '.')))
			continue;
		a = ask(e, name, address_type(e), &s);
		if (e->wait)
			return false;
		if (a && s == DNS_OK &&
		    address_matches(e, a, a->type == RR_A ? 32 : 128))
			return true;
	}
	return false;
}

static enum match match_exists(struct spf_eval *e, const char *target)
{
	const struct spf_answer *a;
	enum match v = ask_counted(e, target, RR_A, &a);

	if (v != NO_MATCH || e->wait)
		return v;
	return a->status == DNS_OK ? MATCH : NO_MATCH;
}

static enum match match_include(
    struct spf_eval *e, const char *target, int depth)
{
	char domain[256], record[512];
	enum spf_result r;

	memcpy(domain, e->out->domain, sizeof(domain));
	memcpy(record, e->out->record, sizeof(record));
	e->includes++;
	r = host(e, target, depth + 1);
	e->includes--;
	if (e->wait)
		return NO_MATCH;
	switch (r) {
	case SPF_TEMPERROR:
		return TEMPERROR;
	case SPF_PERMERROR:
		return PERMERROR;
	case SPF_NONE:
		error(e, SPF_PERMERROR, "include of a domain without SPF",
		    target);
		return PERMERROR;
	case SPF_PASS:
	case SPF_FAIL:
	case SPF_SOFTFAIL:
	case SPF_NEUTRAL:
	case SPF_UNCHECKED:
	case SPF_RESULT_COUNT:
		break;
	}
	/* The including record decides, by this term or a later one. */
	memcpy(e->out->domain, domain, sizeof(domain));
	memcpy(e->out->record, record, sizeof(record));
	e->out->term[0] = '\0';
	return r == SPF_PASS ? MATCH : NO_MATCH;
}

/* Expands, with a look-up first where %{p} wants one. False: it cannot be
 * made, or must wait. */
static bool expand(struct spf_eval *e, const char *spec, size_t len,
    const char *domain, char out[512], bool as_domain)
{
	char name[256] = "";

	e->macros.domain = domain;
	e->macros.validated = NULL;
	e->macros.wants_validated = false;
	if (spf_macro_expand(&e->macros, spec, len, out, 512, as_domain) != 0)
		return false;
	if (!e->macros.wants_validated)
		return true;
	/* %{p}: the domain itself, else one below it, else any */
	if (!validated(e, domain, false, name) && !e->wait &&
	    !validated(e, domain, true, name))
		name[0] = '\0';
	if (e->wait)
		return false;
	e->macros.validated = name[0] ? name : "unknown";
	return spf_macro_expand(&e->macros, spec, len, out, 512, as_domain) ==
	       0;
}

/* The term's target name. false: cannot be made, or must wait. */
static bool target_name(struct spf_eval *e, const char *spec, size_t len,
    const char *domain, char out[512])
{
	if (len > 0)
		return expand(e, spec, len, domain, out, true);
	snprintf(out, 512, "%s", domain);
	return true;
}

static bool costs_dns(enum spf_mechanism m)
{
	return m != SPF_ALL && m != SPF_IP4 && m != SPF_IP6;
}

/* A target that DNS cannot hold does not exist: nothing to ask. */
static bool askable(const char *name)
{
	size_t label = 0;

	if (!*name || strlen(name) > 253)
		return false;
	for (; *name; name++) {
		if (*name == '.' && label == 0)
			return false;
		label = *name == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
	}
	return true;
}

static enum match unusable(
    struct spf_eval *e, const struct spf_record *r, const struct spf_term *t)
{
	char text[256];

	snprintf(text, sizeof(text), "%.*s", t->text_len, r->text + t->text);
	error(e, SPF_PERMERROR, "no domain name comes out of", text);
	return PERMERROR;
}

static enum match match_term(struct spf_eval *e, const struct spf_record *r,
    const struct spf_term *t, const char *domain, int depth)
{
	char target[512], name[256];

	if (t->mechanism == SPF_ALL)
		return MATCH;
	if (!costs_dns(t->mechanism))
		return (t->mechanism == SPF_IP4) == addr_is_v4(&e->macros.ip) &&
			       prefix_contains(&t->net, &e->macros.ip)
			   ? MATCH
			   : NO_MATCH;
	if (++e->terms > e->limits.max_terms) {
		error(e, SPF_PERMERROR, "more DNS terms than allowed", "");
		return PERMERROR;
	}
	set_asker(e, domain, r->text + t->text, t->text_len);
	if (!target_name(e, r->text + t->spec, t->spec_len, domain, target))
		return e->wait ? NO_MATCH : unusable(e, r, t);
	if (!askable(target))
		return t->mechanism == SPF_INCLUDE ? unusable(e, r, t)
						   : NO_MATCH;
	switch (t->mechanism) {
	case SPF_INCLUDE:
		return match_include(e, target, depth);
	case SPF_A:
		return match_a(e, target, t);
	case SPF_MX:
		return match_mx(e, target, t);
	case SPF_PTR:
		if (validated(e, target, false, name))
			return MATCH;
		return e->void_over ? PERMERROR : NO_MATCH;
	case SPF_EXISTS:
		return match_exists(e, target);
	case SPF_ALL:
	case SPF_IP4:
	case SPF_IP6:
		break;
	}
	return NO_MATCH;
}

/* The one SPF record among the TXT records, its strings joined. */
static enum spf_result choose(struct spf_eval *e, const char *domain,
    const struct spf_answer *txt, char *text, size_t *len)
{
	char one[SPF_TEXT_MAX];
	size_t found = 0;

	for (size_t i = 0; i < txt->n; i++) {
		size_t n = spf_rdata_text(
		    txt->rr[i].data, txt->rr[i].len, one, sizeof(one));

		if (!spf_record_is(one, n))
			continue;
		if (++found > 1)
			return error(e, SPF_PERMERROR,
			    "more than one SPF record at", domain);
		if (n >= sizeof(one) - 1)
			return error(e, SPF_PERMERROR,
			    "the SPF record is too long at", domain);
		memcpy(text, one, n);
		*len = n;
	}
	return found ? SPF_UNCHECKED
		     : error(e, SPF_NONE, "no SPF record at", domain);
}

static enum spf_result fetch(
    struct spf_eval *e, const char *domain, struct spf_record *r)
{
	char text[SPF_TEXT_MAX];
	enum dns_status s;
	const struct spf_answer *txt;
	enum spf_result v;
	const char *what;
	size_t len = 0;

	if (!is_domain(domain))
		return error(e, SPF_NONE, "no domain name", domain);
	txt = ask(e, domain, RR_TXT, &s);
	if (e->wait)
		return SPF_UNCHECKED;
	if (!txt || s == DNS_FAIL)
		return error(e, SPF_TEMPERROR,
		    "a name server did not answer for", domain);
	if (s != DNS_OK)
		return error(e, SPF_NONE, "no SPF record at", domain);
	v = choose(e, domain, txt, text, &len);
	if (v != SPF_UNCHECKED)
		return v;
	if (spf_record_parse(r, text, len, &what) != 0)
		return error(e, SPF_PERMERROR, what, domain);
	snprintf(e->out->domain, sizeof(e->out->domain), "%s", domain);
	snprintf(e->out->record, sizeof(e->out->record), "%.511s", r->text);
	return SPF_UNCHECKED;
}

static enum spf_result redirect(struct spf_eval *e, const struct spf_record *r,
    const char *domain, int depth)
{
	char target[512];
	enum spf_result v;

	if (++e->terms > e->limits.max_terms)
		return error(
		    e, SPF_PERMERROR, "more DNS terms than allowed", "");
	set_asker(e, domain, r->text + r->redirect - strlen("redirect="),
	    r->redirect_len + (int)strlen("redirect="));
	if (!target_name(
		e, r->text + r->redirect, r->redirect_len, domain, target))
		return error(e, SPF_PERMERROR,
		    "no domain name comes out of the redirect of", domain);
	v = host(e, target, depth + 1);
	return v == SPF_NONE ? error(e, SPF_PERMERROR,
				   "redirect to a domain without SPF", target)
			     : v;
}

/* An included record's explanation is none of ours (section 6.2). */
static void keep_exp(struct spf_eval *e, const struct spf_record *r,
    const struct spf_term *t, const char *domain)
{
	if (t->qualifier != SPF_FAIL || e->includes > 0 ||
	    r->exp_len >= sizeof(e->exp))
		return;
	snprintf(e->exp, sizeof(e->exp), "%.*s", r->exp_len, r->text + r->exp);
	snprintf(e->exp_domain, sizeof(e->exp_domain), "%s", domain);
}

static enum spf_result terms(struct spf_eval *e, const struct spf_record *r,
    const char *domain, int depth)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct spf_term *t = &r->terms[i];
		enum match m = match_term(e, r, t, domain, depth);

		if (e->wait)
			return SPF_UNCHECKED;
		if (m == NO_MATCH)
			continue;
		snprintf(e->out->term, sizeof(e->out->term), "%.*s",
		    t->text_len, r->text + t->text);
		if (m == MATCH) {
			keep_exp(e, r, t, domain);
			return t->qualifier;
		}
		return m == TEMPERROR ? SPF_TEMPERROR : SPF_PERMERROR;
	}
	if (r->redirect_len > 0)
		return redirect(e, r, domain, depth);
	return SPF_NEUTRAL;
}

static enum spf_result host(struct spf_eval *e, const char *domain, int depth)
{
	struct spf_record *r;
	enum spf_result v;

	if (depth > SPF_DEPTH_MAX)
		return error(e, SPF_PERMERROR, "includes too deep", domain);
	r = malloc(sizeof(*r));
	if (!r)
		return error(e, SPF_TEMPERROR, "out of memory", "");
	v = fetch(e, domain, r);
	if (v == SPF_UNCHECKED && !e->wait)
		v = terms(e, r, domain, depth);
	free(r);
	return v;
}

/* Section 6.2: whatever goes wrong means that there is no explanation. */
static void explain(struct spf_eval *e)
{
	char target[512], text[SPF_TEXT_MAX];
	const struct spf_answer *a;
	enum dns_status s;
	size_t n;

	set_asker(e, e->exp_domain, "exp", 3);
	if (!target_name(e, e->exp, strlen(e->exp), e->exp_domain, target) ||
	    !askable(target))
		return;
	a = ask(e, target, RR_TXT, &s);
	if (e->wait || !a || s != DNS_OK || a->n != 1)
		return;
	n = spf_rdata_text(a->rr[0].data, a->rr[0].len, text, sizeof(text) - 1);
	text[n] = '\0';
	if (!spf_explanation_is(text, n))
		return;
	if (!expand(e, text, n, e->exp_domain, e->out->exp, false))
		e->out->exp[0] = '\0';
}

enum spf_result spf_evaluate(struct spf_eval *e, const char *domain)
{
	enum spf_result r;

	e->out->ttl_s = UINT32_MAX;
	set_asker(e, NULL, NULL, 0);
	r = host(e, domain, 0);
	if (r == SPF_FAIL && e->want_exp && e->exp[0] != '\0' && !e->wait)
		explain(e);
	e->out->answers = e->lookups->answers;
	e->out->uses_helo = e->macros.used_helo;
	e->out->lookups = e->terms;
	e->out->void_lookups = e->voids;
	e->out->needs_local_part = e->macros.used_local_part;
	if (e->out->ttl_s == UINT32_MAX)
		e->out->ttl_s = 0;
	return r;
}
