/* SPDX-License-Identifier: Apache-2.0 */
/* Private to store/: which member of a row is which column. One table a row
 * type serves INSERT, UPDATE and SELECT. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* By width and meaning. */
enum column_type {
	COLUMN_NUMBER,   /* int, int32_t, int64_t, uint64_t (as its bits) */
	COLUMN_OPTIONAL, /* a number that 0 leaves out */
	COLUMN_PORT,     /* uint16_t */
	COLUMN_LENGTH,   /* uint8_t */
	COLUMN_FLAG,     /* bool */
	COLUMN_FOREVER,  /* int64_t; INT64_MAX is NULL */
	COLUMN_TEXT,     /* char[]; "" is NULL */
	COLUMN_NAME,     /* char[]; never NULL */
	COLUMN_BYTES,    /* struct addr, hash; all zero is NULL */
	COLUMN_PREFIX,   /* as BYTES, but zero is a value */
	COLUMN_BLOB,     /* struct row_blob; empty is NULL */
	COLUMN_WORD,     /* an enum by its name in base/vocab.h */
};
enum word {
	WORD_NONE,
	WORD_LABEL,
	WORD_LINE_CLASS,
	WORD_ACTION,
	WORD_CAUSE,
	WORD_INCIDENT_KIND,
	WORD_INCIDENT_STATE,
	WORD_CLOSED_AS,
	WORD_SPF,
	WORD_VERDICT,
	WORD_TIER,
	WORD_MODE,
	WORD_OBS_KIND,
	WORD_AUTH_STATE,
	WORD_OP,
	WORD_LOGIN,
	WORD_AUDIT_SOURCE,
	WORD_BRAKE_END,
};
struct column {
	const char *name;
	enum column_type type;
	enum word word;
	size_t offset, size;
};
struct row_map {
	const char *table;
	size_t row_bytes;
	const struct column *columns;
	size_t n;
};

extern const struct row_map map_observation; /* obs_no, applied_no first */
extern const struct row_map map_incident;
extern const struct row_map map_decision; /* without its targets */
extern const struct row_map map_lease;
extern const struct row_map map_lease_request;
extern const struct row_map map_lease_grave;
extern const struct row_map map_customer;
extern const struct row_map map_op_action;
extern const struct row_map map_complaint;
extern const struct row_map map_delivery;
extern const struct row_map map_file_position;
extern const struct row_map map_audit;
extern const struct row_map map_brake;
extern const struct row_map map_difference;
extern const struct row_map map_enforcer;
extern const struct row_map map_enforcer_sample;
extern const struct row_map map_refusal;
extern const struct row_map map_hook_request;
extern const struct row_map map_checkpoint;
extern const struct row_map map_customer_note;
extern const struct row_map map_token;
extern const struct row_map map_operator;
extern const struct row_map map_session;

/* Of a column that is a number, a port, a length, a flag or a word; p: where
 * it stands in the row. */
int64_t column_number(const struct column *c, const void *p);
const char *word_name(enum word w, int v);
int word_parse(enum word w, const char *name);
