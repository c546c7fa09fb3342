/* SPDX-License-Identifier: Apache-2.0 */
/* The answers that one check has, and the questions it waits for. The
 * evaluator runs from its beginning whenever an answer has come, and asks
 * here: what is known costs nothing, so that it needs no state of its own. */
#pragma once

#include <stdbool.h>

#include "analyzer/auth/resolver.h"

#define SPF_ANSWERS_MAX 256 /* look-ups of one check */
#define SPF_RDATA_MAX   64  /* records kept of one answer */

struct spf_answer {
	char name[256];
	enum rr_type type;
	enum dns_status status;
	bool known;
	size_t n;
	struct {
		uint8_t *data;
		size_t len;
	} rr[SPF_RDATA_MAX];
	uint32_t ttl_s;
	void *handle;
	struct spf_lookups *owner;
	struct spf_answer *next;
};

struct spf_lookups {
	struct resolver *r;
	struct spf_answer *answers;
	int n;
	int waiting;
	void (*progress)(void *arg);
	void *arg;
};

enum spf_lookup { SPF_LOOKUP_KNOWN, SPF_LOOKUP_WAIT, SPF_LOOKUP_FAILED };

/* FAILED: the question can't be sent (temporary). */
enum spf_lookup spf_lookup(struct spf_lookups *l, const char *name,
    enum rr_type type, const struct spf_answer **a);
void spf_lookups_free(struct spf_lookups *l);
/* A domain name from rdata at offset; 0, or -1 when it is malformed. */
int spf_rdata_name(
    const uint8_t *data, size_t len, size_t offset, char name[256]);
