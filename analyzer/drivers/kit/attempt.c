/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/kit/attempt.h"

#include <stdlib.h>

#include "base/log.h"

struct attempt {
	struct ledger *ledger;
	struct order **orders;
	struct ledger_undo *undo;
	size_t n;
};

static const char mod[] = "driver";

static void *must(void *p)
{
	if (p == NULL)
		log_fatal(mod, "no memory");
	return p;
}

bool attempt_admits(
    const struct ledger *l, struct order *o, long max, const char *unit)
{
	if (o->error != NULL || ledger_is_old(l, o))
		return false;
	if (o->other_ports) {
		order_refuse(o, "this driver closes port 25 only");
		o->permanent = true;
	} else if (o->op == ORDER_BLOCK &&
		   !ledger_has_room(l, o, (size_t)max)) {
		order_refuse(o, "the driver is full: %ld %s", max, unit);
	}
	return o->error == NULL;
}

struct attempt *attempt_begin(struct ledger *l, struct order **v, size_t n,
    bool (*admit)(void *arg, struct order *o), void *arg)
{
	struct attempt *a = must(calloc(1, sizeof(*a)));

	a->ledger = l;
	a->orders = must(calloc(n + 1, sizeof(struct order *)));
	a->undo = must(calloc(n + 1, sizeof(*a->undo)));
	for (size_t i = 0; i < n; i++) {
		if (!admit(arg, v[i]))
			continue;
		ledger_put(l, v[i], &a->undo[a->n]);
		a->orders[a->n++] = v[i];
	}
	return a;
}

size_t attempt_size(const struct attempt *a)
{
	return a->n;
}

struct order **attempt_orders(const struct attempt *a)
{
	return a->orders;
}

void attempt_end(struct attempt *a, bool good, const char *why)
{
	for (size_t i = a->n; i > 0; i--) {
		struct order *o = a->orders[i - 1];

		if (good) {
			ledger_forget_undo(&a->undo[i - 1]);
			continue;
		}
		ledger_take_back(a->ledger, o, &a->undo[i - 1]);
		if (why != NULL && o->error == NULL)
			order_refuse(o, "%s", why);
	}
	ledger_settle(a->ledger);
	free(a->orders);
	free(a->undo);
	free(a);
}
