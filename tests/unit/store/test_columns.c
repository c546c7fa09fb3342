/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include <inttypes.h>

#include "store/member.h"

static size_t alignment(const struct column *c)
{
	switch (c->type) {
	case COLUMN_NUMBER:
	case COLUMN_OPTIONAL:
	case COLUMN_FOREVER:
	case COLUMN_WORD:
		return c->size;
	case COLUMN_PORT:
	case COLUMN_BLOB:
		return 2;
	case COLUMN_LENGTH:
	case COLUMN_FLAG:
	case COLUMN_TEXT:
	case COLUMN_NAME:
	case COLUMN_BYTES:
	case COLUMN_PREFIX:
		return 1;
	}
	return 1;
}

static int by_offset(const void *a, const void *b)
{
	const struct column *p = a, *q = b;

	return (p->offset > q->offset) - (p->offset < q->offset);
}

/* Between two columns only the padding that the second needs. */
static void assert_no_member_is_left_out(
    const struct row_map *map, size_t row_bytes)
{
	struct column c[128];
	size_t end = 0;

	assert_true(map->n <= COUNT(c));
	memcpy(c, map->columns, map->n * sizeof(c[0]));
	qsort(c, map->n, sizeof(c[0]), by_offset);
	for (size_t i = 0; i < map->n; i++) {
		size_t a = alignment(&c[i]);

		end = (end + a - 1) / a * a;
		if (c[i].offset != end)
			print_error("%s before %s\n", map->table, c[i].name);
		assert_int_equal(c[i].offset, end);
		end += c[i].size;
	}
	assert_int_equal((end + 7) / 8 * 8, (row_bytes + 7) / 8 * 8);
}

static void every_member_has_a_column(void **state)
{
	(void)state;
	assert_no_member_is_left_out(
	    &map_observation, sizeof(struct observation));
	assert_no_member_is_left_out(&map_incident, sizeof(struct incident));
	assert_no_member_is_left_out(&map_lease, sizeof(struct lease));
	assert_no_member_is_left_out(&map_op_action, sizeof(struct op_action));
	assert_no_member_is_left_out(&map_complaint, sizeof(struct complaint));
	assert_no_member_is_left_out(&map_delivery, sizeof(struct delivery));
	assert_no_member_is_left_out(
	    &map_file_position, sizeof(struct file_position));
	/* its targets have a table of their own */
	assert_no_member_is_left_out(
	    &map_decision, offsetof(struct decision, targets));
}

/* In any order: SELECT and INSERT name their columns. */
static void assert_same_columns(
    struct db *db, const struct row_map *map, const char *table)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
	    "SELECT count(*) FROM pragma_table_info('%s')", table);
	assert_int_equal(atoi(shell(db, sql)), map->n);
	for (size_t i = 0; i < map->n; i++) {
		snprintf(sql, sizeof(sql),
		    "SELECT count(*) FROM pragma_table_info('%s') "
		    "WHERE name = '%s'",
		    table, map->columns[i].name);
		assert_string_equal(shell(db, sql), "1");
	}
}

static void the_schema_has_the_same_columns(void **state)
{
	struct fixture *f = *state;

	assert_same_columns(f->db, &map_observation, "observation_00000000");
	assert_same_columns(f->db, &map_incident, "incident");
	assert_same_columns(f->db, &map_decision, "decision");
	assert_same_columns(f->db, &map_lease, "lease");
	assert_same_columns(f->db, &map_op_action, "operator_action");
	assert_same_columns(f->db, &map_complaint, "complaint");
	assert_same_columns(f->db, &map_delivery, "delivery");
	assert_same_columns(f->db, &map_file_position, "file_position");
	assert_same_columns(f->db, &map_difference, "difference");
	assert_same_columns(f->db, &map_enforcer, "enforcer");
	assert_same_columns(f->db, &map_hook_request, "hook_request");
}

static void assert_members(struct db *db, const struct observation *o)
{
	struct member m;
	size_t n = 0, times = 0;
	char sql[256];

	for (; observation_member(o, n, &m); n++) {
		const struct column *c = &map_observation.columns[n];

		snprintf(sql, sizeof(sql),
		    "SELECT %s IS NULL FROM observation_20261124 "
		    "WHERE obs_no = %" PRId64,
		    m.column, o->obs_no);
		assert_string_equal(m.column, c->name);
		assert_int_equal(m.type == MEMBER_FLAG, c->type == COLUMN_FLAG);
		assert_int_equal(m.absent, atoi(shell(db, sql)));
		times += m.type == MEMBER_TIME;
	}
	assert_int_equal(n, map_observation.n);
	assert_int_equal(times, 3); /* ts_us, start_us, op_until_us */
}

static void every_column_is_a_member(void **state)
{
	struct fixture *f = *state;
	struct observation full = observation_full();
	struct observation least = {.kind = OBS_TICK, .ts_us = DAY_US};

	assert_int_equal(write_observation(f->db, &full), 0);
	assert_int_equal(write_observation(f->db, &least), 0);
	assert_members(f->db, &full);
	assert_members(f->db, &least);
}

static void a_member_has_its_value(void **state)
{
	struct observation o = observation_full();
	struct member m;

	(void)state;
	o.boot = UINT64_MAX;
	o.client_port = 65535;
	o.label = LABEL_UNKNOWN_USER;
	for (size_t i = 0; observation_member(&o, i, &m); i++) {
		if (strcmp(m.column, "boot") == 0)
			assert_true((uint64_t)m.number == UINT64_MAX);
		if (strcmp(m.column, "client_port") == 0)
			assert_int_equal(m.number, 65535);
		if (strcmp(m.column, "label") == 0)
			assert_string_equal(m.text, "unknown_user");
		if (strcmp(m.column, "client") == 0)
			assert_memory_equal(m.bytes, &o.client, m.len);
		if (strcmp(m.column, "dkim_evidence") == 0)
			assert_int_equal(m.len, o.dkim_evidence.len);
	}
}

static void all_tables_are_strict(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(
	    shell(f->db, "SELECT group_concat(name) FROM pragma_table_list "
			 "WHERE type = 'table' AND strict = 0 "
			 "AND name NOT LIKE 'sqlite_%'"),
	    "NULL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_member_has_a_column),
	    STORE_TEST(every_column_is_a_member),
	    cmocka_unit_test(a_member_has_its_value),
	    STORE_TEST(the_schema_has_the_same_columns),
	    STORE_TEST(all_tables_are_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
