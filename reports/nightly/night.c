/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/night.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

const char *night_number_name(enum night_number number)
{
	static const char *const names[NIGHT_NUMBERS] = {
	    [NIGHT_SUBSCRIBERS] = "subscribers_on_25",
	    [NIGHT_OPENED] = "incidents_opened",
	    [NIGHT_CLOSED] = "incidents_closed",
	    [NIGHT_FALSE] = "incidents_closed_as_fp",
	    [NIGHT_OPEN] = "incidents_open",
	    [NIGHT_BLOCKS] = "blocks_by_detector",
	    [NIGHT_REPEATS] = "repeat_blocks",
	    [NIGHT_MANUAL_BLOCKS] = "blocks_by_hand",
	    [NIGHT_MANUAL_ALLOWS] = "allows_by_hand",
	    [NIGHT_EXPIRED] = "expired",
	    [NIGHT_RELEASED] = "released",
	    [NIGHT_IN_FORCE] = "blocks_in_force",
	    [NIGHT_ALLOWED] = "allows_in_force",
	    [NIGHT_NOTIFIED] = "customers_notified",
	};

	return names[number];
}

bool night_has_series(enum night_number number)
{
	/* The log of eight days is too long to read for it. */
	return number != NIGHT_SUBSCRIBERS;
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

int64_t night_median(const int64_t series[static ZONE_DAYS])
{
	int64_t v[ZONE_DAYS - 1];

	memcpy(v, series + 1, sizeof(v));
	qsort(v, ZONE_DAYS - 1, sizeof(v[0]), compare);
	return v[(ZONE_DAYS - 1) / 2];
}

int night_capture_permille(const struct night *n)
{
	int64_t taps = n->taps > 0 ? n->taps : 1;
	int64_t utc_days = 1 + (n->utc_first != n->utc_last);
	int64_t all_s = taps * utc_days * (US_PER_DAY / US_PER_S);
	int64_t s = night_counter(n, "capture_seconds");

	return s >= all_s ? 1000 : (int)(s * 1000 / all_s);
}

void *night_grow(void **v, size_t *n, size_t *cap, size_t size)
{
	char *at;

	if (*n == *cap) {
		size_t more = *cap > 0 ? 2 * *cap : 16;
		void *p = realloc(*v, more * size);

		if (!p)
			return NULL;
		*v = p;
		*cap = more;
	}
	at = (char *)*v + size * (*n)++;
	memset(at, 0, size);
	return at;
}

void night_free(struct night *n)
{
	free(n->fresh.v);
	free(n->again.v);
	free(n->allows.v);
	free(n->ending.v);
	free(n->drivers.v);
	free(n->enforcers.v);
	free(n->gaps.v);
	free(n->differences.v);
	free(n->brakes.v);
	memset(n, 0, sizeof(*n));
}
