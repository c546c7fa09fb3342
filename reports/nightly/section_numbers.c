/* SPDX-License-Identifier: Apache-2.0 */
/* 3 Numbers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/nightly/sections.h"

#define CLASS_NUMBERS 3 /* of each class of lines */
#define OBSERVATIONS  "sekisho observation list --since FROM --until TO "

/* The verdict has the blocks of both. */
static void hide_numbers(struct doc *d, const struct night *n, size_t first)
{
	const size_t blocks[] = {
	    first + NIGHT_BLOCKS, first + NIGHT_MANUAL_BLOCKS};

	doc_hide_rest(d, first + NIGHT_REPEATS,
	    n->numbers[NIGHT_BLOCKS][0] - n->numbers[NIGHT_REPEATS][0]);
	doc_hide_rest(d, first + NIGHT_FALSE,
	    n->numbers[NIGHT_CLOSED][0] - n->numbers[NIGHT_FALSE][0]);
	doc_hide_parts(d, blocks, 2);
}

static void add_numbers(struct doc *d, const struct night *n)
{
	static const enum message names[NIGHT_NUMBERS] = {
	    [NIGHT_SUBSCRIBERS] = MSG_N_SUBSCRIBERS,
	    [NIGHT_OPENED] = MSG_N_OPENED,
	    [NIGHT_CLOSED] = MSG_N_CLOSED,
	    [NIGHT_FALSE] = MSG_N_FALSE,
	    [NIGHT_OPEN] = MSG_N_OPEN,
	    [NIGHT_BLOCKS] = MSG_N_BLOCKS,
	    [NIGHT_REPEATS] = MSG_N_REPEATS,
	    [NIGHT_MANUAL_BLOCKS] = MSG_N_MANUAL_BLOCKS,
	    [NIGHT_MANUAL_ALLOWS] = MSG_N_MANUAL_ALLOWS,
	    [NIGHT_EXPIRED] = MSG_N_EXPIRED,
	    [NIGHT_RELEASED] = MSG_N_RELEASED,
	    [NIGHT_IN_FORCE] = MSG_N_IN_FORCE,
	    [NIGHT_ALLOWED] = MSG_N_ALLOWED,
	    [NIGHT_NOTIFIED] = MSG_N_NOTIFIED,
	};

	size_t first = d->n;

	for (int i = 0; i < NIGHT_NUMBERS; i++) {
		struct doc_recipe r;
		/* What stands from day to day: the difference is what came
		 * and went. */
		bool stock = i == NIGHT_OPEN || i == NIGHT_IN_FORCE ||
			     i == NIGHT_ALLOWED;
		const struct doc_number v = {night_number_name(i),
		    message(d->language, names[i]), n->numbers[i][0],
		    night_has_series(i) && !(stock && d->outside)
			? n->numbers[i]
			: NULL,
		    recipe_number(&r, n, i)};

		doc_value(d, &v);
	}
	hide_numbers(d, n, first);
}

/* How many of those who are to know, know. Outside a share of few would tell
 * who is not one of them. */
static void add_notified(struct doc *d, const struct night *n)
{
	int64_t all = n->new_customers, some = n->new_notified;
	const char *name = message(d->language, MSG_NOTIFIED);
	char text[MESSAGE_BYTES], a[32], b[32], share[32];
	const char *args[] = {
	    doc_count(d, some, a), doc_count(d, all, b), share};

	if (all == 0) {
		doc_fact(d, "notified", name,
		    message(d->language, MSG_NOTIFIED_NONE), NULL);
		return;
	}
	if (doc_is_small(d, all) || doc_is_small(d, some) ||
	    doc_is_small(d, all - some)) {
		doc_fact(d, "notified", name, message(d->language, MSG_TOO_FEW),
		    NULL);
		return;
	}
	snprintf(share, sizeof(share), "%" PRId64 ".%" PRId64, some * 100 / all,
	    some * 1000 / all % 10);
	doc_fact(d, "notified", name,
	    message_fill(
		text, message(d->language, MSG_NOTIFIED_WORDS), args, 3),
	    NULL);
}

