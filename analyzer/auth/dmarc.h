/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner of a header From domain asks receivers to do: finds the
 * DMARC record by the tree walk of RFC 9989 section 4.10. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/auth/dmarc_record.h"
#include "analyzer/auth/resolver.h"

#define DMARC_WALK_MAX 8 /* names of one walk, section 4.10 */

enum dmarc_state {
	DMARC_ABSENT,
	DMARC_FOUND,
	DMARC_TEMPERROR /* a name server did not answer */
};
const char *dmarc_state_name(enum dmarc_state s);

/* Borrowed for the callback. */
struct dmarc_outcome {
	enum dmarc_state state;
	char domain[256];         /* where the record was found */
	enum dmarc_policy asked;  /* p, sp or np, whichever it is */
	enum dmarc_policy policy; /* the same, a step softer where t=y */
	struct dmarc_record record;
	char text[512]; /* the record, cut */
	int lookups;    /* questions that were sent */
	uint32_t ttl_s; /* how long it stays true; 0: not known */
};
typedef void (*dmarc_cb)(void *arg, const struct dmarc_outcome *o);

struct dmarc_check;

/* The callback comes later, from the loop, exactly once, unless cancelled.
 * How long it may take is the caller's business. domain is copied; what is
 * no domain name has no record. NULL: no memory. */
struct dmarc_check *dmarc_check_start(uv_loop_t *loop, struct resolver *r,
    const char *domain, dmarc_cb cb, void *arg);
void dmarc_check_cancel(struct dmarc_check *c);
