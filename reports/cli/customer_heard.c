/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/customer_heard.h"

#include <inttypes.h>

#include "base/clock.h"
#include "reports/cli/complaint_row.h"
#include "reports/cli/customer_refusals.h"
#include "store/read.h"

#define REFUSALS_US (7 * US_PER_DAY)

struct heard {
	const struct card *card;
	struct db *db;
	int64_t complaints;
};

static int show_complaint(void *arg, const struct complaint *r)
{
	struct heard *h = arg;
	const struct card *card = h->card;
	struct complaint_row row = {0};
	char time[CLOCK_STRLEN] = "-", type[4 * sizeof(r->type)];
	char reporter[4 * ROW_DOMAIN_LEN];

	if (!card_shows(card, h->complaints++))
		return 0;
	if (complaint_row_fill(&row, h->db, r) != 0)
		return -1;
	if (card->json) {
		out_json_object(
		    card->json, complaint_columns, COMPLAINT_COLUMNS, row.v);
		return 0;
	}
	if (r->at_us != 0)
		clock_format(r->at_us, time);
	fprintf(card->out, "  %-7s %-22s %s  %s  %s\n", row.id,
	    text_safe(r->type, type, sizeof(type)), time,
	    r->reporter[0] ? text_safe(r->reporter, reporter, sizeof(reporter))
			   : "?",
	    row.incidents[0] ? row.incidents : "no incident");
	return 0;
}

static void show_refused(const struct card *card, const struct refused *f)
{
	char time[CLOCK_STRLEN], name[4 * ROW_DOMAIN_LEN], status[64];

	clock_format(f->last_us, time);
	if (!card->json) {
		fprintf(card->out, "  %5" PRId64 "  %-28s %d %-7s %s  %s\n",
		    f->mails, text_safe(f->receiver, name, sizeof(name)),
		    f->code, text_safe(f->enhanced, status, sizeof(status)),
		    time, f->words);
		return;
	}
	jsonw_object_begin(card->json);
	card_line(card, "receiver", f->receiver);
	card_line(card, "why", f->why);
	jsonw_kint(card->json, "code", f->code);
	card_line(card, "enhanced", f->enhanced);
	jsonw_kint(card->json, "mails", f->mails);
	card_line(card, "last", time);
	card_line(card, "advice", f->words);
	jsonw_object_end(card->json);
}

/* The sender often never hears of it. */
static int show_refusals(
    const struct heard *h, const char *customer, int64_t at_us)
{
	static struct refusals r;

	if (customer_refusals(
		h->db, customer, at_us - REFUSALS_US, at_us + 1, &r) != 0)
		return -1;
	card_begin(h->card, "refused_by");
	for (size_t i = 0; i < r.n; i++)
		if (card_shows(h->card, (int64_t)i))
			show_refused(h->card, &r.v[i]);
	card_end(h->card, (int64_t)r.n);
	return 0;
}

int customer_heard(
    const struct card *card, struct db *db, const char *customer, int64_t at_us)
{
	struct complaint_range of = {.customer = customer};
	struct heard h = {.card = card, .db = db};

	card_begin(card, "complaints");
	if (read_complaints(db, &of, show_complaint, &h) != 0)
		return -1;
	card_end(card, h.complaints);
	return show_refusals(&h, customer, at_us);
}