static void add_new_customers(struct doc *d, const struct night *n)
{
	static const char with_new[] =
	    "sekisho incident list " RECIPE_RANGE
	    "--opened -o tsv --fields customer | tail -n +2 | sort -u";
	char command[768];
	struct doc_recipe r;

	if (!d->outside) {
		snprintf(command, sizeof(command), "%s | wc -l", with_new);
		section_value(d, "new_customers",
		    message(d->language, MSG_NEW_CUSTOMERS), n->new_customers,
		    recipe(&r, n, command, NULL, "queue", ""));
		snprintf(command, sizeof(command),
		    "{ %s; %s | sort -u; } | sort | uniq -d | wc -l", with_new,
		    RECIPE_NOTIFIED("NEXT"));
		section_value(d, "new_customers_notified",
		    message(d->language, MSG_NEW_NOTIFIED), n->new_notified,
		    recipe(&r, n, command, NULL, NULL, NULL));
	}
	add_notified(d, n);
}

static void add_week(struct doc *d, const struct night *n)
{
	char text[ZONE_DAYS][8];
	const char *labels[ZONE_DAYS];
	int64_t opened[ZONE_DAYS], blocks[ZONE_DAYS];

	for (int i = 0; i < ZONE_DAYS; i++)
		if (doc_is_small(d, n->numbers[NIGHT_BLOCKS][i]) ||
		    doc_is_small(d, n->numbers[NIGHT_MANUAL_BLOCKS][i]))
			return;
	for (int i = 0; i < ZONE_DAYS; i++) {
		int day = ZONE_DAYS - 1 - i;
		char time[40];

		zone_format(n->days.zone, n->days.begin_us[day], time);
		snprintf(text[i], sizeof(text[i]), "%.5s", time + 5);
		labels[i] = text[i];
		opened[i] = n->numbers[NIGHT_OPENED][day];
		blocks[i] = n->numbers[NIGHT_BLOCKS][day] +
			    n->numbers[NIGHT_MANUAL_BLOCKS][day];
	}
	doc_columns(
	    d, "week", MSG_CHART_WEEK, labels, opened, blocks, ZONE_DAYS);
}

const char *section_kind(const struct doc *d, enum incident_kind k)
{
	static const enum message names[INCIDENT_KIND_COUNT] = {
	    [INCIDENT_BOT_BURST] = MSG_K_BOT_BURST,
	    [INCIDENT_SPAM_BOT] = MSG_K_SPAM_BOT,
	    [INCIDENT_SPOOFED_SENDER] = MSG_K_SPOOFED_SENDER,
	    [INCIDENT_COMPROMISED_ACCOUNT] = MSG_K_COMPROMISED_ACCOUNT,
	    [INCIDENT_MISCONFIGURED_CLIENT] = MSG_K_MISCONFIGURED_CLIENT,
	    [INCIDENT_PORT_PROBE] = MSG_K_PORT_PROBE,
	    [INCIDENT_BLOCKED_ATTEMPTS] = MSG_K_BLOCKED_ATTEMPTS,
	    [INCIDENT_ENFORCEMENT_LEAK] = MSG_K_ENFORCEMENT_LEAK,
	};

	return message(d->language, names[k]);
}

