/* SPDX-License-Identifier: Apache-2.0 */
/* 6 Enforcement, 7 Spoofed domains. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "reports/nightly/sections.h"

/* The names with their counts, the most frequent first. */
#define DOMAINS                                                                \
	"sekisho observation list --since FROM --until TO -q "                 \
	"verdict:spoofed -o tsv --fields domain | tail -n +2 | sort | "        \
	"uniq -c | sort -rn"
#define HISTORY    "sekisho enforce history --since FROM --until TO "
#define HISTORY_OF "sekisho enforce history ARG --since FROM --until TO"
#define HOOKS      "sekisho hook list --since FROM --until TO "

static void add_driver(
    struct doc *d, const struct night *n, const struct night_driver *x)
{
	const struct {
		const char *key, *command;
		enum message name;
		int64_t value;
	} rows[] = {
	    {"done", HOOKS "--state done --driver ARG -o ids | wc -l",
		MSG_DRIVER_DONE, x->done},
	    {"pending", HOOKS "--state pending --driver ARG -o ids | wc -l",
		MSG_DRIVER_PENDING, x->pending},
	    {"dead", HOOKS "--state dead --driver ARG -o ids | wc -l",
		MSG_DRIVER_DEAD, x->dead},
	};
	char key[96], text[MESSAGE_BYTES], time[40];
	const char *args[] = {x->name};
	struct doc_recipe r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(key, sizeof(key), "%s.%s", x->name, rows[i].key);
		message_fill(text, message(d->language, rows[i].name), args, 1);
		section_value(d, key, text, rows[i].value,
		    recipe(&r, n, rows[i].command, x->name, "enforcers", NULL));
	}
	if (x->oldest_us != 0) {
		snprintf(key, sizeof(key), "%s.oldest_waiting", x->name);
		message_fill(
		    text, message(d->language, MSG_DRIVER_LAG), args, 1);
		doc_fact(d, key, text,
		    zone_format(n->days.zone, x->oldest_us, time),
		    recipe(&r, n, HOOKS "--state pending --driver ARG", x->name,
			"enforcers", NULL));
	}
	if (x->last_error[0] == '\0')
		return;
	snprintf(key, sizeof(key), "%s.last_error", x->name);
	message_fill(text, message(d->language, MSG_DRIVER_ERROR), args, 1);
	doc_fact(d, key, text, x->last_error,
	    recipe(&r, n, HOOKS "--driver ARG", x->name, "enforcers", NULL));
}

/* What each one held when it was last listed. */
static void add_enforcers(struct doc *d, const struct night *n)
{
	static const struct doc_column columns[] = {
	    {"driver", MSG_H_DRIVER},
	    {"state", MSG_H_STATE},
	    {"wanted", MSG_H_WANTED},
	    {"held", MSG_H_HELD},
	    {"differences", MSG_H_DIFFER},
	    {"listed", MSG_H_LISTED},
	    {"error", MSG_H_ERROR},
	};
	struct doc_recipe r;

	if (n->enforcers.n == 0) {
		doc_say(d, MSG_ENFORCERS_NONE, NULL, 0);
		return;
	}
	doc_say(d, MSG_ENFORCERS, NULL, 0);
	doc_table(
	    d, "enforcers", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < n->enforcers.n; i++) {
		const struct enforcer *e = &n->enforcers.v[i];
		char wanted[24], held[24], differ[24], listed[40] = "-";
		const char *cells[] = {e->driver, e->state, wanted, held,
		    differ, listed, e->error[0] != '\0' ? e->error : "-"};

		snprintf(wanted, sizeof(wanted), "%" PRId64, e->wanted);
		snprintf(held, sizeof(held), "%" PRId64, e->held);
		snprintf(differ, sizeof(differ), "%" PRId64, e->differences);
		if (e->listed_us != 0)
			zone_format(n->days.zone, e->listed_us, listed);
		doc_row(d, cells, 7,
		    recipe(&r, n, "sekisho enforce check --driver ARG",
			e->driver, "enforcers", NULL));
	}
}

/* "45 s", "12 min", "1 h 05 min". */
static const char *lasted(const struct night_gap *g, char buf[static 40])
{
	int64_t s = (g->end_us - g->begin_us) / US_PER_S;

	if (s < 120)
		snprintf(buf, 40, "%" PRId64 " s", s);
	else if (s < 7200)
		snprintf(buf, 40, "%" PRId64 " min", s / 60);
	else
		snprintf(buf, 40, "%" PRId64 " h %02" PRId64 " min", s / 3600,
		    s / 60 % 60);
	return buf;
}

