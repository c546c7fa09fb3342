/* SPDX-License-Identifier: Apache-2.0 */
/* Out of memory must come back as an error, not end the process. */
#define HASH_NONFATAL_OOM 1
#include "analyzer/logins/sum.h"

#include <stdlib.h>

#define MINUTE_US INT64_C(60000000)

/* IPv4 /24, IPv6 /48: as the rule counts them. */
static void cut_to_network(struct addr *a)
{
	size_t keep = addr_is_v4(a) ? 15 : 6;

	memset(a->b + keep, 0, sizeof(a->b) - keep);
}

static struct login_sum *add(
    struct login_sums *s, const struct login_sum_key *key)
{
	struct login_sum *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->key = *key;
	HASH_ADD(hh, s->by_key, key, sizeof(m->key), m);
	if (m->hh.tbl == NULL) { /* the table had no memory */
		free(m);
		return NULL;
	}
	return m;
}

int login_sums_add(struct login_sums *s,
    const uint8_t account[static KEYED_HASH_BYTES], const struct login_event *e)
{
	struct login_sum_key key = {.client = e->client,
	    .minute = e->ts_us / MINUTE_US,
	    .result = e->result};
	struct login_sum *m;

	memcpy(key.account, account, sizeof(key.account));
	if (e->result == LOGIN_FAILURE)
		cut_to_network(&key.client);
	HASH_FIND(hh, s->by_key, &key, sizeof(key), m);
	if (m == NULL) {
		m = add(s, &key);
		if (m == NULL)
			return -1;
		m->client = e->client;
		m->first_us = m->last_us = e->ts_us;
	}
	if (m->first_us > e->ts_us)
		m->first_us = e->ts_us;
	if (m->last_us < e->ts_us)
		m->last_us = e->ts_us;
	m->attempts += e->attempts;
	m->messages += e->messages;
	m->answers.delivered += e->answers.delivered;
	m->answers.rejected += e->answers.rejected;
	m->answers.unknown += e->answers.unknown;
	return HASH_COUNT(s->by_key) >= LOGIN_SUMS_MAX;
}

static int capped(int64_t n)
{
	return n < INT32_MAX ? (int)n : INT32_MAX;
}

void login_sum_answers(const struct login_sum *m, struct observation *o)
{
	const struct login_answers *a = &m->answers;

	o->rcpt_count = capped(a->delivered + a->rejected + a->unknown);
	o->rcpt_accepted = capped(a->delivered);
	o->unknown_users = capped(a->unknown);
}

void login_sums_clear(struct login_sums *s)
{
	struct login_sum *m = s->by_key, *next;

	HASH_CLEAR(hh, s->by_key);
	for (; m != NULL; m = next) {
		next = m->hh.next;
		free(m);
	}
}
