/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/dkim/tags.h"

#include <string.h>
#include <strings.h>

#include "capture/smtp/path.h"

#define TAGS_MAX 64

struct tag {
	struct dkim_span name, value;
	const char *raw; /* behind '=' */
	size_t raw_len;
};
struct list {
	struct tag v[TAGS_MAX];
	size_t n;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct dkim_span trim(const char *p, size_t len)
{
	while (len > 0 && is_space(*p)) {
		p++;
		len--;
	}
	while (len > 0 && is_space(p[len - 1]))
		len--;
	return (struct dkim_span){p, len};
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_tag_name(struct dkim_span s)
{
	if (s.len == 0 || !is_alpha(s.p[0]))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!is_alpha(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '_')
			return false;
	return true;
}

static bool span_is(struct dkim_span s, const char *text)
{
	return s.len == strlen(text) && strncasecmp(s.p, text, s.len) == 0;
}

/* Tag names are case-sensitive. */
static const struct tag *find(const struct list *l, struct dkim_span name)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].name.len == name.len &&
		    memcmp(l->v[i].name.p, name.p, name.len) == 0)
			return &l->v[i];
	return NULL;
}

static const struct tag *get(const struct list *l, const char *name)
{
	return find(l, (struct dkim_span){name, strlen(name)});
}

static bool add(struct list *l, const char *p, size_t len)
{
	const char *equals = memchr(p, '=', len);
	struct tag *t = &l->v[l->n];

	if (equals == NULL || l->n == TAGS_MAX)
		return false;
	t->name = trim(p, (size_t)(equals - p));
	t->raw = equals + 1;
	t->raw_len = (size_t)(p + len - t->raw);
	t->value = trim(t->raw, t->raw_len);
	if (!is_tag_name(t->name) || find(l, t->name) != NULL)
		return false;
	l->n++;
	return true;
}

static bool split(struct list *l, const char *p, size_t len)
{
	const char *end = p + len, *semicolon;

	l->n = 0;
	while (p < end) {
		semicolon = memchr(p, ';', (size_t)(end - p));
		if (semicolon == NULL)
			semicolon = end;
		if (trim(p, (size_t)(semicolon - p)).len == 0)
			/* Only behind the last one. */
			return l->n > 0 && semicolon == end;
		if (!add(l, p, (size_t)(semicolon - p)))
			return false;
		p = semicolon + (semicolon < end);
	}
	return l->n > 0;
}

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648 with white space anywhere. False: bad, empty or too long. */
static bool base64(
    struct dkim_span s, uint8_t *out, size_t size, size_t *out_len)
{
	uint32_t bits = 0;
	size_t digits = 0, pads = 0, n = 0;

	for (size_t i = 0; i < s.len; i++) {
		int d = base64_digit(s.p[i]);

		if (is_space(s.p[i]))
			continue;
		if (s.p[i] == '=') {
			pads++;
			continue;
		}
		if (d < 0 || pads > 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
		if (digits++ % 4 == 0)
			continue;
		if (n == size)
			return false;
		out[n++] = (uint8_t)(bits >> (8 - digits % 4 * 2) % 8);
	}
	*out_len = n;
	return n > 0 && pads < 3 && (digits + pads) % 4 == 0;
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

static bool domain(char out[static 256], struct dkim_span s)
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
		(struct dkim_span){
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
	struct dkim_span header, body = {"simple", 6};
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

static bool take_times(struct dkim_tags *out, const struct list *l)
{
	const struct tag *t = get(l, "t"), *x = get(l, "x"), *len = get(l, "l");
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

static void take_algorithm(struct dkim_tags *out, struct dkim_span a)
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
	struct dkim_span list, method;

	if (t == NULL)
		return true;
	list = t->value;
	while (dkim_tags_next_name(&list, &method))
		if (span_is(method, "dns/txt"))
			return true;
	return false;
}

/* ftext of RFC 5322 section 3.6.8, but no semicolon. */
static bool take_names(struct dkim_tags *out, struct dkim_span names)
{
	struct dkim_span rest = names, name;

	out->names = names;
	if (names.len == 0)
		return false;
	while (dkim_tags_next_name(&rest, &name)) {
		if (name.len == 0)
			return false;
		for (size_t i = 0; i < name.len; i++)
			if (name.p[i] <= ' ' || name.p[i] == 0x7f)
				return false;
	}
	return true;
}

bool dkim_tags_next_name(struct dkim_span *list, struct dkim_span *name)
{
	const char *colon;
	size_t len;

	if (list->p == NULL)
		return false;
	colon = memchr(list->p, ':', list->len);
	len = colon != NULL ? (size_t)(colon - list->p) : list->len;
	*name = trim(list->p, len);
	list->p = colon != NULL ? colon + 1 : NULL;
	list->len -= len + (colon != NULL);
	return true;
}

bool dkim_tags_parse(struct dkim_tags *out, const char *value, size_t len)
{
	const struct tag *v, *a, *b, *bh, *d, *h, *s;
	struct list l;

	memset(out, 0, sizeof(*out));
	if (!split(&l, value, len))
		return false;
	v = get(&l, "v");
	a = get(&l, "a");
	b = get(&l, "b");
	bh = get(&l, "bh");
	d = get(&l, "d");
	h = get(&l, "h");
	s = get(&l, "s");
	if (v == NULL || a == NULL || b == NULL || bh == NULL || d == NULL ||
	    h == NULL || s == NULL || !span_is(v->value, "1") ||
	    a->value.len == 0)
		return false;
	take_algorithm(out, a->value);
	out->b = (struct dkim_span){b->raw, b->raw_len};
	return domain(out->domain, d->value) &&
	       domain(out->selector, s->value) &&
	       take_identity(out, get(&l, "i")) &&
	       take_canonicalisation(out, get(&l, "c")) &&
	       take_times(out, &l) && has_dns_txt(get(&l, "q")) &&
	       take_names(out, h->value) &&
	       base64(bh->value, out->body_hash, sizeof(out->body_hash),
		   &out->body_hash_len) &&
	       base64(b->value, out->signature, sizeof(out->signature),
		   &out->signature_len);
}
