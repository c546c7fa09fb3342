/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/dkim/evidence.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "capture/dkim/canon.h"
#include "capture/dkim/tags.h"

/* More fields or h= names than that: the digest stays unseen. */
#define FIELDS_MAX 1024
#define NAMES_MAX  1024

struct field {
	uint32_t hash; /* of the name in lower case */
	uint32_t at, len;
	uint32_t name_len;
};
struct fields {
	const char *header;
	struct field v[FIELDS_MAX];
	size_t n;
	bool too_many;
};

struct body {
	struct dkim_canon canon;
	EVP_MD_CTX *md; /* NULL: nobody wants this form */
	uint64_t bytes; /* canonical ones so far */
	/* l= values still ahead, ascending; their owners */
	struct {
		uint64_t length;
		size_t signature;
	} stop[DKIM_SIGNATURES_MAX];
	size_t n_stops, next_stop;
};

struct dkim {
	struct dkim_evidence v[DKIM_SIGNATURES_MAX];
	char *text[DKIM_SIGNATURES_MAX];
	uint8_t body_hash[DKIM_SIGNATURES_MAX][DKIM_DIGEST_BYTES];
	bool wanted[DKIM_SIGNATURES_MAX]; /* its body hash is compared */
	bool relaxed[DKIM_SIGNATURES_MAX], hit[DKIM_SIGNATURES_MAX];
	size_t n, bytes;
	bool gap;
	struct body simple, loose;
};

bool dkim_start(void)
{
	uint8_t digest[EVP_MAX_MD_SIZE];

	return EVP_Digest("", 0, digest, NULL, EVP_sha256(), NULL) == 1;
}

static uint32_t name_hash(const char *p, size_t len)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ ((uint8_t)p[i] | 0x20)) * 16777619u;
	return h;
}

static bool is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

static void add_field(struct fields *f, size_t at, size_t end)
{
	const char *p = f->header + at, *colon = memchr(p, ':', end - at);
	size_t n = colon != NULL ? (size_t)(colon - p) : 0;

	while (n > 0 && is_wsp(p[n - 1]))
		n--;
	if (n == 0 || f->too_many)
		return;
	f->too_many = f->n == FIELDS_MAX;
	if (!f->too_many)
		f->v[f->n++] = (struct field){name_hash(p, n), (uint32_t)at,
		    (uint32_t)(end - at), (uint32_t)n};
}

static void index_fields(struct fields *f, const char *header, size_t len)
{
	size_t at = 0, line = 0;

	f->header = header;
	f->n = 0;
	f->too_many = false;
	while (line < len) {
		const char *lf = memchr(header + line, '\n', len - line);

		line = lf != NULL ? (size_t)(lf - header) + 1 : len;
		if (line < len && is_wsp(header[line]))
			continue;
		add_field(f, at, line);
		at = line;
	}
}

static bool is_named(const struct fields *f, const struct field *v,
    const char *name, size_t len, uint32_t hash)
{
	return v->hash == hash && v->name_len == len &&
	       strncasecmp(f->header + v->at, name, len) == 0;
}

static void to_digest(void *arg, const void *data, size_t len)
{
	(void)EVP_DigestUpdate(arg, data, len);
}

/* Section 5.4.2: of fields with one name the last counts first; a name
 * beyond them stands for nothing. Its own field comes at the end. */
static bool digest_header(struct dkim_evidence *e, const struct dkim_tags *t,
    const struct fields *f, const struct field *own, EVP_MD_CTX *md)
{
	uint8_t used[FIELDS_MAX] = {0};
	struct span rest = t->names, name;
	size_t names = 0;
	unsigned len = 0;

	if (f->too_many || md == NULL ||
	    EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1)
		return false;
	while (span_next(&rest, ':', &name)) {
		uint32_t hash = name_hash(name.p, name.len);
		size_t i = f->n;

		if (++names > NAMES_MAX)
			return false;
		while (i > 0 && (used[i - 1] || !is_named(f, &f->v[i - 1],
						    name.p, name.len, hash)))
			i--;
		if (i == 0)
			continue;
		used[i - 1] = 1;
		dkim_canon_field(f->header + f->v[i - 1].at, f->v[i - 1].len,
		    NULL, NULL, t->relaxed_header, false, to_digest, md);
	}
	dkim_canon_field(f->header + own->at, own->len, t->b.p,
	    t->b.p + t->b.len, t->relaxed_header, true, to_digest, md);
	if (EVP_DigestFinal_ex(md, e->digest, &len) != 1)
		return false;
	e->digest_len = len;
	return true;
}

