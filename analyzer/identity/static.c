/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/static.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/csv.h"
#include "base/target.h"

#define LINE_MAX_BYTES 4095

enum field { PREFIX, CUSTOMER, CLASS, OWN_DOMAINS, PORTS, CONTACT, LANGUAGE };
#define FIELDS (LANGUAGE + 1)
#define NEEDED (OWN_DOMAINS + 1)

static const char *const names[FIELDS] = {"prefix", "customer", "class",
    "own_domains", "ports", "contact", "language"};

/* Where a lease or customer stands in the file. */
struct place {
	struct target target;
	const char *id;
	size_t line, index;
};

struct load {
	const char *path;
	size_t line;
	int column_of[FIELDS]; /* -1: not in this file */
	int n_columns;
	struct subscribers *s;
	size_t cap_leases, cap_customers;
	struct place *leases, *customers;
	struct static_faults *faults;
};

/* --- faults --------------------------------------------------------------- */

static void fault_at(struct load *l, size_t line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void fault_at(struct load *l, size_t line, const char *fmt, ...)
{
	struct static_faults *f = l->faults;
	char what[256];
	va_list ap;

	if (f->n == STATIC_FAULTS_MAX) {
		f->more++;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(f->text[f->n++], sizeof(f->text[0]), "%.60s:%zu: %s", l->path,
	    line, what);
}

static int bad(
    struct load *l, const char *what, const char *value, const char *remedy)
{
	fault_at(l, l->line, "%s \"%.60s\": %s", what, value, remedy);
	return -1;
}

/* --- one row -------------------------------------------------------------- */

static bool is_id(const char *s)
{
	if (!*s || strlen(s) >= ROW_ID_LEN)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 127)
			return false;
	return true;
}

/* The shape of a tag of BCP 47 (RFC 5646 section 2.1). */
static bool is_language(const char *s)
{
	size_t part = 0;

	for (; *s; s++) {
		bool letter =
		    (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');

		if (*s == '-' ? part == 0 : !letter && (*s < '0' || *s > '9'))
			return false;
		part = *s == '-' ? 0 : part + 1;
		if (part > 8)
			return false;
	}
	return part > 0;
}

static int parse_target(struct load *l, char *f[FIELDS], struct target *t)
{
	memset(t, 0, sizeof(*t));
	switch (prefix_parse(&t->prefix, f[PREFIX])) {
	case 0:
		break;
	case -2:
		return bad(l, "prefix", f[PREFIX],
		    "bits are set behind its length; write the network's "
		    "first address");
	default:
		return bad(l, "prefix", f[PREFIX],
		    "not an address or prefix, as 192.0.2.7 or "
		    "2001:db8:12:3400::/56");
	}
	if (f[PORTS][0] != '\0' &&
	    ports_parse(f[PORTS], &t->first_port, &t->last_port) != 0)
		return bad(l, "ports", f[PORTS],
		    "give the first and the last one of 1 to 65535, as "
		    "1024-2047");
	return 0;
}

static int check_fields(struct load *l, char *f[FIELDS], int *class)
{
	if (!is_id(f[CUSTOMER]))
		return bad(l, "customer", f[CUSTOMER],
		    "1 to 63 bytes without spaces are needed");
	*class = line_class_parse(f[CLASS]);
	if (*class <= CLASS_UNKNOWN)
		return bad(l, "class", f[CLASS],
		    "no class has this name; write dynamic, static, business, "
		    "wholesale, or the name of a section class { }");
	if (strlen(f[OWN_DOMAINS]) >= ROW_TEXT_LEN)
		return bad(
		    l, "own_domains", f[OWN_DOMAINS], "longer than 511 bytes");
	if (strlen(f[CONTACT]) >= sizeof(((struct customer_row *)0)->contact))
		return bad(l, "contact", f[CONTACT], "longer than 127 bytes");
	if (f[LANGUAGE][0] != '\0' &&
	    (!is_language(f[LANGUAGE]) ||
		strlen(f[LANGUAGE]) >=
		    sizeof(((struct customer_row *)0)->language)))
		return bad(l, "language", f[LANGUAGE],
		    "no language tag, as ja or pt-BR");
	return 0;
}

/* Room for one more of each of two arrays. */
static int grow(void **v, size_t size, struct place **at, size_t n, size_t *cap)
{
	size_t more = *cap ? 2 * *cap : 256;
	void *p;

	if (n < *cap)
		return 0;
	p = realloc(*v, more * size);
	if (!p)
		return -1;
	*v = p;
	p = realloc(*at, more * sizeof(**at));
	if (!p)
		return -1;
	*at = p;
	*cap = more;
	return 0;
}

static int take_customer(struct load *l, char *f[FIELDS], int class)
{
	struct subscribers *s = l->s;
	void *v = s->customers;
	struct customer_row *c;
	int rc = grow(
	    &v, sizeof(*c), &l->customers, s->n_customers, &l->cap_customers);

	s->customers = v;
	if (rc != 0)
		return bad(l, "line", "", "out of memory");
	c = &s->customers[s->n_customers];
	memset(c, 0, sizeof(*c));
	snprintf(c->id, sizeof(c->id), "%s", f[CUSTOMER]);
	c->line_class = (enum line_class) class;
	snprintf(c->own_domains, sizeof(c->own_domains), "%s", f[OWN_DOMAINS]);
	snprintf(c->contact, sizeof(c->contact), "%s", f[CONTACT]);
	snprintf(c->language, sizeof(c->language), "%s", f[LANGUAGE]);
	l->customers[s->n_customers] =
	    (struct place){.line = l->line, .index = s->n_customers};
	s->n_customers++;
	return 0;
}

static int take_lease(
    struct load *l, char *f[FIELDS], const struct target *t, int class)
{
	struct subscribers *s = l->s;
	void *v = s->leases;
	struct lease *e;
	int rc = grow(&v, sizeof(*e), &l->leases, s->n_leases, &l->cap_leases);

	s->leases = v;
	if (rc != 0)
		return bad(l, "line", "", "out of memory");
	e = &s->leases[s->n_leases];
	memset(e, 0, sizeof(*e));
	e->prefix = t->prefix;
	e->first_port = t->first_port;
	e->last_port = t->last_port;
	snprintf(e->customer, sizeof(e->customer), "%s", f[CUSTOMER]);
	e->line_class = (enum line_class) class;
	snprintf(e->own_domains, sizeof(e->own_domains), "%s", f[OWN_DOMAINS]);
	snprintf(e->source, sizeof(e->source), "static");
	e->until_us = INT64_MAX;
	l->leases[s->n_leases] =
	    (struct place){.target = *t, .line = l->line, .index = s->n_leases};
	s->n_leases++;
	return 0;
}

static int take(struct load *l, char *f[FIELDS])
{
	struct target t;
	int class;

	if (check_fields(l, f, &class) != 0)
		return -1;
	if (f[PREFIX][0] == '\0' && f[PORTS][0] == '\0')
		return take_customer(l, f, class);
	if (parse_target(l, f, &t) != 0 || take_lease(l, f, &t, class) != 0)
		return -1;
	if (f[CONTACT][0] == '\0' && f[LANGUAGE][0] == '\0')
		return 0;
	return take_customer(l, f, class);
}

/* --- rows among each other ------------------------------------------------ */

static int by_first(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	const struct prefix *p = &x->target.prefix, *q = &y->target.prefix;
	struct addr fx = prefix_first(p), fy = prefix_first(q);
	int c = addr_compare(&fx, &fy);

	if (c == 0)
		c = (int)p->len - (int)q->len;
	if (c == 0)
		c = (int)x->target.first_port - (int)y->target.first_port;
	return c != 0 ? c : (x->line > y->line) - (x->line < y->line);
}

static bool overlap(const struct target *t, const struct target *u)
{
	if (!prefix_overlaps(&t->prefix, &u->prefix))
		return false;
	/* households that share one address */
	return t->prefix.len != u->prefix.len || t->last_port == 0 ||
	       u->last_port == 0 || u->first_port <= t->last_port;
}

/* Sorted, an overlap is always between neighbours: prefixes nest. */
static void check_overlap(struct load *l)
{
	char a[PREFIX_STRLEN], b[PREFIX_STRLEN];
	size_t n = l->s->n_leases;

	if (n > 0)
		qsort(l->leases, n, sizeof(*l->leases), by_first);
	for (size_t i = 1; i < n; i++) {
		const struct place *x = &l->leases[i - 1], *y = &l->leases[i];
		bool swap = x->line > y->line;

		if (!overlap(&x->target, &y->target))
			continue;
		fault_at(l, swap ? x->line : y->line,
		    "lines %zu and %zu overlap: %s and %s; an address belongs "
		    "to one customer, remove or narrow one of them",
		    swap ? y->line : x->line, swap ? x->line : y->line,
		    prefix_format(&x->target.prefix, a),
		    prefix_format(&y->target.prefix, b));
	}
}

static int by_id(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int c = strcmp(x->id, y->id);

	return c != 0 ? c : (x->line > y->line) - (x->line < y->line);
}

static void check_customers(struct load *l)
{
	size_t n = l->s->n_customers;

	for (size_t i = 0; i < n; i++)
		l->customers[i].id = l->s->customers[l->customers[i].index].id;
	if (n > 0)
		qsort(l->customers, n, sizeof(*l->customers), by_id);
	for (size_t i = 1; i < n; i++) {
		const struct place *x = &l->customers[i - 1];
		const struct place *y = &l->customers[i];

		if (strcmp(x->id, y->id) == 0)
			fault_at(l, y->line,
			    "customer \"%.63s\" is described in line %zu, too; "
			    "write contact, language or a row without a "
			    "prefix once",
			    y->id, x->line);
	}
}

/* --- the file ------------------------------------------------------------- */

static int column_named(const char *name)
{
	for (int i = 0; i < FIELDS; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static int take_header(struct load *l, char *line)
{
	char *f[CSV_FIELDS_MAX];
	int n = csv_split(line, f), known;

	for (int i = 0; i < FIELDS; i++)
		l->column_of[i] = -1;
	for (int i = 0; i < n && i < CSV_FIELDS_MAX; i++) {
		known = column_named(f[i]);
		if (known < 0)
			return bad(l, "column", f[i],
			    "there is no such one: prefix,customer,class,"
			    "own_domains,ports,contact,language");
		if (l->column_of[known] >= 0)
			return bad(l, "column", f[i], "it is there twice");
		l->column_of[known] = i;
	}
	l->n_columns = n;
	for (int i = 0; i < NEEDED; i++)
		if (l->column_of[i] < 0)
			return bad(l, "header line", n > 0 ? f[0] : "",
			    "must name prefix,customer,class,own_domains");
	return 0;
}

static int take_line(struct load *l, char *line, size_t bytes)
{
	static char nothing[1];
	char *f[CSV_FIELDS_MAX], *field[FIELDS];
	size_t len = strcspn(line, "\r\n");

	if (strlen(line) != bytes)
		return bad(l, "line", line, "it holds a NUL byte");
	if (len > LINE_MAX_BYTES)
		return bad(l, "line", "", "longer than 4095 bytes");
	line[len] = '\0';
	if (l->line == 1) {
		if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
			line += 3;
		return take_header(l, line);
	}
	if (len == 0)
		return 0;
	if (csv_split(line, f) != l->n_columns) {
		fault_at(l, l->line,
		    "%d fields are needed, as the header line has",
		    l->n_columns);
		return -1;
	}
	for (int i = 0; i < FIELDS; i++)
		field[i] = l->column_of[i] < 0 ? nothing : f[l->column_of[i]];
	return take(l, field);
}

static void read_lines(struct load *l, FILE *f)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	while ((len = getline(&line, &cap, f)) >= 0) {
		l->line++;
		/* Without a header no line can be read. */
		if (take_line(l, line, (size_t)len) != 0 && l->line == 1)
			break;
	}
	if (ferror(f))
		fault_at(l, l->line, "%s", strerror(errno));
	else if (l->line == 0)
		fault_at(l, 1, "it is empty");
	free(line);
}

int static_load(
    const char *path, struct subscribers *s, struct static_faults *faults)
{
	struct load l = {.path = path, .s = s, .faults = faults};
	FILE *f = fopen(path, "re");

	memset(s, 0, sizeof(*s));
	memset(faults, 0, sizeof(*faults));
	if (!f) {
		snprintf(faults->text[faults->n++], sizeof(faults->text[0]),
		    "%.200s: %s; analyzer.subscribers names the file", path,
		    strerror(errno));
		return -1;
	}
	read_lines(&l, f);
	fclose(f);
	check_overlap(&l);
	check_customers(&l);
	free(l.leases);
	free(l.customers);
	if (faults->n == 0)
		return 0;
	subscribers_free(s);
	return -1;
}

void subscribers_free(struct subscribers *s)
{
	free(s->leases);
	free(s->customers);
	memset(s, 0, sizeof(*s));
}
