/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/customer.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Rows of others may be ahead of this one's by as long as DNS may take, for
 * which an hour is plenty. */
#define AHEAD_US    (3600 * US_PER_S)
#define IDLE_US     (US_PER_DAY + AHEAD_US) /* the windows of a day are over */
#define BACKWARD_US (60 * US_PER_S)
#define LOOK_AT     8 /* candidates for eviction, per new customer */

/* A capture file may claim any time; sums with it must stay numbers. */
static int64_t sane(int64_t ts_us)
{
	if (ts_us < 0)
		return 0;
	return ts_us < INT64_MAX / 4 ? ts_us : INT64_MAX / 4;
}

const struct casefile *customer_cases(const struct customer *c)
{
	static const struct casefile none;

	return c->cases != NULL ? c->cases : &none;
}

struct casefile *customer_open_cases(struct customer *c)
{
	if (c->cases == NULL)
		c->cases = calloc(1, sizeof(*c->cases));
	return c->cases;
}

static void free_cases(struct customer *c)
{
	if (c->cases == NULL)
		return;
	incident_book_free(&c->cases->incidents);
	standing_free(&c->cases->standing);
	free(c->cases);
	c->cases = NULL;
}

bool casefile_is_blank(const struct casefile *f)
{
	for (int k = 0; k < INCIDENT_KIND_COUNT; k++)
		if (incident_is_open(&f->incidents, k))
			return false;
	return standing_is_new(&f->standing);
}

void customer_close_cases(struct customer *c)
{
	if (c->cases != NULL && casefile_is_blank(c->cases))
		free_cases(c);
}

struct burst *customer_window(struct burst **w)
{
	if (*w == NULL)
		*w = calloc(1, sizeof(**w));
	return *w;
}

static void close_window(struct burst **w)
{
	if (*w == NULL)
		return;
	burst_clear(*w);
	free(*w);
	*w = NULL;
}

/* None of them holds what is older; a forwarder's credit is as long as that. */
static void close_day(struct customer *c)
{
	if (c->spoof_milli < 0)
		c->spoof_milli = 0;
	close_window(&c->spoofed);
	close_window(&c->logins);
	close_window(&c->failed);
}

static void forget(struct customer *c)
{
	customer_clear_windows(c);
	score_free(&c->score);
	free_cases(c);
	free(c);
}

static void queue_remove(struct customers *t, struct customer *c)
{
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		t->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	else
		t->last = c->prev;
	c->prev = c->next = NULL;
}

static void queue_append(struct customers *t, struct customer *c)
{
	c->prev = t->last;
	if (t->last != NULL)
		t->last->next = c;
	else
		t->first = c;
	t->last = c;
}

struct customer *customers_find(const struct customers *t, const char *id)
{
	return roster_find(&t->by_id, id);
}

static bool is_like_new(
    const struct customer *c, const struct conf *conf, int64_t now_us)
{
	int64_t back_us = now_us - AHEAD_US;

	if (c->score.value_milli != 0 || c->spoof_milli > 0 || c->heap_at != 0)
		return false;
	if (now_us - c->last_us < IDLE_US ||
	    !novelty_is_over(c->novelty, now_us))
		return false;
	if (!spread_is_forgotten(
		&c->spread, conf->spread_window_s * US_PER_S, back_us) ||
	    !retries_are_over(
		&c->retries, back_us, conf->retry_memory_s * US_PER_S))
		return false;
	return standing_blank(
	    &customer_cases(c)->standing, conf, now_us - IDLE_US);
}

/* Each candidate is looked at in turn, wherever it stands, by its own last
 * row: a row of traffic then need not move its customer in a queue. */
static void make_room(
    struct customers *t, const struct conf *conf, int64_t now_us)
{
	for (int i = 0; i < LOOK_AT && t->first != NULL; i++) {
		struct customer *c = t->first;

		queue_remove(t, c);
		if (is_like_new(c, conf, now_us)) {
			roster_remove(&t->by_id, c);
			forget(c);
			t->n--;
			t->evicted++;
			return;
		}
		queue_append(t, c);
	}
	t->over++;
}

struct customer *customers_get(struct customers *t, const char *id,
    const struct conf *conf, int64_t now_us)
{
	struct customer *c = customers_find(t, id);
	size_t bytes;

	if (c != NULL)
		return c;
	if (t->n >= t->max)
		make_room(t, conf, sane(now_us));
	bytes = strlen(id) + 1;
	c = calloc(1, sizeof(*c) + bytes);
	if (c == NULL)
		return NULL;
	memcpy(c->id, id, bytes);
	if (roster_add(&t->by_id, c) == -1) {
		free(c);
		return NULL;
	}
	queue_append(t, c);
	t->n++;
	return c;
}

void customers_free(struct customers *t)
{
	struct customer *c = t->first, *next;

	roster_free(&t->by_id);
	for (; c != NULL; c = next) {
		next = c->next;
		forget(c);
	}
	memset(t, 0, sizeof(*t));
}

void customer_clear_windows(struct customer *c)
{
	burst_clear(&c->connections);
	retries_clear(&c->retries);
	memset(&c->fates, 0, sizeof(c->fates));
	close_day(c);
	spread_clear(&c->spread);
	free(c->novelty);
	c->novelty = NULL;
	c->spoof_milli = 0;
	c->last_strong_us = c->last_unverified_us = 0;
}

int64_t customer_advance(struct customer *c, int64_t ts_us)
{
	ts_us = sane(ts_us);
	if (ts_us >= c->last_us) {
		if (ts_us - c->last_us >= US_PER_DAY)
			close_day(c);
		c->last_us = ts_us;
	} else if (c->last_us - ts_us >= BACKWARD_US) {
		customer_clear_windows(c);
		c->last_us = ts_us;
	}
	return c->last_us;
}
