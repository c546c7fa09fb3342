/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/message.h"

#include "store/target.h"

const char *message_write(struct jsonw *j, const struct decision *d,
    enum item_op op, enum item_event event)
{
	char text[TARGET_STRLEN];

	jsonw_object_begin(j);
	jsonw_kstring(j, "op", item_op_name(op));
	jsonw_kint(j, "seq", d->seq);
	jsonw_kstring(j, "event", item_event_name(event));
	jsonw_kstring(j, "cause", cause_name(d->cause));
	jsonw_kstring(j, "subscriber", d->customer);
	jsonw_key(j, "targets");
	jsonw_array_begin(j);
	for (int i = 0; i < d->n_targets && i < ROW_TARGETS_MAX; i++)
		jsonw_string(j, target_format(&d->targets[i], text));
	jsonw_array_end(j);
	jsonw_key(j, "ports");
	jsonw_array_begin(j);
	jsonw_int(j, 25);
	jsonw_array_end(j);
	jsonw_kint(j, "until_us", d->until_us);
	jsonw_object_end(j);
	jsonw_newline(j);
	return jsonw_take(j);
}
