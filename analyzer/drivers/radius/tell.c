/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/radius/tell.h"

#include <stdlib.h>
#include <time.h>

#include "analyzer/drivers/radius/coa.h"
#include "analyzer/drivers/radius/session.h"
#include "base/log.h"

static const char mod[] = "driver-radius-coa";

static struct nas_session_order order_of(const struct order *o)
{
	return (struct nas_session_order){.subscriber = o->subscriber,
	    .seq = o->seq,
	    .until_us = o->until_us,
	    .now_s = (int64_t)time(NULL)};
}

/* 0, or the order has an error. A session that has ended needs no unblock. */
static int send_one(const struct nas_session *s, struct order *o, bool block)
{
	struct nas_session_order values = order_of(o);
	char *text = nas_session_request(s, &values, block);
	char why[COA_TEXT_SIZE];
	enum coa_result result = coa_send(s->nas, text, why);

	free(text);
	if (result == COA_ACK || (result == COA_NO_SESSION && !block))
		return 0;
	o->permanent = result == COA_NEVER;
	order_refuse(o, "%s", why);
	return -1;
}

static int send_blocks(const struct nas_session_list *now, struct order *o)
{
	for (size_t i = 0; i < now->n; i++)
		if (send_one(&now->v[i], o, true) != 0)
			return -1;
	return 0;
}

/* An address that somebody else has now, and is blocked at. */
static bool is_anothers(
    const struct ledger *l, const struct order *o, const struct target *t)
{
	const struct ledger_claim *c = t != NULL ? ledger_find(l, t) : NULL;

	for (size_t i = 0; c != NULL && i < c->n_owners; i++)
		if (strcmp(c->owners[i]->subscriber, o->subscriber) != 0)
			return true;
	return false;
}

/* A session that is blocked under another key now is not opened by its old
 * one. */
static int send_unblocks(const struct ledger *l,
    const struct nas_session_list *before, const struct nas_session_list *now,
    struct order *o)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct nas_session *s = &before->v[i];

		if (nas_sessions_have(now, s) ||
		    nas_session_is_at(s, o->targets, o->n_targets) ||
		    (s->by_ipv4 && is_anothers(l, o, s->ipv4)) ||
		    (s->by_ipv6 && is_anothers(l, o, s->ipv6)))
			continue;
		if (send_one(s, o, false) != 0)
			return -1;
	}
	return 0;
}

int nas_tell(
    const struct nas_list *nas, const struct ledger *l, struct order *o)
{
	const struct ledger_entry *e = ledger_entry(l, o->subscriber);
	struct nas_session_order values = order_of(o);
	struct nas_session_list before = {0}, now = {0};
	char why[ORDER_ERROR_SIZE];
	int rc =
	    nas_sessions_of(&now, nas, &values, o->targets, o->n_targets, why);

	if (rc != 0) {
		order_refuse(o, "%s", why);
		o->permanent = true;
	}
	/* A NAS that is no longer in the configuration cannot be asked. */
	if (rc == 0 && e != NULL &&
	    nas_sessions_of(&before, nas, &values, e->targets, e->n, why) != 0)
		log_warn(mod, "%s; what it was sent stays", why);
	if (rc == 0)
		rc = send_blocks(&now, o);
	if (rc == 0)
		rc = send_unblocks(l, &before, &now, o);
	nas_sessions_free(&before);
	nas_sessions_free(&now);
	return rc;
}
