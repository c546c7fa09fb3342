/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stmt.h"

#include <stdio.h>
#include <string.h>

/* --- text ------------------------------------------------------------- */

struct text {
	char buf[STMT_SQL_BYTES];
	size_t len;
	bool cut;
};

static void add(struct text *t, const char *s, size_t len)
{
	if (len >= sizeof(t->buf) - t->len) {
		t->cut = true;
		return;
	}
	memcpy(t->buf + t->len, s, len);
	t->len += len;
	t->buf[t->len] = '\0';
}

static void add_columns(struct text *t, const struct row_map *map,
    const char *before, const char *after_each)
{
	for (size_t i = 0; i < map->n; i++) {
		const char *name = map->columns[i].name;

		if (i > 0)
			add(t, ", ", 2);
		add(t, before, strlen(before));
		add(t, name, strlen(name));
		if (!after_each)
			continue;
		add(t, after_each, strlen(after_each));
		add(t, name, strlen(name));
	}
}

static void add_values(struct text *t, const struct row_map *map)
{
	for (size_t i = 0; i < map->n; i++)
		add(t, &", ?"[i == 0 ? 2 : 0], i == 0 ? 1 : 3);
}

static void add_day(struct text *t, int day)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%08d", day);
	add(t, digits, strlen(digits));
}

/* Only names of our own tables and columns enter a text; values are bound. */
static void expand(struct text *t, const char *sql, const struct row_map *map,
    int day, const char *where)
{
	t->len = 0;
	t->cut = false;
	while (*sql) {
		size_t plain = strcspn(sql, "{");

		add(t, sql, plain);
		sql += plain;
		if (*sql == '\0')
			break;
		if (strncmp(sql, "{columns}", 9) == 0)
			add_columns(t, map, "", NULL);
		else if (strncmp(sql, "{update}", 8) == 0)
			add_columns(t, map, "", " = excluded.");
		else if (strncmp(sql, "{values}", 8) == 0)
			add_values(t, map);
		else if (strncmp(sql, "{day}", 5) == 0)
			add_day(t, day);
		else if (strncmp(sql, "{where}", 7) == 0)
			add(t, where, strlen(where));
		sql += strcspn(sql, "}") + 1;
	}
}

/* --- cache ------------------------------------------------------------ */

static sqlite3_stmt *prepare(struct db *db, const char *sql,
    const struct row_map *map, int day, const char *where, unsigned int flags)
{
	struct text t;
	sqlite3_stmt *s;

	expand(&t, sql, map, day, where);
	if (t.cut) {
		db_fail_as(db, SQLITE_TOOBIG, "a statement is too long");
		return NULL;
	}
	if (sqlite3_prepare_v3(
		db->sql, t.buf, (int)t.len + 1, flags, &s, NULL) == SQLITE_OK)
		return s;
	db_fail(db);
	return NULL;
}

/* Free, or the one that was not used for longest; NULL: all in use. */
static struct stmt_slot *victim(struct db *db)
{
	struct stmt_slot *oldest = NULL;

	for (size_t i = 0; i < STMT_CACHED; i++) {
		struct stmt_slot *slot = &db->stmts[i];

		if (!slot->s)
			return slot;
		if (!slot->in_use && (!oldest || slot->used < oldest->used))
			oldest = slot;
	}
	return oldest;
}

static void to_front(struct db *db, size_t i)
{
	struct stmt_slot held = db->stmts[i];

	if (i == 0)
		return;
	db->stmts[i] = db->stmts[i / 2];
	db->stmts[i / 2] = held;
}

sqlite3_stmt *stmt_take(
    struct db *db, const char *sql, const struct row_map *map, int day)
{
	struct stmt_slot *slot;
	sqlite3_stmt *s;

	for (size_t i = 0; i < STMT_CACHED; i++) {
		slot = &db->stmts[i];
		if (slot->sql != sql || slot->day != day || slot->map != map ||
		    slot->in_use || !slot->s)
			continue;
		slot->in_use = true;
		slot->used = ++db->uses;
		s = slot->s;
		to_front(db, i);
		return s;
	}
	s = prepare(db, sql, map, day, "", SQLITE_PREPARE_PERSISTENT);
	slot = s ? victim(db) : NULL;
	if (!slot)
		return s;
	sqlite3_finalize(slot->s);
	*slot = (struct stmt_slot){sql, map, day, s, true, ++db->uses};
	return s;
}

