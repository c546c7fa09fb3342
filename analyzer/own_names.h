/* SPDX-License-Identifier: Apache-2.0 */
/* network.own_server_names: resolved, and again when the time to live ends;
 * the addresses go to conf->own_named. A name that cannot be resolved, or has
 * no address any more, keeps those that it had. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/auth/resolver.h"
#include "base/conf.h"

#define OWN_NAMES_TTL_MIN_S 60
#define OWN_NAMES_TTL_MAX_S 3600
#define OWN_NAMES_RETRY_S   5 /* while it never had an answer */

struct own_names;

/* ready(arg): each name has had an answer once; before that nobody knows
 * which servers are our own. It comes once, from the loop. Takes the resolver.
 * Borrows conf. NULL: no memory, the resolver is freed. */
struct own_names *own_names_new(uv_loop_t *loop, struct conf *c,
    struct resolver *r, void (*ready)(void *arg), void *arg);
/* The loop must run once more. NULL is legal. */
void own_names_free(struct own_names *o);
/* How long an answer with this time to live is kept. */
int64_t own_names_keep_s(uint32_t ttl_s);
