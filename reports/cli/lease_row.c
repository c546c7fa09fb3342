/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/lease_row.h"

#include <string.h>

const struct out_column lease_columns[LEASE_COLUMNS] = {
    {"target", OUT_TEXT, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_NARROW},
    {"source", OUT_TEXT, OUT_NARROW},
    {"confidence", OUT_TEXT, OUT_NARROW},
    {"held_from", OUT_TIME, OUT_NARROW},
    {"held_until", OUT_TIME, OUT_NARROW},
    {"nas", OUT_TEXT, OUT_NARROW},
    {"session", OUT_TEXT, OUT_LAST},
    {"own_domains", OUT_WORDS, OUT_WIDE},
};

const char *lease_confidence(const char *source)
{
	static const char *const sure[] = {"static", "radius", "dhcp"};

	for (size_t i = 0; i < sizeof(sure) / sizeof(sure[0]); i++)
		if (strcmp(source, sure[i]) == 0)
			return "high";
	return strcmp(source, "unit") == 0 ? "low" : "medium";
}

void lease_row_fill(struct lease_row *r, const struct lease *l)
{
	struct target t = {l->prefix, l->first_port, l->last_port};
	struct out_value *v = r->v;

	*v++ = out_text(target_format(&t, r->target));
	*v++ = out_text(l->customer);
	*v++ = out_text(line_class_name(l->line_class));
	*v++ = out_text(l->source);
	*v++ = out_text(lease_confidence(l->source));
	*v++ = out_number(l->from_us);
	*v++ = out_number(l->until_us == INT64_MAX ? 0 : l->until_us);
	*v++ = out_text(l->nas[0] ? l->nas : NULL);
	*v++ = out_text(l->session[0] ? l->session : NULL);
	*v++ = out_text(l->own_domains);
}
