/* SPDX-License-Identifier: Apache-2.0 */
/* The talk of a hook driver with the dispatcher: JSON lines in, answers out
 * (docs/HOOKS.md). Lines that wait already are handed over together, and each
 * is answered when all are done. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "analyzer/drivers/kit/ledger.h"
#include "analyzer/drivers/kit/order.h"
#include "base/jsonw.h"

struct talk {
	const char *mod; /* for log lines */
	/* What hello is answered. */
	bool ports, port_sets, sees_refused;
	int64_t max_entries;
	/* Orders that apply() gets at once: the dispatcher sends so many before
	 * it has their answers. */
	size_t batch_max;
	bool keeps_lines; /* order.line is wanted */
	/* Blocks and unblocks without an error so far, in their order; sets
	 * error where one was not done. */
	void (*apply)(void *arg, struct order **v, size_t n);
	/* Whose network cannot be asked: "held" is what was told. NULL: list
	 * is called. */
	const struct ledger *told;
	/* Writes the entries of "held" or "counters" (NULL: not known), or
	 * gives -1 and why before it has written any. */
	int (*list)(void *arg, struct jsonw *j, char *why, size_t n);
	int (*counters)(void *arg, struct jsonw *j, char *why, size_t n);
	/* Reaches whoever is told, with something that changes nothing; -1 and
	 * why. NULL: that it answers is all that can be tried. */
	int (*test)(void *arg, const struct order *o, char *why, size_t n);
	void *arg;
};

/* Until the end of in. A line that cannot be answered ends the process:
 * the dispatcher is gone. */
void talk_run(const struct talk *t, int in, FILE *out);
/* Every entry of an answer begins with it. */
void talk_begin_entry(struct jsonw *j);
/* One entry of "held". subscriber NULL: foreign. The targets are sorted, so
 * that the ranges of one address stand together. */
void talk_write_held(struct jsonw *j, const char *subscriber, int64_t seq,
    const struct target *targets, size_t n, int64_t until_us);
