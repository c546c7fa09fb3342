/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/kit/order.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Refusals are rare, orders many: so the text is not part of each. */
void order_refuse(struct order *o, const char *fmt, ...)
{
	va_list ap;

	if (o->error == NULL)
		o->error = malloc(ORDER_ERROR_SIZE);
	if (o->error == NULL)
		log_fatal("driver", "no memory");
	va_start(ap, fmt);
	vsnprintf(o->error, ORDER_ERROR_SIZE, fmt, ap);
	va_end(ap);
}

static enum order_op op_of(const char *name)
{
	static const char *const names[] = {
	    [ORDER_HELLO] = "hello",
	    [ORDER_LIST] = "list",
	    [ORDER_COUNTERS] = "counters",
	    [ORDER_TEST] = "test",
	    [ORDER_BLOCK] = "block",
	    [ORDER_UNBLOCK] = "unblock",
	};

	for (int i = 0; i < ORDER_UNKNOWN; i++)
		if (strcmp(names[i], name) == 0)
			return (enum order_op)i;
	return ORDER_UNKNOWN;
}

/* Room for n more. */
static int make_room(struct order *o, size_t n)
{
	struct target *v = realloc(o->targets, (o->n_targets + n) * sizeof(*v));

	if (v == NULL) {
		order_refuse(o, "no memory");
		return -1;
	}
	o->targets = v;
	return 0;
}

static int add_target(struct order *o, const char *text, long first, long last)
{
	struct target t = {
	    .first_port = (uint16_t)first, .last_port = (uint16_t)last};
	int rc = text != NULL ? prefix_parse(&t.prefix, text) : -1;

	if (rc != 0) {
		order_refuse(o, "target \"%.60s\": %s",
		    text != NULL ? text : "?",
		    rc == -2 ? "bits are set behind its length"
			     : "no address and no prefix");
		o->permanent = true;
		return -1;
	}
	o->targets[o->n_targets++] = t;
	return 0;
}

static int read_targets(struct order *o)
{
	json_t *list = json_object_get(o->json, "targets"), *t;
	size_t i;

	if (json_array_size(list) == 0)
		return 0;
	if (make_room(o, json_array_size(list)) != 0)
		return -1;
	json_array_foreach(list, i, t)
	{
		if (add_target(o, json_string_value(t), 0, 0) != 0)
			return -1;
	}
	return 0;
}

static bool is_range(json_t *range)
{
	json_t *a = json_array_get(range, 0), *b = json_array_get(range, 1);

	return json_array_size(range) == 2 && json_is_integer(a) &&
	       json_is_integer(b) && json_integer_value(a) >= 0 &&
	       json_integer_value(a) <= json_integer_value(b) &&
	       json_integer_value(b) >= 1 &&
	       json_integer_value(b) <= UINT16_MAX;
}

/* {"target":"203.0.113.7/32","source_ports":[[1024,2047],[4096,4111]]} */
static int read_port_set(struct order *o, json_t *set)
{
	const char *text = json_string_value(json_object_get(set, "target"));
	json_t *ranges = json_object_get(set, "source_ports"), *r;
	size_t i;

	if (json_array_size(ranges) == 0) {
		order_refuse(o, "port_sets: \"%.60s\" has no source_ports",
		    text != NULL ? text : "?");
		return -1;
	}
	if (make_room(o, json_array_size(ranges)) != 0)
		return -1;
	json_array_foreach(ranges, i, r)
	{
		if (!is_range(r)) {
			order_refuse(o,
			    "port_sets: range %zu of \"%.60s\" is not "
			    "[first,last] with ports of 0 to 65535, the last "
			    "of them not 0",
			    i + 1, text != NULL ? text : "?");
			return -1;
		}
		if (add_target(o, text,
			(long)json_integer_value(json_array_get(r, 0)),
			(long)json_integer_value(json_array_get(r, 1))) != 0)
			return -1;
	}
	return 0;
}

static int read_port_sets(struct order *o)
{
	json_t *list = json_object_get(o->json, "port_sets"), *set;
	size_t i;

	json_array_foreach(list, i, set)
	{
		if (read_port_set(o, set) != 0) {
			o->permanent = true;
			return -1;
		}
	}
	return 0;
}

