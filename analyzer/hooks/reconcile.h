/* SPDX-License-Identifier: Apache-2.0 */
/* Compares what one driver says that it holds with what was decided. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "analyzer/hooks/differences.h"
#include "analyzer/hooks/hooks.h"
#include "analyzer/hooks/sampler.h"

struct reconcile {
	struct hooks *hooks;
	size_t index; /* of the driver */
	struct differences *differences;
	uint64_t round;
	struct held_counts n; /* of this round, or of the last whole one */
	/* foreign entries of this round; more are only counted */
	char (*foreign)[ROW_TEXT_LEN];
	size_t n_foreign, n_foreign_more;
};

struct reconcile_repair {
	/* The slot's block is to be sent, or sent again. */
	void (*block)(void *arg, struct slot *s);
	/* What is held for the slot is to go. */
	void (*unblock)(void *arg, struct slot *s);
	/* Whether the driver can do what is wanted; NULL: it can. */
	const char *(*cannot)(void *arg, const struct customer *c);
	void *arg;
};

void reconcile_begin(struct reconcile *r);
/* Entries of "held". */
void reconcile_part(struct reconcile *r, json_t *held);
/* The list is whole. repair: differences are put right. */
void reconcile_end(
    struct reconcile *r, const struct reconcile_repair *p, bool repair);
void reconcile_free(struct reconcile *r);
