/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "capture/sink_impl.h"

/* A turn of the loop moves so many at most: packets wait meanwhile. */
#define REFILL_RECORDS (2 * BACKLOG_BATCH_RECORDS)

int sink_use_spool(struct sink *s, const struct sink_spool *setup)
{
	uint64_t memory_bytes = s->backlog.limit_bytes;
	struct spool_setup spool = {.priv = s->priv,
	    .dir = setup->dir,
	    .agent = s->agent,
	    .boot = s->boot,
	    .limit_bytes = setup->limit_bytes,
	    .memory_bytes = memory_bytes};

	s->spool = spool_new(&spool);
	if (s->spool == NULL)
		return -1;
	/* Both together stay within the budget. */
	s->backlog.limit_bytes -= spool_buffer_bytes(memory_bytes);
	return 0;
}

/* The backlog is empty: it gets another owner, who has to say hello. */
static void switch_to(struct sink *s, const char *agent, uint64_t boot)
{
	spool_forget(s->spool, UINT64_MAX);
	if (boot == s->queue_boot)
		return;
	s->queue_boot = boot;
	snprintf(s->queue_agent, sizeof(s->queue_agent), "%s", agent);
	backlog_init(&s->backlog, s->backlog.limit_bytes);
	s->hello_sent = s->greeted = false;
}

void sink_spool_choose(struct sink *s)
{
	struct spool_record r;

	if (s->spool == NULL || s->backlog.head != NULL)
		return;
	if (spool_peek(s->spool, &r))
		switch_to(s, r.agent, r.boot);
	else
		switch_to(s, s->agent, s->boot);
}

int sink_spool_put(struct sink *s, const Sekisho__Record *r)
{
	if (s->backlog.head == NULL && !spool_is_waiting(s->spool))
		switch_to(s, s->agent, s->boot);
	/* The order of delivery is the order of seq. */
	if (s->queue_boot == s->boot && !spool_is_waiting(s->spool) &&
	    backlog_add(&s->backlog, r) == 0)
		return 0;
	return spool_put(s->spool, r);
}

void sink_spool_refill(struct sink *s)
{
	struct spool_record r;

	if (s->spool == NULL)
		return;
	for (int i = 0; i < REFILL_RECORDS; i++) {
		if (!spool_peek(s->spool, &r) || r.boot != s->queue_boot)
			return;
		if (backlog_add_packed(
			&s->backlog, r.seq, r.data, r.len, r.on_disk) == 0)
			spool_take(s->spool);
		else if (s->backlog.head == NULL)
			/* Written when queue_bytes was larger. */
			spool_skip(s->spool);
		else
			return;
	}
}

void sink_spool_acked(struct sink *s)
{
	if (s->spool != NULL)
		spool_forget(s->spool, backlog_oldest(&s->backlog));
}

struct saving {
	struct sink *sink;
	uint64_t left;
};

static void save_one(void *arg, uint64_t seq, const uint8_t *data, size_t len)
{
	struct saving *v = arg;

	if (spool_put_packed(v->sink->spool, seq, data, len) != 0)
		v->left++;
}

uint64_t sink_save(struct sink *s)
{
	struct saving v = {.sink = s};

	if (s->spool == NULL)
		return s->stats.records - s->stats.acked;
	backlog_each_unsaved(&s->backlog, save_one, &v);
	if (spool_flush(s->spool) != 0)
		v.left++;
	spool_sync(s->spool);
	return v.left;
}
