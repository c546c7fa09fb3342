/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/mailbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define MINUTE_US (60 * US_PER_S)

static const uint8_t his[KEYED_HASH_BYTES] = {0xac, 1};
static const uint8_t others[KEYED_HASH_BYTES] = {0xac, 2};

void mailbox_begin(
    struct mailbox *m, const struct life *l, const char *customer)
{
	struct observation *o = &m->row;

	mailbox_end(m);
	memset(o, 0, sizeof(*o));
	o->kind = OBS_LOGIN;
	snprintf(o->customer, sizeof(o->customer), "%s", customer);
	o->line_class = l->line_class;
}

/* fc00::/7 of RFC 4193 has enough networks, and none of them is anybody's.
 * The block is the /32, the network the /48. */
static void address(struct addr *a, const struct where *w)
{
	memset(a->b, 0, sizeof(a->b));
	a->b[0] = 0xfd;
	a->b[1] = (uint8_t)(w->block >> 16);
	a->b[2] = (uint8_t)(w->block >> 8);
	a->b[3] = (uint8_t)w->block;
	a->b[4] = (uint8_t)(w->network >> 8);
	a->b[5] = (uint8_t)w->network;
	a->b[14] = (uint8_t)(w->host >> 8);
	a->b[15] = (uint8_t)w->host;
}

static bool is_own_line(const struct addr *a)
{
	struct addr own;

	address(&own, &(struct where){.block = LIFE_OWN_LINE});
	return memcmp(own.b, a->b, 4) == 0;
}

/* It is answered at once: what it says does not hang on some seconds. */
static int answer(
    struct mailbox *m, const struct event *e, const struct addr *client)
{
	struct login_mail said = {.step = LOGIN_MAIL_ANSWERED,
	    .queue.id = "A",
	    .server = e->login.server,
	    .recipient = e->login.recipient};
	struct login_event counted;
	uint8_t account[KEYED_HASH_BYTES];

	said.answers.delivered = e->login.fate == FATE_DELIVERED;
	said.answers.unknown = e->login.fate == FATE_UNKNOWN;
	said.answers.rejected = e->login.fate == FATE_REJECTED;
	if (e->login.fate > FATE_REJECTED)
		return 0;
	if (m->mails == NULL)
		m->mails = mails_new();
	if (m->mails == NULL ||
	    mails_begin(m->mails, &said.queue, his, client) != 0)
		return -1;
	if (!mails_step(m->mails, &said, e->ts_us, account, &counted))
		return 0;
	return login_sums_add(&m->sums, account, &counted) == -1 ? -1 : 0;
}

int mailbox_add(struct mailbox *m, const struct event *e)
{
	struct login_event line = {.ts_us = e->ts_us,
	    .result = e->login.failure ? LOGIN_FAILURE : LOGIN_SUCCESS,
	    .attempts = 1,
	    .messages = e->login.messages};

	address(&line.client, &e->login.from);
	m->minute = e->ts_us / MINUTE_US;
	if (login_sums_add(&m->sums, his, &line) == -1)
		return -1;
	return line.messages > 0 ? answer(m, e, &line.client) : 0;
}

static struct observation *fill(struct mailbox *m, const struct login_sum *from)
{
	struct observation *o = &m->row;

	o->ts_us = from->last_us;
	o->start_us = from->first_us;
	o->client = from->client;
	o->own_line = is_own_line(&from->client);
	o->traffic_case = o->own_line ? 1 : 3;
	memcpy(o->account_hash, from->key.account, sizeof(o->account_hash));
	o->login = (enum login_result)from->key.result;
	o->attempts = from->attempts;
	o->messages = from->messages;
	login_sum_answers(from, o);
	return o;
}

struct observation *mailbox_row(struct mailbox *m, int64_t ts_us)
{
	struct login_sum *first = m->sums.by_key;

	if (first == NULL || m->minute >= ts_us / MINUTE_US)
		return NULL;
	fill(m, first);
	HASH_DEL(m->sums.by_key, first);
	free(first);
	return &m->row;
}

struct observation *mailbox_opening(struct mailbox *m)
{
	struct login_sum first = {.first_us = LIFE_T0_US,
	    .last_us = LIFE_T0_US,
	    .key.result = LOGIN_SUCCESS,
	    .attempts = 1};

	memcpy(first.key.account, others, sizeof(others));
	address(&first.client, &(struct where){.block = LIFE_OWN_LINE});
	return fill(m, &first);
}

void mailbox_end(struct mailbox *m)
{
	login_sums_clear(&m->sums);
	mails_free(m->mails);
	m->mails = NULL;
}
