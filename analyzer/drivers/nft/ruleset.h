/* SPDX-License-Identifier: Apache-2.0 */
/* What nft(8) says of our table: "nft -j list table inet NAME". */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/drivers/nft/script.h"

struct nft_element {
	struct target target;
	/* "": an element that is not ours */
	char subscriber[ROW_ID_LEN];
	int64_t seq, until_us;
	uint64_t packets, bytes;
};

struct nft_ruleset {
	bool is_there, dormant;
	int n_rules;                /* of the chains that are ours */
	struct nft_lengths lengths; /* of the sets that are there */
	struct nft_element *v;
	size_t n, cap;
	size_t n_strange; /* elements that no target can name */
};

/* 0; -1: no JSON of nft, or no memory. */
int nft_ruleset_parse(struct nft_ruleset *r, const char *json, size_t len);
void nft_ruleset_free(struct nft_ruleset *r);
