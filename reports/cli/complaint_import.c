/* SPDX-License-Identifier: Apache-2.0 */
/* Complaints of other desks into the store. A file is taken whole or not at
 * all; many of them share a transaction. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/cli/audit.h"
#include "reports/cli/verb.h"
#include "reports/complaint/batch.h"
#include "reports/complaint/maildir.h"
#include "reports/complaint/match.h"
#include "store/write.h"

static const struct out_column columns[] = {
    {"id", OUT_TEXT, OUT_NARROW},
    {"outcome", OUT_TEXT, OUT_NARROW},
    {"at", OUT_TIME, OUT_NARROW},
    {"type", OUT_TEXT, OUT_NARROW},
    {"reporter", OUT_TEXT, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"incidents", OUT_WORDS, OUT_NARROW},
    {"file", OUT_TEXT, OUT_NARROW},
    {"reason", OUT_TEXT, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct import {
	struct cli *c;
	struct out *out;
	struct maildir maildir;
	struct batch batch;
	int64_t stored, matched, known, bad;
};

/* --- a batch ----------------------------------------------------------------
 */

static int store_report(struct import *m, struct batch_report *r)
{
	struct cli *c = m->c;
	int rc = complaint_store(c->db, &c->conf, &r->c, c->dry_run);

	r->known = rc == 0;
	m->known += r->known;
	m->stored += !r->known;
	m->matched += !r->known && r->c.customer[0] != '\0';
	return rc < 0 ? -1 : 0;
}

static int store_batch(struct import *m)
{
	struct db *db = m->c->db;
	struct batch *b = &m->batch;
	bool writes = !m->c->dry_run && b->n_reports > 0;

	if (writes && db_begin(db) != 0)
		return cli_fail_db(m->c);
	for (size_t i = 0; i < b->n_reports; i++)
		if (store_report(m, &b->reports[i]) != 0) {
			int code = cli_fail_db(m->c);

			db_rollback(db);
			return code;
		}
	if (writes && db_commit(db) != 0)
		return cli_fail_db(m->c);
	return CLI_OK;
}

static int print_report(
    struct import *m, const struct batch_file *f, const struct batch_report *r)
{
	const struct complaint *c = &r->c;
	struct out_value row[COLUMNS], *v = row;
	char id[24], incidents[256];

	if (complaint_incidents(m->c->db, c, incidents, sizeof(incidents)) != 0)
		return cli_fail_db(m->c);
	snprintf(id, sizeof(id), "R%" PRId64, c->id);
	*v++ = c->id != 0 ? out_text(id) : out_absent();
	*v++ = out_text(r->known        ? "known"
			: m->c->dry_run ? "would be stored"
					: "stored");
	*v++ = out_number(c->at_us);
	*v++ = out_text(c->type);
	*v++ = out_text(c->reporter[0] ? c->reporter : NULL);
	*v++ = out_text(c->customer[0] ? c->customer : NULL);
	*v++ = out_text(incidents);
	*v++ = out_text(f->name);
	*v++ =
	    out_text(c->customer[0] ? NULL : complaint_unmatched(c->unmatched));
	out_row(m->out, row);
	return CLI_OK;
}

static void print_bad(struct import *m, const struct batch_file *f)
{
	struct out_value row[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++)
		row[i] = out_absent();
	row[1] = out_text("bad");
	row[COLUMNS - 2] = out_text(f->name);
	row[COLUMNS - 1] = out_text(f->why);
	out_row(m->out, row);
	m->bad++;
}

static int end_file(struct import *m, struct batch_file *f)
{
	int code = CLI_OK;

	if (!f->bad && f->of_maildir && !m->c->dry_run &&
	    maildir_done(&m->maildir, f->name) != 0) {
		snprintf(f->why, sizeof(f->why),
		    "it is stored, but cannot be moved to cur: %s",
		    strerror(errno));
		f->bad = true;
	}
	for (size_t i = 0; i < f->n && code == CLI_OK; i++)
		code = print_report(m, f, &m->batch.reports[f->first + i]);
	if (f->bad)
		print_bad(m, f);
	return code;
}

