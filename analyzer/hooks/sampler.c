/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/sampler.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/sample.h"

#define CHANGES_EVERY_US (60 * US_PER_S)
#define SAME_FOR_US      (3600 * US_PER_S)

int sampler_init(struct sampler *s, struct db *db, const char *driver)
{
	int rc;

	*s = (struct sampler){.db = db, .driver = driver};
	rc = read_last_sample(db, driver, &s->row);
	s->begun = s->mixed = s->hole = rc == 1;
	return rc < 0 ? -1 : 0;
}

void sampler_lose(struct sampler *s)
{
	s->hole = s->begun;
}

static bool is_same(
    const struct enforcer_sample *row, const struct held_counts *n)
{
	return row->wanted == n->wanted && row->held == n->held &&
	       row->missing == n->missing && row->extra == n->extra;
}

/* Within a minute all goes into one row. After it a row ends when the numbers
 * change, so that it says how long they were what they are. */
static bool is_for_new_row(
    const struct sampler *s, const struct held_counts *n, int64_t now_us)
{
	int64_t age_us = now_us - s->row.first_us;

	if (!s->begun || age_us >= SAME_FOR_US)
		return true;
	return age_us >= CHANGES_EVERY_US &&
	       (s->hole || s->mixed || !is_same(&s->row, n));
}

static void begin_row(struct sampler *s, int64_t now_us)
{
	s->row =
	    (struct enforcer_sample){.first_us = now_us, .after_hole = s->hole};
	snprintf(s->row.driver, sizeof(s->row.driver), "%s", s->driver);
	s->begun = true;
	s->mixed = false;
}

static void save(struct sampler *s)
{
	static struct log_limit noise;
	unsigned int held_back;

	if (write_sample(s->db, &s->row) != 0 &&
	    log_allow(&noise, 1, &held_back))
		log_warn("hooks",
		    "driver %s: what it holds cannot be written: %s; the next "
		    "list tries again suppressed=%u",
		    s->driver, db_error(s->db), held_back);
}

void sampler_take(
    struct sampler *s, const struct held_counts *n, int64_t now_us)
{
	/* A clock that was set back: rows do not overlap. */
	if (s->begun && now_us < s->row.last_us)
		now_us = s->row.last_us;
	if (is_for_new_row(s, n, now_us))
		begin_row(s, now_us);
	else if (!is_same(&s->row, n))
		s->mixed = true;
	s->hole = false;
	s->row.last_us = now_us;
	s->row.lists++;
	s->row.wanted = n->wanted;
	s->row.held = n->held;
	s->row.missing = n->missing;
	s->row.extra = n->extra;
	if (s->row.worst < n->missing + n->extra)
		s->row.worst = n->missing + n->extra;
	save(s);
}
