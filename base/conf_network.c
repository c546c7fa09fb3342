/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf_network.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_table.h"

#define NAME_MAX_BYTES  253 /* RFC 1035 section 2.3.4, without the dot */
#define LABEL_MAX_BYTES 63

/* --- prefixes ------------------------------------------------------------- */

static int prefix_read(struct prefix *p, const char *text, char *why, size_t n)
{
	char right[PREFIX_STRLEN], head[64], buf[64];
	struct prefix q;
	const char *slash;

	switch (prefix_parse(p, text)) {
	case 0:
		return 0;
	case -2:
		/* The remedy: the same address cut to its length. */
		slash = strchr(text, '/');
		snprintf(head, sizeof(head), "%.*s", (int)(slash - text), text);
		(void)addr_parse(&q.addr, head);
		q.len = (uint8_t)(strtol(slash + 1, NULL, 10) +
				  (strchr(head, ':') == NULL ? 96 : 0));
		q.addr = prefix_first(&q);
		snprintf(why, n,
		    "\"%s\" has bits set behind its length; give %s",
		    conf_shown(text, buf), prefix_format(&q, right));
		return -1;
	}
	snprintf(why, n,
	    "\"%s\" is no prefix; give one such as 192.0.2.0/24 or "
	    "2001:db8::/32",
	    conf_shown(text, buf));
	return -1;
}

int conf_prefixes_add(
    struct conf_prefixes *l, const char *text, int64_t max, char *why, size_t n)
{
	struct prefix p, *v;
	char buf[PREFIX_STRLEN];

	if (prefix_read(&p, text, why, n) != 0)
		return -1;
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].len == p.len &&
		    addr_equal(&l->v[i].addr, &p.addr)) {
			snprintf(why, n, "%s stands there twice; remove one",
			    prefix_format(&p, buf));
			return -1;
		}
	if ((int64_t)l->n >= max) {
		snprintf(why, n,
		    "more than %" PRId64 " prefixes; merge neighbours", max);
		return -1;
	}
	v = realloc(l->v, (l->n + 1) * sizeof(*v));
	if (v == NULL) {
		snprintf(why, n, "no memory is left");
		return -1;
	}
	l->v = v;
	l->v[l->n++] = p;
	return 0;
}

static int egress_read(
    struct conf_egress *e, const char *text, char *why, size_t n)
{
	char head[PREFIX_STRLEN] = "", buf[64];
	size_t len = strcspn(text, " \t");
	const char *rest = text + len + strspn(text + len, " \t");

	if (len < sizeof(head))
		memcpy(head, text, len);
	if (*rest == '\0' || addr_parse(&e->outside, rest) != 0) {
		snprintf(why, n,
		    "\"%s\" is not PREFIX ADDRESS; give one such as "
		    "\"100.64.0.0/10 203.0.113.1\"",
		    conf_shown(text, buf));
		return -1;
	}
	if (addr_is_private(&e->outside)) {
		snprintf(why, n,
		    "%s is an address no receiver can see; give the public "
		    "address that mail of %s leaves from",
		    addr_format(&e->outside, buf), head);
		return -1;
	}
	return prefix_read(&e->inside, head, why, n);
}

int conf_egress_add(
    struct conf *c, const char *text, int64_t max, char *why, size_t n)
{
	struct conf_egress e, *v;
	char buf[PREFIX_STRLEN];

	if (egress_read(&e, text, why, n) != 0)
		return -1;
	for (size_t i = 0; i < c->n_egress; i++)
		if (prefix_overlaps(&c->egress[i].inside, &e.inside)) {
			snprintf(why, n,
			    "%s overlaps an entry before it; give each "
			    "source one address",
			    prefix_format(&e.inside, buf));
			return -1;
		}
	if ((int64_t)c->n_egress >= max) {
		snprintf(why, n, "more than %" PRId64 " entries", max);
		return -1;
	}
	v = realloc(c->egress, (c->n_egress + 1) * sizeof(*v));
	if (v == NULL) {
		snprintf(why, n, "no memory is left");
		return -1;
	}
	c->egress = v;
	c->egress[c->n_egress++] = e;
	return 0;
}

/* --- names ---------------------------------------------------------------- */

static bool is_label(const char *s, size_t n)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_";

	return n > 0 && n <= LABEL_MAX_BYTES && strspn(s, chars) >= n &&
	       s[0] != '-' && s[n - 1] != '-';
}

