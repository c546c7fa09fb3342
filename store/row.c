/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stmt.h"

#include <string.h>

#include "base/vocab.h"
#include "store/rows.h"

const char *word_name(enum word w, int v)
{
	switch (w) {
	case WORD_NONE:
		break;
	case WORD_LABEL:
		return label_name((enum label)v);
	case WORD_LINE_CLASS:
		return line_class_name((enum line_class)v);
	case WORD_ACTION:
		return action_name((enum action)v);
	case WORD_CAUSE:
		return cause_name((enum cause)v);
	case WORD_INCIDENT_KIND:
		return incident_kind_name((enum incident_kind)v);
	case WORD_INCIDENT_STATE:
		return incident_state_name((enum incident_state)v);
	case WORD_CLOSED_AS:
		return closed_as_name((enum closed_as)v);
	case WORD_SPF:
		return spf_result_name((enum spf_result)v);
	case WORD_VERDICT:
		return verdict_name((enum verdict)v);
	case WORD_TIER:
		return tier_name((enum tier)v);
	case WORD_MODE:
		return mode_name((enum mode)v);
	case WORD_OBS_KIND:
		return obs_kind_name((enum obs_kind)v);
	case WORD_AUTH_STATE:
		return auth_state_name((enum auth_state)v);
	case WORD_LOGIN:
		return login_result_name((enum login_result)v);
	case WORD_OP:
		return op_verb_name((enum op_verb)v);
	case WORD_AUDIT_SOURCE:
		return audit_source_name((enum audit_source)v);
	case WORD_BRAKE_END:
		return brake_end_name((enum brake_end)v);
	}
	return "?";
}

int word_parse(enum word w, const char *name)
{
	switch (w) {
	case WORD_NONE:
		break;
	case WORD_LABEL:
		return label_parse(name);
	case WORD_LINE_CLASS:
		/* The names of an older configuration come from here. */
		return line_class_add(name);
	case WORD_ACTION:
		return action_parse(name);
	case WORD_CAUSE:
		return cause_parse(name);
	case WORD_INCIDENT_KIND:
		return incident_kind_parse(name);
	case WORD_INCIDENT_STATE:
		return incident_state_parse(name);
	case WORD_CLOSED_AS:
		return closed_as_parse(name);
	case WORD_SPF:
		return spf_result_parse(name);
	case WORD_VERDICT:
		return verdict_parse(name);
	case WORD_TIER:
		return tier_parse(name);
	case WORD_MODE:
		return mode_parse(name);
	case WORD_OBS_KIND:
		return obs_kind_parse(name);
	case WORD_AUTH_STATE:
		return auth_state_parse(name);
	case WORD_LOGIN:
		return login_result_parse(name);
	case WORD_OP:
		return op_verb_parse(name);
	case WORD_AUDIT_SOURCE:
		return audit_source_parse(name);
	case WORD_BRAKE_END:
		return brake_end_parse(name);
	}
	return -1;
}

/* --- to columns ------------------------------------------------------- */

int64_t column_number(const struct column *c, const void *p)
{
	int64_t wide;
	int32_t narrow;
	uint16_t port;

	switch (c->size) {
	case sizeof(wide):
		memcpy(&wide, p, sizeof(wide));
		return wide;
	case sizeof(narrow):
		memcpy(&narrow, p, sizeof(narrow));
		return narrow;
	case sizeof(port):
		memcpy(&port, p, sizeof(port));
		return port;
	default:
		return *(const uint8_t *)p;
	}
}

static int bind_bytes(
    sqlite3_stmt *s, int n, const uint8_t *p, size_t size, bool zero_is_null)
{
	bool zero = true;

	for (size_t i = 0; i < size; i++)
		zero &= p[i] == 0;
	if (zero && zero_is_null)
		return sqlite3_bind_null(s, n);
	return sqlite3_bind_blob(s, n, p, (int)size, SQLITE_STATIC);
}

