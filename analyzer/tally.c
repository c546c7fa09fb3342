/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/clock.h"
#include "store/rows.h"
#include "store/write.h"

#define TALLY_NAME_LEN 48
#define TALLY_MAX      256
#define TALLY_SEEN_MAX 4096

struct sum {
	char key[16 + TALLY_NAME_LEN]; /* day, space, name */
	int64_t ts_us, n;
	UT_hash_handle hh;
};

struct seen {
	char key[ROW_ID_LEN + 20 + TALLY_NAME_LEN];
	uint64_t value;
	UT_hash_handle hh;
};

struct tally {
	struct sum *sums;
	struct seen *seen;
};

struct tally *tally_new(void)
{
	return calloc(1, sizeof(struct tally));
}

static void drop_sums(struct tally *t)
{
	struct sum *s = t->sums, *next;

	HASH_CLEAR(hh, t->sums);
	for (; s; s = next) {
		next = s->hh.next;
		free(s);
	}
}

static void drop_seen(struct tally *t)
{
	struct seen *s = t->seen, *next;

	HASH_CLEAR(hh, t->seen);
	for (; s; s = next) {
		next = s->hh.next;
		free(s);
	}
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	drop_sums(t);
	drop_seen(t);
	free(t);
}

static int is_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n > 0 && n < TALLY_NAME_LEN && name[n] == '\0';
}

void tally_add(struct tally *t, int64_t ts_us, const char *name, int64_t n)
{
	char key[16 + TALLY_NAME_LEN];
	struct sum *s;

	if (n == 0 || !is_name(name))
		return;
	snprintf(key, sizeof(key), "%d %s", clock_day(ts_us), name);
	HASH_FIND_STR(t->sums, key, s);
	if (!s) {
		if (HASH_COUNT(t->sums) >= TALLY_MAX)
			return;
		s = calloc(1, sizeof(*s));
		if (!s)
			return;
		memcpy(s->key, key, sizeof(s->key));
		s->ts_us = ts_us;
		HASH_ADD_STR(t->sums, key, s);
	}
	s->n += n;
}

void tally_running(struct tally *t, int64_t ts_us, const char *agent,
    uint64_t boot, const char *name, uint64_t value, int fresh)
{
	char key[ROW_ID_LEN + 20 + TALLY_NAME_LEN];
	struct seen *s;

	if (!is_name(name))
		return;
	snprintf(key, sizeof(key), "%.63s %016llx %s", agent,
	    (unsigned long long)boot, name);
	HASH_FIND_STR(t->seen, key, s);
	if (!s) {
		/* Agents that came and went fill the table: begin again. */
		if (HASH_COUNT(t->seen) >= TALLY_SEEN_MAX)
			drop_seen(t);
		s = calloc(1, sizeof(*s));
		if (!s)
			return;
		memcpy(s->key, key, sizeof(s->key));
		s->value = fresh ? 0 : value;
		HASH_ADD_STR(t->seen, key, s);
	}
	if (value > s->value)
		tally_add(t, ts_us, name, (int64_t)(value - s->value));
	s->value = value;
}

int tally_write(struct tally *t, struct db *db)
{
	struct sum *s, *next;

	HASH_ITER(hh, t->sums, s, next)
	if (write_counter(db, s->ts_us, strchr(s->key, ' ') + 1, s->n) != 0)
		return -1;
	drop_sums(t);
	return 0;
}
