/* SPDX-License-Identifier: Apache-2.0 */
/* The slots of one driver that have items: those that are ready, in order,
 * and those that wait for a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/hooks/desired.h"

struct queue {
	struct slot *first, *last;
	struct slot **heap; /* by next_us of the first item; from 1 */
	size_t n, cap;
};

void queue_free(struct queue *q);
/* To the end of those that are ready; an unblock to their beginning. */
void queue_add(struct queue *q, struct slot *s);
/* Until next_us of its first item. No memory ends the process. */
void queue_wait(struct queue *q, struct slot *s);
/* Legal when it is not in the queue. */
void queue_remove(struct queue *q, struct slot *s);
/* Those whose time has come, or all, become ready. */
void queue_wake(struct queue *q, int64_t now_us);
/* When the next one becomes ready; INT64_MAX: never. */
int64_t queue_next_us(const struct queue *q);
static inline bool queue_is_empty(const struct queue *q)
{
	return q->first == NULL && q->n == 0;
}
