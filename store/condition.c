/* SPDX-License-Identifier: Apache-2.0 */
#include "store/condition.h"

#include <stdarg.h>
#include <stdio.h>

#include "store/stmt.h"

/* Parameters of conditions begin behind those of every statement. */
#define FIRST_PARAMETER 100

/* --- text --------------------------------------------------------------- */

struct sql {
	const struct row_map *map;
	char *buf;
	size_t size, len;
	int parameter; /* the next */
	bool failed;
};

static void put(struct sql *q, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void put(struct sql *q, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (q->failed)
		return;
	va_start(ap, fmt);
	n = vsnprintf(q->buf + q->len, q->size - q->len, fmt, ap);
	va_end(ap);
	q->failed = n < 0 || (size_t)n >= q->size - q->len;
	if (!q->failed)
		q->len += (size_t)n;
}

static const char *column_of(struct sql *q, size_t member)
{
	for (size_t i = 0; i < q->map->n; i++)
		if (q->map->columns[i].offset == member)
			return q->map->columns[i].name;
	q->failed = true;
	return "";
}

static const char *sign(enum condition_op op)
{
	switch (op) {
	case CONDITION_EQ:
		return "=";
	case CONDITION_NE:
		return "<>";
	case CONDITION_LT:
		return "<";
	case CONDITION_GT:
		return ">";
	case CONDITION_LE:
		return "<=";
	case CONDITION_GE:
		return ">=";
	}
	return "=";
}

static void put_contains(struct sql *q, const struct condition *c)
{
	int parameter = q->parameter++;

	put(q, "(");
	for (size_t i = 0; i < c->n_members; i++)
		put(q, "%sinstr(lower(ifnull(%s, '')), lower(?%d)) > 0",
		    i > 0 ? " OR " : "", column_of(q, c->members[i]),
		    parameter);
	put(q, ")");
}

/* As a row is read: NULL is "", 0 or the address of zeros. No index is chosen
 * by them: the reader knows which it wants. */
static void put_term(struct sql *q, const struct condition *c)
{
	const char *column = column_of(q, c->members[0]);
	int parameter = q->parameter++;

	if (c->kind == CONDITION_TEXT)
		put(q, "ifnull(%s, '') %s ?%d", column, sign(c->op), parameter);
	else if (c->kind == CONDITION_PREFIX)
		put(q, "ifnull(%s, zeroblob(16)) %s ?%d AND ?%d", column,
		    c->op == CONDITION_NE ? "NOT BETWEEN" : "BETWEEN",
		    parameter, q->parameter++);
	else if (c->kind == CONDITION_TIME)
		put(q, "(ifnull(%s, 0) <> 0 AND ifnull(%s, 0) %s ?%d)", column,
		    column, sign(c->op), parameter);
	else
		put(q, "ifnull(%s, 0) %s ?%d", column, sign(c->op), parameter);
}

static void put_condition(struct sql *q, const struct condition *c)
{
	switch (c->kind) {
	case CONDITION_AND:
	case CONDITION_OR:
		put(q, "(");
		put_condition(q, c->left);
		put(q, c->kind == CONDITION_AND ? " AND " : " OR ");
		put_condition(q, c->right);
		put(q, ")");
		return;
	case CONDITION_NOT:
		put(q, "NOT (");
		put_condition(q, c->left);
		put(q, ")");
		return;
	case CONDITION_CONTAINS:
		put_contains(q, c);
		return;
	case CONDITION_TEXT:
	case CONDITION_NUMBER:
	case CONDITION_TIME:
	case CONDITION_PREFIX:
		put_term(q, c);
		return;
	}
}

bool condition_sql(const struct condition *c, const struct row_map *map,
    char *buf, size_t size)
{
	struct sql q = {
	    .map = map, .buf = buf, .size = size, .parameter = FIRST_PARAMETER};

	buf[0] = '\0';
	if (!c)
		return true;
	put(&q, " AND ");
	put_condition(&q, c);
	return !q.failed;
}

/* --- values ------------------------------------------------------------- */

static int bind(sqlite3_stmt *s, const struct condition *c, int parameter)
{
	struct addr first, last;

	switch (c->kind) {
	case CONDITION_AND:
	case CONDITION_OR:
		parameter = bind(s, c->left, parameter);
		return bind(s, c->right, parameter);
	case CONDITION_NOT:
		return bind(s, c->left, parameter);
	case CONDITION_CONTAINS:
	case CONDITION_TEXT:
		bind_text(s, parameter++, c->text);
		return parameter;
	case CONDITION_NUMBER:
	case CONDITION_TIME:
		sqlite3_bind_int64(s, parameter++, c->number);
		return parameter;
	case CONDITION_PREFIX:
		first = prefix_first(&c->prefix);
		last = prefix_last(&c->prefix);
		sqlite3_bind_blob(
		    s, parameter++, first.b, 16, SQLITE_TRANSIENT);
		sqlite3_bind_blob(s, parameter++, last.b, 16, SQLITE_TRANSIENT);
		return parameter;
	}
	return parameter;
}

void condition_bind(const struct condition *c, sqlite3_stmt *s)
{
	if (c)
		(void)bind(s, c, FIRST_PARAMETER);
}