/* The worst of each driver's day, and how long it lasted. */
static void add_gaps(struct doc *d, const struct night *n)
{
	static const struct doc_column columns[] = {
	    {"driver", MSG_H_DRIVER},
	    {"worst", MSG_H_WORST_GAP},
	    {"began", MSG_H_SINCE},
	    {"ended", MSG_H_UNTIL},
	    {"lasted", MSG_H_LASTED},
	};
	struct doc_recipe r;
	int64_t worst = 0;

	if (n->gaps.n == 0)
		return;
	for (size_t i = 0; i < n->gaps.n; i++)
		if (worst < n->gaps.v[i].worst)
			worst = n->gaps.v[i].worst;
	section_value(d, "worst_gap", message(d->language, MSG_WORST_GAP),
	    worst,
	    recipe(&r, n,
		HISTORY "-o tsv --fields worst | "
			"awk 'NR > 1 && $1 > w { w = $1 } END { print w + 0 }'",
		NULL, "enforcers", ""));
	doc_table(d, "gaps", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < n->gaps.n; i++) {
		const struct night_gap *g = &n->gaps.v[i];
		char number[24], began[40] = "-", ended[40] = "-", long_[40];
		const char *cells[] = {g->driver, number, began, ended, "-"};

		snprintf(number, sizeof(number), "%" PRId64, g->worst);
		if (g->worst > 0) {
			zone_format(n->days.zone, g->begin_us, began);
			cells[4] = lasted(g, long_);
		}
		if (g->worst > 0 && !g->there)
			zone_format(n->days.zone, g->end_us, ended);
		doc_row(d, cells, 5,
		    recipe(&r, n, HISTORY_OF, g->driver, "enforcers", ""));
	}
}

static void add_differences(struct doc *d, const struct night *n)
{
	static const struct doc_column columns[] = {
	    {"driver", MSG_H_DRIVER},
	    {"difference", MSG_H_DIFFERENCE},
	    {"customer", MSG_H_CUSTOMER},
	    {"found", MSG_H_FIRST},
	    {"ended", MSG_H_UNTIL},
	    {"reason", MSG_H_REASON},
	};

	if (n->differences.n == 0)
		return;
	doc_table(
	    d, "differences", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < n->differences.n; i++) {
		const struct difference *x = &n->differences.v[i];
		char found[40], ended[40] = "-";
		const char *cells[] = {x->driver, x->kind,
		    x->customer[0] != '\0' ? x->customer : "-",
		    zone_format(n->days.zone, x->found_us, found), ended,
		    x->reason[0] != '\0' ? x->reason : "-"};

		if (x->ended_us != 0)
			zone_format(n->days.zone, x->ended_us, ended);
		doc_row(d, cells, 6, NULL);
	}
}

static void add_brakes(struct doc *d, const struct night *n)
{
	static const struct doc_column columns[] = {
	    {"brake", MSG_H_BRAKE},
	    {"began", MSG_H_SINCE},
	    {"ended", MSG_H_UNTIL},
	    {"ended_by", MSG_H_ENDED_BY},
	    {"held", MSG_H_HELD_BACK},
	    {"reason", MSG_H_REASON},
	};
	struct doc_recipe r;

	section_value(d, "brakes", message(d->language, MSG_BRAKES),
	    (int64_t)n->brakes.n,
	    recipe(&r, n,
		"sekisho brake show --since FROM --until TO -o ids 2>/dev/null "
		"| wc -l",
		NULL, NULL, NULL));
	if (d->outside || n->brakes.n == 0)
		return;
	doc_table(d, "brakes", columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < n->brakes.n; i++) {
		const struct brake_row *b = &n->brakes.v[i];
		char id[24], began[40], ended[40] = "-", held[24];
		const char *cells[] = {id,
		    zone_format(n->days.zone, b->began_us, began), ended,
		    b->ended_us != 0 ? brake_end_name(b->ended_by) : "-", held,
		    b->reason};

		snprintf(id, sizeof(id), "B%" PRId64, b->id);
		snprintf(held, sizeof(held), "%" PRId64, b->held);
		if (b->ended_us != 0)
			zone_format(n->days.zone, b->ended_us, ended);
		doc_row(d, cells, 6, NULL);
	}
}

void section_enforcement(struct doc *d, const struct night *n)
{
	int64_t dead = 0, pending = 0, done = 0;
	enum language l = d->language;
	struct doc_recipe r;

	for (size_t i = 0; i < n->drivers.n; i++) {
		done += n->drivers.v[i].done;
		pending += n->drivers.v[i].pending;
		dead += n->drivers.v[i].dead;
	}
	doc_section(d, "enforcement", MSG_S_ENFORCEMENT);
	section_value(d, "desired", message(l, MSG_DESIRED),
	    n->numbers[NIGHT_IN_FORCE][0],
	    recipe_number(&r, n, NIGHT_IN_FORCE));
	section_value(d, "orders_done", message(l, MSG_ORDERS_DONE), done,
	    recipe(&r, n, HOOKS "--state done -o ids | wc -l", NULL,
		"enforcers", NULL));
	section_value(d, "orders_pending", message(l, MSG_ORDERS_PENDING),
	    pending,
	    recipe(&r, n, HOOKS "--state pending -o ids | wc -l", NULL,
		"enforcers", NULL));
	section_value(d, "orders_dead", message(l, MSG_ORDERS_DEAD), dead,
	    recipe(&r, n, HOOKS "--state dead -o ids | wc -l", NULL,
		"enforcers", NULL));
	section_value(d, "differences", message(l, MSG_DIFFERENCES),
	    (int64_t)n->differences.n,
	    recipe(&r, n,
		"sekisho enforce list --since FROM --until TO -o ids | wc -l",
		NULL, "enforcers", NULL));
	add_brakes(d, n);
	/* Which machines enforce is nobody's business outside. */
	if (d->outside)
		return;
	add_enforcers(d, n);
	add_gaps(d, n);
	add_differences(d, n);
	if (n->drivers.n == 0)
		doc_say(d, MSG_NO_DRIVERS, NULL, 0);
	for (size_t i = 0; i < n->drivers.n; i++)
		add_driver(d, n, &n->drivers.v[i]);
}

