/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/subscriber.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/identity/shared.h"
#include "analyzer/identity/unit.h"
#include "store/read.h"

/* Nothing names the customer, but how much one line has is configured. */
static int find_unit(
    const struct conf *conf, const struct addr *a, struct lease *l)
{
	memset(l, 0, sizeof(*l));
	if (!unit_find(conf, a, l->customer, &l->line_class) ||
	    !unit_prefix(l->customer, &l->prefix))
		return 0;
	snprintf(l->source, sizeof(l->source), "unit");
	l->until_us = INT64_MAX;
	return 1;
}

int subscriber_at(struct db *db, const struct conf *conf, const struct addr *a,
    uint16_t port, int64_t at_us, struct lease *l)
{
	struct addr inside;
	int rc;

	if (shared_inside(conf, a, port, &inside) < 0)
		return 2;
	rc = read_lease_at(db, &inside, port, at_us, l);
	return rc == 0 ? find_unit(conf, &inside, l) : rc;
}
