/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "analyzer/decide/checkpoint.h"
#include "base/clock.h"
#include "reports/cli/audit.h"
#include "reports/cli/progress.h"
#include "reports/cli/stop.h"
#include "reports/cli/verb.h"
#include "store/retain.h"

#define BUSY_PAUSE_US 200000
#define BUSY_TRIES    100

static const struct out_column columns[] = {
    {"what", OUT_TEXT, OUT_NARROW},
    {"before", OUT_TIME, OUT_NARROW},
    {"rows", OUT_NUMBER, OUT_NARROW},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct job {
	struct cli *c;
	struct retain_limits limits;
	struct retain *retain;
	struct progress progress;
	int64_t done;
	int64_t rows[RETAIN_KIND_COUNT];
};

static void set_limit(
    struct job *j, enum retain_kind k, int64_t now_us, int64_t days)
{
	int64_t midnight = now_us - now_us % US_PER_DAY;

	j->limits.before_us[k] = days > 0 && midnight > days * US_PER_DAY
				     ? midnight - days * US_PER_DAY
				     : 0;
}

/* By whole UTC days, as the log has them. */
static void set_limits(struct job *j)
{
	const struct conf *c = &j->c->conf;
	int64_t now = j->c->at_us != 0 ? j->c->at_us : j->c->now_us;

	set_limit(j, RETAIN_OBSERVATIONS, now, c->keep_observations_days);
	set_limit(j, RETAIN_DECISIONS, now, c->keep_decisions_days);
	set_limit(j, RETAIN_INCIDENTS, now, c->keep_incidents_days);
	set_limit(j, RETAIN_SAID, now, c->keep_incidents_days);
	set_limit(j, RETAIN_ACTIONS, now, c->keep_decisions_days);
	set_limit(j, RETAIN_LEASES, now, c->keep_leases_days);
	set_limit(j, RETAIN_ENFORCEMENT, now, c->keep_decisions_days);
	set_limit(j, RETAIN_SAMPLES, now, c->keep_decisions_days);
	set_limit(j, RETAIN_AUDIT, now, c->keep_audit_days);
}

static int print(struct job *j)
{
	struct out *out = cli_out(j->c, columns, COLUMNS);

	if (!out)
		return CLI_FAILED;
	for (int k = 0; k < RETAIN_KIND_COUNT; k++) {
		struct out_value row[COLUMNS];

		row[0] = out_text(retain_kind_name((enum retain_kind)k));
		row[1] = out_number(j->limits.before_us[k]);
		row[2] = out_number(j->rows[k]);
		out_row(out, row);
	}
	return cli_end_list(j->c, out, RETAIN_KIND_COUNT);
}

static int open_retain(struct job *j)
{
	struct audit who;

	audit_fill(j->c, &who, "db purge", "");
	j->retain = retain_new(j->c->db, &j->limits, &who);
	return j->retain ? CLI_OK : cli_fail_db(j->c);
}

static int count(struct job *j, int64_t *total)
{
	*total = 0;
	for (int k = 0; k < RETAIN_KIND_COUNT; k++) {
		if (retain_count(j->retain, (enum retain_kind)k, &j->rows[k]) !=
		    0)
			return cli_fail_db(j->c);
		*total += j->rows[k];
	}
	return CLI_OK;
}

/* --- the checkpoint ------------------------------------------------------- */

static int show_log(void *arg, int64_t rows)
{
	struct job *j = arg;

	progress_show(&j->progress, rows);
	return stop_wait(0);
}

/* What came of the rows that go. */
static int make_checkpoint(struct job *j)
{
	struct cli *c = j->c;
	struct checkpoint cp = {0};
	char err[512] = "";
	int64_t upto;
	int rc = read_checkpoint(c->db, &cp);

	if (rc < 0 || retain_boundary(c->db, &j->limits, &upto) != 0)
		return cli_fail_db(c);
	if (upto <= cp.applied_no)
		return CLI_OK;
	progress_begin(&j->progress, c->err, "checkpoint", "rows", 1,
	    upto - cp.applied_no);
	rc = checkpoint_make(c->db, upto, show_log, j, err, sizeof(err));
	progress_end(&j->progress);
	if (rc == 1)
		return CLI_INTERRUPTED;
	if (rc != 0)
		return cli_fail(c, CLI_FAILED, "%s: nothing was removed: %s",
		    cli_db_path(c), err);
	return CLI_OK;
}

/* --- steps ---------------------------------------------------------------- */

/* As long as the step took, others have the file. */
static int one_step(struct job *j, enum retain_kind k)
{
	int64_t before_us = clock_now_us(), rows, us;
	int rc = -1;

	for (int tries = 0; tries < BUSY_TRIES && rc < 0; tries++) {
		rc = retain_step(j->retain, k, before_us, &rows);
		if (rc < 0 && (!db_is_busy(j->c->db) || stop_wait(0)))
			return -1;
		if (rc < 0)
			(void)usleep(BUSY_PAUSE_US);
	}
	us = clock_now_us() - before_us;
	j->rows[k] += rows;
	j->done += rows;
	progress_show(&j->progress, j->done);
	if (rc == 1 && us > 0 && us < US_PER_S)
		(void)usleep((useconds_t)us);
	return rc;
}

static int remove_all(struct job *j)
{
	for (int k = 0; k < RETAIN_KIND_COUNT; k++) {
		int rc = 1;

		j->rows[k] = 0;
		while (rc == 1 && !stop_wait(0))
			rc = one_step(j, (enum retain_kind)k);
		if (rc < 0)
			return cli_fail_db(j->c);
		if (rc == 1)
			return CLI_INTERRUPTED;
	}
	return CLI_OK;
}

static int purge(struct job *j)
{
	struct cli *c = j->c;
	int64_t total;
	int code, rc, lock = retain_lock(c->db);

	if (lock == -1)
		return cli_fail(c,
		    db_is_busy(c->db) ? CLI_CONFLICT : CLI_FAILED, "%s",
		    db_error(c->db));
	stop_catch();
	code = make_checkpoint(j);
	if (code == CLI_OK)
		code = open_retain(j);
	if (code == CLI_OK)
		code = count(j, &total);
	if (code == CLI_OK) {
		progress_begin(&j->progress, c->err, "purge", "rows", 1, total);
		code = remove_all(j);
		progress_end(&j->progress);
	}
	close(lock);
	rc = j->done > 0 ? retain_flush(c->db) : 0;
	if (rc < 0)
		return cli_fail_db(c);
	if (rc > 0)
		fprintf(c->err,
		    "purge: somebody reads an older view of the file; what "
		    "went stays in %s-wal until that one is done\n",
		    cli_db_path(c));
	return code == CLI_OK ? print(j) : code;
}

int cli_db_purge(struct cli *c)
{
	struct job j = {.c = c};
	int64_t total;
	int code = cli_need_conf(c);

	if (code == CLI_OK)
		code = cli_need_db(c, DB_WRITE);
	if (code != CLI_OK)
		return code;
	set_limits(&j);
	if (c->step && (j.limits.rows = cli_parse_id(c->step, 0)) < 1)
		return cli_fail(c, CLI_USAGE,
		    "--step %.40s: give a number of rows, as 2000", c->step);
	j.limits.count = c->dry_run;
	if (c->dry_run) {
		code = open_retain(&j);
		if (code == CLI_OK)
			code = count(&j, &total);
		if (code == CLI_OK)
			code = print(&j);
	} else {
		code = purge(&j);
	}
	retain_free(j.retain);
	return code;
}