/* Not an address, either: its last label would be a number. */
static bool is_host(const char *s)
{
	size_t len = strlen(s), n = 0;

	if (len > NAME_MAX_BYTES)
		return false;
	for (;;) {
		n = strcspn(s, ".");
		if (!is_label(s, n))
			return false;
		if (s[n] == '\0')
			break;
		s += n + 1;
	}
	return strspn(s, "0123456789") < n;
}

static char *small(const char *text)
{
	char *copy = strdup(text);

	for (char *p = copy; p != NULL && *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + ('a' - 'A'));
	return copy;
}

int conf_names_add(
    struct conf_names *l, const char *text, int64_t max, char *why, size_t n)
{
	char **v, *name, buf[64];

	if (!is_host(text)) {
		snprintf(why, n,
		    "\"%s\" is no host name; give one such as "
		    "smtp.example.net, without a dot at the end",
		    conf_shown(text, buf));
		return -1;
	}
	name = small(text);
	for (size_t i = 0; name != NULL && i < l->n; i++)
		if (strcmp(l->v[i], name) == 0) {
			snprintf(why, n, "%.60s stands there twice; remove one",
			    name);
			free(name);
			return -1;
		}
	if ((int64_t)l->n >= max) {
		snprintf(why, n, "more than %lld names; give prefixes instead",
		    (long long)max);
		free(name);
		return -1;
	}
	v = realloc(l->v, (l->n + 1) * sizeof(*v));
	if (v != NULL)
		l->v = v;
	if (v == NULL || name == NULL) {
		snprintf(why, n, "no memory is left");
		free(name);
		return -1;
	}
	l->v[l->n++] = name;
	return 0;
}

void conf_names_clear(struct conf_names *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	l->v = NULL;
	l->n = 0;
}

/* --- units ---------------------------------------------------------------- */

static int unit_read(struct conf_unit *u, const char *text, char *why, size_t n)
{
	char head[PREFIX_STRLEN], length[4], buf[64], more[2];
	unsigned long bits;
	int words, end = 0;

	memset(u, 0, sizeof(*u));
	words = sscanf(text, "%49[0-9a-fA-F:./] %3[0-9]%n %23s %1s", head,
	    length, &end, u->line_class, more);
	if (words < 2 || words > 3 || prefix_parse(&u->inside, head) != 0 ||
	    addr_is_v4(&u->inside.addr) || text[0] == ' ' ||
	    strchr(" ", text[end]) == NULL ||
	    (words == 3 && !line_class_is_name(u->line_class))) {
		snprintf(why, n,
		    "\"%s\" is not PREFIX LENGTH [CLASS] of IPv6; give one "
		    "such as \"2001:db8::/32 56\"",
		    conf_shown(text, buf));
		return -1;
	}
	bits = strtoul(length, NULL, 10);
	if (bits < u->inside.len || bits > 128) {
		snprintf(why, n,
		    "%lu is no length of a prefix inside of %s; give %u to 128",
		    bits, head, u->inside.len);
		return -1;
	}
	u->len = (uint8_t)bits;
	return 0;
}

int conf_unit_add(
    struct conf *c, const char *text, int64_t max, char *why, size_t n)
{
	struct conf_unit u, *v;
	char buf[PREFIX_STRLEN];

	if (unit_read(&u, text, why, n) != 0)
		return -1;
	for (size_t i = 0; i < c->n_ipv6_units; i++)
		if (prefix_overlaps(&c->ipv6_units[i].inside, &u.inside)) {
			snprintf(why, n,
			    "%s overlaps an entry before it; give each network "
			    "one length",
			    prefix_format(&u.inside, buf));
			return -1;
		}
	if ((int64_t)c->n_ipv6_units >= max) {
		snprintf(why, n, "more than %lld entries; merge neighbours",
		    (long long)max);
		return -1;
	}
	v = realloc(c->ipv6_units, (c->n_ipv6_units + 1) * sizeof(*v));
	if (v == NULL) {
		snprintf(why, n, "no memory is left");
		return -1;
	}
	c->ipv6_units = v;
	c->ipv6_units[c->n_ipv6_units++] = u;
	return 0;
}

void conf_unit_print(const struct conf_unit *u, FILE *out)
{
	char inside[PREFIX_STRLEN];

	fprintf(out, "\"%s %u%s%s\"", prefix_format(&u->inside, inside), u->len,
	    u->line_class[0] ? " " : "", u->line_class);
}
