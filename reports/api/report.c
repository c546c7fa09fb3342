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

/* A file of a report has a day in its name; no path, nothing hidden. */
static bool parse_name(const char *name, char date[static 11])
{
	size_t n = strlen(name);

	if (n >= 128 || name[0] == '.' ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789._-") != n)
		return false;
	for (const char *p = name; strlen(p) >= 10; p++) {
		int y, m, d;
		int used = 0;

		if (p[4] == '-' && p[7] == '-' &&
		    sscanf(p, "%4d-%2d-%2d%n", &y, &m, &d, &used) == 3 &&
		    used == 10 && m >= 1 && m <= 12 && d >= 1 && d <= 31) {
			memcpy(date, p, 10);
			date[10] = '\0';
			return true;
		}
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

/* The newest first; malloc'd. */
static struct entry *list(const struct conf *conf, size_t *n)
{
	DIR *dir = conf->serve_reports ? opendir(conf->serve_reports) : NULL;
	struct entry *v = NULL;
	size_t cap = 0;
	struct dirent *d;

	*n = 0;
	while (dir && *n < REPORTS_MAX && (d = readdir(dir)) != NULL) {
		struct entry e;
		struct stat st;

		if (!parse_name(d->d_name, e.date) ||
		    fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) !=
			0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if (*n == cap) {
			void *more;

			cap = cap > 0 ? 2 * cap : 64;
			more = realloc(v, cap * sizeof(*v));
			if (!more)
				break;
			v = more;
		}
		snprintf(e.name, sizeof(e.name), "%.127s", d->d_name);
		e.bytes = st.st_size;
		e.modified_us = (int64_t)st.st_mtim.tv_sec * US_PER_S +
				st.st_mtim.tv_nsec / 1000;
		v[(*n)++] = e;
	}
	if (dir)
		closedir(dir);
	if (*n > 0)
		qsort(v, *n, sizeof(*v), by_date);
	return v;
}

int64_t report_newest_us(const struct conf *conf)
{
	int64_t newest_us = 0;
	size_t n;
	struct entry *v = list(conf, &n);

	for (size_t i = 0; i < n; i++)
		if (v[i].modified_us > newest_us)
			newest_us = v[i].modified_us;
	free(v);
	return newest_us;
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

/* malloc'd; NULL: it is not there, no plain file, or too large. */
static char *slurp(const char *folder, const char *name, size_t *n)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = dir < 0 ? -1
			 : openat(dir, name,
			       O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
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
	if (dir >= 0)
		close(dir);
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
