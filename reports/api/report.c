/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/report.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/api/routes.h"

#define REPORT_SECURITY                                                        \
	"default-src 'none'; style-src 'unsafe-inline'; sandbox; "             \
	"frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
#define REPORTS_MAX 5000
#define BYTES_MAX   (64 << 20)

struct entry {
	char name[128], date[11];
	int64_t bytes, modified_us;
};

/* s has ten bytes or more. */
static bool is_date(const char *s)
{
	static const char form[] = "0000-00-00";
	int month, day;

	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != '-')
			return false;
	month = (s[5] - '0') * 10 + s[6] - '0';
	day = (s[8] - '0') * 10 + s[9] - '0';
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* A file of a report has a day in its name; no path, nothing hidden. */
static bool parse_name(const char *name, char date[static 11])
{
	size_t n = strlen(name);

	if (n >= 128 || name[0] == '.' ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789._-") != n)
		return false;
	for (const char *p = name; strlen(p) >= 10; p++)
		if (is_date(p)) {
			memcpy(date, p, 10);
			date[10] = '\0';
			return true;
		}
	return false;
}

static const char *type_of(const char *name)
{
	static const struct {
		const char *end, *type;
	} types[] = {
	    {".html", "text/html; charset=utf-8"},
	    {".txt", "text/plain; charset=utf-8"},
	    {".csv", "text/csv; charset=utf-8"},
	    {".json", "application/json"},
	    {".svg", "image/svg+xml"},
	};
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t len = strlen(types[i].end);

		if (n > len && strcmp(name + n - len, types[i].end) == 0)
			return types[i].type;
	}
	return "application/octet-stream";
}

static int by_date(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(y->date, x->date);

	return order != 0 ? order : strcmp(x->name, y->name);
}

struct found {
	struct entry *v;
	size_t n, cap;
};

/* Whether there is room for more. */
static bool keep(struct found *f, int at, const char *name)
{
	struct entry e, *more;
	struct stat st;

	if (f->n == REPORTS_MAX)
		return false;
	if (!parse_name(name, e.date) ||
	    fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return true;
	if (!f->v || f->n == f->cap) {
		f->cap = f->cap > 0 ? 2 * f->cap : 64;
		more = realloc(f->v, f->cap * sizeof(*f->v));
		if (!more)
			return false;
		f->v = more;
	}
	snprintf(e.name, sizeof(e.name), "%.127s", name);
	e.bytes = st.st_size;
	e.modified_us =
	    (int64_t)st.st_mtim.tv_sec * US_PER_S + st.st_mtim.tv_nsec / 1000;
	f->v[f->n++] = e;
	return true;
}

/* A night's forms may stand in a folder of their own: NAME/NAME.html. */
static int open_folder(int at, const char *name)
{
	return openat(
	    at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void keep_folder(struct found *f, int at, const char *name)
{
	int fd = open_folder(at, name);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	size_t n = strlen(name);
	struct dirent *d;

	while (dir && (d = readdir(dir)) != NULL)
		if (strncmp(d->d_name, name, n) == 0 && d->d_name[n] == '.' &&
		    !strchr(d->d_name + n + 1, '.') && !keep(f, fd, d->d_name))
			break;
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

/* The newest first; malloc'd. */
static struct entry *list(const struct conf *conf, size_t *n)
{
	DIR *dir = conf->serve_reports ? opendir(conf->serve_reports) : NULL;
	struct found f = {0};
	struct dirent *d;
	char date[11];

	while (dir && (d = readdir(dir)) != NULL) {
		if (!keep(&f, dirfd(dir), d->d_name))
			break;
		if (parse_name(d->d_name, date))
			keep_folder(&f, dirfd(dir), d->d_name);
	}
	if (dir)
		closedir(dir);
	if (f.n > 0)
		qsort(f.v, f.n, sizeof(*f.v), by_date);
	*n = f.n;
	return f.v;
}

int64_t report_made_s(const struct conf *conf)
{
	static const char metric[] = "sekisho_last_report_timestamp_seconds ";
	int64_t made_s = 0;
	char path[4096], line[512];
	FILE *f = NULL;

	if (conf->serve_reports &&
	    snprintf(path, sizeof(path), "%s/sekisho-report.prom",
		conf->serve_reports) < (int)sizeof(path))
		f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, metric, sizeof(metric) - 1) == 0)
			made_s = strtoll(line + sizeof(metric) - 1, NULL, 10);
	if (f)
		fclose(f);
	return made_s;
}

void reports_get(struct call *c)
{
	size_t n;
	struct entry *v = list(c->conf, &n);
	struct jsonw *j = call_json(c, 200);

	jsonw_object_begin(j);
	jsonw_key(j, "items");
	jsonw_array_begin(j);
	for (size_t i = 0; i < n; i++) {
		jsonw_object_begin(j);
		jsonw_kstring(j, "name", v[i].name);
		jsonw_kstring(j, "date", v[i].date);
		jsonw_kstring(j, "type", type_of(v[i].name));
		jsonw_kint(j, "bytes", v[i].bytes);
		jsonw_ktime(j, "modified", v[i].modified_us);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	call_end_page(c, NULL, (int64_t)n);
	jsonw_object_end(j);
	free(v);
}

/* The file of this name, beside the others or in its night's folder. */
static int open_report(const char *folder, const char *name)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = dir < 0 ? -1 : openat(dir, name, flags);
	char night[128];
	int sub;

	if (dir >= 0 && fd < 0) {
		snprintf(night, sizeof(night), "%.*s", (int)strcspn(name, "."),
		    name);
		sub = open_folder(dir, night);
		if (sub >= 0) {
			fd = openat(sub, name, flags);
			close(sub);
		}
	}
	if (dir >= 0)
		close(dir);
	return fd;
}

/* malloc'd; NULL: it is not there, no plain file, or too large. */
static char *slurp(const char *folder, const char *name, size_t *n)
{
	int fd = open_report(folder, name);
	struct stat st;
	char *text = NULL;
	ssize_t got;

	*n = 0;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size <= BYTES_MAX)
		text = malloc((size_t)st.st_size + 1);
	while (text && *n < (size_t)st.st_size &&
	       (got = read(fd, text + *n, (size_t)st.st_size - *n)) > 0)
		*n += (size_t)got;
	if (fd >= 0)
		close(fd);
	return text;
}

void report_get(struct call *c)
{
	char date[11], *text = NULL;
	size_t n;

	if (c->conf->serve_reports && parse_name(c->part, date))
		text = slurp(c->conf->serve_reports, c->part, &n);
	if (!text) {
		call_problem(c, 404, "not_found",
		    "there is no report of this name; /api/v1/reports lists "
		    "them");
		return;
	}
	call_text(c, 200, type_of(c->part), text, n);
	/* Its style is inside it; nothing of it may run or load. */
	if (strncmp(type_of(c->part), "text/html", 9) == 0)
		call_field(c, "Content-Security-Policy", REPORT_SECURITY);
	call_field(
	    c, "Content-Disposition", "inline; filename=\"%s\"", c->part);
}
