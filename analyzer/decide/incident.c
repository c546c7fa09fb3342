/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/incident.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decide/explain.h"
#include "base/clock.h"

struct effect *ruling_effect(struct ruling *r, enum effect_kind kind)
{
	struct effect *e;

	/* At most five ends or restatements and eight quiet incidents are
	 * due for a customer, and one row adds at most five. */
	assert(r->fx->n < ENGINE_EFFECTS_MAX);
	e = &r->fx->v[r->fx->n++];
	e->kind = kind;
	return e;
}

bool incident_is_open(const struct incident_book *b, enum incident_kind k)
{
	return b->open[k] != NULL;
}

static void emit(struct incident_open *i, struct ruling *r)
{
	struct explain_evidence e = {i->since_us, i->unverified,
	    i->told > i->servers.n,
	    i->row.kind == INCIDENT_COMPROMISED_ACCOUNT ? &i->account : NULL,
	    i->block_age_us, i->held ? i->row.brake_id : 0};

	explain_incident_summary(&i->row, &e, i->row.summary, ROW_TEXT_LEN);
	ruling_effect(r, EFFECT_INCIDENT)->u.incident = i->row;
}

static int add_servers(struct incident_open *i, const struct sighting *s)
{
	const struct keyset *k = s->servers;

	for (uint32_t n = 0; k != NULL && n < k->cap; n++)
		if (k->slots[n] != 0 && keyset_add(&i->servers, k->slots[n],
					    INCIDENT_SERVERS_MAX) == -1)
			return -1;
	return 0;
}

static struct incident_open *open_new(
    struct ruling *r, const struct sighting *s)
{
	struct incident_open *i = calloc(1, sizeof(*i));
	struct incident *row;

	if (i == NULL)
		return NULL;
	row = &i->row;
	row->id = ++r->last_incident;
	row->kind = s->kind;
	row->state = INCIDENT_OPEN;
	row->opened_us = s->now_us;
	row->first_obs = s->first_obs;
	snprintf(row->customer, ROW_ID_LEN, "%s", r->customer);
	snprintf(
	    row->policy_hash, sizeof(row->policy_hash), "%s", r->policy->hash);
	i->since_us = s->since_us;
	if (add_servers(i, s) == -1) {
		keyset_clear(&i->servers);
		free(i);
		return NULL;
	}
	return i;
}

static void raise_row(
    struct incident *row, const struct ruling *r, const struct sighting *s)
{
	row->line_class = r->line_class;
	row->last_us = s->now_us;
	row->last_obs = r->obs_no;
	row->observations += s->observations;
	row->unknown_users += s->unknown_users;
	row->blocklisted += s->blocklisted;
	row->spoofed += s->spoofed;
	row->score_milli = s->score_milli;
	if (row->peak_milli < s->score_milli)
		row->peak_milli = s->score_milli;
}

static void keep_more(int64_t *kept, int64_t now)
{
	if (*kept < now)
		*kept = now;
}

/* What one row shows of an account may lack what another has shown. */
static int add_account(struct incident_open *i, const struct account_words *a)
{
	struct account_words *kept = &i->account;

	if (keyset_add(&i->accounts, key_of_name(a->id, strlen(a->id)),
		INCIDENT_SERVERS_MAX) == -1)
		return -1;
	if (strcmp(kept->id, a->id) != 0) {
		*kept = *a;
	} else {
		if (a->networks > 0 && kept->networks < a->networks) {
			kept->networks = a->networks;
			kept->span_us = a->span_us;
		}
		if (a->messages > 0 && kept->messages < a->messages) {
			kept->messages = a->messages;
			kept->burst_us = a->burst_us;
			kept->first_us = a->first_us;
			kept->usual = a->usual;
			kept->window_us = a->window_us;
		}
		keep_more(&kept->guessers, a->guessers);
		if (kept->unknown + kept->rejected < a->unknown + a->rejected) {
			kept->unknown = a->unknown;
			kept->rejected = a->rejected;
			kept->delivered = a->delivered;
			kept->answers_us = a->answers_us;
			kept->own_line = a->own_line;
		}
	}
	kept->accounts = i->accounts.n;
	return 0;
}

const struct incident *incident_note(
    struct incident_book *b, struct ruling *r, const struct sighting *s)
{
	struct incident_open *i = b->open[s->kind];

