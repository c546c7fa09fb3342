/* SPDX-License-Identifier: Apache-2.0 */
/* Which sessions at which NAS a subscriber's targets are, and the attributes
 * that are sent for them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "analyzer/drivers/radius/nas.h"
#include "store/rows.h"

struct session {
	const struct nas *nas;
	char *key; /* attributes that name it */
	/* What placeholders are filled with; NULL: nothing. */
	const struct target *ipv4, *ipv6;
	bool by_ipv4, by_ipv6; /* the key has them */
};

struct session_list {
	struct session *v;
	size_t n;
};

/* For the placeholders. */
struct session_order {
	const char *subscriber;
	int64_t seq, until_us, now_s;
};

/* targets outlive the list. A NAS that knows sessions by subscriber has one;
 * by address, one for each address. 0, or -1 and why. */
int sessions_of(struct session_list *l, const struct nas_list *nas,
    const struct session_order *o, const struct target *targets, size_t n,
    char *why);
void sessions_free(struct session_list *l);
/* The key names one of v. */
bool session_is_at(const struct session *s, const struct target *v, size_t n);
bool sessions_have(const struct session_list *l, const struct session *s);
/* Key, and the lines that block or unblock. The caller frees it. */
char *session_request(
    const struct session *s, const struct session_order *o, bool block);
