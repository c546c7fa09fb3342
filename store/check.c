/* SPDX-License-Identifier: Apache-2.0 */
#include "store/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/day.h"
#include "store/stmt.h"

#define FINDINGS_MAX 100 /* of one check */

/* Each row of a check is a finding, in words. */
struct check {
	const char *name, *sql;
};

static const struct check whole[] = {
    /* Row ids in the way SQLite tells of them; "ok" is no finding. */
    {"integrity", "SELECT integrity_check FROM pragma_integrity_check(100) "
		  "WHERE integrity_check <> 'ok'"},
    {"foreign key",
	"SELECT \"table\" || ' row ' || coalesce(rowid, '?') || ' names a ' "
	"|| parent || ' that is not there' FROM pragma_foreign_key_check"},
    {"day tables",
	"SELECT name || ' is not in observation_day' FROM sqlite_schema s "
	"WHERE type = 'table' AND name GLOB "
	"'observation_[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]' "
	"AND name <> 'observation_00000000' AND NOT EXISTS (SELECT 1 FROM "
	"observation_day d WHERE s.name = 'observation_' || "
	"printf('%08d', d.day))"},
    {"day tables",
	"SELECT 'observation_day names ' || day || ', which has no table' "
	"FROM observation_day d WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema "
	"WHERE type = 'table' AND name = 'observation_' || "
	"printf('%08d', d.day))"},
    {"numbers",
	"SELECT 'the sequence of observations is at ' || value || ', a row "
	"has ' || (SELECT max(last_obs) FROM observation_day) FROM sequence "
	"WHERE name = 'observation' AND value < (SELECT max(last_obs) "
	"FROM observation_day)"},
    {"numbers",
	"SELECT 'decision D' || seq || ' is missing' FROM (SELECT seq - 1 AS "
	"seq FROM decision d WHERE seq > 1 AND NOT EXISTS (SELECT 1 FROM "
	"decision p WHERE p.seq = d.seq - 1)) WHERE seq > coalesce((SELECT "
	"max(last_decision) FROM checkpoint), 0)"},
    {"open incidents",
	"SELECT customer || ' has ' || count(*) || ' open incidents of the "
	"kind ' || kind FROM incident WHERE state <> 'closed' "
	"GROUP BY customer, kind HAVING count(*) > 1"},
    {"closed incidents",
	"SELECT 'incident I' || id || ' is ' || state || ', closed as ' || "
	"closed_as FROM incident WHERE (state = 'closed') <> "
	"(closed_as <> 'not_closed') OR (state = 'closed') <> "
	"(closed_us IS NOT NULL)"},
    {"incidents",
	"SELECT 'incident I' || id || ' ends before it begins' FROM incident "
	"WHERE last_us < opened_us OR last_obs < first_obs "
	"OR closed_us < opened_us"},
    {"decisions",
	"SELECT 'decision D' || seq || ' of the detector has no incident' "
	"FROM decision WHERE cause = 'detector' AND action = 'block' "
	"AND incident_id IS NULL"},
    {"decisions",
	"SELECT 'decision D' || d.seq || ' is of ' || d.customer || ', its "
	"incident I' || i.id || ' of ' || i.customer FROM decision d "
	"JOIN incident i ON i.id = d.incident_id "
	"WHERE i.customer <> d.customer"},
    {"decisions",
	"SELECT 'decision D' || d.seq || ' of ' || d.customer || ' ends D' || "
	"e.seq || ' of ' || e.customer FROM decision d JOIN decision e "
	"ON e.seq = d.ends_seq WHERE d.customer <> e.customer "
	"OR d.seq <= e.seq"},
    {"decisions",
	"SELECT 'decision D' || ends_seq || ' is ended ' || count(*) || "
	"' times' FROM decision WHERE ends_seq IS NOT NULL "
	"GROUP BY ends_seq HAVING count(*) > 1"},
    {"decisions",
	"SELECT 'two decisions of the kind ' || cause || ' ' || action || ' "
	"stand for ' || customer FROM decision d "
	"WHERE cause IN ('manual', 'detector') AND NOT EXISTS (SELECT 1 FROM "
	"decision e WHERE e.ends_seq = d.seq) "
	"GROUP BY customer, cause, action HAVING count(*) > 1"},
    {"policies",
	"SELECT 'the text of policy ' || policy_hash || ' is missing' FROM "
	"(SELECT policy_hash FROM incident UNION SELECT policy_hash FROM "
	"decision UNION SELECT policy_hash FROM checkpoint) "
	"WHERE policy_hash <> '' AND NOT EXISTS (SELECT 1 FROM meta "
	"WHERE key = 'policy:' || policy_hash)"},
    {"checkpoints",
	"SELECT 'the checkpoint at row ' || applied_no || ' has ' || "
	"(SELECT count(*) FROM checkpoint_part p WHERE p.applied_no = "
	"c.applied_no) || ' of ' || parts || ' parts' FROM checkpoint c "
	"WHERE parts <> (SELECT count(*) FROM checkpoint_part p "
	"WHERE p.applied_no = c.applied_no)"},
    {"leases",
	"SELECT 'a prefix of ' || customer || ' and the same of ' || other "
	"|| ' are both held, by ' || source FROM (SELECT customer, source, "
	"lead(customer) OVER w AS other, prefix, length, first_port, "
	"lead(prefix) OVER w AS p, lead(length) OVER w AS l, "
	"lead(first_port) OVER w AS f, lead(source) OVER w AS s FROM lease "
	"WHERE until_us IS NULL WINDOW w AS (ORDER BY source, prefix, length, "
	"first_port)) WHERE p = prefix AND l = length AND f = first_port "
	"AND s = source AND other <> customer"},
    {"tallies",
	"SELECT 'delivery_tally says ' || n || ' rows of ' || driver || ' are "
	"' || state || ', there are ' || m FROM (SELECT driver, state, n, "
	"(SELECT count(*) FROM delivery d WHERE d.driver = t.driver AND "
	"d.state = t.state) AS m FROM delivery_tally t) WHERE n <> m"},
    {"tallies",
	"SELECT 'counter_total of ' || c.name || ' is ' || coalesce(t.value, "
	"0) || ', the days make ' || sum(c.value) FROM counter c LEFT JOIN "
	"counter_total t ON t.name = c.name GROUP BY c.name "
	"HAVING coalesce(t.value, 0) <> sum(c.value)"},
    {"samples",
	"SELECT 'sample ' || id || ' of driver ' || driver || ' ' || CASE "
	"WHEN last_us < first_us THEN 'ends before it begins' "
	"WHEN missing + extra > worst THEN 'has a worst list below its last' "
	"ELSE 'counts less than nothing' END FROM enforcer_sample WHERE "
	"last_us < first_us OR missing + extra > worst OR lists < 1 OR "
	"min(wanted, held, missing, extra) < 0"},
    {"samples",
	"SELECT 'samples ' || id || ' and ' || next || ' of driver ' || driver "
	"|| ' are of one time' FROM (SELECT id, driver, last_us, "
	"lead(id) OVER w AS next, lead(first_us) OVER w AS begins FROM "
	"enforcer_sample WINDOW w AS (PARTITION BY driver ORDER BY first_us, "
	"id)) WHERE begins < last_us"},
    {"purge", "SELECT 'a purge ended within a transaction' FROM meta "
	      "WHERE key = 'purging'"},
};

