/* SPDX-License-Identifier: Apache-2.0 */
/* 8 Quality: of the thirty days that end with this one, as people say what an
 * incident was days later. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "reports/nightly/sections.h"
#include "reports/quality.h"

struct quality_doc {
	struct doc *d;
	const struct night *n;
	const struct quality *q;
	char since[24];
	const struct quality_budget *budget;
};

/* The figure of `report quality`. */
static const struct doc_recipe *figure(
    const struct quality_doc *s, struct doc_recipe *r, const char *name)
{
	char command[512];

	snprintf(command, sizeof(command),
	    "sekisho report quality --since %s --until TO -o tsv --fields "
	    "figure,value | sed -n 's/^%s\\t//p'",
	    s->since, name);
	return recipe(r, s->n, command, NULL, "quality", NULL);
}

static void add_count(const struct quality_doc *s, const char *key,
    enum message name, int64_t value)
{
	struct doc_recipe r;

	section_value(s->d, key, message(s->d->language, name), value,
	    figure(s, &r, key));
}

static void add_fact(const struct quality_doc *s, const char *key,
    enum message name, const char *words)
{
	struct doc_recipe r;

	doc_fact(s->d, key, message(s->d->language, name), words,
	    figure(s, &r, key));
}

/* "0.875 (95 %: 0.473 to 0.997), 7 of 8" */
static void add_share(const struct quality_doc *s, const char *key,
    enum message name, const struct quality_share *v)
{
	char value[32], low[32], high[32], n[32], total[32];
	const char *args[] = {value, low, high, n, total};
	char text[MESSAGE_BYTES];
	enum language l = s->d->language;

	if (v->total == 0) {
		add_fact(s, key, name, message(l, MSG_NO_LABELS));
		return;
	}
	if (doc_is_small(s->d, v->n) || doc_is_small(s->d, v->total) ||
	    doc_is_small(s->d, v->total - v->n)) {
		add_fact(s, key, name, message(l, MSG_TOO_FEW));
		return;
	}
	snprintf(value, sizeof(value), "%.4g", v->value);
	snprintf(low, sizeof(low), "%.3g", v->low);
	snprintf(high, sizeof(high), "%.3g", v->high);
	snprintf(n, sizeof(n), "%" PRId64, v->n);
	snprintf(total, sizeof(total), "%" PRId64, v->total);
	add_fact(
	    s, key, name, message_fill(text, message(l, MSG_SHARE), args, 5));
}

static void add_rate(const struct quality_doc *s, const char *key,
    enum message name, const double v[static 3], enum message words)
{
	char value[32], low[32], high[32], text[MESSAGE_BYTES];
	const char *args[] = {value, low, high};
	enum language l = s->d->language;

	if (!isfinite(v[0])) {
		add_fact(s, key, name, message(l, MSG_NO_CUSTOMER_DAYS));
		return;
	}
	if (doc_is_small(s->d, s->q->blocks.wrong)) {
		add_fact(s, key, name, message(l, MSG_TOO_FEW));
		return;
	}
	snprintf(value, sizeof(value), "%.4g", v[0]);
	snprintf(low, sizeof(low), "%.3g", v[1]);
	snprintf(high, sizeof(high), "%.3g", v[2]);
	add_fact(s, key, name, message_fill(text, message(l, words), args, 3));
}

static void add_delay(const struct quality_doc *s, const char *key,
    enum message name, int64_t us, int64_t n)
{
	char value[32], cases[32], text[MESSAGE_BYTES];
	const char *args[] = {value, cases};
	enum language l = s->d->language;

	if (us < 0 || doc_is_small(s->d, n)) {
		add_fact(s, key, name,
		    message(l, us < 0 ? MSG_NO_CASES : MSG_TOO_FEW));
		return;
	}
	snprintf(value, sizeof(value), "%.4g", (double)us / US_PER_S);
	snprintf(cases, sizeof(cases), "%" PRId64, n);
	add_fact(s, key, name,
	    message_fill(text, message(l, MSG_DELAY_WORDS), args, 2));
}

