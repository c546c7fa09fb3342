/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/decision_row.h"

#include <inttypes.h>
#include <string.h>

const struct out_column decision_columns[DECISION_COLUMNS] = {
    {"id", OUT_TEXT, OUT_NARROW},
    {"seq", OUT_NUMBER, OUT_WIDE},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_NARROW},
    {"action", OUT_TEXT, OUT_NARROW},
    {"cause", OUT_TEXT, OUT_NARROW},
    {"since", OUT_TIME, OUT_NARROW},
    {"until", OUT_TIME, OUT_NARROW},
    {"incident", OUT_TEXT, OUT_NARROW},
    {"ends", OUT_TEXT, OUT_NARROW},
    {"step", OUT_NUMBER, OUT_WIDE},
    {"mode", OUT_TEXT, OUT_NARROW},
    {"policy_hash", OUT_TEXT, OUT_WIDE},
    {"reason", OUT_TEXT, OUT_LAST},
    {"targets", OUT_WORDS, OUT_WIDE},
};

static const char *id_text(char buf[24], char letter, int64_t id)
{
	if (id == 0)
		return NULL;
	snprintf(buf, 24, "%c%" PRId64, letter, id);
	return buf;
}

static void fill_targets(struct decision_row *r, const struct decision *d)
{
	size_t at = 0;

	r->targets[0] = '\0';
	for (int i = 0; i < d->n_targets && i < ROW_TARGETS_MAX; i++) {
		char text[TARGET_STRLEN];

		at += (size_t)snprintf(r->targets + at, sizeof(r->targets) - at,
		    "%s%s", i > 0 ? " " : "",
		    target_format(&d->targets[i], text));
	}
}

void decision_row_fill(struct decision_row *r, const struct decision *d)
{
	struct out_value *v = r->v;

	fill_targets(r, d);
	*v++ = out_text(id_text(r->id, 'D', d->seq));
	*v++ = out_number(d->seq);
	*v++ = out_text(d->customer);
	*v++ = out_text(line_class_name(d->line_class));
	*v++ = out_text(action_name(d->action));
	*v++ = out_text(cause_name(d->cause));
	*v++ = out_number(d->since_us);
	*v++ = out_number(d->until_us);
	*v++ = out_text(id_text(r->incident, 'I', d->incident_id));
	*v++ = out_text(id_text(r->ends, 'D', d->ends_seq));
	*v++ = out_number(d->step);
	*v++ = out_text(mode_name(d->mode));
	*v++ = out_text(d->policy_hash);
	*v++ = out_text(d->reason);
	*v++ = out_text(r->targets);
}
