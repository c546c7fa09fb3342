/* SPDX-License-Identifier: Apache-2.0 */
/* One customer's life through the engine and the peers' rules. */
#pragma once

#include "analyzer/detect/engine.h"
#include "analyzer/detect/novelty.h"
#include "tests/eval/kinds.h"
#include "tests/eval/peers.h"

/* What is tried, the same for all customers of a run. */
struct trial {
	const struct policy *policy;
	enum tier tier;
	uint64_t seed;
	int days;
	double load;        /* multiplies what normals send */
	double shift;       /* multiplies every parameter of normals */
	double main_param;  /* of a sweep: the kind's main one; NAN: drawn */
	double peer_factor; /* of the peers' thresholds; 0: no peers */
};

struct outcome {
	uint64_t rows;
	uint32_t active_days; /* with a row on port 25, or a log-in */
	uint32_t blocks;      /* the detector's */
	uint32_t block_days;  /* with at least one */
	uint32_t on_static;   /* of the blocks: on a static line */
	uint32_t by_kind[INCIDENT_KIND_COUNT]; /* blocks, by their incident */
	uint32_t accused; /* incidents compromised_account */
	/* of a bot */
	bool began;                 /* it did something */
	int64_t began_us, found_us; /* found: after it began; -1: never */
	uint32_t messages; /* connections it made until then, or messages it
			    * handed in */
	uint32_t peer_alarms[PEER_COUNT];
	bool peer_found[PEER_COUNT];
	uint64_t lost;
	/* mails refused for good that counted, and at how many of them each
	 * novelty feature held */
	uint32_t refused, holds[NOVELTY_FEATURES];
};

struct lab; /* reusable memory of one process */
struct lab *lab_new(void);
void lab_free(struct lab *l);
/* 0, or -1 without memory. */
int lab_run(struct lab *l, const struct trial *t, const struct kind *k,
    uint64_t number, struct outcome *o);
/* The same, each row told before the next: for a look at one customer. */
typedef void lab_row_cb(
    void *arg, const struct observation *o, const struct effects *fx);
void lab_watch(struct lab *l, lab_row_cb *cb, void *arg);
/* Of the customer that was run last. */
double lab_param(const struct lab *l, int i);
