/* SPDX-License-Identifier: Apache-2.0 */
/* The RADIUS accounting receiver (RFC 2866) on UDP. A request is answered
 * when what it says is committed, and not before: a NAS that gets no answer
 * keeps the request and sends it again. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/identity/lease_event.h"
#include "analyzer/identity/radius/counts.h"
#include "base/conf.h"

/* What came in one turn of the loop, in its order; n is at least 1 and at
 * most RADIUS_ANSWERS_MAX. 0: all of it is committed (or refused for good);
 * -1: nothing is, and nothing is answered. */
typedef int (*radius_take)(
    void *arg, const struct lease_event *events, size_t n);

struct radius_peers;
struct radius_server;

/* As conf->radius_* say; c is borrowed. NULL: err says what and the
 * remedy. */
struct radius_server *radius_server_new(uv_loop_t *loop, const struct conf *c,
    radius_take take, void *arg, char *err, size_t size);
/* Its handles close with the next turn of the loop. What was counted of each
 * client is logged. */
void radius_server_free(struct radius_server *s);
/* Reads the clients' file again; counters of clients begin anew. -1: err
 * says why, the old clients stay. */
int radius_server_reload(struct radius_server *s, char *err, size_t size);

/* Who the clients are and what was counted: radius_peers_sum(),
 * radius_peers_get() of peers.h. */
const struct radius_peers *radius_server_peers(const struct radius_server *s);
/* NAS whose clock is off. */
unsigned int radius_server_skewed(const struct radius_server *s);
