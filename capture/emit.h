/* SPDX-License-Identifier: Apache-2.0 */
/* Makes records of flows. Times never decrease, whatever packets say. */
#pragma once

#include <stdint.h>

#include "base/radius_session.h"
#include "base/record.pb-c.h"
#include "capture/counters.h"
#include "capture/dpi.h"
#include "capture/net/flow.h"
#include "capture/privacy.h"

/* r and all below it live until the call returns. */
typedef void (*emit_put)(void *arg, Sekisho__Record *r);

struct emit {
	struct privacy *privacy;   /* borrowed */
	struct counters *counters; /* borrowed */
	emit_put put;
	void *arg;
	int64_t last_us;
};

/* What Close says beyond the flow itself. */
struct emit_close {
	Sekisho__CloseReason reason;
	uint64_t bytes[2], lost_bytes;
	uint32_t gaps;
	const struct dpi_answer *dpi; /* NULL: not asked */
	const struct smtp_summary *smtp;
};

void emit_attempt(struct emit *e, const struct flow *f,
    Sekisho__Outcome outcome, int64_t now_us);
void emit_transaction(struct emit *e, const struct flow *f,
    const struct smtp_transaction *t, int64_t now_us);
void emit_close(struct emit *e, const struct flow *f,
    const struct emit_close *c, int64_t now_us);
void emit_summary(struct emit *e, const struct addr *client,
    Sekisho__Summary *s, int64_t now_us);
/* What RADIUS says of a session. */
void emit_lease(struct emit *e, const struct radius_session *s, int64_t now_us);
void emit_counters(struct emit *e, int64_t now_us);
