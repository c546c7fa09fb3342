/* SPDX-License-Identifier: Apache-2.0 */
/* How the figures move with the thresholds, with what a bot does, and with
 * how much an honest customer sends. */
#pragma once

#include <stdio.h>

#include "tests/eval/run.h"
#include "tests/eval/table.h"

#define CURVES_FACTORS 9
#define CURVES_LINES   (4 + PEER_COUNT)

/* One point of a curve. */
struct point {
	double factor;
	double wrong;  /* days with a wrong block or alarm, per million */
	double recall; /* mean over the kinds of bots that port 25 shows */
};
struct curve {
	char name[16];
	struct point v[CURVES_FACTORS];
};
struct curves {
	struct curve v[CURVES_LINES]; /* together, alone, then the peers */
};

struct curves_size {
	uint64_t normals, bots; /* of each kind, each point */
	int processes;
	bool progress;
};

/* Thresholds of all rules, or of one alone, times some factors. 0, or -1. */
int curves_roc(
    const struct trial *t, const struct curves_size *n, struct curves *c);
void curves_svg(const struct curves *c, FILE *out);
/* Each peer as published, beside the best of Sekisho's thresholds. */
void curves_compare(const struct curves *c, FILE *out, enum table_style style);
void curves_points(const struct curves *c, FILE *out, enum table_style style);
/* Where a bot is no longer found. 0, or -1. */
int curves_sweep(const struct trial *t, const struct curves_size *n, FILE *out,
    enum table_style style);
/* With how much mail an honest customer is first blocked. 0, or -1. */
int curves_load(const struct trial *t, const struct curves_size *n, FILE *out,
    enum table_style style);
