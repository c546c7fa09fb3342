/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "reports/cli/verb.h"
#include "reports/nightly/mail.h"
#include "reports/nightly/publish.h"
#include "reports/out/address.h"

#define QUALITY_DAYS_US (29 * INT64_C(86400) * 1000000)

struct job {
	struct cli *c;
	struct publish publish;
	enum language language;
	struct zone_days days;
};

/* --- what was asked ------------------------------------------------- */

static int need_mail(struct job *j)
{
	struct cli *c = j->c;
	const char *from = c->conf.report_mail_from;

	if (!from)
		from = c->conf.abuse_contact;
	if (c->outside)
		return cli_fail(c, CLI_USAGE,
		    "--public is not mailed: leave out --mail and --resend");
	if (!c->conf.report_mail_to ||
	    !mail_addresses_ok(c->conf.report_mail_to))
		return cli_fail(c, CLI_USAGE,
		    "--mail: set report { mail_to } to mail addresses, "
		    "separated by spaces");
	if (!from || !address_ok(from))
		return cli_fail(c, CLI_USAGE,
		    "--mail: set report { mail_from } or abuse_contact to a "
		    "mail address");
	if (j->days.end_us > c->now_us)
		return cli_fail(c, CLI_USAGE,
		    "--mail: %s has not ended; name a day before it",
		    j->days.date);
	j->publish.from = from;
	return CLI_OK;
}

static int prepare(struct job *j)
{
	struct cli *c = j->c;
	const char *date = c->date ? c->date : "yesterday";
	int code, l;

	if (!c->out_dir && !c->config)
		return cli_fail(c, CLI_USAGE,
		    "--out DIR is missing, or -c CONF whose report { dir } "
		    "names it; try sekisho report nightly --help");
	code = cli_need_conf(c);
	if (code != CLI_OK)
		return code;
	l = language_parse(c->conf.report_language);
	if (l < 0)
		return cli_fail(c, CLI_USAGE,
		    "report { language }: %s: give en or ja",
		    c->conf.report_language);
	j->language = (enum language)l;
	if (!timezone_exists(c->conf.report_time_zone))
		return cli_fail(c, CLI_USAGE,
		    "report { time_zone }: %s: there is no such zone below "
		    "/usr/share/zoneinfo (package tzdata); give one such as "
		    "Asia/Tokyo, an offset such as +09:00, local or UTC",
		    c->conf.report_time_zone);
	if (zone_days(&j->days, c->conf.report_time_zone, date, c->now_us) != 0)
		return cli_fail(c, CLI_USAGE,
		    "--date %.40s: give a day such as 2026-11-24, or yesterday",
		    date);
	if (j->days.begin_us[0] > c->now_us)
		return cli_fail(c, CLI_USAGE,
		    "--date %.40s: that day has not begun; name an earlier one",
		    date);
	j->publish = (struct publish){
	    .dir = c->out_dir ? c->out_dir : c->conf.report_dir,
	    .name = c->outside ? "public" : "nightly",
	    .csv_bom = c->conf.report_csv_bom,
	    .from_name = c->conf.provider,
	    .to = c->conf.report_mail_to,
	    .sendmail = c->conf.report_sendmail,
	    .spool = c->conf.report_mail_spool,
	    .now_us = c->now_us};
	if (!j->publish.dir || strlen(j->publish.dir) > PATH_MAX - 200)
		return cli_fail(c, CLI_USAGE,
		    "--out: name a folder, with a path that is not too long");
	return c->mail || c->resend ? need_mail(j) : CLI_OK;
}

/* --- the report ----------------------------------------------------- */

static void print_names(const struct job *j)
{
	struct cli *c = j->c;
	bool json = c->format == OUT_JSON || c->format == OUT_JSONL;
	struct jsonw w;

	jsonw_init(&w, c->out);
	if (json)
		jsonw_object_begin(&w);
	for (int i = 0; i < PUBLISH_FILES; i++) {
		char path[PATH_MAX];

		publish_path(
		    &j->publish, j->days.date, publish_suffixes[i], path);
		if (json)
			jsonw_kstring(&w, publish_suffixes[i], path);
		else
			fprintf(c->out, "%s\n", path);
	}
	if (json) {
		jsonw_object_end(&w);
		jsonw_newline(&w);
	}
}

