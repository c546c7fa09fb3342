/* SPDX-License-Identifier: Apache-2.0 */
/* Link-layer headers down to the first byte of IP. */
#pragma once

#include <stdbool.h>

#include "base/cursor.h"
#include "capture/net/packet.h"

bool link_is_known(int linktype);
/* Leaves the cursor at the IP header and the VLAN stack in p. 0, or -1:
 * counted. */
int link_parse(
    struct packet *p, int linktype, struct cursor *cur, struct counters *c);
