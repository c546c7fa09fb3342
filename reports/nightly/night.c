/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/night.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *night_number_name(enum night_number number)
{
	static const char *const names[NIGHT_NUMBERS] = {
	    [NIGHT_SUBSCRIBERS] = "subscribers_on_25",
	    [NIGHT_OPENED] = "incidents_opened",
	    [NIGHT_CLOSED] = "incidents_closed",
	    [NIGHT_OPEN] = "incidents_open",
	    [NIGHT_BLOCKS] = "blocks_by_detector",
	    [NIGHT_REPEATS] = "repeat_blocks",
	    [NIGHT_MANUAL_BLOCKS] = "blocks_by_hand",
	    [NIGHT_MANUAL_ALLOWS] = "allows_by_hand",
	    [NIGHT_EXPIRED] = "expired",
	    [NIGHT_RELEASED] = "released",
	    [NIGHT_IN_FORCE] = "blocks_in_force",
	};

	return names[number];
}

int64_t night_counter(const struct night *n, const char *name)
{
	for (size_t i = 0; i < n->n_counters; i++)
		if (strcmp(n->counters[i].name, name) == 0)
			return n->counters[i].value;
	return 0;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int64_t night_median(const struct night *n, enum night_number number)
{
	int64_t v[NIGHT_WEEK];

	for (int i = 0; i < NIGHT_WEEK; i++)
		v[i] = n->week[i][number];
	qsort(v, NIGHT_WEEK, sizeof(v[0]), compare);
	return v[NIGHT_WEEK / 2];
}

static void __attribute__((format(printf, 3, 4)))
append(char *buf, size_t size, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
}

void night_verdict(const struct night *n, char *buf, size_t size)
{
	int64_t opened = n->numbers[NIGHT_OPENED], dead = 0;
	int64_t blocks =
	    n->numbers[NIGHT_BLOCKS] + n->numbers[NIGHT_MANUAL_BLOCKS];

	for (size_t i = 0; i < n->n_drivers; i++)
		dead += n->drivers[i].dead;
	snprintf(buf, size, "%" PRId64 " new incident%s, %" PRId64 " block%s.",
	    opened, opened == 1 ? "" : "s", blocks, blocks == 1 ? "" : "s");
	if (night_counter(n, "records") == 0 && n->observations == 0)
		append(buf, size,
		    " No traffic was captured: check sekisho-capture.");
	if (dead > 0)
		append(buf, size, " %" PRId64 " could not be enforced: see 5.",
		    dead);
	if (n->open_unblocked > 0)
		append(buf, size,
		    " %" PRId64 " open without a block need%s a person: see 4.",
		    n->open_unblocked, n->open_unblocked == 1 ? "s" : "");
	else if (dead == 0)
		append(buf, size, " Nothing needs a person.");
}
