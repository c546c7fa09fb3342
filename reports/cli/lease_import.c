/* SPDX-License-Identifier: Apache-2.0 */
/* lease import: a file that tells of leases, read once, from its beginning to
 * its end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "analyzer/identity/dhcp/file.h"
#include "analyzer/identity/lease_line.h"
#include "base/target.h"
#include "reports/cli/lease_apply.h"
#include "reports/cli/progress.h"
#include "reports/cli/verb.h"

#define BAD_SHOWN 20
/* Lines of one transaction: the analyzer waits no longer for it. */
#define AT_ONCE        2000
#define PROGRESS_LINES 256

static const struct out_column columns[] = {
    {"lines", OUT_NUMBER, OUT_NARROW},
    {"events", OUT_NUMBER, OUT_NARROW},
    {"refused", OUT_NUMBER, OUT_NARROW},
    {"bad", OUT_NUMBER, OUT_NARROW},
    {"nameless", OUT_NUMBER, OUT_NARROW},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* The last word on a session, as far as it ends by itself. */
struct expiry {
	UT_hash_handle hh;
	struct lease_event end;
};
struct import {
	struct cli *c;
	const char *name;
	struct lease_source source;
	struct lease_file *file;
	struct lease_batch batch;
	struct expiry *expiries;
	int64_t in_transaction, line;
	int code; /* of the first failure */
	int shown;
};

static int put(struct import *m, const struct lease_event *e)
{
	struct cli *c = m->c;

	if (c->dry_run) {
		m->batch.n++;
		return 0;
	}
	if (m->in_transaction == 0 && db_begin(c->db) != 0)
		m->code = cli_fail_db(c);
	if (m->code == CLI_OK)
		m->code = lease_batch_add(c, &m->batch, e);
	if (m->code == CLI_OK && ++m->in_transaction == AT_ONCE) {
		m->in_transaction = 0;
		if (db_commit(c->db) != 0)
			m->code = cli_fail_db(c);
	}
	return m->code == CLI_OK ? 0 : -1;
}

/* Whether the address is still held when the file has ended, only the last
 * entry of it tells. */
static int note_expiry(
    struct import *m, const struct lease_event *e, int64_t expires_us)
{
	struct expiry *x;

	HASH_FIND(hh, m->expiries, e->session, strlen(e->session), x);
	if (expires_us == INT64_MAX || e->verb != LEASE_VERB_BEGIN) {
		if (x != NULL) {
			HASH_DEL(m->expiries, x);
			free(x);
		}
		return 0;
	}
	if (x == NULL) {
		x = calloc(1, sizeof(*x));
		if (x == NULL)
			return -1;
		x->end = *e;
		HASH_ADD_KEYPTR(
		    hh, m->expiries, x->end.session, strlen(x->end.session), x);
	}
	x->end.verb = LEASE_VERB_END;
	x->end.at_us = expires_us;
	return 0;
}

static int on_event(void *arg, const struct lease_event *e, int64_t expires_us)
{
	struct import *m = arg;

	if (put(m, e) != 0)
		return -1;
	if (m->source.format == LEASE_FORMAT_LINES ||
	    note_expiry(m, e, expires_us) == 0)
		return 0;
	m->code = cli_fail(m->c, CLI_FAILED, "out of memory");
	return -1;
}

static void on_bad(void *arg, const char *why)
{
	struct import *m = arg;

	if (m->shown++ < BAD_SHOWN)
		fprintf(m->c->err, "%.200s:%lld: %s\n", m->name,
		    (long long)m->line, why);
}

static int put_expired(struct import *m)
{
	for (struct expiry *x = m->expiries; x; x = x->hh.next)
		if (x->end.at_us <= m->c->now_us && put(m, &x->end) != 0)
			return -1;
	return 0;
}

static void read_lines(struct import *m, FILE *f)
{
	char *name = (char *)m->name, *line = NULL;
	int64_t bytes = 0;
	size_t cap = 0;
	ssize_t n;
	struct progress p;

	progress_begin(&p, m->c->err, "lease import", "KiB", 1 << 10,
	    progress_file_bytes(&name, f != stdin));

	while (m->code == CLI_OK && (n = getline(&line, &cap, f)) >= 0) {
		bytes += n;
		if (++m->line % PROGRESS_LINES == 0)
			progress_show(&p, bytes);
		if (n > 0 && line[n - 1] == '\n')
			n--;
		if (n > 65536)
			on_bad(m, "the line is longer than 64 KiB");
		else
			lease_file_line(m->file, line, (size_t)n);
	}
	progress_end(&p);
	if (m->code == CLI_OK && ferror(f))
		m->code = cli_fail(
		    m->c, CLI_FAILED, "%.200s: %s", m->name, strerror(errno));
	free(line);
}

static int print_result(struct import *m)
{
	struct cli *c = m->c;
	struct out *o = cli_out(c, columns, COLUMNS);
	struct out_value row[COLUMNS], *v = row;
	int64_t bad = lease_file_count(m->file, LEASE_FILE_BAD);
	int code;

	if (!o)
		return CLI_FAILED;
	*v++ = out_number(m->line);
	*v++ = out_number(m->batch.n);
	*v++ = out_number(m->batch.refused);
	*v++ = out_number(bad);
	*v++ = out_number(lease_file_count(m->file, LEASE_FILE_NAMELESS));
	out_one(o, row);
	code = cli_end_one(c, o);
	if (code == CLI_OK && c->dry_run)
		code = cli_say_dry(c, "nothing was handed in");
	if (m->shown > BAD_SHOWN)
		fprintf(c->err, "... and %d more\n", m->shown - BAD_SHOWN);
	return code == CLI_OK && (m->shown > 0 || m->batch.refused > 0)
		   ? CLI_FAILED
		   : code;
}

/* What an import of several transactions handed in is told in the last. */
static void end_transaction(struct import *m)
{
	struct cli *c = m->c;

	if (m->batch.n == 0)
		return;
	if (m->in_transaction == 0 && db_begin(c->db) != 0) {
		m->code = cli_fail_db(c);
		return;
	}
	m->code = lease_batch_audit(c, &m->batch, "lease import", m->name);
	if (m->code == CLI_OK && db_commit(c->db) != 0)
		m->code = cli_fail_db(c);
}

static int import_from(struct import *m, FILE *f)
{
	struct lease_file_owner owner = {on_event, on_bad, m};
	struct expiry *x, *next;

	m->file = lease_file_new(&m->source, owner);
	if (!m->file)
		return cli_fail(m->c, CLI_FAILED, "out of memory");
	read_lines(m, f);
	if (m->code == CLI_OK && put_expired(m) == 0 && !m->c->dry_run)
		end_transaction(m);
	if (m->code != CLI_OK)
		db_rollback(m->c->db);
	else if (!m->c->dry_run)
		m->code = lease_batch_apply(m->c, &m->batch);
	x = m->expiries;
	HASH_CLEAR(hh, m->expiries);
	for (; x; x = next) {
		next = x->hh.next;
		free(x);
	}
	if (m->code == CLI_OK)
		m->code = print_result(m);
	lease_file_free(m->file);
	return m->code;
}

int cli_lease_import(struct cli *c)
{
	struct import m = {.c = c, .name = c->args[0]};
	const char *format = c->file_format ? c->file_format : "lines";
	const char *field = c->customer_field ? c->customer_field : "";
	bool stdin_given = strcmp(m.name, "-") == 0;
	int f = lease_format_parse(format), code;
	char why[256];
	FILE *in;

	if (f < 0)
		return cli_fail(c, CLI_USAGE,
		    "--format %.40s: give lines, kea4, kea6, dhcpd or dhcpd6",
		    format);
	m.source.format = (enum lease_format)f;
	snprintf(m.source.field, sizeof(m.source.field), "%s", field);
	if (lease_field_check(m.source.format, field, why, sizeof(why)) != 0)
		return cli_fail(c, CLI_USAGE, "--customer-field: %s", why);
	code = cli_need_change(c);
	if (code != CLI_OK)
		return code;
	in = stdin_given ? stdin : fopen(m.name, "re");
	if (!in)
		return cli_fail(
		    c, CLI_FAILED, "%.200s: %s", m.name, strerror(errno));
	code = import_from(&m, in);
	if (!stdin_given)
		fclose(in);
	return code;
}
