/* SPDX-License-Identifier: Apache-2.0 */
#include "store/heard.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/read.h"
#include "store/write.h"

static const char *const keys[HEARD_COUNT] = {
    [HEARD_AGENTS] = "agents_heard_us",
    [HEARD_LEASES] = "leases_heard_us",
};

int write_heard(
    struct db *db, struct heard_told *told, enum heard who, int64_t now_us)
{
	int64_t since_us = now_us - told->us[who];
	char text[24];

	/* A clock that was set back is told at once. */
	if (now_us == INT64_MAX || (since_us >= 0 && since_us < HEARD_EVERY_US))
		return 0;
	snprintf(text, sizeof(text), "%" PRId64, now_us);
	told->us[who] = now_us;
	return write_meta(db, keys[who], text);
}

int read_heard(struct db *db, enum heard who, int64_t *us)
{
	char text[24];

	if (read_meta(db, keys[who], text, sizeof(text)) != 0)
		return -1;
	*us = strtoll(text, NULL, 10);
	return 0;
}