static bool signs_from(const struct dkim_tags *t)
{
	struct span rest = t->names, name;

	while (span_next(&rest, ':', &name))
		if (name.len == 4 && strncasecmp(name.p, "from", 4) == 0)
			return true;
	return false;
}

/* Text and signature of one evidence in one block. */
static bool keep_text(struct dkim *d, size_t i, const struct dkim_tags *t)
{
	struct dkim_evidence *e = &d->v[i];
	size_t dl = strlen(t->domain) + 1, sl = strlen(t->selector) + 1;
	size_t il = strlen(t->identity_domain) + 1;
	char *p = malloc(dl + sl + il + t->signature_len);

	d->text[i] = p;
	if (p == NULL)
		return false;
	d->bytes += dl + sl + il + t->signature_len;
	e->domain = memcpy(p, t->domain, dl);
	e->selector = memcpy(p + dl, t->selector, sl);
	e->identity_domain = memcpy(p + dl + sl, t->identity_domain, il);
	e->signature = memcpy(p + dl + sl + il, t->signature, t->signature_len);
	e->signature_len = t->signature_len;
	return true;
}

static void want_body(struct dkim *d, size_t i, const struct dkim_tags *t)
{
	struct body *b = t->relaxed_body ? &d->loose : &d->simple;
	size_t at = b->n_stops;

	memcpy(d->body_hash[i], t->body_hash, DKIM_DIGEST_BYTES);
	d->wanted[i] = true;
	d->relaxed[i] = t->relaxed_body;
	if (b->md == NULL)
		b->md = EVP_MD_CTX_new();
	if (!t->body_length)
		return;
	for (; at > 0 && b->stop[at - 1].length > t->length; at--)
		b->stop[at] = b->stop[at - 1];
	b->stop[at].length = t->length;
	b->stop[at].signature = i;
	b->n_stops++;
}

static bool has_digest(const struct dkim_tags *t)
{
	return t->algorithm == SEKISHO__DKIM_ALGORITHM__DKIM_RSA_SHA256 ||
	       t->algorithm == SEKISHO__DKIM_ALGORITHM__DKIM_ED25519_SHA256;
}

static void add_signature(struct dkim *d, const struct fields *f,
    const struct field *own, EVP_MD_CTX *md)
{
	const char *p = f->header + own->at;
	const char *value = memchr(p, ':', own->len);
	size_t i = d->n++;
	struct dkim_evidence *e = &d->v[i];
	struct dkim_tags t;

	*e = (struct dkim_evidence){.domain = "",
	    .selector = "",
	    .identity_domain = "",
	    .signature = (const uint8_t *)""};
	e->malformed = value == NULL ||
		       !dkim_tags_parse(
			   &t, value + 1, own->len - (size_t)(value + 1 - p)) ||
		       (has_digest(&t) && t.body_hash_len != DKIM_DIGEST_BYTES);
	if (e->malformed)
		return;
	if (!keep_text(d, i, &t)) {
		d->n--;
		return;
	}
	e->algorithm = t.algorithm;
	e->signed_s = t.signed_s;
	e->expires_s = t.expires_s;
	e->body_length = t.body_length;
	e->from_signed = signs_from(&t);
	if (!has_digest(&t))
		return;
	(void)digest_header(e, &t, f, own, md);
	want_body(d, i, &t);
}

static void compare(
    struct dkim *d, size_t i, const uint8_t digest[static DKIM_DIGEST_BYTES])
{
	d->hit[i] = memcmp(digest, d->body_hash[i], DKIM_DIGEST_BYTES) == 0;
	d->wanted[i] = false;
}

/* Canonical octets up to a limit were hashed: what is the hash here? */
static void stop_here(struct dkim *d, struct body *b)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t digest[EVP_MAX_MD_SIZE];

	if (md != NULL && EVP_MD_CTX_copy_ex(md, b->md) == 1 &&
	    EVP_DigestFinal_ex(md, digest, NULL) == 1)
		while (b->next_stop < b->n_stops &&
		       b->stop[b->next_stop].length == b->bytes)
			compare(d, b->stop[b->next_stop++].signature, digest);
	else
		d->gap = true; /* no memory: unseen */
	EVP_MD_CTX_free(md);
}

static void hash_body(
    struct dkim *d, struct body *b, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (b->next_stop < b->n_stops && !d->gap &&
	       b->stop[b->next_stop].length - b->bytes <= len) {
		size_t n = (size_t)(b->stop[b->next_stop].length - b->bytes);

		(void)EVP_DigestUpdate(b->md, p, n);
		b->bytes += n;
		p += n;
		len -= n;
		stop_here(d, b);
	}
	if (len > 0)
		(void)EVP_DigestUpdate(b->md, p, len);
	b->bytes += len;
}

