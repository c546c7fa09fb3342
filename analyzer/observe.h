/* SPDX-License-Identifier: Apache-2.0 */
/* From a record to a row of the observation log: who, which of the four
 * cases, the strongest refusal. */
#pragma once

#include <stdint.h>

#include "analyzer/identity/lease_book.h"
#include "base/conf.h"
#include "base/record.pb-c.h"
#include "store/rows.h"

enum observe_result {
	OBSERVE_ROW,      /* *o is filled; it goes into the log */
	OBSERVE_UNKNOWN,  /* own network, but nobody's address */
	OBSERVE_SHARED,   /* several have it; whose the port is, nobody says */
	OBSERVE_NOT_OURS, /* case 3 or 4: counted only */
	OBSERVE_NOTHING,  /* a summary of which no outcome is known */
	OBSERVE_BAD,      /* not a record of this protocol */
	OBSERVE_UNREADABLE, /* the store failed: nobody can tell whose it is */
};

/* traffic_case: 1 to 4 (DESIGN section 2), by client and server address. */
int observe_case(
    const struct conf *c, const struct addr *client, const struct addr *server);
/* The envelope: mail by way of our own servers (case 1) is nobody's evidence,
 * and its names go into no file (docs/PRIVACY.md). */
void observe_drop_names(struct observation *o);
/* The own domains of whoever sent it, borrowed until the book changes; "":
 * nobody is known, or none. */
const char *observe_own_domains(const struct conf *c, struct lease_book *leases,
    const struct observation *o);
/* Attempt, Transaction, Close or Summary; the last names no server: its case
 * is what the agent says of them all. o->traffic_case is set in every result
 * but OBSERVE_BAD. */
enum observe_result observe_record(const struct conf *c,
    struct lease_book *leases, const char *agent, uint64_t boot,
    const Sekisho__Record *r, struct observation *o);
