/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluation's customers (tests/eval/kinds.h) as packets: of each honest
 * one the day of his month on which he began most connections, of each bot the
 * first hours after its first mail. Not the same bytes on every machine: the
 * draws use logarithms. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tests/eval/kinds.h"
#include "tests/gen/world.h"

#define POPULATION_MAX       60 /* of each kind: addresses are not endless */
#define POPULATION_NETWORKS  "198.18.224.0/19"
#define POPULATION_VALIDATED "198.18.240.0/20"

struct person {
	const struct kind *kind;
	enum line_class line_class;
	struct prefix line;
	char id[32];     /* of the customer */
	char domain[48]; /* his own */
};
struct population {
	struct person *v;
	size_t n;
};

/* So many of each kind that sends to port 25 of others. truth: lines as
 * scene_play() writes them; what they did, summed, goes to deeds. Ends the
 * program when memory is out. */
void population_play(struct population *p, struct world *w, unsigned int each,
    FILE *truth, FILE *deeds);
void population_subscribers(const struct population *p, FILE *f);
void population_zone(const struct population *p, FILE *f);
void population_free(struct population *p);
