/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf_shared.h"

#include <stdlib.h>
#include <string.h>

#define WORD_LEN 96

/* Exactly `count` words; 0, or -1: fewer, more, or one too long. */
static int words(const char *text, char w[][WORD_LEN], int count)
{
	for (int i = 0; i < count; i++) {
		size_t len;

		text += strspn(text, " \t");
		len = strcspn(text, " \t");
		if (len == 0 || len >= WORD_LEN)
			return -1;
		memcpy(w[i], text, len);
		w[i][len] = '\0';
		text += len;
	}
	return text[strspn(text, " \t")] == '\0' ? 0 : -1;
}

/* Digits only, up to end; -1: none such, or more than max. */
static int number(const char **text, long max)
{
	long v = 0;
	const char *s = *text;

	if (*s < '0' || *s > '9')
		return -1;
	for (; *s >= '0' && *s <= '9'; s++) {
		v = v * 10 + (*s - '0');
		if (v > max)
			return -1;
	}
	*text = s;
	return (int)v;
}

static int whole_number(const char *text, long max)
{
	int v = number(&text, max);

	return *text == '\0' ? v : -1;
}

/* A prefix, or FIRST-LAST, of IPv4. */
static int range_read(struct addr *first, struct addr *last, char *text)
{
	struct prefix p;
	char *dash = strchr(text, '-');

	if (dash != NULL) {
		*dash = '\0';
		if (addr_parse(first, text) != 0 ||
		    addr_parse(last, dash + 1) != 0)
			return -1;
	} else {
		if (prefix_parse(&p, text) != 0)
			return -1;
		*first = prefix_first(&p);
		*last = prefix_last(&p);
	}
	return addr_is_v4(first) && addr_is_v4(last) &&
		       addr_compare(first, last) <= 0
		   ? 0
		   : -1;
}

static int ports_read(struct conf_cgn *g, const char *ports, const char *per)
{
	int first = number(&ports, 65535), last, block;

	if (first < 1 || *ports++ != '-')
		return -1;
	last = whole_number(ports, 65535);
	block = whole_number(per, 65535);
	if (last < first || block < 1)
		return -1;
	g->first_port = (uint16_t)first;
	g->last_port = (uint16_t)last;
	g->block_ports = (uint16_t)block;
	return 0;
}

static int cgn_read(struct conf_cgn *g, const char *text, char *why, size_t n)
{
	char w[4][WORD_LEN];

	if (words(text, w, 4) != 0 ||
	    range_read(&g->outside_first, &g->outside_last, w[0]) != 0 ||
	    range_read(&g->inside_first, &g->inside_last, w[1]) != 0 ||
	    ports_read(g, w[2], w[3]) != 0) {
		snprintf(why, n,
		    "\"%.60s\" is not OUTSIDE INSIDE FIRST-LAST PORTS; give "
		    "one such as "
		    "\"203.0.113.0/24 100.64.0.0/19 1024-65535 2016\"",
		    text);
		return -1;
	}
	return 0;
}

/* Every inside address has a block of its own. */
static int cgn_check(
    const struct conf_cgn *g, const char *text, char *why, size_t n)
{
	uint64_t inside = (uint64_t)addr_v4_number(&g->inside_last) -
			  addr_v4_number(&g->inside_first) + 1;
	uint64_t outside = (uint64_t)addr_v4_number(&g->outside_last) -
			   addr_v4_number(&g->outside_first) + 1;
	uint64_t each =
	    (uint64_t)(g->last_port - g->first_port + 1) / g->block_ports;

	if (outside * each < inside) {
		snprintf(why, n,
		    "\"%.60s\": %llu outside addresses with %llu blocks each "
		    "do not suffice for %llu inside addresses; give fewer "
		    "ports or more outside addresses",
		    text, (unsigned long long)outside, (unsigned long long)each,
		    (unsigned long long)inside);
		return -1;
	}
	if (addr_compare(&g->inside_first, &g->outside_last) <= 0 &&
	    addr_compare(&g->outside_first, &g->inside_last) <= 0) {
		snprintf(why, n,
		    "\"%.60s\": inside and outside overlap; give the public "
		    "pool first, then the customers' addresses",
		    text);
		return -1;
	}
	return 0;
}

static bool meets(const struct addr *a_first, const struct addr *a_last,
    const struct addr *b_first, const struct addr *b_last)
{
	return addr_compare(a_first, b_last) <= 0 &&
	       addr_compare(b_first, a_last) <= 0;
}

int conf_cgn_add(
    struct conf *c, const char *text, int64_t max, char *why, size_t n)
{
	struct conf_cgn g, *v;

