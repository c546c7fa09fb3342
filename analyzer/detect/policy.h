/* SPDX-License-Identifier: Apache-2.0 */
/* All numbers that decide, in one place, with a hash that every incident
 * and decision carries. */
#pragma once

#include <stdint.h>

#include "analyzer/detect/spread.h"
#include "base/conf.h"

struct policy {
	const struct conf *conf; /* borrowed */
	char hash[20];           /* 16 hex digits of SHA-256 of its text */
	int64_t threshold_milli[CLASS_COUNT];
	int64_t burst_servers[CLASS_COUNT];
	int64_t burst_connections[CLASS_COUNT];
	int64_t hurry_threshold_milli[CLASS_COUNT];
	/* with few HELO names, and with many: then a fourth is enough */
	struct spread_goal spread_all[CLASS_COUNT];
	struct spread_goal spread_few[CLASS_COUNT];
	bool port25_open[CLASS_COUNT]; /* by the rule of the class */
	enum class_mode mode[CLASS_COUNT];
};

/* 0, or -1 without memory. */
int policy_init(struct policy *p, const struct conf *c);
/* Of a policy of the log: its hash is that of the text it had then, which an
 * older version may have written in other words. */
void policy_init_logged(
    struct policy *p, const struct conf *c, const char *text);
/* Of a class; 0: the rule is off. */
void policy_set_spread(struct policy *p, enum line_class c, int64_t servers);