sqlite3_stmt *stmt_take_where(struct db *db, const char *sql,
    const struct row_map *map, int day, const struct condition *c,
    const struct row_map *of)
{
	char where[STMT_SQL_BYTES];
	sqlite3_stmt *s;

	if (!c)
		return stmt_take(db, sql, map, day);
	if (!condition_sql(c, of ? of : map, where, sizeof(where))) {
		db_fail_as(db, SQLITE_TOOBIG, "a condition is too long");
		return NULL;
	}
	s = prepare(db, sql, map, day, where, 0);
	if (s)
		condition_bind(c, s);
	return s;
}

void stmt_give(struct db *db, sqlite3_stmt *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < STMT_CACHED; i++) {
		if (db->stmts[i].s != s)
			continue;
		sqlite3_reset(s);
		sqlite3_clear_bindings(s);
		db->stmts[i].in_use = false;
		return;
	}
	sqlite3_finalize(s);
}

static void bind(sqlite3_stmt *s, int n, const struct bound *v)
{
	switch (v->as) {
	case BOUND_NUMBER:
		sqlite3_bind_int64(s, n, v->number);
		break;
	case BOUND_TEXT:
		bind_text(s, n, v->at);
		break;
	case BOUND_BYTES:
		sqlite3_bind_blob64(
		    s, n, v->at, (sqlite3_uint64)v->number, SQLITE_STATIC);
		break;
	}
}

sqlite3_stmt *stmt_ask(struct db *db, const char *sql,
    const struct row_map *map, const struct bound *v, size_t n)
{
	sqlite3_stmt *s = stmt_take(db, sql, map, 0);

	for (size_t i = 0; s && i < n; i++)
		bind(s, (int)i + 1, &v[i]);
	return s;
}

int stmt_do(struct db *db, const char *sql, const struct bound *v, size_t n)
{
	sqlite3_stmt *s = stmt_ask(db, sql, NULL, v, n);

	return s ? stmt_run(db, s) : -1;
}

int stmt_write(struct db *db, const char *sql, const struct bound *v, size_t n)
{
	bool own;

	if (db_enter(db, &own) != 0)
		return -1;
	return db_leave(db, own, stmt_do(db, sql, v, n));
}

void stmt_free_all(struct db *db)
{
	for (size_t i = 0; i < STMT_CACHED; i++) {
		sqlite3_finalize(db->stmts[i].s);
		db->stmts[i] = (struct stmt_slot){0};
	}
}

/* --- steps ------------------------------------------------------------ */

int stmt_step(struct db *db, sqlite3_stmt *s)
{
	switch (sqlite3_step(s)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return db_fail(db);
	}
}

int stmt_run(struct db *db, sqlite3_stmt *s)
{
	int rc;

	do
		rc = stmt_step(db, s);
	while (rc == 1);
	stmt_give(db, s);
	return rc;
}

int stmt_exec(struct db *db, const char *sql)
{
	while (*sql) {
		sqlite3_stmt *s;
		int rc;

		if (sqlite3_prepare_v2(db->sql, sql, -1, &s, &sql) != SQLITE_OK)
			return db_fail(db);
		if (!s)
			continue;
		do
			rc = stmt_step(db, s);
		while (rc == 1);
		sqlite3_finalize(s);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int stmt_number(struct db *db, const char *sql, int day, int64_t *v)
{
	sqlite3_stmt *s = stmt_take(db, sql, NULL, day);
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1 && sqlite3_column_type(s, 0) == SQLITE_NULL)
		rc = 0;
	if (rc == 1)
		*v = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc;
}

int bind_text(sqlite3_stmt *s, int n, const char *text)
{
	return sqlite3_bind_text(s, n, text, -1, SQLITE_STATIC);
}

void column_copy(sqlite3_stmt *s, int n, char *text, size_t size)
{
	const unsigned char *from = sqlite3_column_text(s, n);
	size_t len = from ? (size_t)sqlite3_column_bytes(s, n) : 0;

	if (size == 0)
		return;
	if (len >= size)
		len = size - 1;
	if (len > 0)
		memcpy(text, from, len);
	text[len] = '\0';
}
