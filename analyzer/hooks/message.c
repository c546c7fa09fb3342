/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/message.h"

#include "base/target.h"

/* What may be closed whole: a driver that knows nothing of port sets can't
 * close a shared address by mistake. */
static void write_targets(struct jsonw *j, const struct decision *d, bool none)
{
	char text[TARGET_STRLEN];

	jsonw_key(j, "targets");
	jsonw_array_begin(j);
	for (int i = 0; i < d->n_targets && !none; i++)
		if (!target_is_shared(&d->targets[i]))
			jsonw_string(j, target_format(&d->targets[i], text));
	jsonw_array_end(j);
}

static void write_ranges(struct jsonw *j, const struct decision *d, int first)
{
	const struct prefix *p = &d->targets[first].prefix;

	jsonw_key(j, "source_ports");
	jsonw_array_begin(j);
	for (int i = first; i < d->n_targets; i++) {
		const struct target *t = &d->targets[i];

		if (t->prefix.len != p->len ||
		    !addr_equal(&t->prefix.addr, &p->addr))
			break;
		jsonw_array_begin(j);
		jsonw_int(j, t->first_port);
		jsonw_int(j, t->last_port);
		jsonw_array_end(j);
	}
	jsonw_array_end(j);
}

/* Targets stand in order: those of one address together. */
static void write_port_sets(struct jsonw *j, const struct decision *d)
{
	const struct target *before = NULL;
	char text[PREFIX_STRLEN];

	for (int i = 0; i < d->n_targets; i++) {
		const struct target *t = &d->targets[i];

		if (!target_is_shared(t))
			continue;
		if (before == NULL) {
			jsonw_key(j, "port_sets");
			jsonw_array_begin(j);
		}
		if (before == NULL ||
		    !addr_equal(&before->prefix.addr, &t->prefix.addr)) {
			jsonw_object_begin(j);
			jsonw_kstring(
			    j, "target", prefix_format(&t->prefix, text));
			write_ranges(j, d, i);
			jsonw_object_end(j);
		}
		before = t;
	}
	if (before != NULL)
		jsonw_array_end(j);
}

const char *message_write(struct jsonw *j, const struct decision *d,
    enum item_op op, enum item_event event)
{
	/* What was held is not what the decision is about now. */
	bool gone = op == ITEM_UNBLOCK && event == ITEM_MOVED;

	jsonw_object_begin(j);
	jsonw_kstring(j, "op", item_op_name(op));
	jsonw_kint(j, "seq", d->seq);
	jsonw_kstring(j, "event", item_event_name(event));
	jsonw_kstring(j, "cause", cause_name(d->cause));
	jsonw_kstring(j, "subscriber", d->customer);
	write_targets(j, d, gone);
	if (!gone)
		write_port_sets(j, d);
	jsonw_key(j, "ports");
	jsonw_array_begin(j);
	jsonw_int(j, 25);
	jsonw_array_end(j);
	jsonw_kint(j, "until_us", d->until_us);
	jsonw_object_end(j);
	jsonw_newline(j);
	return jsonw_take(j);
}