/* Sorted, each once; ranges of one address do not overlap. */
static void tidy_targets(struct order *o)
{
	struct target *v = o->targets;
	char text[PREFIX_STRLEN];
	size_t n = 0;

	if (o->n_targets == 0)
		return;
	targets_sort(v, o->n_targets);
	for (size_t i = 0; i < o->n_targets; i++) {
		struct target *last = n > 0 ? &v[n - 1] : NULL;

		if (last != NULL && target_compare(last, &v[i]) == 0)
			continue;
		if (last != NULL && target_is_shared(last) &&
		    target_is_shared(&v[i]) &&
		    addr_equal(&last->prefix.addr, &v[i].prefix.addr) &&
		    last->prefix.len == v[i].prefix.len &&
		    v[i].first_port <= last->last_port) {
			order_refuse(o, "port_sets: ranges of %s overlap",
			    prefix_format(&last->prefix, text));
			o->permanent = true;
			return;
		}
		v[n++] = v[i];
	}
	o->n_targets = n;
}

static bool is_port_25(json_t *ports)
{
	return ports == NULL ||
	       (json_array_size(ports) == 1 &&
		   json_integer_value(json_array_get(ports, 0)) == 25);
}

/* What an unblock names may be out of date: all of the subscriber goes. */
static void read_where(struct order *o)
{
	if (o->op == ORDER_BLOCK && read_targets(o) == 0 &&
	    read_port_sets(o) == 0)
		tidy_targets(o);
}

static void read_decision(struct order *o)
{
	json_t *seq = json_object_get(o->json, "seq");

	o->event = json_string_value(json_object_get(o->json, "event"));
	o->cause = json_string_value(json_object_get(o->json, "cause"));
	o->subscriber =
	    json_string_value(json_object_get(o->json, "subscriber"));
	o->until_us = json_integer_value(json_object_get(o->json, "until_us"));
	o->other_ports = !is_port_25(json_object_get(o->json, "ports"));
	if (!json_is_integer(seq) || o->subscriber == NULL ||
	    o->subscriber[0] == '\0') {
		order_refuse(o, "the line has no seq or no subscriber");
		o->permanent = true;
	} else if (strlen(o->subscriber) >= ROW_ID_LEN) {
		order_refuse(
		    o, "the subscriber has more than %d bytes", ROW_ID_LEN - 1);
		o->permanent = true;
	} else {
		read_where(o);
	}
}

static const char *keep(char **at, const char *s)
{
	const char *kept = *at;
	size_t n;

	if (s == NULL)
		return NULL;
	n = strlen(s) + 1;
	memcpy(*at, s, n);
	*at += n;
	return kept;
}

static size_t size_of(const char *s)
{
	return s != NULL ? strlen(s) + 1 : 0;
}

/* A batch of thousands is to be small: of the tree three words are kept. */
static void drop_json(struct order *o)
{
	char *at = malloc(
	    size_of(o->event) + size_of(o->cause) + size_of(o->subscriber) + 1);

	if (at == NULL)
		return; /* then they stay where they are */
	o->words = at;
	o->event = keep(&at, o->event);
	o->cause = keep(&at, o->cause);
	o->subscriber = keep(&at, o->subscriber);
	json_decref(o->json);
	o->json = NULL;
}

struct order *order_parse(const char *line, size_t len)
{
	struct order *o = calloc(1, sizeof(*o));
	const char *op;

	if (o == NULL)
		return NULL;
	o->json = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	op = json_string_value(json_object_get(o->json, "op"));
	if (op == NULL) {
		order_free(o);
		return NULL;
	}
	o->op = op_of(op);
	o->seq = json_integer_value(json_object_get(o->json, "seq"));
	o->turn = json_integer_value(json_object_get(o->json, "turn"));
	o->again = json_is_true(json_object_get(o->json, "again"));
	o->has_id = json_is_integer(json_object_get(o->json, "id"));
	o->id = json_integer_value(json_object_get(o->json, "id"));
	if (o->op == ORDER_BLOCK || o->op == ORDER_UNBLOCK)
		read_decision(o);
	else if (o->op == ORDER_UNKNOWN)
		order_refuse(o, "this driver does not know the op");
	drop_json(o);
	return o;
}

int order_keep_line(struct order *o, const char *line, size_t len)
{
	o->line = calloc(1, len + 2);
	if (o->line == NULL)
		return -1;
	memcpy(o->line, line, len);
	return 0;
}

struct order *order_from_held(json_t *held, bool nobodys)
{
	struct order *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->json = json_incref(held);
	o->op = ORDER_BLOCK;
	o->seq = json_integer_value(json_object_get(held, "seq"));
	if (nobodys)
		read_where(o);
	else
		read_decision(o);
	return o;
}

void order_free(struct order *o)
{
	if (o == NULL)
		return;
	json_decref(o->json);
	free(o->words);
	free(o->targets);
	free(o->line);
	free(o->error);
	free(o);
}
