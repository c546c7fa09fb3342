/* SPDX-License-Identifier: Apache-2.0 */
#include "store/write.h"

#include "store/day.h"
#include "store/digest.h"
#include "store/stmt.h"

/* --- the log ---------------------------------------------------------- */

static int insert_observation(struct db *db, struct observation *o)
{
	int day = day_of(o->ts_us);
	sqlite3_stmt *s;

	if (day_number(db, day, &o->obs_no) != 0)
		return -1;
	s = stmt_take(db,
	    "INSERT INTO observation_{day} ({columns}) VALUES ({values})",
	    &map_observation, day);
	if (!s)
		return -1;
	if (row_bind(db, s, &map_observation, o) != 0) {
		stmt_give(db, s);
		return -1;
	}
	return stmt_run(db, s);
}

int write_observation(struct db *db, struct observation *o)
{
	bool own;

	if (db_enter(db, &own) != 0)
		return -1;
	return db_leave(db, own, insert_observation(db, o));
}

static sqlite3_stmt *take_for_row(
    struct db *db, const char *sql, const struct observation *o)
{
	int day = day_of(o->ts_us);

	switch (day_exists(db, day)) {
	case 1:
		return stmt_take(db, sql, NULL, day);
	case 0:
		db_fail_as(db, SQLITE_NOTFOUND,
		    "there is no table observation_%08d for row %lld", day,
		    (long long)o->obs_no);
		return NULL;
	default:
		return NULL;
	}
}

static int run_for_row(
    struct db *db, sqlite3_stmt *s, const struct observation *o)
{
	if (stmt_run(db, s) != 0)
		return -1;
	if (sqlite3_changes(db->sql) == 1)
		return 0;
	return db_fail_as(db, SQLITE_NOTFOUND,
	    "row %lld is not in table observation_%08d", (long long)o->obs_no,
	    day_of(o->ts_us));
}

static int update_authentication(struct db *db, const struct observation *o)
{
	sqlite3_stmt *s = take_for_row(db,
	    "UPDATE observation_{day} SET auth_state = ?2, spf = ?3, "
	    "spf_helo = ?4, spf_domain = nullif(?5, ''), "
	    "spf_address = nullif(?6, zeroblob(16)), "
	    "spf_term = nullif(?7, ''), spf_record = nullif(?8, ''), "
	    "spf_lookups = ?9, verdict = ?10, verdict_reason = nullif(?11, "
	    "''), "
	    "dkim = nullif(?12, ''), dmarc = nullif(?13, ''), "
	    "spf_trail = nullif(?14, '') "
	    "WHERE obs_no = ?1",
	    o);

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, o->obs_no);
	bind_text(s, 2, auth_state_name(o->auth_state));
	bind_text(s, 3, spf_result_name(o->spf));
	sqlite3_bind_int(s, 4, o->spf_helo);
	bind_text(s, 5, o->spf_domain);
	sqlite3_bind_blob(s, 6, o->spf_address.b, 16, SQLITE_STATIC);
	bind_text(s, 7, o->spf_term);
	bind_text(s, 8, o->spf_record);
	sqlite3_bind_int(s, 9, o->spf_lookups);
	bind_text(s, 10, verdict_name(o->verdict));
	bind_text(s, 11, o->verdict_reason);
	bind_text(s, 12, o->dkim);
	bind_text(s, 13, o->dmarc);
	bind_text(s, 14, o->spf_trail);
	return run_for_row(db, s, o);
}

int write_authentication(struct db *db, const struct observation *o)
{
	bool own;

	if (db_enter(db, &own) != 0)
		return -1;
	return db_leave(db, own, update_authentication(db, o));
}

static int update_applied(struct db *db, const struct observation *o)
{
	sqlite3_stmt *s = take_for_row(db,
	    "UPDATE observation_{day} SET applied_no = ?2, label = ?3, "
	    "weight_milli = ?4, score_milli = ?5, digest = ?6, "
	    "novelty = ?7 "
	    "WHERE obs_no = ?1",
	    o);
	uint8_t digest[ROW_HASH_BYTES];

	if (!s)
		return -1;
	observation_digest(o, digest);
	sqlite3_bind_int64(s, 1, o->obs_no);
	sqlite3_bind_int64(s, 2, o->applied_no);
	bind_text(s, 3, label_name(o->label));
	sqlite3_bind_int(s, 4, o->weight_milli);
	sqlite3_bind_int(s, 5, o->score_milli);
	sqlite3_bind_blob(s, 6, digest, sizeof(digest), SQLITE_STATIC);
	bind_text(s, 7, o->novelty);
	return run_for_row(db, s, o);
}

int write_applied(struct db *db, const struct observation *o)
{
	bool own;

	if (o->applied_no <= 0)
		return db_fail_as(db, SQLITE_MISUSE,
		    "row %lld was applied without a number",
		    (long long)o->obs_no);
	if (db_enter(db, &own) != 0)
		return -1;
	return db_leave(db, own, update_applied(db, o));
}

/* --- beside the log ----------------------------------------------------- */

int write_agent_cursor(
    struct db *db, const char *agent, uint64_t boot, uint64_t seq)
{
	return stmt_write(db,
	    "INSERT INTO agent_cursor (agent, boot, seq) VALUES (?1, ?2, ?3) "
	    "ON CONFLICT (agent, boot) DO UPDATE SET seq = excluded.seq",
	    VALUES(TEXT(agent), NUMBER((int64_t)boot), NUMBER((int64_t)seq)));
}

int write_counter(struct db *db, int64_t ts_us, const char *name, int64_t add)
{
	return stmt_write(db,
	    "INSERT INTO counter (day, name, value) VALUES (?1, ?2, ?3) "
	    "ON CONFLICT (day, name) DO UPDATE SET "
	    "value = value + excluded.value",
	    VALUES(NUMBER(day_of(ts_us)), TEXT(name), NUMBER(add)));
}

int write_meta(struct db *db, const char *key, const char *value)
{
	return stmt_write(db,
	    "INSERT INTO meta (key, value) VALUES (?1, ?2) "
	    "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
	    VALUES(TEXT(key), TEXT(value)));
}
