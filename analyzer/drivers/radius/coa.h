/* SPDX-License-Identifier: Apache-2.0 */
/* One request of RFC 5176 by radclient(1), and its answer. */
#pragma once

#include "analyzer/drivers/radius/nas.h"

#define COA_TEXT_SIZE 320

enum coa_result {
	COA_ACK,
	COA_NO_SESSION, /* NAK: the NAS knows no such session */
	COA_NEVER,      /* NAK: it would say so again */
	COA_AGAIN       /* NAK for now, no answer, no radclient */
};

/* why: of all but an ACK. */
enum coa_result coa_send(
    const struct nas *n, const char *attributes, char why[COA_TEXT_SIZE]);
/* What radclient -x printed. */
enum coa_result coa_parse(const char *output, char why[COA_TEXT_SIZE]);
