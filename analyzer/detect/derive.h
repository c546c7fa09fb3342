/* SPDX-License-Identifier: Apache-2.0 */
/* From "at most N wrong blocks a day for M customers" to a threshold of the
 * score, and what it costs in time to detect. */
#pragma once

#include "analyzer/detect/cusum.h"

/* What innocent customers of a class send: the labels that count, once a
 * server and minute, and how many of them an active customer has in a day. */
struct derive_mix {
	double share[LABEL_COUNT];
	double per_day;
};
struct derive_question {
	int32_t weight_milli[LABEL_COUNT];
	struct derive_mix normal;
	double blocks;           /* wrong ones a day ... */
	double customers;        /* ... among so many, all active every day */
	int32_t threshold_milli; /* that is configured now */
};
struct derived {
	/* The least that keeps the budget; 0: none below
	 * DERIVE_THRESHOLD_MAX does. */
	int32_t threshold_milli;
	/* Wrong blocks a day at the configured and at the derived one. */
	double blocks_now, blocks_then;
	/* Observations until the alarm at the derived one (the configured one
	 * when there is none): a bot, and one that mixes in as much good mail.
	 */
	double bot, mixed_bot;
	int32_t lattice_milli;
};
#define DERIVE_THRESHOLD_MAX 200000

/* Assumed where nothing was measured (docs/DETECTION.md): a line whose port 25
 * is closed by its class, and one whose is open. */
extern const struct derive_mix derive_closed, derive_open;
/* A bot with a bought list. */
extern const double derive_bot_share[LABEL_COUNT];

/* 0; -1: no memory, or a mix without a share. */
int derive(const struct derive_question *q, struct derived *d);
