/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel lets through: docs/CAPTURE.md says what is filtered there
 * and what in the agent. */
#pragma once

#include <stdbool.h>

#include "base/conf.h"

#define FILTER_BYTES 8192

/* The packets that are wanted, for pcap_compile(); what a filter cannot say
 * is left to the agent. vlan: with up to two tags. Returns buf. */
const char *filter_text(
    const struct conf_ports *ports, bool vlan, char buf[static FILTER_BYTES]);
