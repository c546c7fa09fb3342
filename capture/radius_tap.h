/* SPDX-License-Identifier: Apache-2.0 */
/* RADIUS accounting that passes the mirror: what requests say becomes leases.
 * A request is believed when it is from or to one of radius_nas, and
 *  - its secret is known (clients_file): when its authenticator is right;
 *  - else, with radius_confirm: when the server it went to has answered it,
 *    within RADIUS_TAP_WAIT_US: a server answers who knows the secret;
 *  - else at once. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/radius_session.h"
#include "capture/counters.h"
#include "capture/net/packet.h"

#define RADIUS_TAP_WAIT_US INT64_C(30000000)
/* Requests that wait for an answer; of more the oldest goes: 1 KiB each. */
#define RADIUS_TAP_PENDING 4096

struct radius_tap;

/* Reads clients_file where one is set. c and counters are borrowed. NULL: err
 * says why. */
struct radius_tap *radius_tap_new(
    const struct conf *c, struct counters *counters, char *err, size_t size);
void radius_tap_free(struct radius_tap *t);
/* 8192 bytes of bits: what packet_parser_radius() wants. */
const uint8_t *radius_tap_ports(const struct radius_tap *t);
/* p is PACKET_RADIUS. What is believed by it, until the next call; NULL:
 * nothing. */
const struct radius_session *radius_tap_packet(
    struct radius_tap *t, const struct packet *p);
