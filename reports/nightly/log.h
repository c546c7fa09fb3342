/* SPDX-License-Identifier: Apache-2.0 */
/* What the observation log of the day gives to a report. */
#pragma once

#include "reports/nightly/night.h"

/* 0, or -1. */
int night_read_log(struct night *n, struct db *db);
