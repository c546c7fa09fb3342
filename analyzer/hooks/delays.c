/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/delays.h"

#include <stdio.h>

#include "store/write.h"

void delays_note(struct delays *d, size_t driver, int64_t us)
{
	d->n[driver][latency_step(us)]++;
	d->sum_us[driver] += us > 0 ? us : 0;
}

static int add(struct db *db, int64_t now_us, const char *driver,
    const char *what, int64_t n)
{
	char name[96];

	if (n == 0)
		return 0;
	snprintf(name, sizeof(name), "latency.%s.%s", driver, what);
	return write_counter(db, now_us, name, n);
}

int delays_write(const struct delays *d, struct db *db, const struct conf *conf,
    int64_t now_us)
{
	for (size_t i = 0; i < conf->n_drivers; i++) {
		const char *driver = conf->drivers[i].name;

		for (size_t k = 0; k < LATENCY_STEPS; k++)
			if (add(db, now_us, driver, latency_name(k),
				d->n[i][k]) != 0)
				return -1;
		if (add(db, now_us, driver, "us", d->sum_us[i]) != 0)
			return -1;
	}
	return 0;
}