static int bind_chars(
    sqlite3_stmt *s, int n, const char *p, size_t size, bool empty_is_null)
{
	size_t len = strnlen(p, size);

	if (len == 0 && empty_is_null)
		return sqlite3_bind_null(s, n);
	return sqlite3_bind_text(s, n, p, (int)len, SQLITE_STATIC);
}

static int bind_number(sqlite3_stmt *s, int n, int64_t v, int64_t is_null)
{
	return v == is_null ? sqlite3_bind_null(s, n)
			    : sqlite3_bind_int64(s, n, v);
}

static int bind_word(sqlite3_stmt *s, int n, enum word w, int v)
{
	const char *name = word_name(w, v);

	if (strcmp(name, "?") == 0)
		return SQLITE_MISUSE;
	return sqlite3_bind_text(s, n, name, -1, SQLITE_STATIC);
}

static int bind_blob(sqlite3_stmt *s, int n, const struct row_blob *b)
{
	if (b->len == 0)
		return sqlite3_bind_null(s, n);
	return sqlite3_bind_blob(s, n, b->b, b->len, SQLITE_STATIC);
}

static int bind_column(
    sqlite3_stmt *s, int n, const struct column *c, const void *p)
{
	switch (c->type) {
	case COLUMN_NUMBER:
	case COLUMN_PORT:
	case COLUMN_LENGTH:
	case COLUMN_FLAG:
		return sqlite3_bind_int64(s, n, column_number(c, p));
	case COLUMN_OPTIONAL:
		return bind_number(s, n, column_number(c, p), 0);
	case COLUMN_FOREVER:
		return bind_number(s, n, column_number(c, p), INT64_MAX);
	case COLUMN_TEXT:
		return bind_chars(s, n, p, c->size, true);
	case COLUMN_NAME:
		return bind_chars(s, n, p, c->size, false);
	case COLUMN_BYTES:
		return bind_bytes(s, n, p, c->size, true);
	case COLUMN_PREFIX:
		return bind_bytes(s, n, p, c->size, false);
	case COLUMN_BLOB:
		return bind_blob(s, n, p);
	case COLUMN_WORD:
		return bind_word(s, n, c->word, (int)column_number(c, p));
	}
	return SQLITE_MISUSE;
}

int row_bind(
    struct db *db, sqlite3_stmt *s, const struct row_map *map, const void *row)
{
	for (size_t i = 0; i < map->n; i++) {
		const struct column *c = &map->columns[i];
		const char *p = (const char *)row + c->offset;

		int rc = bind_column(s, (int)i + 1, c, p);

		if (rc != SQLITE_OK)
			return db_fail_as(db, rc,
			    "column %s of %s can't hold the value given",
			    c->name, map->table);
	}
	return 0;
}

/* --- from columns ----------------------------------------------------- */

static int get_number(sqlite3_stmt *s, int n, const struct column *c, void *p)
{
	int64_t wide = sqlite3_column_int64(s, n);
	int32_t narrow = (int32_t)wide;

	if (c->size == sizeof(wide)) {
		memcpy(p, &wide, sizeof(wide));
		return 0;
	}
	memcpy(p, &narrow, sizeof(narrow));
	return narrow == wide ? 0 : -1;
}

static int get_small(sqlite3_stmt *s, int n, const struct column *c, void *p)
{
	int64_t v = sqlite3_column_int64(s, n);
	uint16_t port = (uint16_t)v;

	if (c->type == COLUMN_PORT) {
		memcpy(p, &port, sizeof(port));
		return port == v ? 0 : -1;
	}
	if (c->type == COLUMN_FLAG) {
		*(bool *)p = v != 0;
		return v == 0 || v == 1 ? 0 : -1;
	}
	*(uint8_t *)p = (uint8_t)v;
	return v >= 0 && v <= 128 ? 0 : -1;
}