/* An address is not a domain, whatever the client said. */
static bool is_address(const char *domain)
{
	struct addr a;

	return domain[0] == '[' || strchr(domain, ':') != NULL ||
	       addr_parse(&a, domain) == 0;
}

static bool is_few(int64_t n)
{
	return n > 0 && n < NIGHT_SMALL;
}

/* Whether a domain has no row: outside, an address, and the domain with the
 * fewest mails when what has no row were few without it. */
static void choose_rows(const struct doc *d, const struct night *n,
    bool left_out[static NIGHT_DOMAINS_MAX], int64_t *other)
{
	size_t last = n->n_domains;

	memset(left_out, 0, NIGHT_DOMAINS_MAX * sizeof(*left_out));
	*other = n->other_messages;
	for (size_t i = 0; d->outside && i < n->n_domains; i++) {
		left_out[i] = is_address(n->domains[i].name);
		if (left_out[i])
			*other += n->domains[i].messages;
		else
			last = i;
	}
	if (last == n->n_domains || !is_few(*other))
		return;
	left_out[last] = true;
	*other += n->domains[last].messages;
}

static void add_domains(struct doc *d, const struct night *n)
{
	static const struct doc_column columns[] = {
	    {"domain", MSG_H_DOMAIN},
	    {"mails", MSG_H_MAILS},
	    {"customers", MSG_H_CUSTOMERS},
	};
	const char *labels[NIGHT_DOMAINS_MAX];
	int64_t values[NIGHT_DOMAINS_MAX], other;
	char small[24], most[24];
	const char *args[] = {small, most};
	struct doc_recipe r;
	bool left_out[NIGHT_DOMAINS_MAX];
	size_t shown = 0;

	choose_rows(d, n, left_out, &other);
	for (size_t i = 0; i < n->n_domains; i++) {
		const struct night_domain *x = &n->domains[i];
		char mails[32], customers[32];
		const char *cells[] = {x->name, mails, customers};

		if (left_out[i])
			continue;
		if (shown == 0)
			doc_table(d, "domains", columns, 3);
		snprintf(mails, sizeof(mails), "%" PRId64, x->messages);
		if (doc_is_small(d, x->customers))
			doc_count(d, x->customers, customers);
		else
			snprintf(customers, sizeof(customers), "%" PRId64,
			    x->customers);
		doc_row(d, cells, 3, NULL);
		labels[shown] = x->name;
		values[shown++] = x->messages;
	}
	if (shown > 0)
		doc_bars(d, "domains_chart", MSG_CHART_DOMAINS, labels, values,
		    shown);
	snprintf(small, sizeof(small), "%d", NIGHT_SMALL);
	snprintf(most, sizeof(most), "%d", NIGHT_DOMAINS_MAX);
	if (other > 0) {
		char text[MESSAGE_BYTES], command[512];

		snprintf(command, sizeof(command),
		    DOMAINS " | awk 'NF > 1 && ($1 < %d || ++n > %d) { s += "
			    "$1 } END { print s + 0 }'",
		    NIGHT_SMALL, NIGHT_DOMAINS_MAX);
		section_value(d, "other_messages",
		    message_fill(
			text, message(d->language, MSG_OTHER), args, 2),
		    other, recipe(&r, n, command, NULL, NULL, NULL));
	}
	doc_command(d, recipe(&r, n, DOMAINS, NULL, NULL, NULL));
}

void section_domains(struct doc *d, const struct night *n)
{
	struct doc_recipe r;

	doc_section(d, "spoofed", MSG_S_DOMAINS);
	section_value(d, "spoofed_messages", message(d->language, MSG_SPOOFED),
	    n->spoofed,
	    recipe(&r, n,
		"sekisho observation list --since FROM --until TO -q "
		"verdict:spoofed -o ids | wc -l",
		NULL, "queue", "kind:spoofed_sender"));
	if (strcmp(n->tier, "domains") == 0)
		add_domains(d, n);
	else
		doc_say(d, MSG_NAMES_TIER, NULL, 0);
}
