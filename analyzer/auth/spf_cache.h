/* SPDX-License-Identifier: Apache-2.0 */
/* Results of SPF checks for as long as they stay true, keyed by what they
 * depend on: the domain, the address, whether the sender is postmaster (null
 * sender), and the HELO name where a macro of the record asks for it. */
#pragma once

#include <stdint.h>

#include "analyzer/auth/spf.h"

/* Longest that a result is kept, whatever its records allow; and one that
 * rests on a name that is not there. */
#define SPF_CACHE_MOST_S     3600
#define SPF_CACHE_NEGATIVE_S 300

struct spf_cache;

/* What an entry may take on average. With the shortest texts it has 250
 * bytes, with the longest 1.9 kB. */
#define SPF_CACHE_ENTRY_BYTES 512

/* max: entries; all together at most SPF_CACHE_ENTRY_BYTES each. Those that
 * were used least recently make room. NULL: no memory. */
struct spf_cache *spf_cache_new(size_t max);
/* NULL is legal. */
void spf_cache_free(struct spf_cache *c);
/* False: not known. out->answers is NULL then and always. Time only has to
 * run forward. */
bool spf_cache_get(struct spf_cache *c, const struct spf_query *q,
    int64_t now_s, struct spf_outcome *out);
/* A temperror, one that took too long and one of a time to live of 0 are not
 * kept; nor is what asked for an explanation or for who asked. */
void spf_cache_put(struct spf_cache *c, const struct spf_query *q,
    int64_t now_s, const struct spf_outcome *o);
size_t spf_cache_count(const struct spf_cache *c);
