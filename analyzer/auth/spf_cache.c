/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf_cache.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "analyzer/auth/spf_lookup.h"

#define DOMAIN_BYTES 256

/* "postmaster" is the only local part that the pipeline knows. */
struct key {
	uint8_t ip[16];
	uint8_t postmaster;
	char domain[DOMAIN_BYTES]; /* lower case; the rest is zero */
};
struct entry {
	UT_hash_handle hh; /* in the order of use */
	int64_t until_s;
	enum spf_result result;
	int lookups, void_lookups;
	bool needs_local_part, uses_helo;
	size_t key_len, bytes;
	/* texts, each with its NUL: domain as in the key, then those of
	 * spf_outcome and the HELO name */
	const char *helo, *term, *domain, *record, *reason, *trail;
	struct key key; /* as long as its domain; the texts follow */
};

struct spf_cache {
	struct entry *table;
	size_t max, bytes;
};

struct spf_cache *spf_cache_new(size_t max)
{
	struct spf_cache *c = calloc(1, sizeof(*c));

	if (c != NULL)
		c->max = max;
	return c;
}

static void drop(struct spf_cache *c, struct entry *e)
{
	HASH_DEL(c->table, e);
	c->bytes -= e->bytes;
	free(e);
}

/* The order of use is that of the table. */
static void drop_oldest(struct spf_cache *c)
{
	struct entry *e = c->table;

	if (e != NULL && e->hh.prev == NULL)
		drop(c, e);
}

void spf_cache_free(struct spf_cache *c)
{
	struct entry *e, *next;

	if (c == NULL)
		return;
	e = c->table;
	HASH_CLEAR(hh, c->table);
	for (; e != NULL; e = next) {
		next = e->hh.next;
		free(e);
	}
	free(c);
}

size_t spf_cache_count(const struct spf_cache *c)
{
	return HASH_COUNT(c->table);
}

/* Its length; 0: not for this cache. */
static size_t key_of(const struct spf_query *q, struct key *k)
{
	size_t len = strlen(q->domain);

	if (len + 1 > sizeof(k->domain) || q->want_exp || q->keep_askers ||
	    (q->local_part != NULL && strcmp(q->local_part, "postmaster") != 0))
		return 0;
	memcpy(k->ip, q->ip.b, sizeof(k->ip));
	k->postmaster = q->local_part != NULL;
	for (size_t i = 0; i <= len; i++)
		k->domain[i] = (char)tolower((unsigned char)q->domain[i]);
	return offsetof(struct key, domain) + len + 1;
}

bool spf_cache_get(struct spf_cache *c, const struct spf_query *q,
    int64_t now_s, struct spf_outcome *out)
{
	struct entry *e = NULL;
	struct key k;
	size_t len = key_of(q, &k);

	if (len > 0)
		HASH_FIND(hh, c->table, &k, len, e);
	if (e == NULL || (e->uses_helo && strcmp(e->helo, q->helo) != 0))
		return false;
	if (e->until_s <= now_s) {
		drop(c, e);
		return false;
	}
	HASH_DEL(c->table, e);
	HASH_ADD(hh, c->table, key, e->key_len, e);
	memset(out, 0, sizeof(*out));
	/* They came from arrays of these sizes. */
	out->result = e->result;
	(void)memccpy(out->term, e->term, 0, sizeof(out->term));
	(void)memccpy(out->domain, e->domain, 0, sizeof(out->domain));
	(void)memccpy(out->record, e->record, 0, sizeof(out->record));
	(void)memccpy(out->reason, e->reason, 0, sizeof(out->reason));
	(void)memccpy(out->trail, e->trail, 0, sizeof(out->trail));
	out->lookups = e->lookups;
	out->void_lookups = e->void_lookups;
	out->needs_local_part = e->needs_local_part;
	out->uses_helo = e->uses_helo;
	out->ttl_s = (uint32_t)(e->until_s - now_s);
	return true;
}

/* 0: not at all. */
static uint32_t keep_s(const struct spf_outcome *o)
{
	uint32_t s = o->ttl_s > 0 ? o->ttl_s : SPF_CACHE_NEGATIVE_S;
	bool any = false;

	if (o->result == SPF_TEMPERROR || o->result == SPF_UNCHECKED)
		return 0;
	for (const struct spf_answer *a = o->answers; a != NULL; a = a->next) {
		any = true;
		if (!a->known || a->status == DNS_FAIL ||
		    (a->status == DNS_OK && a->ttl_s == 0))
			return 0;
		if (a->status != DNS_OK && s > SPF_CACHE_NEGATIVE_S)
			s = SPF_CACHE_NEGATIVE_S;
		/* What is not there may say no time. */
		if (a->status != DNS_OK && a->ttl_s > 0 && s > a->ttl_s)
			s = a->ttl_s;
	}
	if (!any)
		return 0;
	return s < SPF_CACHE_MOST_S ? s : SPF_CACHE_MOST_S;
}

static const char *put_text(char **at, const char *text)
{
	size_t n = strlen(text) + 1;
	const char *p = *at;

	memcpy(*at, text, n);
	*at += n;
	return p;
}

void spf_cache_put(struct spf_cache *c, const struct spf_query *q,
    int64_t now_s, const struct spf_outcome *o)
{
	const char *helo = o->uses_helo ? q->helo : "";
	struct entry *e = NULL;
	struct key k;
	size_t len = key_of(q, &k), text, bytes;
	uint32_t s = keep_s(o);
	char *at;

	if (len == 0 || s == 0 || c->max == 0)
		return;
	HASH_FIND(hh, c->table, &k, len, e);
	if (e != NULL)
		drop(c, e);
	text = strlen(helo) + strlen(o->term) + strlen(o->domain) +
	       strlen(o->record) + strlen(o->reason) + strlen(o->trail) + 6;
	bytes = offsetof(struct entry, key) + len + text;
	while (c->table != NULL &&
	       (HASH_COUNT(c->table) >= c->max ||
		   c->bytes + bytes > c->max * SPF_CACHE_ENTRY_BYTES))
		drop_oldest(c);
	e = malloc(bytes);
	if (e == NULL)
		return;
	e->bytes = bytes;
	c->bytes += bytes;
	e->until_s = now_s + s;
	e->result = o->result;
	e->lookups = o->lookups;
	e->void_lookups = o->void_lookups;
	e->needs_local_part = o->needs_local_part;
	e->uses_helo = o->uses_helo;
	e->key_len = len;
	memcpy(&e->key, &k, len);
	at = (char *)&e->key + len;
	e->helo = put_text(&at, helo);
	e->term = put_text(&at, o->term);
	e->domain = put_text(&at, o->domain);
	e->record = put_text(&at, o->record);
	e->reason = put_text(&at, o->reason);
	e->trail = put_text(&at, o->trail);
	HASH_ADD(hh, c->table, key, e->key_len, e);
}
