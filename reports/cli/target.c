/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/target.h"

#include <string.h>
#include <stdlib.h>

#include "analyzer/logins/accounts.h"
#include "reports/out/text.h"
#include "store/read.h"

struct holders {
	struct prefix target;
	char **customers; /* distinct */
	size_t n, cap;
	bool inside; /* one lease holds all of the target */
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void make_distinct(struct holders *h)
{
	size_t kept = 0;

	if (h->n == 0)
		return;
	qsort(h->customers, h->n, sizeof(*h->customers), compare);
	for (size_t i = 1; i < h->n; i++) {
		if (strcmp(h->customers[i], h->customers[kept]) == 0)
			free(h->customers[i]);
		else
			h->customers[++kept] = h->customers[i];
	}
	h->n = kept + 1;
}

static int keep(struct holders *h, const char *customer)
{
	if (h->n == h->cap) {
		size_t cap;
		char **v;

		make_distinct(h);
		cap = h->cap > 0 ? 2 * h->cap : 64;
		v = realloc(h->customers, cap * sizeof(*v));
		if (!v)
			return -1;
		h->customers = v;
		h->cap = cap;
	}
	h->customers[h->n] = strdup(customer);
	return h->customers[h->n++] ? 0 : -1;
}

static int note_lease(void *arg, const struct lease *l)
{
	struct holders *h = arg;

	h->inside |= l->prefix.len <= h->target.len;
	return keep(h, l->customer);
}

static void free_holders(struct holders *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->customers[i]);
	free(h->customers);
}

static int judge(struct cli *c, const char *text, const struct holders *h,
    char customer[static ROW_ID_LEN])
{
	char n[32];

	if (h->n == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "%.60s is nobody's address now; sekisho who %.60s --at "
		    "TIME says whose it was",
		    text, text);
	if (h->n > 1)
		return cli_fail(c, CLI_REFUSED,
		    "%.60s is shared by %s customers; nobody was touched. "
		    "Name one customer, or an address of one",
		    text, text_grouped((int64_t)h->n, n));
	if (!h->inside)
		return cli_fail(c, CLI_REFUSED,
		    "%.60s is wider than what its 1 customer, %s, holds; "
		    "nobody was touched. Name the customer",
		    text, h->customers[0]);
	snprintf(customer, ROW_ID_LEN, "%s", h->customers[0]);
	return CLI_OK;
}

static int resolve_prefix(struct cli *c, const char *text,
    const struct prefix *p, char customer[static ROW_ID_LEN])
{
	struct holders h = {.target = *p};
	int code;

	if (read_leases_over(c->db, p, c->now_us, note_lease, &h) != 0) {
		code = cli_fail_db(c);
	} else {
		make_distinct(&h);
		code = judge(c, text, &h, customer);
	}
	free_holders(&h);
	return code;
}

static int found(void *arg, const struct lease *l)
{
	(void)arg;
	(void)l;
	return 1;
}

static int resolve_customer(
    struct cli *c, const char *text, char customer[static ROW_ID_LEN])
{
	struct decision d;
	int rc = strlen(text) < ROW_ID_LEN
		     ? read_customer_leases(c->db, text, -1, found, NULL)
		     : 0;

	/* Who has left may still be blocked. */
	if (rc == 0 && strlen(text) < ROW_ID_LEN)
		rc = read_in_force(c->db, text, c->now_us, &d);
	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "%.64s is no customer, address or prefix that is known",
		    text);
	snprintf(customer, ROW_ID_LEN, "%s", text);
	return CLI_OK;
}

int target_resolve(
    struct cli *c, const char *text, char customer[static ROW_ID_LEN])
{
	struct prefix p;

	if (strncmp(text, LOGIN_NOBODYS, strlen(LOGIN_NOBODYS)) == 0)
		return cli_fail(c, CLI_REFUSED,
		    "%.64s is an account that logins.accounts_file gives to "
		    "no customer: there is no line that could be closed. Set "
		    "a new password for it and end its sessions",
		    text);
	switch (prefix_parse(&p, text)) {
	case 0:
		return resolve_prefix(c, text, &p, customer);
	case -2:
		return cli_fail(c, CLI_USAGE,
		    "%.60s: bits are set behind the length of the prefix",
		    text);
	default:
		return resolve_customer(c, text, customer);
	}
}
