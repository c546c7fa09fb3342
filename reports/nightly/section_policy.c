/* SPDX-License-Identifier: Apache-2.0 */
/* 9 Allow list and policy, 10 Method. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reports/nightly/sections.h"

static void add_allow_row(
    struct doc *d, const struct night *n, const struct decision *x)
{
	char id[24], since[40], until[40], text[24], screen[ROW_ID_LEN + 16];
	const char *cells[] = {id, x->customer, since, until,
	    x->reason[0] != '\0' ? x->reason : "-"};
	struct doc_recipe r;

	snprintf(id, sizeof(id), "D%" PRId64, x->seq);
	snprintf(text, sizeof(text), "%s", id);
	snprintf(screen, sizeof(screen), "allow");
	zone_format(n->days.zone, x->since_us, since);
	if (x->until_us == 0)
		snprintf(until, sizeof(until), "%s",
		    message(d->language, MSG_NO_END));
	else
		zone_format(n->days.zone, x->until_us, until);
	doc_row(d, cells, 5,
	    recipe(&r, n, "sekisho decision show ARG", text, screen, NULL));
}

static void add_allows(struct doc *d, const struct night *n, const char *key,
    const struct decision *v, size_t count)
{
	static const struct doc_column columns[] = {
	    {"decision", MSG_H_DECISION},
	    {"customer", MSG_H_CUSTOMER},
	    {"since", MSG_H_SINCE},
	    {"until", MSG_H_UNTIL},
	    {"reason", MSG_H_REASON},
	};

	if (count == 0 || d->outside)
		return;
	doc_table(d, key, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < count; i++)
		add_allow_row(d, n, &v[i]);
}

void section_policy(struct doc *d, const struct night *n)
{
	enum language l = d->language;
	char command[512], soon[40];
	struct doc_recipe r;

	doc_section(d, "policy", MSG_S_ALLOW);
	section_value(d, "allows_made", message(l, MSG_N_MANUAL_ALLOWS),
	    n->numbers[NIGHT_MANUAL_ALLOWS][0],
	    recipe_number(&r, n, NIGHT_MANUAL_ALLOWS));
	add_allows(d, n, "allows_made", n->allows.v, n->allows.n);
	zone_format("UTC", n->until_us + NIGHT_SOON_US, soon);
	snprintf(command, sizeof(command),
	    "sekisho decision list --in-force --at TO --action allow -q "
	    "'ends<%.10sT%.5s:00Z' -o ids | wc -l",
	    soon, soon + 11);
	section_value(d, "allows_ending", message(l, MSG_ALLOWS_ENDING),
	    (int64_t)n->ending.n, recipe(&r, n, command, NULL, "allow", NULL));
	add_allows(d, n, "allows_ending", n->ending.v, n->ending.n);
	for (size_t i = 0; i < n->n_policies; i++) {
		char key[32];

		snprintf(key, sizeof(key),
		    i == 0 ? "policy_hash" : "policy_hash_%zu", i + 1);
		doc_fact(d, key, message(l, MSG_POLICY_HASH), n->policies[i],
		    recipe(
			&r, n, "sekisho config show", NULL, "settings", NULL));
	}
	if (n->n_policies == 0)
		doc_fact(d, "policy_hash", message(l, MSG_POLICY_HASH),
		    message(l, MSG_POLICY_NONE), NULL);
}

void section_method(struct doc *d, const struct night *n)
{
	char from[40], to[40], small[12], below[12];
	const char *day[] = {n->date, n->days.zone,
	    zone_format(n->days.zone, n->since_us, from),
	    zone_format(n->days.zone, n->until_us, to)};
	const char *count[] = {below, small};

	snprintf(small, sizeof(small), "%d", NIGHT_SMALL);
	snprintf(below, sizeof(below), "%d", NIGHT_SMALL - 1);
	doc_section(d, "method", MSG_S_METHOD);
	doc_say(d, MSG_METHOD_DAY, day, 4);
	if (!d->outside)
		doc_say(d, MSG_METHOD_LOG, NULL, 0);
	doc_say(d, MSG_METHOD_STATE, NULL, 0);
	doc_say(d, MSG_METHOD_SMALL, &count[1], 1);
	if (d->outside)
		doc_say(d, MSG_METHOD_PUBLIC, count, 2);
	else
		doc_say(d, MSG_METHOD_COMMANDS, NULL, 0);
	doc_say(d, MSG_METHOD_TERMS, NULL, 0);
}
