/* SPDX-License-Identifier: Apache-2.0 */
/* The words that rooms share and people see: one enum and one name table
 * each. The names are what the store, the JSON and the CLI carry. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/line_class.h"

/* Labels in ascending strength (DESIGN section 2). */
enum label {
	LABEL_NONE,
	LABEL_DELIVERED,
	LABEL_OPAQUE,
	LABEL_OVERSIZE,
	LABEL_NOT_SMTP,
	LABEL_REFUSED,
	LABEL_UNANSWERED,
	LABEL_DEFERRED,
	LABEL_REJECTED,
	LABEL_HELO_FORGED,
	LABEL_SPF_FAIL,
	LABEL_UNKNOWN_USER,
	LABEL_BLOCKLISTED,
	LABEL_COUNT
};
enum action { ACTION_ALLOW, ACTION_BLOCK, ACTION_COUNT };
enum cause {
	CAUSE_DETECTOR,
	CAUSE_MANUAL,
	CAUSE_EXPIRED,
	CAUSE_RELEASED,
	CAUSE_COUNT
};
enum incident_kind {
	INCIDENT_BOT_BURST,
	INCIDENT_SPAM_BOT,
	INCIDENT_SPOOFED_SENDER,
	INCIDENT_COMPROMISED_ACCOUNT,
	INCIDENT_MISCONFIGURED_CLIENT,
	INCIDENT_PORT_PROBE,
	INCIDENT_BLOCKED_ATTEMPTS,
	INCIDENT_ENFORCEMENT_LEAK,
	INCIDENT_KIND_COUNT
};
enum incident_state {
	INCIDENT_OPEN,
	INCIDENT_ACKNOWLEDGED,
	INCIDENT_CLOSED,
	INCIDENT_STATE_COUNT
};
enum closed_as {
	CLOSED_NOT,
	CLOSED_FIXED,
	CLOSED_QUIET,
	CLOSED_FALSE_POSITIVE,
	CLOSED_DUPLICATE,
	CLOSED_AS_COUNT
};
/* RFC 8601 section 2.7.2 words; SPF_UNCHECKED: not asked. */
enum spf_result {
	SPF_UNCHECKED,
	SPF_NONE,
	SPF_NEUTRAL,
	SPF_PASS,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_TEMPERROR,
	SPF_PERMERROR,
	SPF_RESULT_COUNT
};
enum verdict {
	VERDICT_CANNOT_TELL,
	VERDICT_AUTHORISED,
	VERDICT_SPOOFED,
	VERDICT_COUNT
};
enum tier { PRIVACY_FLOW, PRIVACY_ENVELOPE, PRIVACY_DOMAINS, PRIVACY_COUNT };
enum mode { MODE_MONITOR, MODE_ENFORCE, MODE_COUNT };
/* What the decisions on a class of lines come to. */
enum class_mode {
	CLASS_MODE_INHERIT, /* as analyzer { mode } says */
	CLASS_MODE_MONITOR, /* decided, and no driver is told */
	CLASS_MODE_OFF,     /* the detector opens incidents only */
	CLASS_MODE_COUNT
};
enum obs_kind {
	OBS_ATTEMPT,
	OBS_TRANSACTION,
	OBS_CLOSE,
	OBS_SUMMARY, /* failed attempts of one client, told in one */
	OBS_TICK,
	OBS_OPERATOR,
	OBS_POLICY,
	OBS_MOVE,     /* the addresses of a customer with a decision changed */
	OBS_LOGIN,    /* at our own submission server, by its log */
	OBS_FILTERED, /* a driver refused attempts of a blocked line */
	OBS_KIND_COUNT
};
enum auth_state {
	AUTH_STATE_NONE,
	AUTH_STATE_PENDING,
	AUTH_STATE_DONE,
	AUTH_STATE_COUNT
};
enum login_result {
	LOGIN_NONE,
	LOGIN_SUCCESS,
	LOGIN_FAILURE,
	LOGIN_DELIVERY, /* what became of mail that was handed in */
	LOGIN_RESULT_COUNT
};
enum op_verb {
	OP_NONE,
	OP_BLOCK,
	OP_ALLOW,
	OP_RELEASE,
	OP_DISALLOW, /* ends what an allow gave; a block below it holds again */
	OP_ACK,      /* from here on of an incident */
	OP_NOTE,
	OP_CLOSE_FIXED,
	OP_CLOSE_FALSE_POSITIVE,
	OP_CLOSE_DUPLICATE,
	OP_BRAKE_APPLY, /* of no customer */
	OP_BRAKE_DROP,
	OP_VERB_COUNT
};
/* How the mass-event brake ended. */
enum brake_end {
	BRAKE_ON,
	BRAKE_RATE_FELL,
	BRAKE_APPLIED, /* by an operator */
	BRAKE_DROPPED, /* by an operator */
	BRAKE_END_COUNT
};
/* Where a person asked. */
enum audit_source { AUDIT_CLI, AUDIT_API, AUDIT_CONSOLE, AUDIT_SOURCE_COUNT };

/* A name for every value of the enum; "?" outside of it. */
const char *label_name(enum label v);
const char *action_name(enum action v);
const char *cause_name(enum cause v);
const char *incident_kind_name(enum incident_kind v);
const char *incident_state_name(enum incident_state v);
const char *closed_as_name(enum closed_as v);
const char *spf_result_name(enum spf_result v);
const char *verdict_name(enum verdict v);
const char *tier_name(enum tier v);
const char *mode_name(enum mode v);
const char *class_mode_name(enum class_mode v);
const char *obs_kind_name(enum obs_kind v);
const char *auth_state_name(enum auth_state v);
const char *op_verb_name(enum op_verb v);
const char *brake_end_name(enum brake_end v);
const char *login_result_name(enum login_result v);
const char *audit_source_name(enum audit_source v);
/* The value for a name, or -1. */
int label_parse(const char *name);
int action_parse(const char *name);
int cause_parse(const char *name);
int incident_kind_parse(const char *name);
int incident_state_parse(const char *name);
int closed_as_parse(const char *name);
int spf_result_parse(const char *name);
int verdict_parse(const char *name);
int tier_parse(const char *name);
int mode_parse(const char *name);
int class_mode_parse(const char *name);
int obs_kind_parse(const char *name);
int auth_state_parse(const char *name);
int op_verb_parse(const char *name);
int brake_end_parse(const char *name);
int login_result_parse(const char *name);
int audit_source_parse(const char *name);
