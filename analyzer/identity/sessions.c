/* SPDX-License-Identifier: Apache-2.0 */
/* Out of memory must come back as an error, not end the process. */
#define HASH_NONFATAL_OOM 1
#include "analyzer/identity/sessions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <uthash.h>

#include "analyzer/identity/index.h"
#include "analyzer/identity/slab.h"
#include "base/siphash.h"
#include "store/rows.h"

struct nas {
	UT_hash_handle hh;
	uint64_t key;
	int64_t reset_us;
	uint32_t number, first;
};
struct buried {
	UT_hash_handle hh; /* in the order of burial */
	uint64_t key;
	struct grave grave;
};

struct sessions {
	struct slab slab;
	struct index by_key;
	struct nas *by_nas;
	struct nas **nas; /* by number, from 1 */
	uint32_t n_nas, cap_nas;
	struct buried *graves;
	uint32_t oldest, newest;
	uint64_t hash_key[2];
	size_t n;
};

struct sessions *sessions_new(void)
{
	struct sessions *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	slab_init(&s->slab, sizeof(struct session));
	/* Names come from the network: a session is known by their hash. */
	if (getrandom(s->hash_key, sizeof(s->hash_key), 0) !=
	    sizeof(s->hash_key)) {
		free(s);
		return NULL;
	}
	return s;
}

void sessions_free(struct sessions *s)
{
	struct buried *b, *next;

	if (s == NULL)
		return;
	b = s->graves;
	HASH_CLEAR(hh, s->graves);
	for (; b != NULL; b = next) {
		next = b->hh.next;
		free(b);
	}
	HASH_CLEAR(hh, s->by_nas);
	for (uint32_t i = 1; i <= s->n_nas; i++)
		free(s->nas[i]);
	free(s->nas);
	slab_clear(&s->slab);
	index_clear(&s->by_key);
	free(s);
}

/* --- names ---------------------------------------------------------------- */

#define NAMES_WORDS 52

uint64_t sessions_key(const struct sessions *s, const char *source,
    const char *nas, const char *session)
{
	uint64_t m[NAMES_WORDS] = {0};
	char *at = (char *)m;

	/* 16, 64 and 256 bytes at most, each with its NUL */
	snprintf(at, 16, "%s", source);
	snprintf(at + 16, ROW_ID_LEN, "%s", nas);
	snprintf(at + 16 + ROW_ID_LEN, ROW_SESSION_LEN, "%s", session);
	return siphash(s->hash_key, m, NAMES_WORDS);
}

static bool same(const void *owner, uint32_t n, const void *key)
{
	return sessions_at(owner, n)->key == *(const uint64_t *)key;
}

uint32_t sessions_find(const struct sessions *s, uint64_t key)
{
	uint32_t *n = index_find(&s->by_key, key, same, s, &key);

	return n ? *n : 0;
}

struct session *sessions_at(const struct sessions *s, uint32_t n)
{
	return slab_at(&s->slab, n);
}

static struct nas *find_nas(
    const struct sessions *s, const char *source, const char *nas)
{
	uint64_t key = sessions_key(s, source, nas, "");
	struct nas *found;

	HASH_FIND(hh, s->by_nas, &key, sizeof(key), found);
	return found;
}

static struct nas *get_nas(
    struct sessions *s, const char *source, const char *nas)
{
	struct nas *found = find_nas(s, source, nas);

	if (found != NULL)
		return found;
	if (s->n_nas + 1 >= s->cap_nas) {
		uint32_t cap = s->cap_nas ? 2 * s->cap_nas : 16;
		void *v = realloc(s->nas, cap * sizeof(struct nas *));

		if (v == NULL)
			return NULL;
		s->nas = v;
		s->cap_nas = cap;
	}
	found = calloc(1, sizeof(*found));
	if (found == NULL)
		return NULL;
	found->key = sessions_key(s, source, nas, "");
	found->number = s->n_nas + 1;
	found->reset_us = INT64_MIN;
	HASH_ADD(hh, s->by_nas, key, sizeof(found->key), found);
	if (found->hh.tbl == NULL) {
		free(found);
		return NULL;
	}
	s->nas[++s->n_nas] = found;
	return found;
}

/* --- graves --------------------------------------------------------------- */

static struct buried *find_grave(const struct sessions *s, uint64_t key)
{
	struct buried *b;

	HASH_FIND(hh, s->graves, &key, sizeof(key), b);
	return b;
}

const struct grave *sessions_grave(const struct sessions *s, uint64_t key)
{
	struct buried *b = find_grave(s, key);

	return b ? &b->grave : NULL;
}

static void forget_grave(struct sessions *s, struct buried *b)
{
	if (b == NULL)
		return;
	HASH_DEL(s->graves, b);
	free(b);
}