static void put_simple(void *arg, const void *data, size_t len)
{
	struct dkim *d = arg;

	hash_body(d, &d->simple, data, len);
}

static void put_relaxed(void *arg, const void *data, size_t len)
{
	struct dkim *d = arg;

	hash_body(d, &d->loose, data, len);
}

static void begin_body(struct dkim *d, struct body *b, bool relaxed)
{
	dkim_canon_init(
	    &b->canon, relaxed, relaxed ? put_relaxed : put_simple, d);
	if (b->md != NULL && EVP_DigestInit_ex(b->md, EVP_sha256(), NULL) != 1)
		d->gap = true;
}

static void add_signatures(struct dkim *d, const struct fields *f)
{
	static const char name[] = "DKIM-Signature";
	uint32_t hash = name_hash(name, sizeof(name) - 1);
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	for (size_t i = 0; i < f->n && d->n < DKIM_SIGNATURES_MAX; i++)
		if (is_named(f, &f->v[i], name, sizeof(name) - 1, hash))
			add_signature(d, f, &f->v[i], md);
	EVP_MD_CTX_free(md);
}

struct dkim *dkim_new(const char *header, size_t len)
{
	struct dkim *d = calloc(1, sizeof(*d));
	struct fields *f = malloc(sizeof(*f));

	if (d != NULL && f != NULL && len <= UINT32_MAX) {
		d->bytes = sizeof(*d);
		index_fields(f, header, len);
		add_signatures(d, f);
		begin_body(d, &d->simple, false);
		begin_body(d, &d->loose, true);
	}
	free(f);
	if (d != NULL && d->n == 0) {
		dkim_free(d);
		d = NULL;
	}
	return d;
}

static void free_digests(struct dkim *d)
{
	EVP_MD_CTX_free(d->simple.md);
	EVP_MD_CTX_free(d->loose.md);
	d->simple.md = d->loose.md = NULL;
}

void dkim_free(struct dkim *d)
{
	if (d == NULL)
		return;
	free_digests(d);
	for (size_t i = 0; i < DKIM_SIGNATURES_MAX; i++)
		free(d->text[i]);
	free(d);
}

void dkim_body(struct dkim *d, const uint8_t *data, size_t len)
{
	if (d->gap)
		return;
	if (d->simple.md != NULL)
		dkim_canon_feed(&d->simple.canon, data, len);
	if (d->loose.md != NULL)
		dkim_canon_feed(&d->loose.canon, data, len);
}

static void end_body(struct dkim *d, struct body *b, bool relaxed)
{
	uint8_t digest[EVP_MAX_MD_SIZE];

	if (b->md == NULL)
		return;
	/* l=0 wants the hash of nothing, which no octet comes to. */
	hash_body(d, b, "", 0);
	dkim_canon_end(&b->canon);
	/* An l= beyond the end is an error of the signature. */
	while (b->next_stop < b->n_stops)
		d->wanted[b->stop[b->next_stop++].signature] = false;
	if (EVP_DigestFinal_ex(b->md, digest, NULL) != 1) {
		d->gap = true;
		return;
	}
	for (size_t i = 0; i < d->n; i++)
		if (d->wanted[i] && d->relaxed[i] == relaxed)
			compare(d, i, digest);
}

void dkim_end(struct dkim *d)
{
	bool judged[DKIM_SIGNATURES_MAX];

	memcpy(judged, d->wanted, sizeof(judged));
	for (size_t s = 0; s < d->simple.next_stop; s++)
		judged[d->simple.stop[s].signature] = true;
	for (size_t s = 0; s < d->loose.next_stop; s++)
		judged[d->loose.stop[s].signature] = true;
	if (!d->gap) {
		end_body(d, &d->simple, false);
		end_body(d, &d->loose, true);
	}
	free_digests(d);
	for (size_t i = 0; i < d->n && !d->gap; i++)
		if (judged[i])
			d->v[i].body = d->hit[i]
					   ? SEKISHO__DKIM_BODY__BODY_MATCH
					   : SEKISHO__DKIM_BODY__BODY_MISMATCH;
	d->gap = true; /* ended: nothing is added any more */
}

void dkim_gap(struct dkim *d)
{
	d->gap = true;
	free_digests(d);
}

const struct dkim_evidence *dkim_signatures(const struct dkim *d, size_t *n)
{
	*n = d != NULL ? d->n : 0;
	return d != NULL ? d->v : NULL;
}

size_t dkim_bytes(const struct dkim *d)
{
	return d != NULL ? d->bytes : 0;
}
