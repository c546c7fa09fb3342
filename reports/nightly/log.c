/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/log.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "store/read.h"

/* A flood of made-up names must not take the memory: more are "other". Of
 * customers there are as many as the provider has. */
#define NAMES_MAX 100000

struct name {
	int64_t n, customers;
	UT_hash_handle hh;
	char text[];
};
struct names {
	struct name *table;
};
struct tally {
	struct night *night;
	struct names subscribers, oversize, refusable, domains, pairs;
	struct names lines; /* class and customer */
	struct names agents;
	int64_t over; /* messages whose name found no room */
};

static struct name *note_most(
    struct names *t, const char *text, unsigned int most, bool *is_new)
{
	size_t len = strlen(text);
	struct name *e;

	*is_new = false;
	HASH_FIND(hh, t->table, text, len, e);
	if (!e && HASH_COUNT(t->table) < most) {
		e = calloc(1, sizeof(*e) + len + 1);
		if (!e)
			return NULL;
		memcpy(e->text, text, len + 1);
		HASH_ADD_KEYPTR(hh, t->table, e->text, len, e);
		*is_new = true;
	}
	if (e)
		e->n++;
	return e;
}

static struct name *note(struct names *t, const char *text, bool *is_new)
{
	return note_most(t, text, NAMES_MAX, is_new);
}

static struct name *note_customer(
    struct names *t, const char *text, bool *is_new)
{
	return note_most(t, text, UINT_MAX, is_new);
}

static void free_names(struct names *t)
{
	struct name *e = t->table;

	/* The list through them outlives the table. */
	HASH_CLEAR(hh, t->table);
	while (e) {
		struct name *next = e->hh.next;

		free(e);
		e = next;
	}
}

static void take_spoofed(struct tally *t, const struct observation *o)
{
	const char *domain = o->spf_helo ? o->spf_domain : o->mail_from;
	char pair[ROW_DOMAIN_LEN + ROW_ID_LEN + 2];
	struct name *e;
	bool is_new;

	t->night->spoofed++;
	if (o->tier != PRIVACY_DOMAINS || domain[0] == '\0')
		return;
	e = note(&t->domains, domain, &is_new);
	if (!e) {
		t->over++;
		return;
	}
	snprintf(pair, sizeof(pair), "%s %s", domain, o->customer);
	if (note(&t->pairs, pair, &is_new) && is_new)
		e->customers++;
}

static void take_subscriber(struct tally *t, const struct observation *o)
{
	char line[CLASS_NAME_LEN + ROW_ID_LEN + 2];
	bool is_new;

	note_customer(&t->subscribers, o->customer, &is_new);
	snprintf(line, sizeof(line), "%s %s", line_class_name(o->line_class),
	    o->customer);
	if (note_customer(&t->lines, line, &is_new) && is_new)
		t->night->classes[o->line_class].subscribers++;
}

static void take_session(struct tally *t, const struct observation *o)
{
	int64_t *ports = t->night->ports;

	switch (o->server_port) {
	case 25:
		ports[o->authenticated ? NIGHT_PORT25_AUTH : NIGHT_PORT25]++;
		break;
	case 587:
		ports[NIGHT_PORT587]++;
		break;
	case 465:
		ports[NIGHT_PORT465]++;
		break;
	}
}

static int take_row(void *arg, const struct observation *o)
{
	struct tally *t = arg;
	bool is_new;

	if (o->kind != OBS_ATTEMPT && o->kind != OBS_TRANSACTION &&
	    o->kind != OBS_CLOSE && o->kind != OBS_SUMMARY)
		return 0;
	t->night->observations++;
	visibility_note(&t->night->visibility, o);
	t->night->labels[o->label]++;
	if (o->agent[0] != '\0')
		note(&t->agents, o->agent, &is_new);
	if (o->kind == OBS_CLOSE)
		take_session(t, o);
	if (o->kind == OBS_TRANSACTION && o->traffic_case >= 1 &&
	    o->traffic_case <= NIGHT_CASES)
		t->night->cases[o->traffic_case - 1]++;
	if (o->traffic_case == 2 && o->server_port == 25 &&
	    o->customer[0] != '\0')
		take_subscriber(t, o);
	if (o->label == LABEL_OVERSIZE) {
		t->night->oversize++;
		note_customer(&t->oversize, o->customer, &is_new);
	}
	if (o->traffic_case == 1 && o->spf == SPF_FAIL) {
		t->night->refusable++;
		note_customer(&t->refusable, o->customer, &is_new);
	}
	if (o->verdict == VERDICT_SPOOFED)
		take_spoofed(t, o);
	return 0;
}

static int by_count(const struct name *a, const struct name *b)
{
	if (a->n != b->n)
		return a->n < b->n ? 1 : -1;
	return strcmp(a->text, b->text);
}

static void rank_domains(struct tally *t)
{
	struct night *n = t->night;
	struct name *e;

	HASH_SORT(t->domains.table, by_count);
	for (e = t->domains.table; e; e = e->hh.next) {
		struct night_domain *d = &n->domains[n->n_domains];

		if (e->n < NIGHT_SMALL || n->n_domains == NIGHT_DOMAINS_MAX) {
			n->other_messages += e->n;
			n->other_domains++;
			continue;
		}
		snprintf(d->name, sizeof(d->name), "%s", e->text);
		d->messages = e->n;
		d->customers = e->customers;
		n->n_domains++;
	}
	n->other_messages += t->over;
}

int night_read_log(struct night *n, struct db *db)
{
	struct read_range range = {.since_us = n->since_us,
	    .until_us = n->until_us,
	    .state = -1,
	    .kind = -1};
	struct tally t = {.night = n};
	int rc = read_observations_range(db, &range, take_row, &t);

	n->numbers[NIGHT_SUBSCRIBERS][0] = HASH_COUNT(t.subscribers.table);
	n->taps = HASH_COUNT(t.agents.table);
	n->oversize_customers = HASH_COUNT(t.oversize.table);
	n->refusable_customers = HASH_COUNT(t.refusable.table);
	rank_domains(&t);
	free_names(&t.subscribers);
	free_names(&t.lines);
	free_names(&t.agents);
	free_names(&t.oversize);
	free_names(&t.refusable);
	free_names(&t.domains);
	free_names(&t.pairs);
	return rc;
}
