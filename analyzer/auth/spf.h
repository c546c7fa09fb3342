/* SPDX-License-Identifier: Apache-2.0 */
/* check_host() of RFC 7208, as a state machine that waits for DNS. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/auth/resolver.h"
#include "base/addr.h"
#include "base/vocab.h"

struct spf_answer; /* spf_lookup.h */

struct spf_limits {
	int max_terms;     /* RFC 7208 section 4.6.4: 10 */
	int max_void;      /* 2 */
	int max_addresses; /* per mx, ptr: 10 */
	int timeout_ms;    /* section 4.6.4: at least 20 s */
};

struct spf_query {
	struct addr ip;
	const char *helo;   /* domain or literal as given; may be "" */
	const char *domain; /* the domain to check */
	/* Local part of the sender; NULL: unknown (the pipeline only has a
	 * hash). A result that hangs on it is then reported by
	 * needs_local_part and must be read as "cannot tell". */
	const char *local_part;
	const char *receiver; /* for %{r}; may be NULL */
	bool want_exp;        /* fetch the explanation of a fail */
	bool keep_askers;     /* for spf_answer_asker() */
};

/* Borrowed for the callback. */
struct spf_outcome {
	enum spf_result result;
	char term[256];   /* deciding term as written, or "" */
	char domain[256]; /* whose record decided */
	char record[512]; /* its text, cut */
	char reason[256]; /* in words, for temperror and permerror too */
	char exp[512];    /* exp= text, when asked for and fetched */
	char trail[384];  /* of a fail: its look-ups, as spf_trail() */
	int lookups;      /* terms that cost DNS */
	int void_lookups;
	bool needs_local_part;
	bool uses_helo; /* the record's macros: the result hangs on it */
	uint32_t ttl_s; /* how long it stays true; 0: not known */
	/* Every question and its answer, the newest first; after a time-out
	 * some have none. */
	const struct spf_answer *answers;
};
typedef void (*spf_cb)(void *arg, const struct spf_outcome *o);

struct spf_check;

/* The callback comes later, from the loop, exactly once, unless cancelled.
 * Strings of q are copied. NULL: no memory. */
struct spf_check *spf_check_start(uv_loop_t *loop, struct resolver *r,
    const struct spf_limits *limits, const struct spf_query *q, spf_cb cb,
    void *arg);
void spf_check_cancel(struct spf_check *c);
