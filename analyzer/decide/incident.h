/* SPDX-License-Identifier: Apache-2.0 */
/* Incidents of one customer: one open per kind, raised by each sighting,
 * closed as quiet when none came for incident_quiet_s. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/decide/explain.h"
#include "analyzer/decide/ruling.h"
#include "analyzer/detect/keyset.h"

#define INCIDENT_SERVERS_MAX 1024 /* counted exactly up to here */

struct incident_open {
	struct incident row;
	struct keyset servers;
	int64_t since_us; /* of its first evidence */
	int64_t due_us;   /* quiet then */
	int64_t told;     /* greatest estimate of servers without names */
	bool unverified;  /* some source address may be forged */
	/* compromised_account: the most that was seen of the account that
	 * was seen last, and all accounts */
	struct account_words account;
	struct keyset accounts;
	int64_t block_age_us; /* enforcement_leak: the latest */
};
/* All zero: nothing open. */
struct incident_book {
	struct incident_open *open[INCIDENT_KIND_COUNT];
};

/* Something that opens the kind's incident or raises the open one. */
struct sighting {
	enum incident_kind kind;
	int64_t now_us;
	uint64_t server; /* 0: none is named */
	int64_t told;    /* estimate of those that are not named; 0: none */
	/* what is new since the last sighting, this row included */
	int64_t observations, unknown_users, blocklisted, spoofed;
	int32_t score_milli;
	bool unverified;
	/* Read when it opens: where the evidence begins, whom it met. */
	int64_t since_us, first_obs;
	const struct keyset *servers;
	const struct account_words *account; /* compromised_account; or NULL */
	int64_t block_age_us; /* enforcement_leak: when it began */
};

bool incident_is_open(const struct incident_book *b, enum incident_kind k);
/* Emits the incident's row; the open incident, or NULL without memory. */
const struct incident *incident_note(
    struct incident_book *b, struct ruling *r, const struct sighting *s);
/* INT64_MAX: none. */
int64_t incident_next_due(const struct incident_book *b);
/* Closes those that are due at at_us. */
void incident_close_due(
    struct incident_book *b, struct ruling *r, int64_t at_us);
/* What a verb closes an incident as; CLOSED_NOT: it does not close. */
enum closed_as incident_closed_by(enum op_verb verb);
/* ack, note or close of an operator row. 1: the incident was open. */
int incident_operate(
    struct incident_book *b, struct ruling *r, const struct observation *o);
void incident_book_free(struct incident_book *b);
