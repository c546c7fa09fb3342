/* SPDX-License-Identifier: Apache-2.0 */
/* How often the detector was right, by what people said of it. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "reports/cli/verb.h"
#include "reports/quality.h"

static const struct out_column columns[] = {
    {"figure", OUT_TEXT, OUT_NARROW},
    {"value", OUT_TEXT, OUT_NARROW},
    {"low", OUT_TEXT, OUT_NARROW},
    {"high", OUT_TEXT, OUT_NARROW},
    {"n", OUT_NUMBER, OUT_NARROW},
    {"of", OUT_NUMBER, OUT_NARROW},
    {"meaning", OUT_TEXT, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

#define NUMBER_LEN 32

/* Absent: what no figure can be given of. */
static struct out_value decimal(double v, char buf[static NUMBER_LEN])
{
	if (!isfinite(v))
		return out_absent();
	snprintf(buf, NUMBER_LEN, "%.4g", v);
	return out_text(buf);
}

static void print_count(
    struct out *o, const char *figure, int64_t n, const char *meaning)
{
	char value[NUMBER_LEN];
	struct out_value row[COLUMNS], *v = row;

	snprintf(value, sizeof(value), "%" PRId64, n);
	*v++ = out_text(figure);
	*v++ = out_text(value);
	*v++ = out_absent();
	*v++ = out_absent();
	*v++ = out_number(n);
	*v++ = out_absent();
	*v++ = out_text(meaning);
	out_row(o, row);
}

static void print_share(struct out *o, const char *figure,
    const struct quality_share *s, const char *meaning)
{
	char value[NUMBER_LEN], low[NUMBER_LEN], high[NUMBER_LEN];
	struct out_value row[COLUMNS], *v = row;

	*v++ = out_text(figure);
	*v++ = decimal(s->value, value);
	*v++ = s->total > 0 ? decimal(s->low, low) : out_absent();
	*v++ = s->total > 0 ? decimal(s->high, high) : out_absent();
	*v++ = out_number(s->n);
	*v++ = out_number(s->total);
	*v++ = out_text(meaning);
	out_row(o, row);
}

static void print_delay(struct out *o, const char *figure, int64_t us,
    int64_t cases, const char *meaning)
{
	char value[NUMBER_LEN];
	struct out_value row[COLUMNS], *v = row;

	*v++ = out_text(figure);
	*v++ = decimal(us < 0 ? NAN : (double)us / US_PER_S, value);
	*v++ = out_absent();
	*v++ = out_absent();
	*v++ = out_absent();
	*v++ = out_number(cases);
	*v++ = out_text(meaning);
	out_row(o, row);
}

static void print_incidents(struct out *o, const struct quality *q)
{
	const struct quality_incidents *n = &q->incidents;
	char figure[64];

	print_count(o, "incidents", n->opened, "opened in this time");
	print_count(o, "incidents_right", n->right,
	    "closed as fixed, or complained about");
	print_count(o, "incidents_wrong", n->wrong, "closed as fp");
	print_count(o, "incidents_duplicate", n->duplicate,
	    "closed as duplicate, no case of their own");
	print_count(o, "incidents_unlabelled", n->unlabelled,
	    "nobody has said what they were");
	print_share(o, "precision", &n->precision, "right of right and wrong");
	for (int k = 0; k < INCIDENT_KIND_COUNT; k++) {
		if (q->kinds[k].opened == 0)
			continue;
		snprintf(figure, sizeof(figure), "precision_%s",
		    incident_kind_name(k));
		print_share(
		    o, figure, &q->kinds[k].precision, "the same of this kind");
	}
}

