/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel lets through: docs/CAPTURE.md says what is filtered there
 * and what in the agent. */
#pragma once

#include <pcap/pcap.h>

#include "base/conf.h"

/* One program out of many: what stands behind a VLAN tag or a PPPoE header
 * is somewhere else, and libpcap's language cannot say "or" about that.
 * ports: TCP; radius: UDP, may be none. For the link type of p. 0, and
 * filter_free() later; -1: out of memory, or not even plain IP can be said,
 * pcap_geterr() tells. */
int filter_compile(pcap_t *p, const struct conf_ports *ports,
    const struct conf_ports *radius, struct bpf_program *out);
void filter_free(struct bpf_program *program);
