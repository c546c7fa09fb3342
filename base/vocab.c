/* SPDX-License-Identifier: Apache-2.0 */
#include "base/vocab.h"

#include <stddef.h>
#include <string.h>

static const char *name_of(const char *const *names, int count, int v)
{
	return v >= 0 && v < count ? names[v] : "?";
}

static int value_of(const char *const *names, int count, const char *name)
{
	for (int i = 0; name != NULL && i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

/* The name table of one enum and its two functions. */
#define VOCAB(word, type, count, ...)                                          \
	static const char *const word##_names[] = {__VA_ARGS__};               \
	_Static_assert(                                                        \
	    sizeof(word##_names) / sizeof(word##_names[0]) == (count),         \
	    "a name for every " #word);                                        \
	const char *word##_name(enum type v)                                   \
	{                                                                      \
		return name_of(word##_names, (count), (int)v);                 \
	}                                                                      \
	int word##_parse(const char *name)                                     \
	{                                                                      \
		return value_of(word##_names, (count), name);                  \
	}

VOCAB(label, label, LABEL_COUNT, "none", "delivered", "opaque", "oversize",
    "not_smtp", "refused", "unanswered", "deferred", "rejected", "helo_forged",
    "spf_fail", "unknown_user", "blocklisted")
VOCAB(action, action, ACTION_COUNT, "allow", "block")
VOCAB(cause, cause, CAUSE_COUNT, "detector", "manual", "expired", "released")
VOCAB(incident_kind, incident_kind, INCIDENT_KIND_COUNT, "bot_burst",
    "spam_bot", "spoofed_sender", "compromised_account", "misconfigured_client",
    "port_probe", "blocked_attempts", "enforcement_leak")
VOCAB(incident_state, incident_state, INCIDENT_STATE_COUNT, "open",
    "acknowledged", "closed")
VOCAB(closed_as, closed_as, CLOSED_AS_COUNT, "not_closed", "fixed", "quiet",
    "false_positive", "duplicate")
VOCAB(spf_result, spf_result, SPF_RESULT_COUNT, "unchecked", "none", "neutral",
    "pass", "fail", "softfail", "temperror", "permerror")
VOCAB(verdict, verdict, VERDICT_COUNT, "cannot_tell", "authorised", "spoofed")
VOCAB(tier, tier, PRIVACY_COUNT, "flow", "envelope", "domains")
VOCAB(mode, mode, MODE_COUNT, "monitor", "enforce")
VOCAB(class_mode, class_mode, CLASS_MODE_COUNT, "inherit", "monitor", "off")
VOCAB(obs_kind, obs_kind, OBS_KIND_COUNT, "attempt", "transaction", "close",
    "summary", "tick", "operator", "policy", "move", "login", "filtered")
VOCAB(auth_state, auth_state, AUTH_STATE_COUNT, "none", "pending", "done")
VOCAB(op_verb, op_verb, OP_VERB_COUNT, "none", "block", "allow", "release",
    "disallow", "ack", "note", "close_fixed", "close_false_positive",
    "close_duplicate", "brake_apply", "brake_drop")
VOCAB(brake_end, brake_end, BRAKE_END_COUNT, "on", "rate_fell", "applied",
    "dropped")
VOCAB(login_result, login_result, LOGIN_RESULT_COUNT, "none", "success",
    "failure", "delivery")
VOCAB(audit_source, audit_source, AUDIT_SOURCE_COUNT, "cli", "api", "console")
