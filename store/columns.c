/* SPDX-License-Identifier: Apache-2.0 */
#include "store/row.h"

#include "store/access.h"
#include "store/checkpoint.h"
#include "store/desk.h"
#include "store/rows.h"

#define FIELD(type, col, kind, word, member)                                   \
	{                                                                      \
		col, kind, word, offsetof(struct type, member),                \
		    sizeof(((struct type *)0)->member)                         \
	}
#define SAME(type, kind, member) FIELD(type, #member, kind, WORD_NONE, member)
#define MAP(type, name)                                                        \
	{                                                                      \
		name, sizeof(struct type), type##_columns,                     \
		    sizeof(type##_columns) / sizeof(type##_columns[0])         \
	}

#define NUM(m)     SAME(observation, COLUMN_NUMBER, m)
#define OPT(m)     SAME(observation, COLUMN_OPTIONAL, m)
#define FLAG(m)    SAME(observation, COLUMN_FLAG, m)
#define PORT(m)    SAME(observation, COLUMN_PORT, m)
#define TEXT(m)    SAME(observation, COLUMN_TEXT, m)
#define BYTES(m)   SAME(observation, COLUMN_BYTES, m)
#define BLOB(m)    SAME(observation, COLUMN_BLOB, m)
#define WORD(m, w) FIELD(observation, #m, COLUMN_WORD, w, m)
static const struct column observation_columns[] = {
    NUM(obs_no),
    OPT(applied_no),
    TEXT(customer),
    WORD(kind, WORD_OBS_KIND),
    NUM(ts_us),
    NUM(start_us),
    TEXT(agent),
    NUM(boot),
    NUM(seq),
    NUM(flow_id),
    BYTES(client),
    PORT(client_port),
    BYTES(server),
    PORT(server_port),
    WORD(line_class, WORD_LINE_CLASS),
    NUM(traffic_case),
    FLAG(source_validated),
    WORD(tier, WORD_TIER),
    NUM(outcome),
    NUM(attempts),
    NUM(servers),
    NUM(helo_verb),
    NUM(helo_kind),
    FLAG(helo_null_literal),
    TEXT(helo),
    FLAG(mail_from_seen),
    FLAG(mail_from_null),
    TEXT(mail_from),
    BYTES(mail_from_hash),
    BYTES(rcpt_hash),
    TEXT(header_from),
    NUM(header_from_count),
    NUM(rcpt_count),
    NUM(rcpt_accepted),
    NUM(unknown_users),
    TEXT(rcpt_domains),
    NUM(reply_code),
    TEXT(reply_enhanced),
    NUM(reply_class),
    NUM(reply_stage),
    FLAG(names_client),
    NUM(declared_bytes),
    NUM(seen_bytes),
    NUM(tls),
    NUM(end),
    FLAG(header_complete),
    FLAG(dkim_signature),
    BLOB(dkim_evidence),
    FLAG(dkim_more),
    NUM(received_count),
    FLAG(gap),
    FLAG(authenticated),
    NUM(auth_outcome),
    TEXT(auth_mechanism),
    TEXT(dpi),
    FLAG(not_smtp),
    NUM(transactions),
    WORD(auth_state, WORD_AUTH_STATE),
    WORD(spf, WORD_SPF),
    FLAG(spf_helo),
    TEXT(spf_domain),
    BYTES(spf_address),
    TEXT(spf_term),
    TEXT(spf_record),
    NUM(spf_lookups),
    TEXT(spf_trail),
    TEXT(dkim),
    TEXT(dmarc),
    WORD(verdict, WORD_VERDICT),
    TEXT(verdict_reason),
    BYTES(account_hash),
    WORD(login, WORD_LOGIN),
    NUM(messages),
    FLAG(own_line),
    WORD(op, WORD_OP),
    OPT(op_id),
    OPT(op_until_us),
    OPT(op_incident),
    TEXT(policy_hash),
    WORD(mode, WORD_MODE),
    WORD(label, WORD_LABEL),
    NUM(weight_milli),
    NUM(score_milli),
    TEXT(novelty),
    BYTES(digest),
};
const struct row_map map_observation = MAP(observation, "observation");
#undef NUM
#undef OPT
#undef FLAG
#undef PORT
#undef TEXT
#undef BYTES
#undef WORD

#define NUM(m)     SAME(incident, COLUMN_NUMBER, m)
#define TEXT(m)    SAME(incident, COLUMN_TEXT, m)
#define WORD(m, w) FIELD(incident, #m, COLUMN_WORD, w, m)
static const struct column incident_columns[] = {
    NUM(id),
    WORD(kind, WORD_INCIDENT_KIND),
    SAME(incident, COLUMN_NAME, customer),
    WORD(line_class, WORD_LINE_CLASS),
    WORD(state, WORD_INCIDENT_STATE),
    WORD(closed_as, WORD_CLOSED_AS),
    NUM(opened_us),
    NUM(last_us),
    SAME(incident, COLUMN_OPTIONAL, closed_us),
    NUM(first_obs),
    NUM(last_obs),
    NUM(observations),
    NUM(servers),
    NUM(unknown_users),
    NUM(blocklisted),
    NUM(spoofed),
    NUM(score_milli),
    NUM(peak_milli),
    TEXT(summary),
    TEXT(policy_hash),
    SAME(incident, COLUMN_OPTIONAL, brake_id),
};
const struct row_map map_incident = MAP(incident, "incident");
#undef NUM
#undef TEXT
#undef WORD

#define OPT(m)     SAME(decision, COLUMN_OPTIONAL, m)
#define WORD(m, w) FIELD(decision, #m, COLUMN_WORD, w, m)
static const struct column decision_columns[] = {
    SAME(decision, COLUMN_NUMBER, seq),
    SAME(decision, COLUMN_NAME, customer),
    WORD(line_class, WORD_LINE_CLASS),
    WORD(action, WORD_ACTION),
    WORD(cause, WORD_CAUSE),
    SAME(decision, COLUMN_NUMBER, since_us),
    OPT(until_us),
    OPT(incident_id),
    OPT(ends_seq),
    OPT(obs_no),
    OPT(op_id),
    SAME(decision, COLUMN_NUMBER, step),
    WORD(mode, WORD_MODE),
    SAME(decision, COLUMN_TEXT, policy_hash),
    SAME(decision, COLUMN_TEXT, reason),
};
const struct row_map map_decision = MAP(decision, "decision");
#undef OPT
#undef WORD

static const struct column brake_row_columns[] = {
    SAME(brake_row, COLUMN_NUMBER, id),
    SAME(brake_row, COLUMN_NUMBER, began_us),
    SAME(brake_row, COLUMN_OPTIONAL, ended_us),
    SAME(brake_row, COLUMN_NAME, reason),
    SAME(brake_row, COLUMN_NUMBER, held),
    SAME(brake_row, COLUMN_NUMBER, lifted),
    SAME(brake_row, COLUMN_NUMBER, last_us),
    FIELD(brake_row, "ended_by", COLUMN_WORD, WORD_BRAKE_END, ended_by),
    SAME(brake_row, COLUMN_NUMBER, obs_no),
    SAME(brake_row, COLUMN_OPTIONAL, op_id),
    SAME(brake_row, COLUMN_TEXT, policy_hash),
};
const struct row_map map_brake = MAP(brake_row, "brake");

static const struct column lease_columns[] = {
    FIELD(lease, "prefix", COLUMN_PREFIX, WORD_NONE, prefix.addr),
    FIELD(lease, "length", COLUMN_LENGTH, WORD_NONE, prefix.len),
    SAME(lease, COLUMN_PORT, first_port),
    SAME(lease, COLUMN_PORT, last_port),
    SAME(lease, COLUMN_NUMBER, from_us),
    SAME(lease, COLUMN_NAME, source),
    SAME(lease, COLUMN_FOREVER, until_us),
    SAME(lease, COLUMN_NAME, customer),
    FIELD(lease, "line_class", COLUMN_WORD, WORD_LINE_CLASS, line_class),
    SAME(lease, COLUMN_TEXT, nas),
    SAME(lease, COLUMN_TEXT, session),
    SAME(lease, COLUMN_TEXT, own_domains),
};
const struct row_map map_lease = MAP(lease, "lease");

static const struct column lease_request_columns[] = {
    SAME(lease_request, COLUMN_OPTIONAL, id),
    SAME(lease_request, COLUMN_NUMBER, ts_us),
    SAME(lease_request, COLUMN_TEXT, actor),
    SAME(lease_request, COLUMN_NAME, line),
    SAME(lease_request, COLUMN_TEXT, answer),
};
const struct row_map map_lease_request = MAP(lease_request, "lease_request");

static const struct column lease_grave_columns[] = {
    SAME(lease_grave, COLUMN_NAME, source),
    SAME(lease_grave, COLUMN_NAME, nas),
    SAME(lease_grave, COLUMN_NAME, session),
    SAME(lease_grave, COLUMN_NUMBER, since_us),
    SAME(lease_grave, COLUMN_NUMBER, ended_us),
};
const struct row_map map_lease_grave = MAP(lease_grave, "lease_grave");

static const struct column customer_row_columns[] = {
    SAME(customer_row, COLUMN_NAME, id),
    FIELD(customer_row, "line_class", COLUMN_WORD, WORD_LINE_CLASS, line_class),
    SAME(customer_row, COLUMN_TEXT, own_domains),
    SAME(customer_row, COLUMN_TEXT, contact),
    SAME(customer_row, COLUMN_TEXT, language),
};
const struct row_map map_customer = MAP(customer_row, "customer");

static const struct column op_action_columns[] = {
    SAME(op_action, COLUMN_OPTIONAL, id),
    SAME(op_action, COLUMN_NUMBER, ts_us),
    SAME(op_action, COLUMN_TEXT, actor),
    FIELD(op_action, "verb", COLUMN_WORD, WORD_OP, verb),
    SAME(op_action, COLUMN_TEXT, target),
    SAME(op_action, COLUMN_TEXT, customer),
    SAME(op_action, COLUMN_OPTIONAL, until_us),
    SAME(op_action, COLUMN_OPTIONAL, incident_id),
    SAME(op_action, COLUMN_TEXT, reason),
    SAME(op_action, COLUMN_OPTIONAL, applied_obs),
};
const struct row_map map_op_action = MAP(op_action, "operator_action");

static const struct column complaint_columns[] = {
    SAME(complaint, COLUMN_OPTIONAL, id),
    SAME(complaint, COLUMN_PREFIX, key),
    SAME(complaint, COLUMN_NUMBER, received_us),
    SAME(complaint, COLUMN_OPTIONAL, at_us),
    SAME(complaint, COLUMN_NAME, format),
    SAME(complaint, COLUMN_NAME, type),
    SAME(complaint, COLUMN_TEXT, reporter),
    SAME(complaint, COLUMN_BYTES, client),
    SAME(complaint, COLUMN_PORT, client_port),
    SAME(complaint, COLUMN_TEXT, customer),
    FIELD(complaint, "line_class", COLUMN_WORD, WORD_LINE_CLASS, line_class),
    SAME(complaint, COLUMN_TEXT, unmatched),
};
const struct row_map map_complaint = MAP(complaint, "complaint");

static const struct column delivery_columns[] = {
    SAME(delivery, COLUMN_OPTIONAL, id),
    SAME(delivery, COLUMN_NUMBER, decision_seq),
    SAME(delivery, COLUMN_NAME, driver),
    SAME(delivery, COLUMN_TEXT, op),
    SAME(delivery, COLUMN_TEXT, event),
    SAME(delivery, COLUMN_NAME, state),
    SAME(delivery, COLUMN_NUMBER, attempts),
    SAME(delivery, COLUMN_NUMBER, created_us),
    SAME(delivery, COLUMN_NUMBER, next_us),
    SAME(delivery, COLUMN_OPTIONAL, done_us),
    SAME(delivery, COLUMN_TEXT, error),
    SAME(delivery, COLUMN_NUMBER, turn),
};
const struct row_map map_delivery = MAP(delivery, "delivery");

static const struct column file_position_columns[] = {
    SAME(file_position, COLUMN_NAME, path),
    SAME(file_position, COLUMN_NUMBER, device),
    SAME(file_position, COLUMN_NUMBER, inode),
    SAME(file_position, COLUMN_NUMBER, offset),
    SAME(file_position, COLUMN_NUMBER, head_bytes),
    SAME(file_position, COLUMN_BYTES, head),
};
const struct row_map map_file_position = MAP(file_position, "file_position");

static const struct column audit_columns[] = {
    SAME(audit, COLUMN_OPTIONAL, audit_no),
    SAME(audit, COLUMN_NUMBER, at_us),
    SAME(audit, COLUMN_NAME, operator),
    FIELD(audit, "source", COLUMN_WORD, WORD_AUDIT_SOURCE, source),
    SAME(audit, COLUMN_NAME, verb),
    SAME(audit, COLUMN_TEXT, object),
    SAME(audit, COLUMN_TEXT, reason),
    SAME(audit, COLUMN_TEXT, detail),
    SAME(audit, COLUMN_NAME, outcome),
};
const struct row_map map_audit = MAP(audit, "audit");

static const struct column difference_columns[] = {
    SAME(difference, COLUMN_OPTIONAL, id),
    SAME(difference, COLUMN_NAME, driver),
    SAME(difference, COLUMN_NAME, kind),
    SAME(difference, COLUMN_TEXT, customer),
    SAME(difference, COLUMN_OPTIONAL, decision_seq),
    SAME(difference, COLUMN_OPTIONAL, held_seq),
    SAME(difference, COLUMN_TEXT, wanted),
    SAME(difference, COLUMN_TEXT, held),
    SAME(difference, COLUMN_TEXT, reason),
    SAME(difference, COLUMN_NUMBER, found_us),
    SAME(difference, COLUMN_NUMBER, last_us),
    SAME(difference, COLUMN_NUMBER, seen),
    SAME(difference, COLUMN_OPTIONAL, ended_us),
};
const struct row_map map_difference = MAP(difference, "difference");

static const struct column refusal_columns[] = {
    SAME(refusal, COLUMN_NAME, driver),
    SAME(refusal, COLUMN_NAME, customer),
    SAME(refusal, COLUMN_NUMBER, first_us),
    SAME(refusal, COLUMN_NUMBER, last_us),
    SAME(refusal, COLUMN_NUMBER, packets),
};
const struct row_map map_refusal = MAP(refusal, "refusal");

static const struct column enforcer_columns[] = {
    SAME(enforcer, COLUMN_NAME, driver),
    SAME(enforcer, COLUMN_NAME, state),
    SAME(enforcer, COLUMN_NUMBER, since_us),
    SAME(enforcer, COLUMN_OPTIONAL, listed_us),
    SAME(enforcer, COLUMN_NUMBER, wanted),
    SAME(enforcer, COLUMN_NUMBER, held),
    SAME(enforcer, COLUMN_NUMBER, differences),
    SAME(enforcer, COLUMN_TEXT, error),
};
const struct row_map map_enforcer = MAP(enforcer, "enforcer");

static const struct column enforcer_sample_columns[] = {
    SAME(enforcer_sample, COLUMN_OPTIONAL, id),
    SAME(enforcer_sample, COLUMN_NAME, driver),
    SAME(enforcer_sample, COLUMN_NUMBER, first_us),
    SAME(enforcer_sample, COLUMN_NUMBER, last_us),
    SAME(enforcer_sample, COLUMN_NUMBER, lists),
    SAME(enforcer_sample, COLUMN_NUMBER, wanted),
    SAME(enforcer_sample, COLUMN_NUMBER, held),
    SAME(enforcer_sample, COLUMN_NUMBER, missing),
    SAME(enforcer_sample, COLUMN_NUMBER, extra),
    SAME(enforcer_sample, COLUMN_NUMBER, worst),
    SAME(enforcer_sample, COLUMN_FLAG, after_hole),
};
const struct row_map map_enforcer_sample =
    MAP(enforcer_sample, "enforcer_sample");

static const struct column hook_request_columns[] = {
    SAME(hook_request, COLUMN_OPTIONAL, id),
    SAME(hook_request, COLUMN_NUMBER, ts_us),
    SAME(hook_request, COLUMN_TEXT, actor),
    SAME(hook_request, COLUMN_NAME, verb),
    SAME(hook_request, COLUMN_TEXT, driver),
    SAME(hook_request, COLUMN_OPTIONAL, delivery_id),
    SAME(hook_request, COLUMN_TEXT, reason),
    SAME(hook_request, COLUMN_OPTIONAL, done_us),
    SAME(hook_request, COLUMN_TEXT, result),
    SAME(hook_request, COLUMN_OPTIONAL, since_us),
};
const struct row_map map_hook_request = MAP(hook_request, "hook_request");

static const struct column checkpoint_columns[] = {
    SAME(checkpoint, COLUMN_NUMBER, applied_no),
    SAME(checkpoint, COLUMN_NUMBER, made_us),
    SAME(checkpoint, COLUMN_NUMBER, last_us),
    SAME(checkpoint, COLUMN_NUMBER, last_incident),
    SAME(checkpoint, COLUMN_NUMBER, last_decision),
    SAME(checkpoint, COLUMN_NAME, policy_hash),
    FIELD(checkpoint, "mode", COLUMN_WORD, WORD_MODE, mode),
    SAME(checkpoint, COLUMN_NUMBER, form),
    SAME(checkpoint, COLUMN_NUMBER, parts),
    SAME(checkpoint, COLUMN_PREFIX, digest),
};
const struct row_map map_checkpoint = MAP(checkpoint, "checkpoint");

static const struct column customer_note_columns[] = {
    SAME(customer_note, COLUMN_OPTIONAL, id),
    SAME(customer_note, COLUMN_NUMBER, ts_us),
    SAME(customer_note, COLUMN_NAME, actor),
    SAME(customer_note, COLUMN_NAME, customer),
    SAME(customer_note, COLUMN_NAME, text),
};
const struct row_map map_customer_note = MAP(customer_note, "customer_note");

static const struct column token_columns[] = {
    SAME(token, COLUMN_NAME, id),
    SAME(token, COLUMN_NAME, kind),
    SAME(token, COLUMN_NAME, name),
    SAME(token, COLUMN_PREFIX, hash),
    SAME(token, COLUMN_NUMBER, scopes),
    SAME(token, COLUMN_TEXT, cidr),
    SAME(token, COLUMN_NUMBER, created_us),
    SAME(token, COLUMN_OPTIONAL, expires_us),
    SAME(token, COLUMN_OPTIONAL, revoked_us),
    SAME(token, COLUMN_OPTIONAL, used_us),
    SAME(token, COLUMN_OPTIONAL, pulled_seq),
};
const struct row_map map_token = MAP(token, "token");

static const struct column operator_row_columns[] = {
    SAME(operator_row, COLUMN_NAME, name),
    SAME(operator_row, COLUMN_PREFIX, salt),
    SAME(operator_row, COLUMN_PREFIX, hash),
    SAME(operator_row, COLUMN_NUMBER, scopes),
    SAME(operator_row, COLUMN_NUMBER, created_us),
};
const struct row_map map_operator = MAP(operator_row, "operator");

/* Without the operator's scopes. */
static const struct column session_row_columns[] = {
    SAME(session_row, COLUMN_PREFIX, hash),
    SAME(session_row, COLUMN_NAME, operator),
    SAME(session_row, COLUMN_NAME, csrf),
    SAME(session_row, COLUMN_NUMBER, created_us),
    SAME(session_row, COLUMN_NUMBER, expires_us),
};
const struct row_map map_session = MAP(session_row, "session");
