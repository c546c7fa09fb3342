/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/hook_row.h"

#include <inttypes.h>
#include <stdio.h>

const struct out_column hook_columns[HOOK_COLUMNS] = {
    {"id", OUT_NUMBER, OUT_NARROW},
    {"decision", OUT_TEXT, OUT_NARROW},
    {"driver", OUT_TEXT, OUT_NARROW},
    {"op", OUT_TEXT, OUT_NARROW},
    {"event", OUT_TEXT, OUT_NARROW},
    {"state", OUT_TEXT, OUT_NARROW},
    {"attempts", OUT_NUMBER, OUT_NARROW},
    {"created", OUT_TIME, OUT_NARROW},
    {"next", OUT_TIME, OUT_WIDE},
    {"done", OUT_TIME, OUT_NARROW},
    {"error", OUT_TEXT, OUT_LAST},
    {"turn", OUT_NUMBER, OUT_WIDE},
};

void hook_row_fill(struct hook_row *r, const struct delivery *d)
{
	struct out_value *v = r->v;

	snprintf(
	    r->decision, sizeof(r->decision), "D%" PRId64, d->decision_seq);
	*v++ = out_number(d->id);
	*v++ = out_text(r->decision);
	*v++ = out_text(d->driver);
	*v++ = out_text(d->op);
	*v++ = out_text(d->event);
	*v++ = out_text(d->state);
	*v++ = out_number(d->attempts);
	*v++ = out_number(d->created_us);
	*v++ = out_number(d->next_us);
	*v++ = out_number(d->done_us);
	*v++ = out_text(d->error[0] != '\0' ? d->error : NULL);
	*v++ = out_number(d->turn);
}