/* The order of burial is that of the table. */
static void forget_oldest(struct sessions *s)
{
	struct buried *b = s->graves;

	if (b != NULL && b->hh.prev == NULL)
		forget_grave(s, b);
}

void sessions_bury(struct sessions *s, uint64_t key, const struct grave *g)
{
	struct buried *b = find_grave(s, key);

	if (b != NULL) {
		b->grave = *g;
		return;
	}
	if (HASH_COUNT(s->graves) >= GRAVES_MAX)
		forget_oldest(s);
	b = calloc(1, sizeof(*b));
	if (b == NULL)
		return;
	b->key = key;
	b->grave = *g;
	HASH_ADD(hh, s->graves, key, sizeof(b->key), b);
	if (b->hh.tbl == NULL)
		free(b);
}

/* --- the open ones -------------------------------------------------------- */

static void link_newest(struct sessions *s, uint32_t n)
{
	struct session *x = sessions_at(s, n);
	uint32_t before = s->newest, after = 0;

	if (x->lasting)
		return;

	/* Nearly in order: the place is near the end. */
	while (before != 0 && sessions_at(s, before)->seen_us > x->seen_us) {
		after = before;
		before = sessions_at(s, before)->older;
	}
	x->older = before;
	x->newer = after;
	if (before != 0)
		sessions_at(s, before)->newer = n;
	else
		s->oldest = n;
	if (after != 0)
		sessions_at(s, after)->older = n;
	else
		s->newest = n;
}

static void unlink_seen(struct sessions *s, uint32_t n)
{
	const struct session *x = sessions_at(s, n);

	if (x->lasting)
		return;
	if (x->older != 0)
		sessions_at(s, x->older)->newer = x->newer;
	else
		s->oldest = x->newer;
	if (x->newer != 0)
		sessions_at(s, x->newer)->older = x->older;
	else
		s->newest = x->older;
}

uint32_t sessions_open(struct sessions *s, uint64_t key, const char *source,
    const char *nas, int64_t at_us)
{
	struct nas *of = get_nas(s, source, nas);
	uint32_t n = of ? slab_new(&s->slab) : 0;
	struct session *x;

	if (n == 0)
		return 0;
	if (index_add(&s->by_key, key, n) != 0) {
		slab_give(&s->slab, n);
		return 0;
	}
	x = sessions_at(s, n);
	x->key = key;
	x->since_us = x->seen_us = at_us;
	x->lasting = strcmp(source, SESSIONS_REFRESHED) != 0;
	x->nas = of->number;
	x->next_of_nas = of->first;
	if (of->first != 0)
		sessions_at(s, of->first)->prev_of_nas = n;
	of->first = n;
	link_newest(s, n);
	forget_grave(s, find_grave(s, key));
	s->n++;
	return n;
}

void sessions_seen(struct sessions *s, uint32_t n, int64_t at_us)
{
	struct session *x = sessions_at(s, n);

	if (at_us <= x->seen_us)
		return;
	unlink_seen(s, n);
	x->seen_us = at_us;
	link_newest(s, n);
}

void sessions_close(struct sessions *s, uint32_t n, int64_t at_us)
{
	struct session *x = sessions_at(s, n);
	struct grave g = {x->since_us, at_us};
	uint64_t key = x->key;

	unlink_seen(s, n);
	if (x->prev_of_nas != 0)
		sessions_at(s, x->prev_of_nas)->next_of_nas = x->next_of_nas;
	else
		s->nas[x->nas]->first = x->next_of_nas;
	if (x->next_of_nas != 0)
		sessions_at(s, x->next_of_nas)->prev_of_nas = x->prev_of_nas;
	index_drop(&s->by_key, index_find(&s->by_key, key, same, s, &key));
	slab_give(&s->slab, n);
	s->n--;
	sessions_bury(s, key, &g);
}

uint32_t sessions_of_nas(
    const struct sessions *s, const char *source, const char *nas)
{
	const struct nas *of = find_nas(s, source, nas);

	return of ? of->first : 0;
}

int64_t sessions_reset_us(
    const struct sessions *s, const char *source, const char *nas)
{
	const struct nas *of = find_nas(s, source, nas);

	return of ? of->reset_us : INT64_MIN;
}

int sessions_note_reset(
    struct sessions *s, const char *source, const char *nas, int64_t at_us)
{
	struct nas *of = get_nas(s, source, nas);

	if (of == NULL)
		return -1;
	if (at_us > of->reset_us)
		of->reset_us = at_us;
	return 0;
}

uint32_t sessions_oldest(const struct sessions *s)
{
	return s->oldest;
}

size_t sessions_count(const struct sessions *s)
{
	return s->n;
}

size_t sessions_bytes(const struct sessions *s)
{
	return slab_bytes(&s->slab) + index_bytes(&s->by_key) +
	       HASH_COUNT(s->graves) *
		   (sizeof(struct buried) + sizeof(UT_hash_bucket));
}
