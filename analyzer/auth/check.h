/* SPDX-License-Identifier: Apache-2.0 */
/* All that DNS says of one sender: SPF first; DKIM and DMARC where a verdict
 * may hang on them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/auth/dkim.h"
#include "analyzer/auth/dmarc.h"
#include "analyzer/auth/spf_cache.h"

struct auth_limits {
	struct spf_limits spf;
	struct dkim_limits dkim;
	int timeout_ms; /* of all together */
};

struct auth_query {
	struct spf_query spf;
	/* Domain of header From; "": there is none, or several. */
	const char *header_from;
	/* The header was seen to its end; else DKIM and DMARC rest. */
	bool header_complete;
	struct dkim_query dkim;
};

/* Borrowed for the callback. */
struct auth_outcome {
	const struct spf_outcome *spf; /* without its answers */
	bool from_aligned;             /* header From with the domain of SPF */
	enum dkim_says says;           /* NOTHING where it was not asked */
	const struct dkim_result *signature; /* that says it; or NULL */
	const struct dkim_outcome *dkim;     /* NULL: not asked */
	const struct dmarc_outcome *dmarc;   /* NULL: not asked */
	int lookups;                         /* of SPF, DKIM and DMARC */
	bool cached;                         /* SPF, whose were made before */
};
typedef void (*auth_cb)(void *arg, const struct auth_outcome *o);

struct auth_check;

/* What a check is made with; borrowed while it lasts. */
struct auth_means {
	uv_loop_t *loop;
	struct resolver *resolver;
	const struct align *align;
	const struct auth_limits *limits;
	struct spf_cache *cache; /* NULL: each SPF check is made */
};

/* Strings of q are copied, but not the evidence of q->dkim, which is borrowed
 * until the callback. That comes later, from the loop, exactly once, unless
 * cancelled. What is not there in time is a temperror. NULL: no memory. */
struct auth_check *auth_check_start(const struct auth_means *m,
    const struct auth_query *q, auth_cb cb, void *arg);
void auth_check_cancel(struct auth_check *c);