static int end_batch(struct import *m)
{
	int code = store_batch(m);

	for (size_t i = 0; i < m->batch.n_files && code == CLI_OK; i++)
		code = end_file(m, &m->batch.files[i]);
	batch_clear(&m->batch);
	return code;
}

static int take_file(
    struct import *m, const char *name, int fd, bool of_maildir)
{
	if (batch_take(&m->batch, name, fd, of_maildir, m->c->now_us) != 0)
		return cli_fail(m->c, CLI_FAILED, "out of memory");
	return batch_is_full(&m->batch) ? end_batch(m) : CLI_OK;
}

/* --- all --------------------------------------------------------------------
 */

static int take_all(struct import *m)
{
	struct cli *c = m->c;
	int code = CLI_OK;

	for (int i = 0; i < c->n_args && code == CLI_OK; i++)
		code = take_file(m, c->args[i],
		    strcmp(c->args[i], "-") == 0
			? STDIN_FILENO
			: open(c->args[i], O_RDONLY | O_CLOEXEC),
		    false);
	/* Nobody's pipe or device stops it: names there are foreign. */
	for (size_t i = 0; i < m->maildir.n && code == CLI_OK; i++)
		code = take_file(m, m->maildir.names[i],
		    openat(m->maildir.new_fd, m->maildir.names[i],
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK),
		    true);
	return code == CLI_OK ? end_batch(m) : code;
}

static int write_audit_row(struct import *m)
{
	struct cli *c = m->c;
	struct audit a;

	if (c->dry_run || m->stored == 0)
		return CLI_OK;
	audit_fill(c, &a, "complaint import", "");
	snprintf(a.detail, sizeof(a.detail),
	    "%" PRId64 " stored, of these %" PRId64 " with a customer",
	    m->stored, m->matched);
	snprintf(a.outcome, sizeof(a.outcome), "done");
	return write_audit(c->db, &a) == 0 ? CLI_OK : cli_fail_db(c);
}

static int run(struct import *m)
{
	struct cli *c = m->c;
	char why[320];
	int code;

	if (c->maildir &&
	    maildir_open(&m->maildir, c->maildir, why, sizeof(why)) != 0)
		return cli_fail(c, CLI_FAILED, "%s", why);
	m->out = cli_out(c, columns, COLUMNS);
	if (m->out == NULL)
		return CLI_FAILED;
	code = take_all(m);
	if (code == CLI_OK)
		code = write_audit_row(m);
	if (code != CLI_OK) {
		out_free(m->out);
		return code;
	}
	code = cli_end_list(c, m->out, out_rows(m->out));
	fprintf(c->err,
	    "%s%" PRId64 " stored, of these %" PRId64 " with a customer; "
	    "%" PRId64 " known already; %" PRId64 " bad\n",
	    c->dry_run ? "dry run: " : "", m->stored, m->matched, m->known,
	    m->bad);
	return code == CLI_OK && m->bad > 0 ? CLI_FAILED : code;
}

int cli_complaint_import(struct cli *c)
{
	struct import *m;
	int code = cli_need_conf(c);

	if (code != CLI_OK)
		return code;
	if (c->n_args == 0 && !c->maildir)
		return cli_fail(c, CLI_USAGE,
		    "complaint import: give files, - for standard input, or "
		    "--maildir DIR");
	code = cli_need_db(c, c->dry_run ? DB_READ : DB_WRITE);
	if (code != CLI_OK)
		return code;
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return cli_fail(c, CLI_FAILED, "out of memory");
	m->c = c;
	m->maildir.new_fd = m->maildir.cur_fd = -1;
	code = run(m);
	maildir_close(&m->maildir);
	batch_free(&m->batch);
	free(m);
	return code;
}
