/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/unit.h"

#include <stdio.h>
#include <string.h>

bool unit_find(const struct conf *c, const struct addr *a,
    char customer[static ROW_ID_LEN], enum line_class *line_class)
{
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < c->n_ipv6_units; i++) {
		const struct conf_unit *u = &c->ipv6_units[i];
		struct prefix p = {*a, u->len};
		int named;

		if (!prefix_contains(&u->inside, a))
			continue;
		p.addr = prefix_first(&p);
		snprintf(customer, ROW_ID_LEN, UNIT_PREFIX "%s",
		    prefix_format(&p, text));
		named = u->line_class[0] ? line_class_parse(u->line_class) : -1;
		*line_class =
		    named > 0 ? (enum line_class)named : CLASS_UNKNOWN;
		return true;
	}
	return false;
}

bool unit_is(const char *customer)
{
	return strncmp(customer, UNIT_PREFIX, strlen(UNIT_PREFIX)) == 0;
}

bool unit_prefix(const char *customer, struct prefix *p)
{
	return unit_is(customer) &&
	       prefix_parse(p, customer + strlen(UNIT_PREFIX)) == 0;
}