	if (cgn_read(&g, text, why, n) != 0 || cgn_check(&g, text, why, n) != 0)
		return -1;
	for (size_t i = 0; i < c->n_cgn; i++) {
		const struct conf_cgn *o = &c->cgn[i];

		if (meets(&o->outside_first, &o->outside_last, &g.outside_first,
			&g.outside_last) ||
		    meets(&o->inside_first, &o->inside_last, &g.inside_first,
			&g.inside_last)) {
			snprintf(why, n,
			    "\"%.60s\" overlaps an entry before it; an address "
			    "inside or outside belongs to one entry",
			    text);
			return -1;
		}
	}
	if ((int64_t)c->n_cgn >= max) {
		snprintf(why, n, "more than %lld entries", (long long)max);
		return -1;
	}
	v = realloc(c->cgn, (c->n_cgn + 1) * sizeof(*v));
	if (v == NULL) {
		snprintf(why, n, "no memory is left");
		return -1;
	}
	c->cgn = v;
	c->cgn[c->n_cgn++] = g;
	return 0;
}

static int map_e_read(
    struct conf_map_e *m, const char *text, char *why, size_t n)
{
	char w[4][WORD_LEN];
	int ea, offset;

	if (words(text, w, 4) != 0 || prefix_parse(&m->v6, w[0]) != 0 ||
	    addr_is_v4(&m->v6.addr) || prefix_parse(&m->v4, w[1]) != 0 ||
	    !addr_is_v4(&m->v4.addr) || m->v4.len < 96 ||
	    (ea = whole_number(w[2], 48)) < 0 ||
	    (offset = whole_number(w[3], 15)) < 0) {
		snprintf(why, n,
		    "\"%.60s\" is not IPV6-PREFIX IPV4-PREFIX EA-BITS "
		    "PSID-OFFSET; give a rule such as "
		    "\"2001:db8:10::/44 198.51.100.0/24 16 4\"",
		    text);
		return -1;
	}
	m->ea_bits = (uint8_t)ea;
	m->psid_offset = (uint8_t)offset;
	return 0;
}

/* RFC 7597 sections 5.1 and 5.2. */
static int map_e_check(
    const struct conf_map_e *m, const char *text, char *why, size_t n)
{
	int suffix = 128 - m->v4.len, psid = m->ea_bits - suffix;

	if (m->v6.len + m->ea_bits > 64) {
		snprintf(why, n,
		    "rule \"%.60s\": %d + %d EA bits make an end-user prefix "
		    "longer than /64; give fewer EA bits or a shorter IPv6 "
		    "prefix",
		    text, m->v6.len, m->ea_bits);
		return -1;
	}
	if (psid < 0) {
		snprintf(why, n,
		    "rule \"%.60s\": %d EA bits do not hold the %d bits that "
		    "complete an IPv4 address; give at least %d",
		    text, m->ea_bits, suffix, suffix);
		return -1;
	}
	if (psid > 0 && m->psid_offset + psid > 16) {
		snprintf(why, n,
		    "rule \"%.60s\": offset %d and PSID of %d bits exceed the "
		    "16 bits of a port; give a smaller offset or fewer EA bits",
		    text, m->psid_offset, psid);
		return -1;
	}
	return 0;
}

int conf_map_e_add(
    struct conf *c, const char *text, int64_t max, char *why, size_t n)
{
	struct conf_map_e m, *v;

	if (map_e_read(&m, text, why, n) != 0 ||
	    map_e_check(&m, text, why, n) != 0)
		return -1;
	for (size_t i = 0; i < c->n_map_e; i++) {
		const struct conf_map_e *o = &c->map_e[i];

		/* A longer prefix inside a shorter one is a rule of its own. */
		if ((o->v4.len == m.v4.len &&
			addr_equal(&o->v4.addr, &m.v4.addr)) ||
		    (o->v6.len == m.v6.len &&
			addr_equal(&o->v6.addr, &m.v6.addr))) {
			snprintf(why, n,
			    "rule \"%.60s\" has a prefix of a rule before it; "
			    "give each prefix one rule",
			    text);
			return -1;
		}
	}
	if ((int64_t)c->n_map_e >= max) {
		snprintf(why, n, "more than %lld rules", (long long)max);
		return -1;
	}
	v = realloc(c->map_e, (c->n_map_e + 1) * sizeof(*v));
	if (v == NULL) {
		snprintf(why, n, "no memory is left");
		return -1;
	}
	c->map_e = v;
	c->map_e[c->n_map_e++] = m;
	return 0;
}

void conf_cgn_print(const struct conf_cgn *g, FILE *out)
{
	char a[ADDR_STRLEN], b[ADDR_STRLEN], i[ADDR_STRLEN], j[ADDR_STRLEN];

	fprintf(out, "\"%s-%s %s-%s %u-%u %u\"",
	    addr_format(&g->outside_first, a), addr_format(&g->outside_last, b),
	    addr_format(&g->inside_first, i), addr_format(&g->inside_last, j),
	    g->first_port, g->last_port, g->block_ports);
}

void conf_map_e_print(const struct conf_map_e *m, FILE *out)
{
	char a[PREFIX_STRLEN], b[PREFIX_STRLEN];

	fprintf(out, "\"%s %s %u %u\"", prefix_format(&m->v6, a),
	    prefix_format(&m->v4, b), m->ea_bits, m->psid_offset);
}