static void print_complaints(struct out *o, const struct quality *q)
{
	const struct quality_complaints *n = &q->complaints;

	print_count(o, "complaints", n->all, "about mail of this time");
	print_count(
	    o, "complaints_counted", n->counted, "of these such as say abuse");
	print_count(o, "complaints_unmatched", n->unmatched,
	    "of these without a customer");
	print_count(
	    o, "complaints_covered", n->covered, "by an incident of that time");
	print_count(o, "complaints_before", n->before,
	    "covered before the complaint came");
	print_count(o, "complaints_disputed", n->disputed,
	    "only by incidents that were closed as fp");
	print_count(o, "complaints_missed", n->missed, "by no incident");
	print_share(o, "recall_complained", &q->recall_complained,
	    "customers found, of those complained about");
	print_share(o, "recall_bound", &q->recall_bound,
	    "recall is at most this: found, of found and missed");
}

static void print_delays(struct out *o, const struct quality *q)
{
	const struct quality_delay *d = &q->detect;

	print_delay(o, "detect_median_s", d->median_us, d->n,
	    "from the first row of the evidence to the incident");
	print_delay(o, "detect_p90_s", d->p90_us, d->n, "the same");
	d = &q->detect_complained;
	print_delay(o, "detect_complained_median_s", d->median_us, d->n,
	    "from the mail that was complained about");
	print_delay(o, "detect_complained_p90_s", d->p90_us, d->n, "the same");
}

static void print_blocks(
    struct out *o, const struct quality *q, const struct quality_budget *budget)
{
	const struct quality_blocks *n = &q->blocks;
	char value[3][NUMBER_LEN], meaning[128];
	struct out_value row[COLUMNS], *v = row;

	print_count(o, "blocks", n->all, "begun by the detector");
	print_count(o, "blocks_enforced", n->enforced, "of these in enforce");
	print_count(
	    o, "blocks_wrong", n->wrong, "whose incident was closed as fp");
	print_count(o, "blocks_unlabelled", n->unlabelled,
	    "which may be wrong, too: nobody has said");
	print_count(o, "customer_days", q->customer_days,
	    "customers on a foreign port 25, once a UTC day");
	*v++ = out_text("wrong_per_million_customer_days");
	*v++ = decimal(q->wrong_rate, value[0]);
	*v++ = decimal(q->wrong_rate_low, value[1]);
	*v++ = decimal(q->wrong_rate_high, value[2]);
	*v++ = out_number(n->wrong);
	*v++ = out_number(q->customer_days);
	*v++ = out_text("known to be wrong");
	out_row(o, row);
	snprintf(meaning, sizeof(meaning),
	    "share of the budget: %" PRId64 " a day for %" PRId64 " customers",
	    budget->blocks, budget->customers);
	v = row;
	*v++ = out_text("budget_used");
	*v++ = decimal(q->budget_used, value[0]);
	*v++ = decimal(q->budget_low, value[1]);
	*v++ = decimal(q->budget_high, value[2]);
	*v++ = out_number(n->wrong);
	*v++ = out_absent();
	*v++ = out_text(meaning);
	out_row(o, row);
}

static int need_number(
    struct cli *c, const char *option, const char *text, int64_t *n)
{
	char *end;

	if (text == NULL)
		return CLI_OK;
	*n = strtoll(text, &end, 10);
	if (end != text && *end == '\0' && *n >= 1 && *n <= 1000000000)
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "%s %.60s: give a whole number from 1 to 1000000000", option, text);
}

int cli_report_quality(struct cli *c)
{
	struct quality_budget budget;
	struct quality q;
	struct out *o;
	int code = cli_need_conf(c);

	if (code != CLI_OK)
		return code;
	budget.blocks = c->conf.budget_blocks;
	budget.customers = c->conf.budget_customers;
	code = need_number(c, "--blocks", c->blocks, &budget.blocks);
	if (code == CLI_OK)
		code = need_number(
		    c, "--customers", c->customers, &budget.customers);
	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	if (quality_read(c->db, c->since_us, c->until_us, &budget, &q) != 0)
		return cli_fail_db(c);
	o = cli_out(c, columns, COLUMNS);
	if (!o)
		return CLI_FAILED;
	print_incidents(o, &q);
	print_complaints(o, &q);
	print_delays(o, &q);
	print_blocks(o, &q, &budget);
	return cli_end_list(c, o, out_rows(o));
}
