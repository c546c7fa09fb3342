/* SPDX-License-Identifier: Apache-2.0 */
/* One table says what may be said of a sender: authorised, spoofed, cannot
 * tell. docs/DETECTION.md has the same table in words. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/auth/dkim.h"
#include "analyzer/auth/dmarc.h"
#include "base/vocab.h"

/* All that a verdict rests on. Sender domain: that of MAIL FROM, or HELO
 * where MAIL FROM is null. Zero is the least that can be known. */
struct judge_facts {
	bool names_kept;    /* the privacy tier is `domains` */
	bool authenticated; /* AUTH succeeded in this session */
	bool has_domain;    /* the sender has a domain */
	bool address_known; /* the one that receivers see */
	bool over_budget;   /* no DNS was spent */
	bool encrypted;     /* or otherwise not readable */
	bool gap;           /* bytes of the transaction were lost */
	bool own_domain;    /* the sender domain is the customer's */
	bool listed_domain; /* or one that the operator allows */
	enum spf_result spf;
	bool spf_hangs; /* on the local part, which is not kept */
	bool message;   /* a message was begun */
	bool header_complete;
	/* Domain of header From; false where there is none, or several. */
	bool from_known;
	bool from_aligned; /* with the sender domain, by aspf= */
	enum dkim_says dkim;
	bool may_relay; /* port 25 is open to the class of the line */
	int received_count;
};

struct judge_row {
	enum verdict verdict;
	const char *text; /* the reason, without what judge_words() adds */
	/* Bits of the values it holds for, of the enums in judge.c; 0: all */
	unsigned obstacle, owner, spf, header, from, dkim, relayed;
	bool says_term, says_signature, says_policy;
};

/* Never NULL. */
const struct judge_row *judge(const struct judge_facts *f);
/* The whole table, and whether a row holds: exactly one does. */
const struct judge_row *judge_table(size_t *n);
bool judge_row_holds(const struct judge_row *row, const struct judge_facts *f);

/* What the reason is told with; NULL where there is none. */
struct judge_details {
	enum spf_result spf;
	const char *spf_term;
	const struct dkim_result *signature;
	const struct dmarc_outcome *dmarc;
};
/* The reason for people, cut at size - 1. */
void judge_words(const struct judge_row *row, const struct judge_details *d,
    char *out, size_t size);