static void add_kinds(struct doc *d, const struct night *n)
{
	const char *labels[INCIDENT_KIND_COUNT] = {0};
	int64_t values[INCIDENT_KIND_COUNT] = {0};
	size_t count = 0, first = d->n;
	struct doc_recipe r;

	doc_heading(d, MSG_KINDS);
	for (int k = 0; k < INCIDENT_KIND_COUNT; k++) {
		const char *kind = incident_kind_name(k);
		char query[64];
		size_t at = count;

		if (n->kinds[k] == 0)
			continue;
		snprintf(query, sizeof(query), "kind:%s", kind);
		section_value(d, kind, section_kind(d, k), n->kinds[k],
		    recipe(&r, n,
			"sekisho incident list --since FROM --until TO "
			"--opened --kind ARG -o ids | wc -l",
			kind, "queue", query));
		/* The most frequent first. */
		for (; at > 0 && values[at - 1] < n->kinds[k]; at--) {
			values[at] = values[at - 1];
			labels[at] = labels[at - 1];
		}
		values[at] = n->kinds[k];
		labels[at] = section_kind(d, k);
		count++;
	}
	doc_hide_range(d, first);
	if (count == 0) {
		doc_say(d, MSG_NO_INCIDENT, NULL, 0);
		return;
	}
	doc_bars(d, "kinds", MSG_CHART_KINDS, labels, values, count);
	doc_hide_bars(d, first);
}

static void add_traffic(struct doc *d, const struct night *n)
{
	static const enum message cases[NIGHT_CASES] = {
	    MSG_CASE1, MSG_CASE2, MSG_CASE3, MSG_CASE4};
	static const struct {
		const char *key, *test;
		enum message name;
	} ports[NIGHT_PORTS] = {
	    {"port25", "$1 == 25 && $2 != \"true\"", MSG_PORT25},
	    {"port25_auth", "$1 == 25 && $2 == \"true\"", MSG_PORT25_AUTH},
	    {"port587", "$1 == 587", MSG_PORT587},
	    {"port465", "$1 == 465", MSG_PORT465},
	};
	struct doc_recipe r;
	size_t first = d->n;

	doc_heading(d, MSG_CASES);
	for (int i = 0; i < NIGHT_CASES; i++) {
		char key[8], number[2] = {(char)('1' + i), '\0'};

		snprintf(key, sizeof(key), "case%s", number);
		section_value(d, key, message(d->language, cases[i]),
		    n->cases[i],
		    recipe(&r, n,
			OBSERVATIONS
			"--kind transaction --case ARG -o ids | wc -l",
			number, NULL, NULL));
	}
	doc_hide_range(d, first);
	first = d->n;
	doc_heading(d, MSG_PORTS);
	for (int i = 0; i < NIGHT_PORTS; i++) {
		char command[256];

		snprintf(command, sizeof(command),
		    OBSERVATIONS "--kind close -o tsv --fields "
				 "server_port,authenticated | awk '%s { n++ } "
				 "END { print n + 0 }'",
		    ports[i].test);
		section_value(d, ports[i].key,
		    message(d->language, ports[i].name), n->ports[i],
		    recipe(&r, n, command, NULL, NULL, NULL));
	}
	doc_hide_range(d, first);
}

static int by_name(const void *a, const void *b)
{
	const enum line_class *x = a, *y = b;

	return strcmp(line_class_name(*x), line_class_name(*y));
}

static void add_class(struct doc *d, const struct night *n, enum line_class k)
{
	const struct night_class *c = &n->classes[k];
	const char *class = line_class_name(k);
	struct {
		const char *key;
		enum message name;
		int64_t value;
		const char *command;
		const char *screen;
	} rows[CLASS_NUMBERS] = {
	    {"subscribers_on_25", MSG_CLASS_SUBSCRIBERS, c->subscribers,
		OBSERVATIONS
		"--case 2 --class ARG -o tsv --fields customer,server_port | "
		"awk -F'\\t' 'NR > 1 && $2 == 25 && $1 != \"\" { print $1 }' "
		"| sort -u | wc -l",
		NULL},
	    {"incidents_opened", MSG_CLASS_INCIDENTS, c->incidents,
		"sekisho incident list --since FROM --until TO --opened "
		"--class ARG -o ids | wc -l",
		"queue"},
	    {"blocks", MSG_CLASS_BLOCKS, c->blocks,
		"sekisho decision list --since FROM --until TO --action block "
		"--class ARG -o ids | wc -l",
		"decisions"},
	};

	for (size_t i = 0; i < CLASS_NUMBERS; i++) {
		char key[96], query[64], name[MESSAGE_BYTES];
		struct doc_recipe r;

		snprintf(key, sizeof(key), "%s.%s", class, rows[i].key);
		snprintf(query, sizeof(query), "class:%s", class);
		message_fill(name, message(d->language, rows[i].name),
		    (const char *const[]){class}, 1);
		section_value(d, key, name, rows[i].value,
		    recipe(
			&r, n, rows[i].command, class, rows[i].screen, query));
	}
}