static int get_bytes(sqlite3_stmt *s, int n, const struct column *c, void *p)
{
	const void *blob = sqlite3_column_blob(s, n);

	if (!blob || (size_t)sqlite3_column_bytes(s, n) != c->size)
		return -1;
	memcpy(p, blob, c->size);
	return 0;
}

static int get_blob(sqlite3_stmt *s, int n, struct row_blob *b)
{
	const void *blob = sqlite3_column_blob(s, n);
	size_t len = (size_t)sqlite3_column_bytes(s, n);

	if (!blob || len > sizeof(b->b))
		return -1;
	b->len = (uint16_t)len;
	memcpy(b->b, blob, len);
	return 0;
}

static int get_word(sqlite3_stmt *s, int n, const struct column *c, void *p)
{
	int v = word_parse(c->word, (const char *)sqlite3_column_text(s, n));

	if (v < 0 || c->size != sizeof(v))
		return -1;
	memcpy(p, &v, sizeof(v));
	return 0;
}

static int get_column(sqlite3_stmt *s, int n, const struct column *c, void *p)
{
	static const int64_t forever = INT64_MAX;

	if (sqlite3_column_type(s, n) == SQLITE_NULL) {
		if (c->type == COLUMN_FOREVER)
			memcpy(p, &forever, sizeof(forever));
		return c->type == COLUMN_WORD ? -1 : 0;
	}
	switch (c->type) {
	case COLUMN_NUMBER:
	case COLUMN_OPTIONAL:
	case COLUMN_FOREVER:
		return get_number(s, n, c, p);
	case COLUMN_PORT:
	case COLUMN_LENGTH:
	case COLUMN_FLAG:
		return get_small(s, n, c, p);
	case COLUMN_TEXT:
	case COLUMN_NAME:
		column_copy(s, n, p, c->size);
		return 0;
	case COLUMN_BYTES:
	case COLUMN_PREFIX:
		return get_bytes(s, n, c, p);
	case COLUMN_BLOB:
		return get_blob(s, n, p);
	case COLUMN_WORD:
		return get_word(s, n, c, p);
	}
	return -1;
}

int row_get(
    struct db *db, sqlite3_stmt *s, const struct row_map *map, void *row)
{
	memset(row, 0, map->row_bytes);
	for (size_t i = 0; i < map->n; i++) {
		const struct column *c = &map->columns[i];

		if (get_column(s, (int)i, c, (char *)row + c->offset) == 0)
			continue;
		return db_fail_as(db, SQLITE_CORRUPT,
		    "column %s of %s %lld holds what this program never "
		    "writes",
		    c->name, map->table, (long long)sqlite3_column_int64(s, 0));
	}
	return 0;
}

int row_next(
    struct db *db, sqlite3_stmt *s, const struct row_map *map, void *row)
{
	int rc = stmt_step(db, s);

	return rc == 1 && row_get(db, s, map, row) != 0 ? -1 : rc;
}

int row_only(
    struct db *db, sqlite3_stmt *s, const struct row_map *map, void *row)
{
	int rc = row_next(db, s, map, row);

	stmt_give(db, s);
	return rc;
}

int row_put(
    struct db *db, const char *sql, const struct row_map *map, const void *row)
{
	sqlite3_stmt *s = stmt_take(db, sql, map, 0);

	if (!s)
		return -1;
	if (row_bind(db, s, map, row) == 0)
		return stmt_run(db, s);
	stmt_give(db, s);
	return -1;
}

int row_write(struct db *db, const char *sql, const struct row_map *map,
    const void *row, int64_t *new_id)
{
	int64_t id = 0;
	bool own;
	int rc;

	if (db_enter(db, &own) != 0)
		return -1;
	rc = row_put(db, sql, map, row);
	if (rc == 0)
		id = sqlite3_last_insert_rowid(db->sql);
	rc = db_leave(db, own, rc);
	if (rc == 0 && new_id != NULL)
		*new_id = id;
	return rc;
}
