/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of customers: who must be found, who must be left alone, and
 * from what laws their parameters are drawn. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "tests/eval/life.h"

enum law { LAW_UNIFORM, LAW_LOG, LAW_CHANCE };

struct param {
	const char *name; /* NULL ends the list */
	enum law law;
	double lo, hi; /* CHANCE: lo is the probability */
	const char *why;
};

/* What counts as having been found. */
enum aim {
	AIM_NONE,    /* a normal: nothing may come */
	AIM_BLOCK,   /* the detector's block */
	AIM_BLOCKED, /* incident blocked_attempts: the line is blocked already
		      */
	AIM_ACCOUNT, /* incident compromised_account */
};

/* Where he leaves evidence. */
enum sight {
	SIGHT_PORT25,
	SIGHT_LOGINS, /* in the log of our submission server alone */
	SIGHT_NONE,
};

struct kind {
	const char *name;
	const char *what; /* in words, for the tables */
	enum aim aim;
	enum sight sight;
	life_wake *start;
	double fixed_line; /* share on a static line */
	double validated;  /* share whose source address is validated */
	struct param params[LIFE_PARAMS];
	int main_param;            /* which one is swept, or -1 */
	double sweep_lo, sweep_hi; /* over which range */
	/* Honest ones: as many for one of a kind that is active daily. */
	double many;
};

extern const struct kind kinds[];
extern const size_t kinds_n;
/* Honest and seen there, be it on port 25 or in the log. */
bool kind_is_normal(const struct kind *k, enum sight sight);
/* A bot that port 25 shows and no block hides yet. */
bool kind_is_shown(const struct kind *k);
/* NULL: there is none. */
const struct kind *kind_find(const char *name);
