/* SPDX-License-Identifier: Apache-2.0 */
/* One line of the dispatcher to a hook driver (docs/HOOKS.md). */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/rows.h"

#define ORDER_LINE_MAX   65536
#define ORDER_ERROR_SIZE 320

enum order_op {
	ORDER_HELLO,
	ORDER_LIST,
	ORDER_COUNTERS,
	ORDER_TEST,
	ORDER_BLOCK,
	ORDER_UNBLOCK,
	ORDER_UNKNOWN
};

struct order {
	enum order_op op;
	int64_t seq;
	int64_t turn; /* 0: the first */
	bool again;   /* to be passed on although it is known */
	bool has_id;
	int64_t id;       /* of a list or counters */
	int64_t until_us; /* 0: without end */
	bool other_ports; /* ports is something else than [25] */
	/* They belong to words, or to json; subscriber is never NULL in a block
	 * or unblock without an error. */
	const char *event, *cause, *subscriber;
	/* Of a block: whole addresses and the ranges of shared ones, sorted,
	 * each once. */
	struct target *targets;
	size_t n_targets;
	char *words;
	json_t *json; /* of order_from_held() */
	/* As it came; room for its line feed, which is not there. NULL unless
	 * order_keep_line() was called. */
	char *line;
	/* What to answer; NULL is ok. permanent: trying again is no use. */
	char *error;
	bool permanent;
};

/* NULL: no JSON object with an "op", or no memory. A line that is wrong
 * in itself is an order with an error. */
struct order *order_parse(const char *line, size_t len);
int order_keep_line(struct order *o, const char *line, size_t len);
/* An entry of "held" as a block; nobodys: its subscriber does not matter.
 * NULL: no memory. */
struct order *order_from_held(json_t *held, bool nobodys);
void order_free(struct order *o);
/* At most ORDER_ERROR_SIZE bytes with the NUL are kept. */
void order_refuse(struct order *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