static int mail_unless_sent(const struct job *j, const struct doc *d)
{
	struct cli *c = j->c;
	char err[PATH_MAX + 256];

	if (!c->resend && publish_was_mailed(&j->publish, d->date)) {
		fprintf(c->err,
		    "the report of %s was mailed before; --resend sends it "
		    "again\n",
		    d->date);
		return CLI_OK;
	}
	if (publish_mail(&j->publish, d, err, sizeof(err)) != 0)
		return cli_fail(c, CLI_FAILED, "%s", err);
	return CLI_OK;
}

static int mail_it(const struct job *j, const struct doc *d)
{
	struct cli *c = j->c;
	int lock, code;

	if (!c->mail && !c->resend)
		return CLI_OK;
	lock = publish_lock(&j->publish);
	if (lock == -1)
		return cli_fail(c, CLI_FAILED,
		    "%s/.mail.lock cannot be locked: %s", j->publish.dir,
		    strerror(errno));
	code = mail_unless_sent(j, d);
	publish_unlock(lock);
	return code;
}

static int write_out(const struct job *j, const struct doc *d)
{
	struct cli *c = j->c;
	char err[PATH_MAX + 256];
	int code;

	if (publish_files(&j->publish, d, err, sizeof(err)) != 0)
		return cli_fail(c, CLI_FAILED, "%s", err);
	print_names(j);
	code = mail_it(j, d);
	if (code != CLI_OK || c->outside)
		return code;
	if (publish_stamp(&j->publish, err, sizeof(err)) != 0)
		return cli_fail(c, CLI_FAILED, "%s", err);
	return CLI_OK;
}

static int build(const struct job *j, const struct night *n)
{
	struct cli *c = j->c;
	const struct quality_budget budget = {
	    c->conf.budget_blocks, c->conf.budget_customers};
	struct quality q;
	const struct report_facts facts = {
	    n, &q, &budget, c->conf.report_console_url};
	struct doc d;
	int code;

	if (quality_read(c->db, n->since_us - QUALITY_DAYS_US, n->until_us,
		&budget, &q) != 0)
		return cli_fail_db(c);
	if (report_build(&d, &facts, j->language, c->outside) != 0)
		code = cli_fail(c, CLI_FAILED, "out of memory");
	else
		code = write_out(j, &d);
	doc_free(&d);
	return code;
}

static int make(const struct job *j)
{
	struct cli *c = j->c;
	struct night *n = calloc(1, sizeof(*n));
	char err[512];
	int code;

	if (!n)
		return cli_fail(c, CLI_FAILED, "out of memory");
	code = cli_need_db(c, DB_READ);
	if (code == CLI_OK &&
	    night_collect(n, c->db, &j->days, err, sizeof(err)) != 0)
		code = cli_fail(c, CLI_FAILED, "%s: %s", cli_db_path(c), err);
	else if (code == CLI_OK)
		code = build(j, n);
	night_free(n);
	free(n);
	return code;
}

/* Whoever waits for the report is to know that there is none. What went wrong
 * is told on the error stream, too. */
static int make_or_say(const struct job *j)
{
	struct cli *c = j->c;
	FILE *before = c->err;
	char *why = NULL, err[PATH_MAX + 256];
	size_t size = 0;
	int code;

	if (!c->mail && !c->resend)
		return make(j);
	c->err = open_memstream(&why, &size);
	if (!c->err)
		c->err = before;
	code = make(j);
	if (c->err != before) {
		fclose(c->err);
		c->err = before;
		fwrite(why, 1, size, before);
	}
	if (code != CLI_OK &&
	    publish_failure(&j->publish, j->language, j->days.date,
		why ? why : "?", err, sizeof(err)) != 0)
		fprintf(c->err, "sekisho: nor could that be mailed: %s\n", err);
	free(why);
	return code;
}

int cli_report_nightly(struct cli *c)
{
	struct job j = {.c = c};
	int code = prepare(&j);

	return code == CLI_OK ? make_or_say(&j) : code;
}