static void add_classes(struct doc *d, const struct night *n)
{
	enum line_class list[CLASS_COUNT];
	size_t at[CLASS_COUNT], first, count = 0;

	for (int k = 0; k < CLASS_COUNT; k++) {
		const struct night_class *c = &n->classes[k];

		if (c->subscribers + c->incidents + c->blocks > 0)
			list[count++] = (enum line_class)k;
	}
	doc_heading(d, MSG_CLASSES);
	if (count == 0)
		doc_say(d, MSG_CLASS_NONE, NULL, 0);
	else
		qsort(list, count, sizeof(list[0]), by_name);
	first = d->n;
	for (size_t i = 0; i < count; i++)
		add_class(d, n, list[i]);
	for (size_t m = 0; m < CLASS_NUMBERS; m++) {
		for (size_t i = 0; i < count; i++)
			at[i] = first + CLASS_NUMBERS * i + m;
		doc_hide_parts(d, at, count);
	}
}

static void add_advice(struct doc *d, const struct night *n)
{
	static const char customers[] =
	    " -o tsv --fields customer | tail -n +2 | sort -u | wc -l";
	char command[256];
	enum language l = d->language;
	struct doc_recipe r;

	doc_heading(d, MSG_ADVICE);
	section_value(d, "misconfigured_clients", message(l, MSG_ADVICE_587),
	    n->misconfigured,
	    recipe(&r, n,
		"sekisho incident list --since FROM --until TO --opened "
		"--kind misconfigured_client -o ids | wc -l",
		NULL, "queue", "kind:misconfigured_client"));
	/* It stands among the kinds, too. */
	if (doc_hides(d, incident_kind_name(INCIDENT_MISCONFIGURED_CLIENT)))
		doc_hide(d, d->n - 1);
	section_value(d, "oversize_messages", message(l, MSG_ADVICE_SIZE),
	    n->oversize,
	    recipe(&r, n, OBSERVATIONS "--label oversize -o ids | wc -l", NULL,
		NULL, NULL));
	snprintf(command, sizeof(command), OBSERVATIONS "--label oversize%s",
	    customers);
	section_value(d, "oversize_customers",
	    message(l, MSG_ADVICE_SIZE_CUSTOMERS), n->oversize_customers,
	    recipe(&r, n, command, NULL, NULL, NULL));
	section_value(d, "refusable_messages", message(l, MSG_ADVICE_SPF),
	    n->refusable,
	    recipe(&r, n, OBSERVATIONS "--case 1 -q spf:fail -o ids | wc -l",
		NULL, NULL, NULL));
	snprintf(command, sizeof(command),
	    OBSERVATIONS "--case 1 -q spf:fail%s", customers);
	section_value(d, "refusable_customers",
	    message(l, MSG_ADVICE_SPF_CUSTOMERS), n->refusable_customers,
	    recipe(&r, n, command, NULL, NULL, NULL));
}

void section_numbers(struct doc *d, const struct night *n)
{
	doc_section(d, "numbers", MSG_S_NUMBERS);
	add_numbers(d, n);
	add_new_customers(d, n);
	add_week(d, n);
	add_kinds(d, n);
	add_traffic(d, n);
	add_classes(d, n);
	add_advice(d, n);
}
