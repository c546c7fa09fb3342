/* SPDX-License-Identifier: Apache-2.0 */
/* What sekisho-driver-nft tells nft(8): one table, a set for each length of
 * prefix, and who is in them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "analyzer/drivers/kit/ledger.h"

enum nft_refusal { NFT_ADMIN_PROHIBITED, NFT_RESET, NFT_DROP };

struct nft_conf {
	const char *table;
	const struct prefix *own; /* servers that stay reachable */
	size_t n_own;
	enum nft_refusal refusal;
	int log_group;   /* -1: none */
	int64_t grace_s; /* an element outlives its block by this; -1: for
			    ever */
};

/* Sets of the kind hash, one for each length, are used rather than one with
 * intervals: adding to an interval set makes nft read all of it (4.8 s at
 * 100,000 elements), and it cannot hold a prefix inside another. */
struct nft_lengths {
	bool has[129]; /* as in struct prefix: IPv4 from 96 on */
	bool has6[129];
};

void nft_lengths_add(struct nft_lengths *s, const struct target *t);

#define NFT_SET_NAME 16
/* block4, block4_24, block6, block6_56, block4p. Returns buf. */
const char *nft_set_name(const struct target *t, char buf[NFT_SET_NAME]);
/* The set holds blocks: sets first_port..last_port and prefix.len of t, and
 * an address of the set's family. */
bool nft_set_parse(struct target *t, const char *name);

/* Table, sets and rules, whether they are there or not. Returns how many
 * rules there are then. */
int nft_write_skeleton(
    FILE *f, const struct nft_conf *c, const struct nft_lengths *s);

enum nft_action {
	NFT_LEAVE,
	NFT_ADD, /* or see that it is there */
	NFT_REPLACE,
	NFT_REMOVE
};
enum nft_action nft_action_of(const struct ledger_claim *c);
/* The statements that make the network follow the ledger. */
void nft_write_changes(FILE *f, const struct nft_conf *c,
    struct ledger_claim **v, size_t n, int64_t now_us);

#define NFT_COMMENT_MAX 127
/* "sekisho 41 1780000000000000 C123". -1: the subscriber is too long with
 * its escapes. */
int nft_comment_write(char buf[NFT_COMMENT_MAX + 1], const char *subscriber,
    int64_t seq, int64_t until_us);
/* 0; -1: not ours. */
int nft_comment_parse(const char *text, char subscriber[ROW_ID_LEN],
    int64_t *seq, int64_t *until_us);
