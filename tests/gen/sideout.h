/* SPDX-License-Identifier: Apache-2.0 */
/* The files that stand beside a capture. */
#pragma once

#include <stdio.h>

#include "tests/gen/world.h"

struct sideout_paths {
	const char *subscribers, *zone, *key_file; /* as the conf names them */
};

void sideout_subscribers(const struct world *w, FILE *f);
void sideout_zone(const struct world *w, FILE *f);
void sideout_conf(
    const struct world *w, const struct sideout_paths *p, FILE *f);
