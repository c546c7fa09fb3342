/* SPDX-License-Identifier: Apache-2.0 */
/* One connection of the evaluation (struct talk) as packets, and how many of
 * each sort there were. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "tests/gen/population.h"
#include "tests/gen/scene.h"

#define DEED_ANSWERS   4
#define DEED_FATES     9
#define DEED_GREETINGS 4
#define DEED_VERDICTS  3

/* Sums of all customers; all zero is empty. */
struct deeds {
	uint32_t unread[DEED_ANSWERS]; /* no session */
	uint32_t tls;                  /* and nothing can be read after it */
	uint32_t mail[DEED_FATES][DEED_GREETINGS][DEED_VERDICTS];
};

void deed_play(struct deeds *sums, struct scene *s, const struct person *who,
    const struct talk *t, int64_t at_us);
/* Lines "answer,fate,greeting,verdict,count"; no line of what never was. */
void deeds_write(const struct deeds *d, FILE *f);
