/* SPDX-License-Identifier: Apache-2.0 */
/* The events of one engine, and those of two side by side. */
#pragma once

#include "analyzer/decide/trial.h"
#include "analyzer/detect/engine.h"

struct trial_events {
	struct trial_event *v;
	size_t n, cap;
	/* By incident id: its event, counted from 1; 0: it has none, since it
	 * was opened before, or a block of it stands for it. */
	struct trial_known {
		size_t event;
		enum incident_kind kind;
		char customer[ROW_ID_LEN];
		char summary[ROW_TEXT_LEN];
	} * incidents;
	size_t n_incidents, cap_incidents;
};

/* What a row of time ts_us gave; counted: it is in the time that is compared.
 * 0, or -1 without memory. */
int trial_events_take(struct trial_events *e, const struct effects *fx,
    const struct observation *o, int32_t other_milli, bool counted);
/* What an incident of one engine is in the other: the newest of its customer
 * and kind. 0: there is none. */
int64_t trial_events_twin(const struct trial_events *e, int64_t incident_id,
    const struct trial_events *other);
void trial_events_free(struct trial_events *e);
/* As trial_run(). Sorts both. */
int trial_events_compare(struct trial_events *old, struct trial_events *new,
    const struct trial_owner *owner, struct trial_sum *sum);
