/* SPDX-License-Identifier: Apache-2.0 */
/* exabgp as the speaker, through the bridge that it runs (bridge.h). */
#pragma once

#include "analyzer/drivers/flowspec/flow.h"

#define EXABGP_LINE_SIZE 2048

struct exabgp {
	const char *socket;
	const char *action; /* what stands in "then { }" */
	int fd;             /* -1: not connected */
	char buf[EXABGP_LINE_SIZE];
	size_t len;
};

struct flow_speaker exabgp_speaker(struct exabgp *e);
/* "announce flow route { ... }". Returns buf. */
const char *exabgp_command(char buf[EXABGP_LINE_SIZE], const struct target *t,
    bool on, const char *action);
/* A line of "show adj-rib out": 0, or -1: no rule of ours. */
int exabgp_parse_rule(struct target *t, const char *line);
