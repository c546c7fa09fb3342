/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/record_time.h"

#include <string.h>

#include "base/clock.h"
#include "store/read.h"
#include "store/write.h"

#define NOW_US  (60 * US_PER_S)
#define LATE_US (2 * US_PER_S) /* a record may be on its way */
#define WAIT_US (60 * US_PER_S)
#define KEY     "records_are_live"

int record_time_open(struct record_time *t, struct db *db, int64_t us)
{
	char text[8];

	memset(t, 0, sizeof(*t));
	t->us = us;
	if (read_meta(db, KEY, text, sizeof(text)) != 0)
		return -1;
	t->was_now = strcmp(text, "yes") == 0;
	return 0;
}

void record_time_seen(struct record_time *t, int64_t ts_us)
{
	if (ts_us > t->us)
		t->us = ts_us;
}

int record_time_batch(struct record_time *t, struct db *db, int64_t now_us)
{
	t->heard = true;
	t->is_now = t->us > now_us - NOW_US;
	if (t->is_now == t->was_now)
		return 0;
	t->was_now = t->is_now;
	return write_meta(db, KEY, t->is_now ? "yes" : "no");
}

void record_time_go_on(struct record_time *t, int64_t now_us)
{
	if (!t->heard && t->due_us == 0)
		t->due_us = now_us + WAIT_US;
	if (!t->heard && t->was_now && now_us >= t->due_us)
		t->is_now = true;
	if (t->is_now)
		record_time_seen(t, now_us - LATE_US);
}
