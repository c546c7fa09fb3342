/* SPDX-License-Identifier: Apache-2.0 */
/* What incidents and decisions need of the row that is being applied, and
 * where they put their effects. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/detect/engine.h"
#include "analyzer/detect/policy.h"

struct ruling {
	const struct policy *policy;
	enum mode mode;
	int64_t last_incident, last_decision; /* numbers given so far */
	struct effects *fx;                   /* of the row */
	int64_t obs_no;                       /* the row */
	const char *customer;
	enum line_class line_class;
	bool no_memory; /* something could not be kept: the row fails */
};

/* A fresh effect, filled by the caller. */
struct effect *ruling_effect(struct ruling *r, enum effect_kind kind);
