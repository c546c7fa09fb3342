/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/message.h"

#include "base/target.h"

const char *message_write(
    struct jsonw *j, const struct decision *d, const struct item *it)
{
	/* What was held is not what the decision is about now. */
	bool gone = it->op == ITEM_UNBLOCK && it->event == ITEM_MOVED;

	jsonw_object_begin(j);
	jsonw_kstring(j, "op", item_op_name(it->op));
	jsonw_kint(j, "seq", d->seq);
	jsonw_kstring(j, "event", item_event_name(it->event));
	jsonw_kstring(j, "cause", cause_name(d->cause));
	jsonw_kstring(j, "subscriber", d->customer);
	targets_write_json(j, d->targets, gone ? 0 : (size_t)d->n_targets);
	jsonw_key(j, "ports");
	jsonw_array_begin(j);
	jsonw_int(j, 25);
	jsonw_array_end(j);
	jsonw_kint(j, "until_us", d->until_us);
	if (it->turn > 0)
		jsonw_kint(j, "turn", it->turn);
	if (it->again)
		jsonw_kbool(j, "again", true);
	jsonw_object_end(j);
	jsonw_newline(j);
	return jsonw_take(j);
}
