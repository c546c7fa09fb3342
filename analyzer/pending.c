/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/pending.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

struct lane {
	char key[ROW_ID_LEN];
	struct entry *first, **last;
	bool queued; /* in the ready list */
	struct lane *prev, *next;
	UT_hash_handle hh;
};

struct pending {
	struct lane *lanes;
	struct lane *ready;
	size_t n;
};

void work_init(struct work *w)
{
	w->first = NULL;
	w->last = &w->first;
	w->n = 0;
}

void work_push(struct work *w, struct entry *e)
{
	e->next_work = NULL;
	*w->last = e;
	w->last = &e->next_work;
	w->n++;
}

struct entry *work_pop(struct work *w)
{
	struct entry *e = w->first;

	if (!e)
		return NULL;
	w->first = e->next_work;
	if (!w->first)
		w->last = &w->first;
	w->n--;
	return e;
}

struct pending *pending_new(void)
{
	return calloc(1, sizeof(struct pending));
}

void pending_free(struct pending *p)
{
	struct lane *l, *next;

	if (!p)
		return;
	l = p->lanes;
	HASH_CLEAR(hh, p->lanes);
	for (; l; l = next) {
		struct entry *e;

		next = l->hh.next;
		while ((e = l->first) != NULL) {
			l->first = e->next;
			free(e);
		}
		free(l);
	}
	free(p);
}

size_t pending_count(const struct pending *p)
{
	return p->n;
}

static void make_ready(struct pending *p, struct lane *l)
{
	if (l->queued || !l->first || !l->first->complete)
		return;
	l->queued = true;
	DL_APPEND(p->ready, l);
}

int pending_push(struct pending *p, const char *key, struct entry *e)
{
	struct lane *l;

	HASH_FIND_STR(p->lanes, key, l);
	if (!l) {
		l = calloc(1, sizeof(*l));
		if (!l)
			return -1;
		strncpy(l->key, key, sizeof(l->key) - 1);
		l->last = &l->first;
		HASH_ADD_STR(p->lanes, key, l);
	}
	e->lane = l;
	e->next = NULL;
	*l->last = e;
	l->last = &e->next;
	p->n++;
	make_ready(p, l);
	return 0;
}

void pending_completed(struct pending *p, struct entry *e)
{
	make_ready(p, e->lane);
}

struct entry *pending_ready(struct pending *p)
{
	return p->ready ? p->ready->first : NULL;
}

void pending_pop(struct pending *p, struct entry *e)
{
	struct lane *l = e->lane;

	l->first = e->next;
	if (!l->first)
		l->last = &l->first;
	free(e);
	p->n--;
	if (l->first && l->first->complete)
		return;
	DL_DELETE(p->ready, l);
	l->queued = false;
	if (!l->first) {
		HASH_DEL(p->lanes, l);
		free(l);
	}
}

bool pending_has(const struct pending *p, const char *key)
{
	struct lane *l;

	HASH_FIND_STR(p->lanes, key, l);
	return l != NULL;
}

void pending_each(struct pending *p, void (*cb)(struct entry *e))
{
	struct lane *l, *next;

	HASH_ITER(hh, p->lanes, l, next)
	for (struct entry *e = l->first; e; e = e->next)
		cb(e);
}
