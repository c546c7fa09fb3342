/* SPDX-License-Identifier: Apache-2.0 */
/* Where an agent stands and what it was given there: by the privileged parent
 * for an interface, by main() for files. */
#pragma once

#include <pcap/pcap.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/conf.h"
#include "capture/counters.h"
#include "capture/priv.h"

/* Exit code of a worker whose interface is gone; only the parent sees it. */
#define POST_INTERFACE_LOST 3

/* Memory that parent and worker share. */
struct ledger {
	struct counters counters;           /* the worker's, each second */
	_Atomic uint64_t interface_dropped; /* the parent's */
};

struct post {
	unsigned int worker, workers;
	struct priv *priv;
	const char *target; /* file or "-"; NULL: the analyzer */
	/* An interface only: */
	pcap_t *device; /* open; NULL: files */
	pid_t parent;
	struct ledger *ledger;
	uint64_t interfaces_lost; /* before this worker began */
	/* Called when all is open that needs rights. 0, or -1 after the
	 * message. */
	int (*lock_up)(const struct post *post, const struct conf *c);
};
