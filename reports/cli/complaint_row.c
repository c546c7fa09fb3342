/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/complaint_row.h"

#include <inttypes.h>
#include <stdio.h>

#include "reports/complaint/match.h"
#include "reports/quality.h"

const struct out_column complaint_columns[COMPLAINT_COLUMNS] = {
    {"id", OUT_TEXT, OUT_NARROW},
    {"received", OUT_TIME, OUT_NARROW},
    {"at", OUT_TIME, OUT_NARROW},
    {"format", OUT_TEXT, OUT_WIDE},
    {"type", OUT_TEXT, OUT_NARROW},
    {"counts", OUT_FLAG, OUT_WIDE},
    {"reporter", OUT_TEXT, OUT_NARROW},
    {"address", OUT_TEXT, OUT_NARROW},
    {"port", OUT_NUMBER, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_WIDE},
    {"incidents", OUT_WORDS, OUT_NARROW},
    {"unmatched", OUT_TEXT, OUT_LAST},
};

int complaint_row_fill(
    struct complaint_row *r, struct db *db, const struct complaint *c)
{
	static const struct addr none;
	struct out_value *v = r->v;
	bool matched = c->customer[0] != '\0';

	if (complaint_incidents(db, c, r->incidents, sizeof(r->incidents)) != 0)
		return -1;
	snprintf(r->id, sizeof(r->id), "R%" PRId64, c->id);
	*v++ = out_text(r->id);
	*v++ = out_number(c->received_us);
	*v++ = out_number(c->at_us);
	*v++ = out_text(c->format);
	*v++ = out_text(c->type);
	*v++ = out_number(quality_counts(c));
	*v++ = out_text(c->reporter[0] ? c->reporter : NULL);
	*v++ = addr_equal(&c->client, &none)
		   ? out_absent()
		   : out_text(addr_format(&c->client, r->address));
	*v++ = c->client_port ? out_number(c->client_port) : out_absent();
	*v++ = out_text(matched ? c->customer : NULL);
	*v++ = out_text(matched ? line_class_name(c->line_class) : NULL);
	*v++ = out_text(r->incidents);
	*v++ = out_text(matched ? NULL : complaint_unmatched(c->unmatched));
	return 0;
}
