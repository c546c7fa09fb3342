/* SPDX-License-Identifier: Apache-2.0 */
/* One hook driver: a child process that reads JSON lines and answers. It is
 * started, greeted, watched, started again when it ends. One line is under
 * way at a time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/hooks/answer.h"
#include "base/conf.h"

struct driver;

struct driver_events {
	/* hello was answered by a process that is new. */
	void (*ready)(void *arg);
	/* Any answer, a late one too. */
	void (*answer)(void *arg, const struct answer *a);
	/* The line under way will not be answered in time, or the process
	 * is gone: why. */
	void (*lost)(void *arg, const char *why);
};

/* Borrows conf and loop. NULL: no memory. */
struct driver *driver_new(uv_loop_t *loop, const struct conf_driver *conf,
    const struct driver_events *events, void *arg);
void driver_start(struct driver *d);
/* Greeted, nothing under way, and its pipe takes a line. */
bool driver_is_idle(const struct driver *d);
/* Starts that failed since the last one that was greeted. */
int driver_failed_starts(const struct driver *d);
const char *driver_name(const struct driver *d);
/* What it said of itself when it was greeted. */
const struct hello *driver_hello(const struct driver *d);
/* Copies the line. 0, or -1. */
int driver_send(struct driver *d, const char *line);
/* The answer to the line under way came. */
void driver_done(struct driver *d);
/* Closes its stdin; kills it when it does not end within seconds. Frees the
 * driver when all handles are closed; no event comes any more. */
void driver_stop(struct driver *d);
