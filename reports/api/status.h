/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that the status, the metrics and the health check share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/vocab.h"
#include "store/db.h"

struct numbers {
	int64_t observations, applied, incidents, decisions;
	int64_t open, open_kind[INCIDENT_KIND_COUNT];
	int64_t in_force, blocks, waiting, pending, dead, newest_us;
	int64_t agents_us, leases_us; /* last heard; 0: never */
	bool analyzer;                /* somebody holds the lock of the log */
};

/* 0, or -1: the store fails. */
int numbers_read(struct numbers *n, struct db *db, int64_t now_us);
