/* SPDX-License-Identifier: Apache-2.0 */
/* The files that stand beside a capture. */
#pragma once

#include <stdio.h>

#include "tests/gen/world.h"

struct sideout_paths {
	const char *subscribers, *zone, *key_file; /* as the conf names them */
};

/* Who the i-th copy of a scenario is, from 1. */
void sideout_copy(unsigned int i, char *customer, size_t size,
    char prefix[static PREFIX_STRLEN]);
void sideout_subscribers(const struct world *w, unsigned int copies, FILE *f);
void sideout_zone(const struct world *w, FILE *f);
/* own, validated: further networks, "" or each behind a comma. */
void sideout_conf(const struct world *w, const struct sideout_paths *p,
    const char *own, const char *validated, FILE *f);
