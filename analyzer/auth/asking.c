/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/asking.h"

#include <stdlib.h>

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

void asking_cancel(struct asking *a)
{
	if (a->closing)
		return;
	a->closing = true;
	spf_lookups_free(&a->lookups);
	uv_close((uv_handle_t *)&a->timer, on_closed);
}

static void run(struct asking *a)
{
	bool told;

	/* A caller that cancels from inside must not free it under us. */
	a->closing = true;
	told = a->ops->step(a);
	a->closing = false;
	if (told)
		asking_cancel(a);
}

static void on_late(uv_timer_t *t)
{
	struct asking *a = t->data;

	a->closing = true;
	a->ops->late(a);
	a->closing = false;
	asking_cancel(a);
}

static void on_first(uv_timer_t *t)
{
	struct asking *a = t->data;

	if (a->ops->late)
		uv_timer_start(t, on_late, (uint64_t)a->timeout_ms, 0);
	run(a);
}

static void on_progress(void *arg)
{
	struct asking *a = arg;

	if (!a->closing)
		run(a);
}

void asking_start(struct asking *a, const struct asking_ops *ops,
    uv_loop_t *loop, struct resolver *r)
{
	a->ops = ops;
	a->lookups.r = r;
	a->lookups.progress = on_progress;
	a->lookups.arg = a;
	uv_timer_init(loop, &a->timer);
	a->timer.data = a;
	uv_timer_start(&a->timer, on_first, 0, 0);
}