static const struct check of_day[] = {
    {"day tables",
	"SELECT 'observation_{day} has ' || n || ' rows, observation_day says "
	"' || rows FROM (SELECT count(*) AS n FROM observation_{day}), "
	"observation_day WHERE day = {day} AND n <> rows"},
    {"day tables",
	"SELECT 'observation_{day} holds rows ' || a || ' to ' || b || ', "
	"observation_day says ' || first_obs || ' to ' || last_obs FROM "
	"(SELECT min(obs_no) AS a, max(obs_no) AS b FROM observation_{day}), "
	"observation_day WHERE day = {day} AND (a < first_obs OR "
	"b > last_obs)"},
};

static int run(
    struct db *db, const struct check *c, int day, db_finding_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db, c->sql, NULL, day);
	char what[512];
	int rc, n = 0;

	if (!s)
		return -1;
	while ((rc = stmt_step(db, s)) == 1) {
		column_copy(s, 0, what, sizeof(what));
		rc = n++ < FINDINGS_MAX ? cb(arg, c->name, what) : 0;
		if (rc != 0 || n > FINDINGS_MAX)
			break;
	}
	stmt_give(db, s);
	return rc;
}

/* Behind the checkpoint each number was given to one row. */
static int check_applied(struct db *db, const struct day_range *days, int n,
    db_finding_cb cb, void *arg)
{
	int64_t from = 0, rows = 0, greatest = 0, v;
	char what[256];

	if (stmt_number(
		db, "SELECT max(applied_no) FROM checkpoint", 0, &from) < 0)
		return -1;
	greatest = from;
	for (int i = 0; i < n; i++) {
		if (stmt_number(db,
			"SELECT count(*) FROM observation_{day} "
			"WHERE applied_no > coalesce((SELECT max(applied_no) "
			"FROM checkpoint), 0)",
			days[i].day, &v) < 0)
			return -1;
		rows += v;
		v = 0;
		if (stmt_number(db,
			"SELECT max(applied_no) FROM observation_{day} "
			"WHERE applied_no IS NOT NULL",
			days[i].day, &v) < 0)
			return -1;
		greatest = v > greatest ? v : greatest;
	}
	if (rows == greatest - from)
		return 0;
	snprintf(what, sizeof(what),
	    "%lld rows were applied behind number %lld, which ends at %lld: "
	    "some are missing or there twice",
	    (long long)rows, (long long)from, (long long)greatest);
	return cb(arg, "applied rows", what);
}

int db_check(struct db *db, db_finding_cb cb, void *arg)
{
	struct day_range *days = NULL;
	int n = 0, rc = 0;

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]) && rc == 0; i++)
		rc = run(db, &whole[i], 0, cb, arg);
	if (rc == 0)
		rc = day_list(db, 0, 99991231, &days, &n);
	for (int d = 0; d < n && rc == 0; d++) {
		int there = 0;
		int64_t v;

		/* What has no table was told above. */
		if (stmt_number(db,
			"SELECT 1 FROM sqlite_schema WHERE name = "
			"'observation_{day}'",
			days[d].day, &v) == 1)
			there = 1;
		for (size_t i = 0; i < 2 && there && rc == 0; i++)
			rc = run(db, &of_day[i], days[d].day, cb, arg);
		if (!there)
			days[d--] = days[--n];
	}
	if (rc == 0)
		rc = check_applied(db, days, n, cb, arg);
	free(days);
	return rc;
}
