/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/customer_refusals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/record.pb-c.h"
#include "store/read.h"

struct reason {
	const char *why, *words;
};

/* RFC 7372 section 3, RFC 7505 section 4.2. */
static const struct {
	const char *enhanced;
	struct reason reason;
} by_status[] = {
    {"7.20", {"dkim", "the domain's mail needs a DKIM signature"}},
    {"7.21", {"dkim", "no DKIM signature is one that the receiver takes"}},
    {"7.22", {"dkim", "the DKIM signature is not of the From domain"}},
    {"7.23", {"spf", "SPF of the sender domain does not allow this line"}},
    {"7.24", {"spf", "the SPF record of the sender domain is broken"}},
    {"7.25", {"reverse_dns", "the address has no matching reverse DNS"}},
    {"7.26", {"spf_dkim", "neither SPF nor DKIM speaks for the mail"}},
    {"7.27", {"null_mx", "the sender domain takes no mail (null MX)"}},
};

static struct reason reason_of(const struct observation *o)
{
	const char *status = strchr(o->reply_enhanced, '.');

	for (size_t i = 0; status && i < sizeof(by_status) / sizeof(*by_status);
	     i++)
		if (strcmp(status + 1, by_status[i].enhanced) == 0)
			return by_status[i].reason;
	switch (o->reply_class) {
	case SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY:
		return (struct reason){"policy",
		    "policy: a dynamic address, SPF, or a rule of its own"};
	case SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER:
		return (struct reason){
		    "sender", "the sender address is refused"};
	case SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE:
		return (struct reason){"size", "the message is too big: send a "
					       "link, or a smaller one"};
	case SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED:
		return o->names_client
			   ? (struct reason){"listed",
				 "a block list names the customer's address"}
			   : (struct reason){"range_listed",
				 "a block list names our range: nothing that "
				 "the customer did"};
	default:
		return (struct reason){NULL, NULL};
	}
}

static bool is_refused(const struct observation *o)
{
	return (o->kind == OBS_TRANSACTION ||
		   (o->kind == OBS_CLOSE && o->transactions == 0)) &&
	       o->traffic_case == 2 && o->reply_code >= 400;
}

static void name_receiver(
    const struct observation *o, char name[static ROW_DOMAIN_LEN])
{
	size_t len = strcspn(o->rcpt_domains, " ");

	if (len > 0 && len < ROW_DOMAIN_LEN)
		snprintf(
		    name, ROW_DOMAIN_LEN, "%.*s", (int)len, o->rcpt_domains);
	else
		addr_format(&o->server, name);
}

static int note(void *arg, const struct observation *o)
{
	struct refusals *r = arg;
	struct reason reason = reason_of(o);
	char receiver[ROW_DOMAIN_LEN];
	struct refused *f = r->v;

	if (!is_refused(o) || reason.why == NULL)
		return 0;
	name_receiver(o, receiver);
	while (
	    f < r->v + r->n &&
	    (f->code != o->reply_code || strcmp(f->receiver, receiver) != 0 ||
		strcmp(f->why, reason.why) != 0 ||
		strcmp(f->enhanced, o->reply_enhanced) != 0))
		f++;
	if (f == r->v + REFUSALS_MAX) {
		r->others++;
		return 0;
	}
	if (f == r->v + r->n) {
		r->n++;
		memcpy(f->receiver, receiver, sizeof(f->receiver));
		memcpy(f->enhanced, o->reply_enhanced, sizeof(f->enhanced));
		snprintf(f->why, sizeof(f->why), "%s", reason.why);
		snprintf(f->words, sizeof(f->words), "%s", reason.words);
		f->code = o->reply_code;
	}
	f->mails++;
	if (f->last_us < o->ts_us)
		f->last_us = o->ts_us;
	return 0;
}

static int by_mails(const void *a, const void *b)
{
	const struct refused *x = a, *y = b;

	if (x->mails != y->mails)
		return x->mails > y->mails ? -1 : 1;
	return strcmp(x->receiver, y->receiver);
}

int customer_refusals(struct db *db, const char *customer, int64_t since_us,
    int64_t until_us, struct refusals *r)
{
	struct read_range range = {.since_us = since_us,
	    .until_us = until_us,
	    .customer = customer,
	    .state = -1,
	    .kind = -1};

	memset(r, 0, sizeof(*r));
	if (read_observations_range(db, &range, note, r) != 0)
		return -1;
	qsort(r->v, r->n, sizeof(*r->v), by_mails);
	return 0;
}
