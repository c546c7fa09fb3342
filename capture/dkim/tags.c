/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/dkim/tags.h"

#include <string.h>
#include <strings.h>

#include "capture/smtp/path.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool number(const struct tag *t, size_t digits_max, uint64_t *out)
{
	uint64_t v = 0;

	if (t->value.len == 0 || t->value.len > digits_max)
		return false;
	for (size_t i = 0; i < t->value.len; i++) {
		uint64_t d = (uint64_t)(t->value.p[i] - '0');

		if (!is_digit(t->value.p[i]))
			return false;
		v = v > (UINT64_MAX - d) / 10 ? UINT64_MAX : v * 10 + d;
	}
	*out = v;
	return true;
}

static bool domain(char out[static 256], struct span s)
{
	return smtp_domain_is_valid(s.p, s.len) &&
	       smtp_domain_copy(out, s.p, s.len);
}

static bool take_identity(struct dkim_tags *out, const struct tag *t)
{
	const char *at;
	size_t d, i;

	if (t == NULL)
		return true;
	at = memrchr(t->value.p, '@', t->value.len);
	if (at == NULL ||
	    !domain(out->identity_domain,
		(struct span){
		    at + 1, (size_t)(t->value.p + t->value.len - at - 1)}))
		return false;
	d = strlen(out->domain);
	i = strlen(out->identity_domain);
	if (i < d || strcmp(out->identity_domain + i - d, out->domain) != 0)
		return false;
	return i == d || out->identity_domain[i - d - 1] == '.';
}

static bool take_canonicalisation(struct dkim_tags *out, const struct tag *t)
{
	struct span header, body = {"simple", 6};
	const char *slash;

	if (t == NULL)
		return true;
	header = t->value;
	slash = memchr(header.p, '/', header.len);
	if (slash != NULL) {
		body.p = slash + 1;
		body.len = (size_t)(header.p + header.len - body.p);
		header.len = (size_t)(slash - header.p);
	}
	out->relaxed_header = span_is(header, "relaxed");
	out->relaxed_body = span_is(body, "relaxed");
	return (out->relaxed_header || span_is(header, "simple")) &&
	       (out->relaxed_body || span_is(body, "simple"));
}

static bool take_times(struct dkim_tags *out, const struct taglist *l)
{
	const struct tag *t = taglist_get(l, "t"), *x = taglist_get(l, "x"),
			 *len = taglist_get(l, "l");
	uint64_t at = 0, until = 0;

	if ((t != NULL && !number(t, 12, &at)) ||
	    (x != NULL && !number(x, 12, &until)) ||
	    (t != NULL && x != NULL && until < at))
		return false;
	out->signed_s = (int64_t)at;
	out->expires_s = (int64_t)until;
	out->body_length = len != NULL;
	return len == NULL || number(len, 76, &out->length);
}

static void take_algorithm(struct dkim_tags *out, struct span a)
{
	out->algorithm = SEKISHO__DKIM_ALGORITHM__DKIM_OTHER;
	if (span_is(a, "rsa-sha256"))
		out->algorithm = SEKISHO__DKIM_ALGORITHM__DKIM_RSA_SHA256;
	else if (span_is(a, "ed25519-sha256"))
		out->algorithm = SEKISHO__DKIM_ALGORITHM__DKIM_ED25519_SHA256;
	else if (span_is(a, "rsa-sha1"))
		out->algorithm = SEKISHO__DKIM_ALGORITHM__DKIM_RSA_SHA1;
}

/* q= lists methods; one of them must be the only one there is. */
static bool has_dns_txt(const struct tag *t)
{
	struct span list, method;

	if (t == NULL)
		return true;
	list = t->value;
	while (span_next(&list, ':', &method))
		if (span_is(method, "dns/txt"))
			return true;
	return false;
}

/* ftext of RFC 5322 section 3.6.8, but no semicolon. */
static bool take_names(struct dkim_tags *out, struct span names)
{
	struct span rest = names, name;

	out->names = names;
	if (names.len == 0)
		return false;
	while (span_next(&rest, ':', &name)) {
		if (name.len == 0)
			return false;
		for (size_t i = 0; i < name.len; i++)
			if (name.p[i] <= ' ' || name.p[i] == 0x7f)
				return false;
	}
	return true;
}

bool dkim_tags_parse(struct dkim_tags *out, const char *value, size_t len)
{
	const struct tag *v, *a, *b, *bh, *d, *h, *s;
	struct taglist l;

	memset(out, 0, sizeof(*out));
	if (!taglist_parse(&l, value, len))
		return false;
	v = taglist_get(&l, "v");
	a = taglist_get(&l, "a");
	b = taglist_get(&l, "b");
	bh = taglist_get(&l, "bh");
	d = taglist_get(&l, "d");
	h = taglist_get(&l, "h");
	s = taglist_get(&l, "s");
	if (v == NULL || a == NULL || b == NULL || bh == NULL || d == NULL ||
	    h == NULL || s == NULL || !span_is(v->value, "1") ||
	    a->value.len == 0)
		return false;
	take_algorithm(out, a->value);
	out->b = b->raw;
	return domain(out->domain, d->value) &&
	       domain(out->selector, s->value) &&
	       take_identity(out, taglist_get(&l, "i")) &&
	       take_canonicalisation(out, taglist_get(&l, "c")) &&
	       take_times(out, &l) && has_dns_txt(taglist_get(&l, "q")) &&
	       take_names(out, h->value) &&
	       span_base64(bh->value, out->body_hash, sizeof(out->body_hash),
		   &out->body_hash_len) &&
	       span_base64(b->value, out->signature, sizeof(out->signature),
		   &out->signature_len);
}
