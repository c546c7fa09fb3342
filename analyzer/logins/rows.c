/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/rows.h"

#include <stdio.h>
#include <string.h>

static void name_nobody(
    const uint8_t id[static KEYED_HASH_BYTES], char out[static ROW_ID_LEN])
{
	size_t n = (size_t)snprintf(out, ROW_ID_LEN, "%s", LOGIN_NOBODYS);

	for (int i = 0; i < 8; i++, n += 2)
		snprintf(out + n, ROW_ID_LEN - n, "%02x", id[i]);
}

/* A guess at an account that is none says nothing about anybody. */
static bool is_logged(
    struct login_rows *r, const struct login_sum *m, bool has_customer)
{
	if (m->key.result != LOGIN_FAILURE)
		return true;
	if (!has_customer &&
	    !applier_knows_account(r->applier, m->key.account)) {
		tally_add(r->tally, m->last_us,
		    login_count_name(LOGIN_COUNT_UNKNOWN), m->attempts);
		return false;
	}
	if (r->minute != m->key.minute) {
		r->minute = m->key.minute;
		r->failures = 0;
	}
	if (r->failures++ < LOGIN_FAILURES_A_MINUTE)
		return true;
	tally_add(r->tally, m->last_us, login_count_name(LOGIN_COUNT_OVER),
	    m->attempts);
	return false;
}

/* A log names no port of the client: who shares an address is not known by
 * it. */
static void find_line(const struct login_rows *r, struct observation *o)
{
	struct lease_book *book = applier_leases(r->applier);
	struct holding h;

	o->own_line = lease_book_find(book, &o->client, 0, o->ts_us, &h) ==
			  DIRECTORY_FOUND &&
		      strcmp(h.customer, o->customer) == 0;
	o->line_class = applier_class(r->applier, o->customer);
}

bool login_row(struct login_rows *r, const struct login_accounts *accounts,
    const struct login_sum *m, struct observation *o)
{
	const char *customer =
	    login_accounts_customer(accounts, m->key.account);

	if (!is_logged(r, m, customer != NULL))
		return false;
	memset(o, 0, sizeof(*o));
	o->kind = OBS_LOGIN;
	o->ts_us = m->last_us;
	o->start_us = m->first_us;
	o->client = m->client;
	o->traffic_case = prefix_any_contains(r->conf->own_networks.v,
			      r->conf->own_networks.n, &m->client)
			      ? 1
			      : 3;
	memcpy(o->account_hash, m->key.account, sizeof(o->account_hash));
	o->login = (enum login_result)m->key.result;
	o->attempts = m->attempts;
	o->messages = m->messages;
	login_sum_answers(m, o);
	if (customer != NULL)
		snprintf(o->customer, sizeof(o->customer), "%s", customer);
	else
		name_nobody(m->key.account, o->customer);
	find_line(r, o);
	return true;
}
