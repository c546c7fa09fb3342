/* SPDX-License-Identifier: Apache-2.0 */
/* The answers that one check has, and the questions it waits for. The
 * evaluator runs from its beginning whenever an answer has come, and asks
 * here: what is known costs nothing, so that it needs no state of its own. */
#pragma once

#include <stdbool.h>

#include "analyzer/auth/resolver.h"

#define SPF_ANSWERS_MAX 256 /* look-ups of one check */
#define SPF_RDATA_MAX   64  /* records kept of one answer */

struct spf_rr {
	uint8_t *data;
	size_t len;
};

/* As small as it can be: thousands of checks are under way. */
struct spf_answer {
	enum rr_type type;
	enum dns_status status;
	bool known;
	bool has_asker; /* it stands behind the name */
	size_t n;
	struct spf_rr *rr;
	uint32_t ttl_s;
	void *handle;
	struct spf_lookups *owner;
	struct spf_answer *next;
	char name[];
};

/* The term that a question is for, and the domain whose record it is in. */
struct spf_asker {
	const char *domain; /* NULL: no term, the check itself */
	const char *term;   /* not NUL-terminated */
	int term_len;
};

struct spf_lookups {
	struct resolver *r;
	bool keep_askers; /* for people; costs memory */
	struct spf_asker asker;
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
/* Who asked first, as long as the answer lives. */
struct spf_asker spf_answer_asker(const struct spf_answer *a);
void spf_lookups_free(struct spf_lookups *l);
/* A domain name from rdata at offset; 0, or -1 when it is malformed. */
int spf_rdata_name(
    const uint8_t *data, size_t len, size_t offset, char name[256]);
/* The strings of one TXT record, joined; cut at size - 1, no NUL. */
size_t spf_rdata_text(const uint8_t *d, size_t left, char *out, size_t size);
