/* SPDX-License-Identifier: Apache-2.0 */
/* Which sessions at which NAS a subscriber's targets are, and the attributes
 * that are sent for them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "analyzer/drivers/radius/nas.h"
#include "store/rows.h"

struct nas_session {
	const struct nas *nas;
	char *key; /* attributes that name it */
	/* What placeholders are filled with; NULL: nothing. */
	const struct target *ipv4, *ipv6;
	bool by_ipv4, by_ipv6; /* the key has them */
};

struct nas_session_list {
	struct nas_session *v;
	size_t n;
};

/* For the placeholders. */
struct nas_session_order {
	const char *subscriber;
	int64_t seq, until_us, now_s;
};

/* targets outlive the list. A NAS that knows sessions by subscriber has one;
 * by address, one for each address. 0, or -1 and why. */
int nas_sessions_of(struct nas_session_list *l, const struct nas_list *nas,
    const struct nas_session_order *o, const struct target *targets, size_t n,
    char *why);
void nas_sessions_free(struct nas_session_list *l);
/* The key names one of v. */
bool nas_session_is_at(
    const struct nas_session *s, const struct target *v, size_t n);
bool nas_sessions_have(
    const struct nas_session_list *l, const struct nas_session *s);
/* Key, and the lines that block or unblock. The caller frees it. */
char *nas_session_request(
    const struct nas_session *s, const struct nas_session_order *o, bool block);
