/* SPDX-License-Identifier: Apache-2.0 */
/* A check that waits for DNS: its step runs anew, over all answers so far,
 * whenever nothing is waited for any more. */
#pragma once

#include <stdbool.h>
#include <uv.h>

#include "analyzer/auth/spf_lookup.h"

/* First member of the check, which is allocated and calls asking_start(). */
struct asking {
	struct spf_lookups lookups;
	uv_timer_t timer;
	/* True: done. False: it asked by spf_lookup() and waits. */
	bool (*step)(struct asking *a);
	void (*finish)(struct asking *a); /* tell the caller */
	void (*release)(struct asking *a);
	bool closing;
};

/* The first step comes later, from the loop. */
void asking_start(struct asking *a, uv_loop_t *loop, struct resolver *r);
/* Neither step nor finish comes any more; release comes from the loop. */
void asking_cancel(struct asking *a);
