/* SPDX-License-Identifier: Apache-2.0 */
/* What a person reads first: what was read, what was found, what could not be
 * seen, what was lost and what to do about it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/conf.h"
#include "capture/counters.h"

struct summary_frame {
	const struct conf_ports *ports; /* borrowed */
	bool live;                      /* not files */
	bool full;                      /* all counters behind it */
	bool stopped;                   /* before the end of the files */
	bool to_analyzer;               /* which acknowledges records */
	unsigned int workers;
	int64_t first_us, last_us; /* packet time; 0: not known */
	double took_s;             /* 0: not known; so are these */
	double cpu_s;
	long peak_kib; /* of one process */
};

/* cpu_s and peak_kib; who: RUSAGE_SELF, or RUSAGE_CHILDREN that were waited
 * for. */
void summary_measure(struct summary_frame *f, int who);
/* What is zero is left out. The last line of the text says what was lost, also
 * when that is nothing. */
void summary_print(
    FILE *out, const struct counters *c, const struct summary_frame *f);
