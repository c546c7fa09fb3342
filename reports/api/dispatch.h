/* SPDX-License-Identifier: Apache-2.0 */
/* From a target to its handler: the route, who asks and whether they may,
 * what is asked. */
#pragma once

#include "reports/api/call.h"

/* Sets c->route. 0, or -1 after a problem (404, 405). */
int dispatch_route(struct call *c);
/* An object of moderate depth without duplicate names; NULL with why. */
json_t *body_parse(const char *text, size_t n, char *why, size_t size);
/* In a worker thread: the answer, or c->waits. */
void dispatch_run(struct call *c);
