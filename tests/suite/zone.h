/* SPDX-License-Identifier: Apache-2.0 */
/* Zone data in memory behind the resolver's interface. Answers come from the
 * loop, as real ones do. */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "analyzer/auth/resolver.h"

/* Beside enum rr_type. */
#define ZONE_CNAME   5
#define ZONE_TIMEOUT 0 /* what was not found before it times out */

struct zone;

/* NULL: no memory. */
struct zone *zone_new(uv_loop_t *loop);
void zone_free(struct zone *z);
struct resolver *zone_resolver(struct zone *z);
/* rdata as on the wire, copied. 0; -1: no memory. */
int zone_add(
    struct zone *z, const char *name, int type, const void *rdata, size_t len);
/* A name in wire form into out (256 bytes); its length. */
size_t zone_name(const char *text, uint8_t *out);
/* Questions since the last call. */
int zone_asked(struct zone *z);
