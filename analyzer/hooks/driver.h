/* SPDX-License-Identifier: Apache-2.0 */
/* One hook driver: a child process that reads JSON lines and answers. It is
 * started, greeted, watched, started again when it ends. So many lines are
 * under way at a time as it says in its greeting; or one list. */
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
	/* What is under way, lines or a list, will not be answered in time,
	 * or the process is gone: why. */
	void (*lost)(void *arg, const char *why);
	/* A part of the list that was asked for. */
	void (*list)(void *arg, const struct list_part *p);
	/* All answers of a burst are told, or its pipe has room again. */
	void (*idle)(void *arg);
};

/* Borrows conf and loop. NULL: no memory. */
struct driver *driver_new(uv_loop_t *loop, const struct conf_driver *conf,
    const struct driver_events *events, void *arg);
void driver_start(struct driver *d);
/* Greeted, fewer lines than its window under way, no list, and its pipe takes
 * a line. */
bool driver_has_room(const struct driver *d);
bool driver_is_up(const struct driver *d);
/* Starts that failed since the last one that was greeted. */
int driver_failed_starts(const struct driver *d);
const char *driver_name(const struct driver *d);
/* What it said of itself when it was greeted. */
const struct hello *driver_hello(const struct driver *d);
/* Copies the line. 0, or -1. */
int driver_send(struct driver *d, const char *line);
/* The answer to a line under way came. */
void driver_done(struct driver *d);
/* Asks for the list: nothing may be under way. It ends with a part that says
 * no more, with a failure, or with lost(). 0, or -1. */
int driver_list(struct driver *d);
/* The same for what it has refused. */
int driver_counters(struct driver *d);
/* The same: it reaches whoever it tells. */
int driver_test(struct driver *d);
/* Closes its stdin; kills it when it does not end within seconds. Frees the
 * driver when all handles are closed; no event comes any more. */
void driver_stop(struct driver *d);