static void add_budget(const struct quality_doc *s)
{
	const struct quality *q = s->q;
	const double wrong[] = {
	    q->wrong_rate, q->wrong_rate_low, q->wrong_rate_high};
	const double used[] = {q->budget_used, q->budget_low, q->budget_high};
	char blocks[24], customers[24];
	const char *args[] = {blocks, customers};

	add_rate(s, "wrong_per_million_customer_days", MSG_WRONG_RATE, wrong,
	    MSG_RATE);
	add_rate(s, "budget_used", MSG_BUDGET, used, MSG_RATE);
	snprintf(blocks, sizeof(blocks), "%" PRId64, s->budget->blocks);
	snprintf(
	    customers, sizeof(customers), "%" PRId64, s->budget->customers);
	doc_say(s->d, MSG_BUDGET_WORDS, args, 2);
}

/* In the order that they are added in. */
static void hide_complaints(
    struct doc *d, const struct quality *q, size_t first)
{
	const size_t parts[] = {first + 1, first + 3, first + 4};

	doc_hide_parts(d, parts, 3);
	doc_hide_rest(
	    d, first + 2, q->complaints.covered - q->complaints.before);
}

static void hide_blocks(struct doc *d, size_t first)
{
	const size_t parts[] = {first + 1, first + 2};

	doc_hide_parts(d, parts, 2);
}

void section_quality(struct doc *d, const struct night *n,
    const struct quality *q, const struct quality_budget *budget)
{
	struct quality_doc s = {.d = d, .n = n, .q = q, .budget = budget};
	char time[CLOCK_STRLEN];
	const char *args[] = {s.since, n->until};
	size_t first;

	snprintf(s.since, sizeof(s.since), "%.19sZ",
	    clock_format(q->since_us, time));
	doc_section(d, "quality", MSG_S_QUALITY);
	doc_say(d, MSG_QUALITY_PERIOD, args, 2);
	first = d->n;
	add_count(&s, "incidents_right", MSG_Q_RIGHT, q->incidents.right);
	add_count(&s, "incidents_wrong", MSG_Q_WRONG, q->incidents.wrong);
	add_count(
	    &s, "incidents_duplicate", MSG_Q_DUPLICATE, q->incidents.duplicate);
	add_count(&s, "incidents_unlabelled", MSG_Q_UNLABELLED,
	    q->incidents.unlabelled);
	doc_hide_range(d, first);
	add_share(&s, "precision", MSG_PRECISION, &q->incidents.precision);
	first = d->n;
	add_count(&s, "complaints", MSG_Q_COMPLAINTS, q->complaints.all);
	add_count(
	    &s, "complaints_covered", MSG_Q_COVERED, q->complaints.covered);
	add_count(&s, "complaints_before", MSG_Q_BEFORE, q->complaints.before);
	add_count(&s, "complaints_missed", MSG_Q_MISSED, q->complaints.missed);
	add_count(&s, "complaints_unmatched", MSG_Q_UNMATCHED,
	    q->complaints.unmatched);
	hide_complaints(d, q, first);
	add_share(&s, "recall_bound", MSG_RECALL, &q->recall_bound);
	add_delay(&s, "detect_median_s", MSG_DETECT, q->detect.median_us,
	    q->detect.n);
	add_delay(
	    &s, "detect_p90_s", MSG_DETECT_P90, q->detect.p90_us, q->detect.n);
	first = d->n;
	add_count(&s, "blocks", MSG_Q_BLOCKS, q->blocks.all);
	add_count(&s, "blocks_wrong", MSG_Q_BLOCKS_WRONG, q->blocks.wrong);
	add_count(&s, "blocks_unlabelled", MSG_Q_BLOCKS_UNLABELLED,
	    q->blocks.unlabelled);
	doc_hide_rest(d, first + 2,
	    q->blocks.all - q->blocks.wrong - q->blocks.unlabelled);
	hide_blocks(d, first);
	add_count(&s, "customer_days", MSG_Q_CUSTOMER_DAYS, q->customer_days);
	add_budget(&s);
}
