/* SPDX-License-Identifier: Apache-2.0 */
/* The rules that others use, on the same events as the engine. They know
 * nothing of privacy tiers or line classes. An alarm counts once in 24 h:
 * whoever acts on it blocks for a while. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tests/eval/life.h"

enum peer_kind { PEER_NTOPNG, PEER_NEMEA, PEER_EXIM, PEER_SPOT, PEER_COUNT };

#define PEER_SET   4096
#define PEER_TIMES 2048

/* Distinct servers of one window; a window begins by another number. */
struct peer_set {
	uint32_t key[PEER_SET], window[PEER_SET];
	uint32_t n, now;
};

struct peer {
	int64_t alarm_us; /* of the last; 0: none */
	int64_t found_us; /* first one after the bot began; 0: none */
	uint32_t alarms;
};

struct peers {
	double factor; /* by which all thresholds are multiplied */
	struct peer v[PEER_COUNT];
	/* ntopng: more than 5 servers; counted by the hour */
	struct peer_set hour;
	/* NEMEA: each 300 s */
	struct peer_set five;
	int64_t five_until_us;
	uint32_t flows;
	double average;
	/* Exim: times of the last unknown recipients */
	int64_t unknown_us[PEER_TIMES];
	uint32_t unknown_n;
	/* SPOT */
	double walk;
};

const char *peer_name(enum peer_kind k);
/* Before each customer. */
void peers_reset(struct peers *p, double factor);
/* bot_us: when the bot began, INT64_MAX before. */
void peers_event(struct peers *p, const struct event *e, int64_t bot_us);
