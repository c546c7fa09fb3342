/* SPDX-License-Identifier: Apache-2.0 */
/* The handlers of all routes; docs/openapi.json says what each gives. */
#pragma once

#include <stddef.h>

#include "reports/api/call.h"

extern const struct route routes[];
extern const size_t routes_n;

void health_live(struct call *c);
void health_ready(struct call *c);
void metrics_get(struct call *c);
void openapi_get(struct call *c);
void session_get(struct call *c);
void session_post(struct call *c);
void session_delete(struct call *c);
void status_get(struct call *c);
void incidents_get(struct call *c);
void queue_get(struct call *c);
void counts_get(struct call *c);
void histogram_get(struct call *c);
void incident_get(struct call *c);
void letter_get(struct call *c);
void incident_patch(struct call *c);
void incident_note_post(struct call *c);
void customer_get(struct call *c);
void customer_note(struct call *c);
void who_get(struct call *c);
void decisions_get(struct call *c);
void decisions_post(struct call *c);
void decision_get(struct call *c);
void changes_get(struct call *c);
void allow_get(struct call *c);
void enforcers_get(struct call *c);
void history_get(struct call *c);
void deliveries_get(struct call *c);
void deliveries_retry(struct call *c);
void quality_get(struct call *c);
void reports_get(struct call *c);
void report_get(struct call *c);
void audit_get(struct call *c);
void config_get(struct call *c);
void events_get(struct call *c);
void export_get(struct call *c);
void crowdsec_stream(struct call *c);
void crowdsec_metrics(struct call *c);
