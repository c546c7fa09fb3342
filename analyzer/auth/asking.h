/* SPDX-License-Identifier: Apache-2.0 */
/* A check that waits for DNS: its step runs anew, over all answers so far,
 * whenever nothing is waited for any more. */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "analyzer/auth/spf_lookup.h"

struct asking;
struct asking_ops {
	/* True: it has told the caller. False: it asked by spf_lookup() and
	 * waits. */
	bool (*step)(struct asking *a);
	/* The time is over: tell the caller. NULL: there is no time-out. */
	void (*late)(struct asking *a);
};

/* First member of the check, which is allocated, calls asking_start(), and
 * is freed here. */
struct asking {
	struct spf_lookups lookups;
	uv_timer_t timer;
	const struct asking_ops *ops;
	int timeout_ms; /* of late(), from the first step on */
	bool closing;
};

/* The first step comes later, from the loop. */
void asking_start(struct asking *a, const struct asking_ops *ops,
    uv_loop_t *loop, struct resolver *r);
/* Neither step nor late comes any more; it is freed from the loop. A caller
 * may cancel while it is told. */
void asking_cancel(struct asking *a);
