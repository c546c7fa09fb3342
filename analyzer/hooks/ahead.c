/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/ahead.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/read.h"
#include "store/write.h"

#define STEP 1024

static const char key[] = "hooks.ahead";

int ahead_load(struct ahead *a, struct db *db)
{
	char text[64], *rest;
	int rc = read_meta(db, key, text, sizeof(text));

	*a = (struct ahead){.until = 0};
	if (rc != 0)
		return rc;
	/* What is no number is 0: nothing is in doubt. */
	a->doubt_after = strtoll(text, &rest, 10);
	a->doubt_until = strtoll(rest, NULL, 10);
	return 0;
}

bool ahead_is_doubtful(const struct ahead *a, int64_t seq)
{
	return seq > a->doubt_after && seq <= a->doubt_until;
}

static int note(struct ahead *a, struct db *db, int64_t after, int64_t until)
{
	char text[64];

	/* What is in doubt since the process before stays so. */
	if (a->until == 0 && a->doubt_until > a->doubt_after &&
	    a->doubt_after < after)
		after = a->doubt_after;
	snprintf(text, sizeof(text), "%" PRId64 " %" PRId64, after, until);
	if (write_meta(db, key, text) != 0)
		return -1;
	a->until = until;
	return 0;
}

/* The decision is on the disk already: what is known of it has to be, too. */
int ahead_allow(struct ahead *a, struct db *db, int64_t written, int64_t seq)
{
	int rc;

	if (seq <= a->until)
		return 0;
	rc = db_set_soft(db, false);
	if (rc == 0)
		rc = note(a, db, written, seq + STEP);
	if (db_set_soft(db, true) != 0)
		rc = -1;
	return rc;
}

int ahead_extend(struct ahead *a, struct db *db, int64_t written, int64_t seq)
{
	return seq + STEP / 2 <= a->until ? 0
					  : note(a, db, written, seq + STEP);
}

void ahead_end(struct ahead *a, struct db *db, int64_t seq)
{
	if (a->until != 0 && note(a, db, seq, seq) == 0)
		a->until = 0;
}
