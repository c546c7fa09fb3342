/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "reports/nightly/collect.h"
#include "store/enforcement.h"
#include "store/read.h"

static struct night_driver *find_driver(struct night *n, const char *name)
{
	struct night_driver *d;

	for (size_t i = 0; i < n->drivers.n; i++)
		if (strcmp(n->drivers.v[i].name, name) == 0)
			return &n->drivers.v[i];
	d = NIGHT_ADD(&n->drivers);
	if (d)
		snprintf(d->name, sizeof(d->name), "%s", name);
	return d;
}

static int take_delivery(void *arg, const struct delivery *d)
{
	struct night *n = arg;
	struct night_driver *driver;

	if (d->created_us < n->since_us || d->created_us >= n->until_us)
		return 0;
	driver = find_driver(n, d->driver);
	if (!driver)
		return -1;
	driver->done += strcmp(d->state, "done") == 0;
	driver->dead += strcmp(d->state, "dead") == 0;
	if (strcmp(d->state, "pending") == 0) {
		driver->pending++;
		if (driver->oldest_us == 0 || d->created_us < driver->oldest_us)
			driver->oldest_us = d->created_us;
	}
	if (strcmp(d->state, "done") != 0 && d->error[0] != '\0')
		memcpy(driver->last_error, d->error, sizeof(d->error));
	return 0;
}

static int take_enforcer(void *arg, const struct enforcer *e)
{
	struct night *n = arg;
	struct enforcer *kept = NIGHT_ADD(&n->enforcers);

	if (!kept)
		return -1;
	*kept = *e;
	return 0;
}

static int take_difference(void *arg, const struct difference *d)
{
	struct night *n = arg;
	struct difference *kept = NIGHT_ADD(&n->differences);

	if (!kept)
		return -1;
	*kept = *d;
	return 0;
}

static int take_brake(void *arg, const struct brake_row *b)
{
	struct night *n = arg;
	struct brake_row *kept = NIGHT_ADD(&n->brakes);

	if (!kept)
		return -1;
	*kept = *b;
	return 0;
}

int night_read_enforcement(struct night *n, struct db *db)
{
	if (read_brakes(db, n->since_us, n->until_us, 0, take_brake, n) != 0 ||
	    read_deliveries(db, NULL, NULL, 0, take_delivery, n) != 0 ||
	    read_enforcers(db, take_enforcer, n) != 0)
		return -1;
	return read_differences(
	    db, NULL, n->since_us, n->until_us, take_difference, n);
}
