/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/message.h"

#include "base/target.h"

const char *message_write(struct jsonw *j, const struct decision *d,
    enum item_op op, enum item_event event, int turn)
{
	/* What was held is not what the decision is about now. */
	bool gone = op == ITEM_UNBLOCK && event == ITEM_MOVED;

	jsonw_object_begin(j);
	jsonw_kstring(j, "op", item_op_name(op));
	jsonw_kint(j, "seq", d->seq);
	jsonw_kstring(j, "event", item_event_name(event));
	jsonw_kstring(j, "cause", cause_name(d->cause));
	jsonw_kstring(j, "subscriber", d->customer);
	targets_write_json(j, d->targets, gone ? 0 : (size_t)d->n_targets);
	jsonw_key(j, "ports");
	jsonw_array_begin(j);
	jsonw_int(j, 25);
	jsonw_array_end(j);
	jsonw_kint(j, "until_us", d->until_us);
	if (turn > 0)
		jsonw_kint(j, "turn", turn);
	jsonw_object_end(j);
	jsonw_newline(j);
	return jsonw_take(j);
}
