/* SPDX-License-Identifier: Apache-2.0 */
/* Out of memory must come back as an error, not end the process. */
#define HASH_NONFATAL_OOM 1
#include "analyzer/logins/mails.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/siphash.h"

#define MINUTE_US INT64_C(60000000)
#define SAID_MAX  65536 /* answers that are remembered: 512 KiB */

struct mail {
	struct login_queue queue;
	UT_hash_handle hh; /* in the order in which they came */
	uint8_t account[KEYED_HASH_BYTES];
	struct addr client;
};
/* said: keys, each at the place that it names itself; a later one takes the
 * place of an earlier one. */
struct mails {
	struct mail *by_queue;
	uint64_t said[SAID_MAX];
};

struct mails *mails_new(void)
{
	return calloc(1, sizeof(struct mails));
}

static void forget(struct mails *m, struct mail *mail)
{
	HASH_DEL(m->by_queue, mail);
	free(mail);
}

void mails_free(struct mails *m)
{
	struct mail *mail = m != NULL ? m->by_queue : NULL, *next;

	if (m == NULL)
		return;
	HASH_CLEAR(hh, m->by_queue);
	for (; mail != NULL; mail = next) {
		next = mail->hh.next;
		free(mail);
	}
	free(m);
}

static struct mail *find(struct mails *m, const struct login_queue *q)
{
	struct mail *mail;

	HASH_FIND(hh, m->by_queue, q, sizeof(*q), mail);
	return mail;
}

static struct mail *add(struct mails *m, const struct login_queue *q)
{
	struct mail *mail = calloc(1, sizeof(*mail));

	if (mail == NULL)
		return NULL;
	mail->queue = *q;
	HASH_ADD(hh, m->by_queue, queue, sizeof(mail->queue), mail);
	if (mail->hh.tbl == NULL) { /* the table had no memory */
		free(mail);
		return NULL;
	}
	return mail;
}

int mails_begin(struct mails *m, const struct login_queue *q,
    const uint8_t account[static KEYED_HASH_BYTES], const struct addr *client)
{
	struct mail *mail = find(m, q);

	if (mail == NULL) {
		mail = add(m, q);
		if (mail == NULL)
			return -1;
	}
	memcpy(mail->account, account, sizeof(mail->account));
	mail->client = *client;
	if (HASH_COUNT(m->by_queue) > LOGIN_MAILS_MAX)
		forget(m, m->by_queue);
	return 0;
}

/* Where it would be remembered that this was said of the account. */
static uint64_t key_of(
    const struct mail *mail, uint64_t what, uint64_t a, uint64_t b)
{
	/* The same on every run: what is forgotten must be. */
	static const uint64_t seed[2] = {
	    UINT64_C(0x6d61696c73), UINT64_C(0x73616964)};
	uint64_t words[KEYED_HASH_BYTES / 8 + 3] = {what, a, b};

	memcpy(words + 3, mail->account, KEYED_HASH_BYTES);
	return siphash(seed, words, sizeof(words) / sizeof(words[0]));
}

static bool counts(struct mails *m, const struct mail *mail,
    const struct login_mail *of, int64_t ts_us)
{
	bool bad = of->answers.delivered == 0;
	uint64_t what = of->answers.unknown != 0 ? 2 : bad;
	uint64_t server =
	    key_of(mail, what, of->server, (uint64_t)(ts_us / MINUTE_US));
	uint64_t recipient = key_of(mail, 3 + what, of->recipient, 0);

	if (m->said[server % SAID_MAX] == server ||
	    (bad && m->said[recipient % SAID_MAX] == recipient))
		return false;
	m->said[server % SAID_MAX] = server;
	if (bad)
		m->said[recipient % SAID_MAX] = recipient;
	return true;
}

bool mails_step(struct mails *m, const struct login_mail *of, int64_t ts_us,
    uint8_t account[static KEYED_HASH_BYTES], struct login_event *e)
{
	struct mail *mail = find(
	    m, of->step == LOGIN_MAIL_PASSED_ON ? &of->before : &of->queue);

	if (mail == NULL)
		return false;
	if (of->step == LOGIN_MAIL_PASSED_ON) {
		struct mail before = *mail;

		(void)mails_begin(
		    m, &of->queue, before.account, &before.client);
	} else if (of->step == LOGIN_MAIL_REMOVED) {
		forget(m, mail);
	}
	if (of->step != LOGIN_MAIL_ANSWERED || !counts(m, mail, of, ts_us))
		return false;
	memcpy(account, mail->account, sizeof(mail->account));
	*e = (struct login_event){.ts_us = ts_us,
	    .client = mail->client,
	    .result = LOGIN_DELIVERY,
	    .attempts = 1,
	    .answers = of->answers};
	return true;
}
