/* SPDX-License-Identifier: Apache-2.0 */
/* Where a report goes: a folder of four files, and a mail once for a day. */
#pragma once

#include <limits.h>

#include "reports/nightly/report.h"

struct publish {
	const char *dir;
	const char *name; /* "nightly", "public" */
	bool csv_bom;
	/* mail */
	const char *from, *from_name, *to;
	const char *sendmail;
	const char *spool; /* NULL: sendmail */
	int64_t now_us;
};
#define PUBLISH_FILES 4
/* "txt", "html", "csv", "json". */
extern const char *const publish_suffixes[PUBLISH_FILES];

/* DIR/NAME-DATE/NAME-DATE.txt, .html, .csv, .json: all of them or none. 0; -1
 * with err. */
int publish_files(
    const struct publish *p, const struct doc *d, char *err, size_t n);
void publish_path(const struct publish *p, const char *date, const char *suffix,
    char buf[static PATH_MAX]);
/* Until publish_unlock(), nobody else asks and mails. -1: no lock. */
int publish_lock(const struct publish *p);
void publish_unlock(int lock);
/* The mail of this date has been sent. */
bool publish_was_mailed(const struct publish *p, const char *date);
/* 0; -1 with err. */
int publish_mail(
    const struct publish *p, const struct doc *d, char *err, size_t n);
/* Says that there is no report of that date, and why. 0; -1 with err. */
int publish_failure(const struct publish *p, enum language language,
    const char *date, const char *why, char *err, size_t n);
/* When the last report was made and sent: DIR/sekisho-report.prom, for
 * /metrics and node_exporter. 0; -1 with err. */
int publish_stamp(const struct publish *p, char *err, size_t n);
