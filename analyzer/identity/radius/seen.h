/* SPDX-License-Identifier: Apache-2.0 */
/* The requests that were taken a short while ago (RFC 5080 section 2.2.2):
 * one that is sent again is answered again, and not taken again. 65,536 of
 * 16 bytes; a newer one takes the place of an older one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/radius.h"

/* A NAS that was restarted may send the very same Accounting-On. */
#define RADIUS_SEEN_US INT64_C(30000000)

struct radius_seen;

/* NULL: no memory or no random numbers. */
struct radius_seen *radius_seen_new(void);
void radius_seen_free(struct radius_seen *s);
/* Source, port, identifier and authenticator, which is a digest of the rest.
 * Never 0. */
uint64_t radius_seen_key(const struct radius_seen *s, const struct addr *from,
    uint16_t port, const struct radius_packet *p);
bool radius_seen_has(const struct radius_seen *s, uint64_t key, int64_t now_us);
void radius_seen_add(struct radius_seen *s, uint64_t key, int64_t now_us);
