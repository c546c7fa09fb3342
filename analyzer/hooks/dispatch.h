/* SPDX-License-Identifier: Apache-2.0 */
/* Brings the outbox to the drivers, for each subscriber in the order of
 * decisions, again until it is answered; compares what they hold; does what
 * the desk asks. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/conf.h"
#include "store/db.h"

struct dispatch;

/* Borrows all. shift_us: what the judging of ends adds to the wall clock.
 * on_change is called after each change; may be NULL. NULL: no memory. */
struct dispatch *dispatch_new(uv_loop_t *loop, struct db *db,
    const struct conf *conf, int64_t shift_us, void (*on_change)(void *arg),
    void *arg);
/* Reads the outbox and starts the drivers. 0; -1: the store cannot be read. */
int dispatch_start(struct dispatch *d);
/* New decisions, due retries. 0; -1: the store does not work now. */
int dispatch_poll(struct dispatch *d);
/* When dispatch_poll() has something to do by itself; INT64_MAX: never. */
int64_t dispatch_next_us(const struct dispatch *d);
/* It is to be called again soon: rows or requests wait. */
bool dispatch_is_waiting(const struct dispatch *d);
/* Nothing is under way and nothing is due. */
bool dispatch_is_settled(struct dispatch *d);
/* Everything is delivered. */
bool dispatch_is_empty(const struct dispatch *d);
/* Ends the drivers. dispatch_free() only after the loop has ended. */
void dispatch_stop(struct dispatch *d);
void dispatch_free(struct dispatch *d);
