/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/differences.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/log.h"
#include "store/enforcement.h"
#include "store/write.h"

/* More rows than this are only counted: a list of nothing but foreign entries
 * is not to fill the store. */
#define ROWS_MAX 20000

static const char mod[] = "hooks";

/* Kind, customer and, of a foreign one, what is held. */
#define KEY_BYTES (12 + ROW_ID_LEN + 64)

struct entry {
	char key[KEY_BYTES];
	struct difference row;
	bool seen, unsaved;
	UT_hash_handle hh;
};

struct differences {
	struct db *db;
	const char *driver;
	struct entry *entries;
	int64_t now_us; /* of the round */
	bool in_round, begun;
	size_t n_more;
	struct log_limit noise;
};

struct differences *differences_new(struct db *db, const char *driver)
{
	struct differences *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->db = db;
	d->driver = driver;
	return d;
}

void differences_free(struct differences *d)
{
	struct entry *e, *next;

	if (d == NULL)
		return;
	e = d->entries; /* the list outlives the table */
	HASH_CLEAR(hh, d->entries);
	for (; e != NULL; e = next) {
		next = e->hh.next;
		free(e);
	}
	free(d);
}

size_t differences_count(const struct differences *d)
{
	return HASH_COUNT(d->entries) + d->n_more;
}

static void make_key(const struct difference *r, char key[static KEY_BYTES])
{
	snprintf(key, KEY_BYTES, "%s %s %.63s", r->kind, r->customer,
	    r->customer[0] == '\0' ? r->held : "");
}

static struct entry *add(struct differences *d, const struct difference *row)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	make_key(row, e->key);
	e->row = *row;
	HASH_ADD_STR(d->entries, key, e);
	return e;
}

static int load_row(void *arg, const struct difference *row)
{
	return add(arg, row) != NULL ? 0 : 1;
}

int differences_load(struct differences *d)
{
	return read_differences_there(d->db, d->driver, load_row, d) == 0 ? 0
									  : -1;
}

static void save(struct differences *d, struct entry *e)
{
	unsigned int held_back;

	e->unsaved = write_difference(d->db, &e->row) != 0;
	if (e->unsaved && log_allow(&d->noise, 1, &held_back))
		log_warn(mod,
		    "driver %s: a difference cannot be written: %s; the next "
		    "comparison tries again suppressed=%u",
		    d->driver, db_error(d->db), held_back);
}

static void count(struct differences *d, const char *kind, int64_t now_us)
{
	char name[128];

	snprintf(name, sizeof(name), "difference.%s.%s", d->driver, kind);
	(void)write_counter(d->db, now_us, name, 1);
}

static void tell(const struct differences *d, const struct difference *r)
{
	log_warn(mod,
	    "driver %s: %s customer=%s decision=D%" PRId64 " held=D%" PRId64
	    " wanted=\"%.200s\" held=\"%.200s\"%s%s",
	    d->driver, r->kind, r->customer[0] != '\0' ? r->customer : "nobody",
	    r->decision_seq, r->held_seq, r->wanted, r->held,
	    r->reason[0] != '\0' ? " " : "", r->reason);
}

void differences_found(
    struct differences *d, const struct difference *what, int64_t now_us)
{
	char key[KEY_BYTES];
	struct entry *e;

	make_key(what, key);
	HASH_FIND_STR(d->entries, key, e);
	if (e != NULL && !d->in_round)
		return;
	if (e == NULL && HASH_COUNT(d->entries) >= ROWS_MAX) {
		d->n_more++;
		return;
	}
	if (e == NULL) {
		e = add(d, what);
		if (e == NULL)
			return;
		snprintf(e->row.driver, sizeof(e->row.driver), "%s", d->driver);
		e->row.id = e->row.seen = e->row.ended_us = 0;
		e->row.found_us = now_us;
		tell(d, &e->row);
		count(d, e->row.kind, now_us);
	}
	e->seen = true;
	e->row.last_us = now_us;
	e->row.seen++;
	save(d, e);
}

void differences_begin(struct differences *d, int64_t now_us)
{
	struct entry *e;

	d->in_round = true;
	d->now_us = now_us;
	d->n_more = 0;
	for (e = d->entries; e != NULL; e = e->hh.next)
		e->seen = false;
	d->begun = db_begin(d->db) == 0;
}

/* What was not committed is written anew, under a number of its own. */
static void redo(struct differences *d)
{
	struct entry *e;

	for (e = d->entries; e != NULL; e = e->hh.next)
		if (e->row.found_us == d->now_us && e->row.ended_us == 0)
			e->row.id = 0;
}

/* A new table of what is there still: the list outlives the old one. */
static void forget_ended(struct differences *d)
{
	struct entry *e = d->entries, *next;

	HASH_CLEAR(hh, d->entries);
	for (; e != NULL; e = next) {
		next = e->hh.next;
		if (e->seen)
			HASH_ADD_STR(d->entries, key, e);
		else
			free(e);
	}
}

void differences_end(struct differences *d)
{
	struct entry *e;
	bool kept = d->begun;

	for (e = d->entries; e != NULL; e = e->hh.next) {
		if (e->seen)
			continue;
		e->row.ended_us = d->now_us;
		save(d, e);
		kept = kept && !e->unsaved;
	}
	d->in_round = false;
	if (d->begun && db_commit(d->db) != 0) {
		db_rollback(d->db);
		kept = false;
		redo(d);
	}
	if (kept)
		forget_ended(d);
	for (e = d->entries; e != NULL; e = e->hh.next)
		if (!e->seen)
			e->row.ended_us = 0;
}
