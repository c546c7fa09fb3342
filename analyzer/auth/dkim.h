/* SPDX-License-Identifier: Apache-2.0 */
/* DKIM (RFC 6376) from the evidence that capture took: the signatures of one
 * message against the keys in DNS, without the message. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/auth/align.h"
#include "analyzer/auth/resolver.h"
#include "base/record.pb-c.h"

#define DKIM_RESULTS_MAX 8

/* RFC 8601 section 2.7.1. */
enum dkim_code {
	DKIM_NONE,
	DKIM_PASS,
	DKIM_FAIL,
	DKIM_POLICY,
	DKIM_NEUTRAL,
	DKIM_TEMPERROR,
	DKIM_PERMERROR,
};
const char *dkim_code_name(enum dkim_code c);

struct dkim_limits {
	int max_signatures; /* of a message: 3; at most DKIM_RESULTS_MAX */
	int max_keys;       /* records of one name that are tried: 4 */
	int min_rsa_bits;   /* RFC 8301: 1024 */
	int max_rsa_bits;   /* 4096 */
};

struct dkim_query {
	/* Borrowed until the callback. */
	Sekisho__DkimEvidence *const *signatures;
	size_t n;
	/* The message may hold signatures that are not among these. */
	bool more;
	int64_t now_s; /* when the message passed: expiry */
};

/* Of one signature. */
struct dkim_result {
	enum dkim_code code;
	bool unseen;  /* evidence is missing: the code says nothing */
	bool genuine; /* the key's owner made it, but it does not count */
	bool partial; /* a pass that leaves a part of the body open (l=) */
	const char *domain, *selector; /* borrowed from the evidence */
	const char *reason;            /* in words; a constant */
};
/* Borrowed for the callback. */
struct dkim_outcome {
	struct dkim_result v[DKIM_RESULTS_MAX];
	size_t n;
	bool more;
	int lookups;    /* questions that were sent */
	uint32_t ttl_s; /* how long it stays true; 0: not known */
};
typedef void (*dkim_cb)(void *arg, const struct dkim_outcome *o);

struct dkim_check;

/* The callback comes later, from the loop, exactly once, unless cancelled.
 * How long it may take is the caller's business. NULL: no memory. */
struct dkim_check *dkim_check_start(uv_loop_t *loop, struct resolver *r,
    const struct dkim_limits *limits, const struct dkim_query *q, dkim_cb cb,
    void *arg);
void dkim_check_cancel(struct dkim_check *c);

/* What all signatures together say for a message with this header From, the
 * strongest first. */
enum dkim_says {
	DKIM_SAYS_ALIGNED,   /* a pass that is aligned */
	DKIM_SAYS_UNALIGNED, /* a pass */
	DKIM_SAYS_GENUINE,   /* genuine, but does not count */
	DKIM_SAYS_TEMPERROR,
	DKIM_SAYS_UNSEEN, /* something is missing */
	DKIM_SAYS_FAILED, /* all are seen, none is any good */
	DKIM_SAYS_NOTHING /* no signature */
};
#define DKIM_SAYS_COUNT (DKIM_SAYS_NOTHING + 1)
/* *best: the signature that says it, NULL where there is none. header_from
 * "": none is aligned. */
enum dkim_says dkim_says(const struct dkim_outcome *o, const struct align *a,
    const char *header_from, enum align_mode mode,
    const struct dkim_result **best);
