/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/static.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 4095
#define FIELDS         4

struct entry_line {
	struct prefix prefix;
	size_t line, index;
};

struct load {
	const char *path;
	size_t line;
	struct lease *v;
	struct entry_line *at;
	size_t n, cap;
	char *err;
	size_t errsize;
};

static int bad(
    struct load *l, const char *what, const char *value, const char *remedy)
{
	snprintf(l->err, l->errsize, "%s:%zu: %s \"%.60s\": %s", l->path,
	    l->line, what, value, remedy);
	return -1;
}

/* Splits one line in place (RFC 4180: "" inside quotes is one quote).
 * Returns the number of fields, or -1 for a quote that is not closed. */
static int split(char *line, char *field[FIELDS + 1])
{
	char *r = line, *w = line;
	int n = 0;

	for (;;) {
		bool quoted = *r == '"';

		if (n <= FIELDS)
			field[n] = w;
		n++;
		if (quoted)
			r++;
		while (*r && (quoted || *r != ',')) {
			if (quoted && *r == '"') {
				if (r[1] != '"') {
					quoted = false;
					r++;
					break;
				}
				r++;
			}
			*w++ = *r++;
		}
		if (quoted || (*r != ',' && *r != '\0'))
			return -1;
		if (*r == '\0') {
			*w = '\0';
			return n;
		}
		r++;
		*w++ = '\0';
	}
}

static bool is_id(const char *s)
{
	if (!*s || strlen(s) >= ROW_ID_LEN)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 127)
			return false;
	return true;
}

static int grow(struct load *l)
{
	size_t cap = l->cap ? 2 * l->cap : 256;
	void *v;

	if (l->n < l->cap)
		return 0;
	v = realloc(l->v, cap * sizeof(*l->v));
	if (!v)
		return -1;
	l->v = v;
	v = realloc(l->at, cap * sizeof(*l->at));
	if (!v)
		return -1;
	l->at = v;
	l->cap = cap;
	return 0;
}

static int take(struct load *l, char *f[FIELDS + 1])
{
	struct lease *e;
	int class;

	if (grow(l) != 0)
		return bad(l, "line", "", "out of memory");
	e = &l->v[l->n];
	memset(e, 0, sizeof(*e));
	switch (prefix_parse(&e->prefix, f[0])) {
	case 0:
		break;
	case -2:
		return bad(l, "prefix", f[0],
		    "bits are set behind its length; write the network's "
		    "first address");
	default:
		return bad(l, "prefix", f[0],
		    "not an address or prefix, as 192.0.2.7 or "
		    "2001:db8:12:3400::/56");
	}
	if (!is_id(f[1]))
		return bad(l, "customer", f[1],
		    "1 to 63 bytes without spaces are needed");
	class = line_class_parse(f[2]);
	if (class <= CLASS_UNKNOWN)
		return bad(l, "class", f[2],
		    "no class has this name; write dynamic, static, business, "
		    "wholesale, or the name of a section class { }");
	if (strlen(f[3]) >= sizeof(e->own_domains))
		return bad(l, "own_domains", f[3], "longer than 511 bytes");
	snprintf(e->customer, sizeof(e->customer), "%s", f[1]);
	e->line_class = (enum line_class) class;
	snprintf(e->own_domains, sizeof(e->own_domains), "%s", f[3]);
	snprintf(e->source, sizeof(e->source), "static");
	e->until_us = INT64_MAX;
	l->at[l->n] = (struct entry_line){e->prefix, l->line, l->n};
	l->n++;
	return 0;
}

static int by_first(const void *a, const void *b)
{
	const struct entry_line *x = a, *y = b;
	struct addr fx = prefix_first(&x->prefix),
		    fy = prefix_first(&y->prefix);
	int c = addr_compare(&fx, &fy);

	if (c != 0)
		return c;
	if (x->prefix.len != y->prefix.len)
		return x->prefix.len < y->prefix.len ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Sorted, an overlap is always between neighbours: prefixes nest. */
static int check_overlap(struct load *l)
{
	char a[PREFIX_STRLEN], b[PREFIX_STRLEN];

	if (l->n > 0)
		qsort(l->at, l->n, sizeof(*l->at), by_first);
	for (size_t i = 1; i < l->n; i++) {
		const struct entry_line *x = &l->at[i - 1], *y = &l->at[i];
		size_t lo = x->line < y->line ? x->line : y->line;
		size_t hi = x->line < y->line ? y->line : x->line;

		if (!prefix_overlaps(&x->prefix, &y->prefix))
			continue;
		snprintf(l->err, l->errsize,
		    "%s: lines %zu and %zu overlap: %s and %s; an address "
		    "belongs to one customer, remove or narrow one of them",
		    l->path, lo, hi, prefix_format(&x->prefix, a),
		    prefix_format(&y->prefix, b));
		return -1;
	}
	return 0;
}

static int take_line(struct load *l, char *line, size_t bytes)
{
	char *f[FIELDS + 1];
	size_t len = strcspn(line, "\r\n");

	if (strlen(line) != bytes)
		return bad(l, "line", line, "it holds a NUL byte");
	if (len > LINE_MAX_BYTES)
		return bad(l, "line", "", "longer than 4095 bytes");
	line[len] = '\0';
	if (l->line == 1) {
		if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
			line += 3;
		return strcmp(line, "prefix,customer,class,own_domains") == 0
			   ? 0
			   : bad(l, "header line", line,
				 "must be prefix,customer,class,own_domains");
	}
	if (len == 0)
		return 0;
	if (split(line, f) != FIELDS)
		return bad(l, "line", line,
		    "4 fields are needed: prefix,customer,class,own_domains");
	return take(l, f);
}

int static_load(const char *path, struct lease **leases, size_t *n, char *err,
    size_t errsize)
{
	struct load l = {.path = path, .err = err, .errsize = errsize};
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int rc = -1;

	*leases = NULL;
	*n = 0;
	if (!f) {
		snprintf(err, errsize,
		    "%s: %s; analyzer.subscribers names the file", path,
		    strerror(errno));
		return -1;
	}
	while ((len = getline(&line, &cap, f)) >= 0) {
		l.line++;
		if (take_line(&l, line, (size_t)len) != 0)
			goto out;
	}
	if (ferror(f)) {
		snprintf(err, errsize, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (l.line == 0) {
		l.line = 1;
		bad(&l, "file", "", "it is empty");
		goto out;
	}
	rc = check_overlap(&l);
out:
	fclose(f);
	free(line);
	free(l.at);
	if (rc != 0) {
		free(l.v);
		return -1;
	}
	*leases = l.v;
	*n = l.n;
	return 0;
}