	if (i == NULL && (i = b->open[s->kind] = open_new(r, s)) == NULL)
		return NULL;
	if (s->server != 0 &&
	    keyset_add(&i->servers, s->server, INCIDENT_SERVERS_MAX) == -1)
		return NULL;
	if (s->account != NULL && add_account(i, s->account) == -1)
		return NULL;
	i->block_age_us = s->block_age_us;
	raise_row(&i->row, r, s);
	/* The named ones may be among those that are told. */
	if (i->told < s->told)
		i->told = s->told;
	i->row.servers = i->told > i->servers.n ? i->told : i->servers.n;
	i->unverified |= s->unverified;
	i->due_us = s->now_us + r->policy->conf->incident_quiet_s * US_PER_S;
	emit(i, r);
	return &i->row;
}

int64_t incident_next_due(const struct incident_book *b)
{
	int64_t due = INT64_MAX;

	for (int k = 0; k < INCIDENT_KIND_COUNT; k++)
		if (b->open[k] != NULL && b->open[k]->due_us < due)
			due = b->open[k]->due_us;
	return due;
}

static void drop(struct incident_book *b, int k)
{
	if (b->open[k] != NULL) {
		keyset_clear(&b->open[k]->servers);
		keyset_clear(&b->open[k]->accounts);
	}
	free(b->open[k]);
	b->open[k] = NULL;
}

void incident_close_due(
    struct incident_book *b, struct ruling *r, int64_t at_us)
{
	for (int k = 0; k < INCIDENT_KIND_COUNT; k++) {
		struct incident_open *i = b->open[k];

		if (i == NULL || i->due_us > at_us)
			continue;
		i->row.state = INCIDENT_CLOSED;
		i->row.closed_as = CLOSED_QUIET;
		i->row.closed_us = i->due_us;
		emit(i, r);
		drop(b, k);
	}
}

static struct incident_open *find_open(
    const struct incident_book *b, int64_t id, int *k)
{
	for (*k = 0; *k < INCIDENT_KIND_COUNT; ++*k)
		if (b->open[*k] != NULL && b->open[*k]->row.id == id)
			return b->open[*k];
	return NULL;
}

const struct incident *incident_find(const struct incident_book *b, int64_t id)
{
	int k;
	const struct incident_open *i = find_open(b, id, &k);

	return i == NULL ? NULL : &i->row;
}

void incident_hold(
    struct incident_book *b, struct ruling *r, int64_t id, int64_t brake_id)
{
	int k;
	struct incident_open *i = find_open(b, id, &k);

	if (i == NULL ||
	    (brake_id == 0 ? !i->held : i->held && i->row.brake_id == brake_id))
		return;
	i->held = brake_id != 0;
	if (i->held)
		i->row.brake_id = brake_id;
	emit(i, r);
}

enum closed_as incident_closed_by(enum op_verb verb)
{
	switch (verb) {
	case OP_CLOSE_FIXED:
		return CLOSED_FIXED;
	case OP_CLOSE_FALSE_POSITIVE:
		return CLOSED_FALSE_POSITIVE;
	case OP_CLOSE_DUPLICATE:
		return CLOSED_DUPLICATE;
	case OP_BRAKE_APPLY:
	case OP_BRAKE_DROP:
	case OP_NONE:
	case OP_BLOCK:
	case OP_ALLOW:
	case OP_RELEASE:
	case OP_DISALLOW:
	case OP_ACK:
	case OP_NOTE:
	case OP_VERB_COUNT:
		break;
	}
	return CLOSED_NOT;
}

/* What was closed long ago is known to the store alone. */
static void name_again(struct ruling *r, int64_t id, enum closed_as as)
{
	struct effect *e = ruling_effect(r, EFFECT_RENAMED);

	e->u.renamed.incident_id = id;
	e->u.renamed.closed_as = as;
}

int incident_operate(
    struct incident_book *b, struct ruling *r, const struct observation *o)
{
	enum closed_as as = incident_closed_by(o->op);
	int k;
	struct incident_open *i = find_open(b, o->op_incident, &k);

	if (i == NULL) {
		if (as != CLOSED_NOT)
			name_again(r, o->op_incident, as);
		return 0;
	}
	if (as != CLOSED_NOT) {
		i->row.state = INCIDENT_CLOSED;
		i->row.closed_as = as;
		i->row.closed_us = o->ts_us;
	} else if (o->op == OP_ACK) {
		i->row.state = INCIDENT_ACKNOWLEDGED;
	} else {
		return 1;
	}
	emit(i, r);
	if (as != CLOSED_NOT)
		drop(b, k);
	return 1;
}

void incident_book_free(struct incident_book *b)
{
	for (int k = 0; k < INCIDENT_KIND_COUNT; k++)
		drop(b, k);
}
