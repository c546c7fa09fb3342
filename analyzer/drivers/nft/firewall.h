/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's sets and the ledger: one is made to follow the other by
 * nft(8). The sets are the truth of who is blocked; their comments tell it
 * after a restart. */
#pragma once

#include <stdbool.h>

#include "analyzer/drivers/kit/ledger.h"
#include "analyzer/drivers/nft/script.h"

#define FIREWALL_TABLE_MAX 64

struct firewall {
	struct nft_conf conf;
	struct ledger *ledger;
	struct nft_lengths lengths; /* sets that there are, or have to be */
	/* A run of nft was killed: what it did is not known until the next
	 * firewall_look(). */
	bool unsure;
};

/* All give 0, or -1 and why, of ORDER_ERROR_SIZE bytes. */

/* Reads the sets into the ledger; no table is empty sets. */
int firewall_read(struct firewall *fw, char *why);
/* States table, sets and rules. */
int firewall_install(struct firewall *fw, char *why);
/* Reads, and puts table and rules right where they are not. */
int firewall_look(struct firewall *fw, char *why);
/* One transaction for all claims that are touched. */
int firewall_commit(struct firewall *fw, char *why);
