/* SPDX-License-Identifier: Apache-2.0 */
/* Many customers, on several processes. Sums of whole numbers only, so that
 * neither order nor number of the processes changes anything. */
#pragma once

#include "tests/eval/stats.h"
#include "tests/eval/trial.h"

#define RUN_KINDS   48
#define RUN_SAMPLES 20000 /* bots of a kind whose times are kept */

struct tally {
	uint64_t customers, days, rows, lost;
	uint64_t blocks, block_days, blocked_customers, on_static;
	uint64_t by_kind[INCIDENT_KIND_COUNT];
	uint64_t accused, accused_customers;
	uint64_t hist[STATS_HIST]; /* customers by their number of blocks */
	uint64_t began, found;
	uint64_t peer_alarms[PEER_COUNT], peer_found[PEER_COUNT];
	uint64_t refused, holds[NOVELTY_FEATURES];
	uint64_t example; /* least number of one with a wrong block or
			   * incident, plus 1 */
};

struct sample {
	float seconds, messages; /* seconds below 0: not found */
};

struct run {
	struct tally v[RUN_KINDS];         /* by place in kinds[] */
	struct sample *samples[RUN_KINDS]; /* of bots; NULL: none kept */
	double took_s;
};

struct run_plan {
	const struct trial *trial;
	uint64_t customers[RUN_KINDS]; /* of each kind; 0: left out */
	int processes;
	const char *progress; /* name to show, NULL: silent */
};

/* 0, or -1: a process failed, or no memory. */
int run_all(const struct run_plan *p, struct run *r);
void run_free(struct run *r);
