/* SPDX-License-Identifier: Apache-2.0 */
/* The three-way handshake as a passer-by sees it: packets may be missing,
 * of one direction only, late, or forged. Pure: changes the flow only. */
#pragma once

#include <stdbool.h>

#include "base/record.pb-c.h"
#include "capture/net/flow.h"

void handshake_syn(struct flow *f, const struct packet *p);
/* False: not the answer to our SYN. */
bool handshake_synack(struct flow *f, const struct packet *p);
/* The client's SYN-ACK to a SYN of the server (simultaneous open). */
bool handshake_crossed(struct flow *f, const struct packet *p);
/* Any other packet. True: it proves that the handshake is complete. */
bool handshake_packet(
    struct flow *f, enum flow_side side, const struct packet *p);
/* Whether this RST or ICMP error answers the attempt. */
bool handshake_is_refusal(
    const struct flow *f, enum flow_side side, const struct packet *p);
/* What an attempt is that ended without being answered. */
Sekisho__Outcome handshake_failure(const struct flow *f, bool refused);
