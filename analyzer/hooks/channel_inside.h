/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a channel share. */
#pragma once

#include "analyzer/hooks/channel.h"
#include "base/clock.h"

#define BREAKER_FAILS 5
#define NEVER_US      INT64_MAX

static inline const char *channel_name(const struct channel *ch)
{
	return driver_name(ch->driver);
}

static inline int64_t channel_judge_us(const struct channel *ch)
{
	return clock_now_us() + ch->hooks->shift_us;
}

/* Nothing waits, and the driver tells what it refuses. */
static inline bool channel_counts(const struct channel *ch)
{
	return ch->greeted && ch->queue.first == NULL && ch->in_flight == 0 &&
	       driver_hello(ch->driver)->sees_refused;
}

/* A row: this block is not enforced. */
void channel_note_refused(
    struct channel *ch, const struct customer *c, const char *why);
/* The slot is known by the number that is sent. */
void channel_remember(struct channel *ch, struct slot *s);
/* The first item leaves the slot, and the slot, with its customer, may be
 * gone. */
void channel_finish(
    struct channel *ch, struct slot *s, const char *state, const char *why);
/* The first item was sent in vain, or done. The same. */
void channel_fail(
    struct channel *ch, struct slot *s, bool permanent, const char *why);
void channel_succeed(struct channel *ch, struct slot *s);
/* The circuit breaker closes. */
void channel_mend(struct channel *ch);
/* Why the driver can't do what is wanted; NULL: it can. */
const char *channel_cannot(void *arg, const struct customer *c);
/* The driver takes a line now. */
bool channel_may_send(struct channel *ch, int64_t now_us);
