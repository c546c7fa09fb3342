/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf_macro.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct out {
	char *p;
	size_t n, size;
};

static int put(struct out *o, const char *s, size_t n)
{
	if (n >= o->size - o->n)
		return -1;
	memcpy(o->p + o->n, s, n);
	o->n += n;
	o->p[o->n] = '\0';
	return 0;
}

static int put_escaped(struct out *o, const char *s)
{
	char hex[4];

	for (; *s; s++) {
		int rc;

		if (isalnum((unsigned char)*s) || strchr("-._~", *s)) {
			rc = put(o, s, 1);
		} else {
			snprintf(hex, sizeof(hex), "%%%02X", (unsigned char)*s);
			rc = put(o, hex, 3);
		}
		if (rc != 0)
			return -1;
	}
	return 0;
}

void spf_macro_ip(const struct addr *ip, char *buf, size_t size)
{
	size_t n = 0;

	if (addr_is_v4(ip)) {
		snprintf(buf, size, "%u.%u.%u.%u", ip->b[12], ip->b[13],
		    ip->b[14], ip->b[15]);
		return;
	}
	for (int i = 0; i < 32; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%X", i ? "." : "",
		    i % 2 ? ip->b[i / 2] & 15 : ip->b[i / 2] >> 4);
}

static const char *local_part(struct spf_macros *m)
{
	m->used_local_part |= m->local_part == NULL;
	return m->local_part ? m->local_part : "";
}

static void value_of(struct spf_macros *m, char letter, char *buf, size_t size)
{
	char text[ADDR_STRLEN];

	switch (letter) {
	case 's':
		snprintf(buf, size, "%s@%s", local_part(m), m->sender_domain);
		break;
	case 'l':
		snprintf(buf, size, "%s", local_part(m));
		break;
	case 'o':
		snprintf(buf, size, "%s", m->sender_domain);
		break;
	case 'd':
		snprintf(buf, size, "%s", m->domain);
		break;
	case 'i':
		spf_macro_ip(&m->ip, buf, size);
		break;
	case 'p':
		m->wants_validated = true;
		snprintf(
		    buf, size, "%s", m->validated ? m->validated : "unknown");
		break;
	case 'v':
		snprintf(
		    buf, size, "%s", addr_is_v4(&m->ip) ? "in-addr" : "ip6");
		break;
	case 'h':
		m->used_helo = true;
		snprintf(buf, size, "%s", m->helo);
		break;
	case 'c':
		snprintf(buf, size, "%s", addr_format(&m->ip, text));
		break;
	case 'r':
		snprintf(buf, size, "%s",
		    m->receiver && *m->receiver ? m->receiver : "unknown");
		break;
	default: /* 't' */
		snprintf(buf, size, "%ld", m->now_s);
		break;
	}
}

/* Splits at the delimiters, reverses, keeps the last `keep` parts. */
static int put_parts(struct out *o, char *value, const char *delims,
    bool reverse, long keep, bool escape)
{
	char *part[256];
	size_t n = 0, first;
	char *p = value;

	for (;;) {
		size_t len = strcspn(p, delims);
		bool last = p[len] == '\0';

		if (n == sizeof(part) / sizeof(part[0]))
			return -1;
		part[n++] = p;
		if (last)
			break;
		p[len] = '\0';
		p += len + 1;
	}
	if (reverse)
		for (size_t i = 0; i < n / 2; i++) {
			char *t = part[i];

			part[i] = part[n - 1 - i];
			part[n - 1 - i] = t;
		}
	first = keep > 0 && (size_t)keep < n ? n - (size_t)keep : 0;
	for (size_t i = first; i < n; i++) {
		if (i > first && put(o, ".", 1) != 0)
			return -1;
		if (escape ? put_escaped(o, part[i])
			   : put(o, part[i], strlen(part[i])))
			return -1;
	}
	return 0;
}

/* s stands behind "%{". Returns the bytes used up to and with "}". */
static size_t expand_one(struct spf_macros *m, struct out *o, const char *s)
{
	char value[1024], delims[16] = "", *end;
	size_t i = 1, d = 0;
	bool reverse = false;
	long keep;

	value_of(m, (char)tolower((unsigned char)s[0]), value, sizeof(value));
	keep = strtol(s + i, &end, 10);
	i = (size_t)(end - s);
	if (s[i] == 'r' || s[i] == 'R') {
		reverse = true;
		i++;
	}
	while (s[i] != '}') {
		if (d + 1 < sizeof(delims))
			delims[d++] = s[i];
		i++;
	}
	delims[d] = '\0';
	if (put_parts(o, value, d ? delims : ".", reverse, keep,
		isupper((unsigned char)s[0])) != 0)
		return 0;
	return i + 1;
}

static void cut_left(char *name)
{
	char *p = name;

	while (strlen(p) > 253) {
		char *dot = strchr(p, '.');

		if (!dot)
			break;
		p = dot + 1;
	}
	memmove(name, p, strlen(p) + 1);
}

int spf_macro_expand(struct spf_macros *m, const char *spec, size_t len,
    char *out, size_t size, bool as_domain)
{
	struct out o = {out, 0, size};
	size_t i = 0, used;

	out[0] = '\0';
	while (i < len) {
		if (spec[i] != '%') {
			if (put(&o, spec + i, 1) != 0)
				return -1;
			i++;
			continue;
		}
		if (spec[i + 1] != '{') {
			const char *t = spec[i + 1] == '%'   ? "%"
					: spec[i + 1] == '_' ? " "
							     : "%20";

			if (put(&o, t, strlen(t)) != 0)
				return -1;
			i += 2;
			continue;
		}
		used = expand_one(m, &o, spec + i + 2);
		if (used == 0)
			return -1;
		i += 2 + used;
	}
	if (as_domain) {
		if (o.n > 0 && out[o.n - 1] == '.')
			out[--o.n] = '\0';
		cut_left(out);
	}
	return 0;
}
