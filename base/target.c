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
