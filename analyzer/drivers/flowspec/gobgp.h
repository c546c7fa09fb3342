/* SPDX-License-Identifier: Apache-2.0 */
/* gobgpd as the speaker, by the program gobgp. */
#pragma once

#include "analyzer/drivers/flowspec/flow.h"

struct gobgp {
	const char *host, *port; /* NULL: gobgp's defaults */
	const char *action;      /* words behind "then" */
};

struct flow_speaker gobgp_speaker(struct gobgp *g);
/* Calls flow_found() for the rules of ours in "gobgp -j global rib -a ...".
 * 0, or -1: no such JSON. */
int gobgp_parse_rib(struct flow *f, const char *json, size_t len);
/* How many neighbours in "gobgp -j neighbor" have a session, or -1. */
int gobgp_parse_neighbors(const char *json, size_t len);
