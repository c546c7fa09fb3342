/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/nightly/file.h"
#include "reports/nightly/folder.h"
#include "reports/nightly/mail.h"

const char *const publish_suffixes[PUBLISH_FILES] = {
    "txt", "html", "csv", "json"};

struct form {
	const struct doc *doc;
	bool bom;
};

static void print_text(const void *arg, FILE *f)
{
	report_print_text(((const struct form *)arg)->doc, f);
}

static void print_html(const void *arg, FILE *f)
{
	report_print_html(((const struct form *)arg)->doc, true, f);
}

static void print_mail_html(const void *arg, FILE *f)
{
	report_print_html(((const struct form *)arg)->doc, false, f);
}

static void print_csv(const void *arg, FILE *f)
{
	const struct form *form = arg;

	report_print_csv(form->doc, form->bom, f);
}

static void print_json(const void *arg, FILE *f)
{
	report_print_json(((const struct form *)arg)->doc, f);
}

static void (*const printers[PUBLISH_FILES])(const void *arg, FILE *f) = {
    print_text, print_html, print_csv, print_json};

int publish_files(
    const struct publish *p, const struct doc *d, char *err, size_t n)
{
	const struct form form = {d, p->csv_bom};
	struct folder folder;
	char name[128];
	int rc;

	snprintf(name, sizeof(name), "%s-%s", p->name, d->date);
	rc = folder_begin(&folder, p->dir, name, err, n);
	for (int i = 0; rc == 0 && i < PUBLISH_FILES; i++) {
		snprintf(name, sizeof(name), "%s-%s.%s", p->name, d->date,
		    publish_suffixes[i]);
		rc = folder_add(&folder, name, printers[i], &form, err, n);
	}
	if (rc == 0)
		rc = folder_commit(&folder, err, n);
	folder_end(&folder);
	return rc;
}

void publish_path(const struct publish *p, const char *date, const char *suffix,
    char buf[static PATH_MAX])
{
	snprintf(buf, PATH_MAX, "%s/%s-%s/%s-%s.%s", p->dir, p->name, date,
	    p->name, date, suffix);
}

/* --- mail ----------------------------------------------------------- */

static void mark_path(
    const struct publish *p, const char *date, char buf[static PATH_MAX])
{
	snprintf(buf, PATH_MAX, "%s/.%s-%s.mailed", p->dir, p->name, date);
}

int publish_lock(const struct publish *p)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/.mail.lock", p->dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	while (fd != -1 && flock(fd, LOCK_EX) != 0) {
		if (errno == EINTR)
			continue;
		close(fd);
		fd = -1;
	}
	return fd;
}

void publish_unlock(int lock)
{
	if (lock != -1)
		close(lock);
}

bool publish_was_mailed(const struct publish *p, const char *date)
{
	char path[PATH_MAX];
	struct stat st;

	mark_path(p, date, path);
	return stat(path, &st) == 0;
}

static void print_mark(const void *arg, FILE *f)
{
	char text[CLOCK_STRLEN];
	const struct publish *p = arg;

	fprintf(f, "%s\n", clock_format(p->now_us, text));
}

static int deliver(const struct publish *p, struct mail *m, char *err, size_t n)
{
	m->from = p->from;
	m->from_name = p->from_name;
	m->to = p->to;
	m->now_us = p->now_us;
	return p->spool ? mail_spool(m, p->spool, err, n)
			: mail_send(m, p->sendmail, err, n);
}

/* malloc'd. -1: no memory. */
static int render(void (*print)(const void *arg, FILE *f),
    const struct form *form, struct mail_part *part)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, &part->len);

	if (!f)
		return -1;
	print(form, f);
	if (fclose(f) != 0) {
		free(text);
		return -1;
	}
	part->data = text;
	return 0;
}

struct parts {
	char names[3][128];
	char subject[1536];
	struct mail mail;
};

static int fill(struct parts *s, const struct publish *p, const struct doc *d)
{
	static const char *const types[] = {"text/html; charset=utf-8",
	    "text/csv; charset=utf-8", "application/json"};
	const struct form form = {d, p->csv_bom};
	struct mail *m = &s->mail;

	snprintf(s->subject, sizeof(s->subject), "%s%s%s: %s",
	    d->provider ? d->provider : "", d->provider ? " " : "", d->title,
	    d->verdict);
	m->subject = s->subject;
	m->text.type = "text/plain; charset=utf-8";
	m->html.type = "text/html; charset=utf-8";
	if (render(print_text, &form, &m->text) != 0 ||
	    render(print_mail_html, &form, &m->html) != 0)
		return -1;
	for (size_t i = 0; i < 3; i++) {
		snprintf(s->names[i], sizeof(s->names[i]), "%s-%s.%s", p->name,
		    d->date, publish_suffixes[i + 1]);
		m->attached[i].type = types[i];
		m->attached[i].name = s->names[i];
		if (render(printers[i + 1], &form, &m->attached[i]) != 0)
			return -1;
		m->n_attached++;
	}
	return 0;
}

static void free_parts(struct mail *m)
{
	free((char *)m->text.data);
	free((char *)m->html.data);
	for (size_t i = 0; i < MAIL_PARTS_MAX; i++)
		free((char *)m->attached[i].data);
}

int publish_mail(
    const struct publish *p, const struct doc *d, char *err, size_t n)
{
	struct parts s = {.mail = {0}};
	char id[128], path[PATH_MAX];
	int rc = fill(&s, p, d);

	snprintf(id, sizeof(id), "%s-%s", p->name, d->date);
	s.mail.id = id;
	if (rc != 0)
		snprintf(err, n, "out of memory");
	else
		rc = deliver(p, &s.mail, err, n);
	free_parts(&s.mail);
	if (rc != 0)
		return -1;
	/* Killed before this, it is sent once more: better than not at all. */
	mark_path(p, d->date, path);
	return file_replace(path, print_mark, p, err, n);
}

static void add_line(
    char *text, size_t size, enum language l, enum message m, const char *arg)
{
	char line[MESSAGE_BYTES];
	size_t at = strlen(text);

	message_fill(line, message(l, m), &arg, 1);
	snprintf(text + at, size - at, "%s%s\n", at > 0 ? "\n" : "", line);
}

int publish_failure(const struct publish *p, enum language language,
    const char *date, const char *why, char *err, size_t n)
{
	char text[4 * MESSAGE_BYTES] = "", title[MESSAGE_BYTES], id[128];
	struct mail m = {.subject = title, .id = id};

	add_line(text, sizeof(text), language, MSG_FAILED_WORDS, date);
	add_line(text, sizeof(text), language, MSG_FAILED_REASON, why);
	add_line(text, sizeof(text), language, MSG_FAILED_AGAIN, date);
	message_fill(title, message(language, MSG_TITLE_FAILED), &date, 1);
	snprintf(id, sizeof(id), "%s-%s-failed", p->name, date);
	m.text = (struct mail_part){
	    "text/plain; charset=utf-8", NULL, text, strlen(text)};
	return deliver(p, &m, err, n);
}

static void print_stamp(const void *arg, FILE *f)
{
	const struct publish *p = arg;

	fprintf(f,
	    "# HELP sekisho_last_report_timestamp_seconds When the nightly "
	    "report was last made and sent.\n"
	    "# TYPE sekisho_last_report_timestamp_seconds gauge\n"
	    "sekisho_last_report_timestamp_seconds %" PRId64 "\n",
	    p->now_us / US_PER_S);
}

int publish_stamp(const struct publish *p, char *err, size_t n)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sekisho-report.prom", p->dir);
	return file_replace(path, print_stamp, p, err, n);
}
