/* SPDX-License-Identifier: Apache-2.0 */
#include "base/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *target_format(
    const struct target *t, char buf[static TARGET_STRLEN])
{
	char *slash;

	prefix_format(&t->prefix, buf);
	if (!target_is_shared(t))
		return buf;
	slash = strchr(buf, '/');
	if (t->prefix.len == 128 && slash != NULL)
		*slash = '\0';
	snprintf(buf + strlen(buf), 13, "#%u-%u", t->first_port, t->last_port);
	return buf;
}

int target_compare(const struct target *t, const struct target *u)
{
	int c = addr_compare(&t->prefix.addr, &u->prefix.addr);

	if (c == 0)
		c = (int)t->prefix.len - (int)u->prefix.len;
	if (c == 0)
		c = (int)t->first_port - (int)u->first_port;
	return c != 0 ? c : (int)t->last_port - (int)u->last_port;
}

static int take_port(const char **text, uint16_t *port)
{
	size_t digits = strspn(*text, "0123456789");
	unsigned long n;

	if (digits < 1 || digits > 5)
		return -1;
	n = strtoul(*text, NULL, 10);
	if (n < 1 || n > UINT16_MAX)
		return -1;
	*port = (uint16_t)n;
	*text += digits;
	return 0;
}

int ports_parse(const char *text, uint16_t *first, uint16_t *last)
{
	if (take_port(&text, first) != 0)
		return -1;
	*last = *first;
	if (*text == '-') {
		text++;
		if (take_port(&text, last) != 0)
			return -1;
	}
	return *text == '\0' && *first <= *last ? 0 : -1;
}

static int by_order(const void *a, const void *b)
{
	return target_compare(a, b);
}

void targets_sort(struct target *v, size_t n)
{
	if (n > 1)
		qsort(v, n, sizeof(*v), by_order);
}

bool target_overlaps(const struct target *t, const struct target *u)
{
	if (!prefix_overlaps(&t->prefix, &u->prefix))
		return false;
	return !target_is_shared(t) || !target_is_shared(u) ||
	       (t->first_port <= u->last_port && u->first_port <= t->last_port);
}

const char *targets_format(
    const struct target *v, size_t n, char *buf, size_t size)
{
	char text[TARGET_STRLEN];
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		const char *sep = i > 0 ? " " : "";
		size_t more = i + 1 < n ? sizeof(" ...") - 1 : 0;

		target_format(&v[i], text);
		if (len + strlen(sep) + strlen(text) + more >= size) {
			snprintf(buf + len, size - len, "%s...", sep);
			break;
		}
		len +=
		    (size_t)snprintf(buf + len, size - len, "%s%s", sep, text);
	}
	return buf;
}

static void write_prefix(struct jsonw *j, const struct prefix *p)
{
	char text[PREFIX_STRLEN];

	jsonw_string(j, prefix_format(p, text));
}

static void end_set(struct jsonw *j)
{
	jsonw_array_end(j);
	jsonw_object_end(j);
}

static void write_port_sets(struct jsonw *j, const struct target *v, size_t n)
{
	const struct prefix *open = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!target_is_shared(&v[i]))
			continue;
		if (open == NULL ||
		    !addr_equal(&open->addr, &v[i].prefix.addr) ||
		    open->len != v[i].prefix.len) {
			if (open != NULL)
				end_set(j);
			open = &v[i].prefix;
			jsonw_object_begin(j);
			jsonw_key(j, "target");
			write_prefix(j, open);
			jsonw_key(j, "source_ports");
			jsonw_array_begin(j);
		}
		jsonw_array_begin(j);
		jsonw_int(j, v[i].first_port);
		jsonw_int(j, v[i].last_port);
		jsonw_array_end(j);
	}
	if (open != NULL)
		end_set(j);
}

void targets_write_json(struct jsonw *j, const struct target *v, size_t n)
{
	bool shared = false;

	jsonw_key(j, "targets");
	jsonw_array_begin(j);
	for (size_t i = 0; i < n; i++) {
		if (target_is_shared(&v[i]))
			shared = true;
		else
			write_prefix(j, &v[i].prefix);
	}
	jsonw_array_end(j);
	if (!shared)
		return;
	jsonw_key(j, "port_sets");
	jsonw_array_begin(j);
	write_port_sets(j, v, n);
	jsonw_array_end(j);
}
