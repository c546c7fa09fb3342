/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/incident_row.h"

#include <inttypes.h>
#include <string.h>

#include "store/read.h"

const struct out_column incident_columns[INCIDENT_COLUMNS] = {
    {"id", OUT_TEXT, OUT_NARROW},
    {"kind", OUT_TEXT, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_NARROW},
    {"state", OUT_TEXT, OUT_NARROW},
    {"closed_as", OUT_TEXT, OUT_WIDE},
    {"opened", OUT_TIME, OUT_NARROW},
    {"last", OUT_TIME, OUT_NARROW},
    {"closed", OUT_TIME, OUT_WIDE},
    {"observations", OUT_NUMBER, OUT_WIDE},
    {"servers", OUT_NUMBER, OUT_WIDE},
    {"unknown_users", OUT_NUMBER, OUT_WIDE},
    {"blocklisted", OUT_NUMBER, OUT_WIDE},
    {"spoofed", OUT_NUMBER, OUT_WIDE},
    {"score_milli", OUT_NUMBER, OUT_WIDE},
    {"peak_milli", OUT_NUMBER, OUT_WIDE},
    {"summary", OUT_TEXT, OUT_LAST},
    {"policy_hash", OUT_TEXT, OUT_WIDE},
    {"decisions", OUT_WORDS, OUT_WIDE},
};

struct ids {
	int64_t incident;
	char *buf;
	size_t at;
};

static int add_id(void *arg, const struct decision *d)
{
	struct ids *ids = arg;
	char text[24];

	if (d->incident_id != ids->incident)
		return 0;
	snprintf(
	    text, sizeof(text), "%sD%" PRId64, ids->at > 0 ? " " : "", d->seq);
	if (ids->at + strlen(text) >= INCIDENT_IDS_BYTES)
		return 0;
	ids->at += (size_t)snprintf(
	    ids->buf + ids->at, INCIDENT_IDS_BYTES - ids->at, "%s", text);
	return 0;
}

static int fill_decisions(
    struct incident_row *r, struct db *db, const struct incident *i)
{
	struct read_range range = {.customer = i->customer,
	    .state = -1,
	    .kind = -1,
	    .since_us = i->opened_us};
	struct ids ids = {i->id, r->decisions, 0};

	r->decisions[0] = '\0';
	return read_decisions(db, &range, add_id, &ids);
}

int incident_row_fill(
    struct incident_row *r, struct db *db, const struct incident *i)
{
	struct out_value *v = r->v;

	snprintf(r->id, sizeof(r->id), "I%" PRId64, i->id);
	*v++ = out_text(r->id);
	*v++ = out_text(incident_kind_name(i->kind));
	*v++ = out_text(i->customer);
	*v++ = out_text(line_class_name(i->line_class));
	*v++ = out_text(incident_state_name(i->state));
	*v++ = out_text(
	    i->closed_as == CLOSED_NOT ? NULL : closed_as_name(i->closed_as));
	*v++ = out_number(i->opened_us);
	*v++ = out_number(i->last_us);
	*v++ = out_number(i->closed_us);
	*v++ = out_number(i->observations);
	*v++ = out_number(i->servers);
	*v++ = out_number(i->unknown_users);
	*v++ = out_number(i->blocklisted);
	*v++ = out_number(i->spoofed);
	*v++ = out_number(i->score_milli);
	*v++ = out_number(i->peak_milli);
	*v++ = out_text(i->summary);
	*v++ = out_text(i->policy_hash);
	*v++ = out_text(r->decisions);
	return fill_decisions(r, db, i);
}
