/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/routes.h"

#include "reports/api/scope.h"

#define PAGE     "limit cursor count"
#define INCIDENT "q state kind class customer min_score_milli since until"
#define KNOWN    (-1)
#define CHANGE   (ROUTE_BODY | ROUTE_CHANGES)

const struct route routes[] = {
    {"GET", "/livez", 0, health_live, "verbose", 0},
    {"GET", "/healthz", 0, health_live, "verbose", 0},
    {"GET", "/readyz", 0, health_ready, "verbose", 0},
    {"GET", "/metrics", SCOPE_METRICS_READ, metrics_get, "", 0},
    {"GET", "/api/v1/openapi.json", 0, openapi_get, "", 0},
    {"GET", "/api/v1/session", KNOWN, session_get, "", 0},
    {"POST", "/api/v1/session", 0, session_post, "", ROUTE_BODY},
    {"DELETE", "/api/v1/session", KNOWN, session_delete, "", ROUTE_CHANGES},
    {"GET", "/api/v1/status", SCOPE_INCIDENTS_READ, status_get, "", 0},
    {"GET", "/api/v1/incidents", SCOPE_INCIDENTS_READ, incidents_get,
	INCIDENT " sort " PAGE, 0},
    {"GET", "/api/v1/incidents/customers", SCOPE_INCIDENTS_READ, queue_get,
	INCIDENT " " PAGE, 0},
    {"GET", "/api/v1/incidents/counts", SCOPE_INCIDENTS_READ, counts_get,
	INCIDENT, 0},
    {"GET", "/api/v1/incidents/histogram", SCOPE_INCIDENTS_READ, histogram_get,
	INCIDENT " buckets", 0},
    {"GET", "/api/v1/incidents/*", SCOPE_INCIDENTS_READ, incident_get, "limit",
	ROUTE_PERSONAL},
    {"PATCH", "/api/v1/incidents/*", SCOPE_INCIDENTS_WRITE, incident_patch, "",
	CHANGE},
    {"POST", "/api/v1/incidents/*/notes", SCOPE_INCIDENTS_WRITE,
	incident_note_post, "", CHANGE | ROUTE_ONCE},
    {"GET", "/api/v1/customers/*", SCOPE_INCIDENTS_READ, customer_get, "",
	ROUTE_PERSONAL},
    {"POST", "/api/v1/customers/*/notes", SCOPE_INCIDENTS_WRITE, customer_note,
	"", CHANGE | ROUTE_ONCE},
    {"GET", "/api/v1/who", SCOPE_INCIDENTS_READ, who_get, "ip port at",
	ROUTE_PERSONAL},
    {"GET", "/api/v1/decisions", SCOPE_DECISIONS_READ, decisions_get,
	"state customer action cause since until " PAGE, 0},
    {"POST", "/api/v1/decisions", SCOPE_DECISIONS_WRITE, decisions_post, "",
	CHANGE | ROUTE_ONCE},
    {"GET", "/api/v1/decisions/changes", SCOPE_DECISIONS_READ, changes_get,
	"after wait", 0},
    {"GET", "/api/v1/decisions/*", SCOPE_DECISIONS_READ, decision_get, "",
	ROUTE_PERSONAL},
    {"GET", "/api/v1/allow", SCOPE_DECISIONS_READ, allow_get, PAGE, 0},
    {"GET", "/api/v1/enforcers", SCOPE_DECISIONS_READ, enforcers_get, "", 0},
    {"GET", "/api/v1/deliveries", SCOPE_DECISIONS_READ, deliveries_get,
	"driver state " PAGE, 0},
    {"GET", "/api/v1/quality", SCOPE_INCIDENTS_READ, quality_get, "since until",
	0},
    {"GET", "/api/v1/reports", SCOPE_INCIDENTS_READ, reports_get, "", 0},
    {"GET", "/api/v1/reports/*", SCOPE_INCIDENTS_READ, report_get, "", 0},
    {"GET", "/api/v1/audit", SCOPE_AUDIT_READ, audit_get,
	"actor since until " PAGE, 0},
    {"GET", "/api/v1/config", SCOPE_ADMIN, config_get, "", 0},
    {"GET", "/api/v1/events", SCOPE_INCIDENTS_READ, events_get, "",
	ROUTE_STREAM},
    {"GET", "/export/v1/block.txt", SCOPE_EXPORT_READ, export_get, "", 0},
    {"GET", "/crowdsec/v1/decisions/stream", 0, crowdsec_stream, NULL,
	ROUTE_CROWDSEC},
    {"POST", "/crowdsec/v1/usage-metrics", 0, crowdsec_metrics, NULL,
	ROUTE_CROWDSEC},
};
const size_t routes_n = sizeof(routes) / sizeof(routes[0]);
