/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/nft/firewall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/drivers/kit/run.h"
#include "analyzer/drivers/nft/ruleset.h"
#include "base/clock.h"
#include "base/log.h"

#define NFT_TIMEOUT_S  120
#define NFT_OUTPUT_MAX ((size_t)1 << 30)

static const char mod[] = "driver-nft";

/* --- nft -------------------------------------------------------------------*/

static int nft_run(struct firewall *fw, const char *script, size_t n, char *why)
{
	char *argv[] = {(char *)"nft", (char *)"-f", (char *)"-", NULL};
	struct run r = {.argv = argv,
	    .input = script,
	    .n_input = n,
	    .timeout_s = NFT_TIMEOUT_S,
	    .dies_with_us = true,
	    .first_line = true};

	if (run_program(&r) == 0)
		return 0;
	if (!r.exited)
		fw->unsure = true;
	snprintf(why, ORDER_ERROR_SIZE, "nft: %s", r.why);
	return -1;
}

/* Table, sets and rules are stated each time, so that a ruleset that was
 * flushed comes back; then the changes of n claims, in one transaction. */
static int transact(
    struct firewall *fw, struct ledger_claim **v, size_t n_v, char *why)
{
	char *text;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	int rc;

	if (f == NULL)
		log_fatal(mod, "no memory");
	(void)nft_write_skeleton(f, &fw->conf, &fw->lengths);
	if (n_v > 0)
		nft_write_changes(f, &fw->conf, v, n_v, clock_now_us());
	if (fclose(f) != 0)
		log_fatal(mod, "no memory");
	rc = nft_run(fw, text, n, why);
	free(text);
	return rc;
}

int firewall_install(struct firewall *fw, char *why)
{
	return transact(fw, NULL, 0, why);
}

/* --- the kernel's sets -----------------------------------------------------*/

static int read_ruleset(struct firewall *fw, struct nft_ruleset *r, char *why)
{
	char table[FIREWALL_TABLE_MAX + 1];
	char *argv[] = {(char *)"nft", (char *)"-j", (char *)"list",
	    (char *)"table", (char *)"inet", table, NULL};
	struct run run = {.argv = argv,
	    .timeout_s = NFT_TIMEOUT_S,
	    .dies_with_us = true,
	    .first_line = true,
	    .output_max = NFT_OUTPUT_MAX};
	int rc;

	snprintf(table, sizeof(table), "%s", fw->conf.table);
	memset(r, 0, sizeof(*r));
	if (run_program(&run) != 0) {
		/* 127: it is nft that is not there. */
		if (run.exited && run.status == 1 &&
		    strstr(run.why, "No such file or directory") != NULL)
			return 0;
		snprintf(why, ORDER_ERROR_SIZE, "nft: %s", run.why);
		return -1;
	}
	rc = nft_ruleset_parse(r, run.output, run.n_output);
	free(run.output);
	if (rc != 0)
		snprintf(why, ORDER_ERROR_SIZE,
		    "nft: what it lists is not understood");
	return rc;
}

static void adopt(struct firewall *fw, const struct nft_element *e)
{
	struct ledger_claim *c;

	if (e->subscriber[0] == '\0') {
		c = ledger_claim(fw->ledger, &e->target);
		c->foreign = true;
		return;
	}
	c = ledger_adopt(
	    fw->ledger, e->subscriber, e->seq, e->until_us, &e->target);
	memcpy(c->placed_for, e->subscriber, sizeof(c->placed_for));
	c->placed_seq = e->seq;
	c->packets = e->packets;
	c->bytes = e->bytes;
}

/* What the ledger thinks of the kernel becomes what the kernel has. */
static void see(struct firewall *fw, const struct nft_ruleset *r)
{
	struct ledger_claim *c;

	for (c = ledger_claims(fw->ledger); c != NULL; c = c->hh.next) {
		c->foreign = false;
		c->placed_for[0] = '\0';
		c->packets = 0;
		c->bytes = 0;
	}
	for (int i = 0; i <= 128; i++) {
		fw->lengths.has[i] |= r->lengths.has[i];
		fw->lengths.has6[i] |= r->lengths.has6[i];
	}
	for (size_t i = 0; i < r->n; i++)
		adopt(fw, &r->v[i]);
	ledger_sweep(fw->ledger);
	if (r->n_strange > 0)
		log_warn(mod,
		    "elements of table inet %s that are no address were "
		    "ignored n=%zu",
		    fw->conf.table, r->n_strange);
	fw->unsure = false;
}

static int read_kernel(struct firewall *fw, struct nft_ruleset *r, char *why)
{
	if (read_ruleset(fw, r, why) != 0)
		return -1;
	see(fw, r);
	return 0;
}

int firewall_read(struct firewall *fw, char *why)
{
	struct nft_ruleset r;

	if (read_kernel(fw, &r, why) != 0)
		return -1;
	if (r.n > 0)
		log_info(mod, "table inet %s was there elements=%zu",
		    fw->conf.table, r.n);
	nft_ruleset_free(&r);
	return 0;
}

static int rules_wanted(const struct firewall *fw)
{
	char *text;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	int rules = 0;

	if (f == NULL) {
		log_fatal(mod, "no memory");
	} else {
		rules = nft_write_skeleton(f, &fw->conf, &fw->lengths);
		(void)fclose(f);
		free(text);
	}
	return rules;
}

/* The rules are written anew in any case: who changed one without changing
 * their number is not seen. */
int firewall_look(struct firewall *fw, char *why)
{
	struct nft_ruleset r;
	const char *wrong = NULL;

	if (read_kernel(fw, &r, why) != 0)
		return -1;
	if (!r.is_there)
		wrong = "is gone";
	else if (r.dormant)
		wrong = "is dormant";
	else if (r.n_rules != rules_wanted(fw))
		wrong = "has other rules";
	nft_ruleset_free(&r);
	if (wrong != NULL)
		log_warn(mod,
		    "table inet %s %s; it is put right, but who was in its "
		    "sets has to be told again",
		    fw->conf.table, wrong);
	return firewall_install(fw, why);
}

/* --- the ledger's changes --------------------------------------------------*/

static void mark_placed(struct ledger_claim **v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ledger_claim *c = v[i];
		const struct ledger_entry *e =
		    c->n_owners > 0 ? c->owners[0] : NULL;

		if (c->foreign)
			continue;
		if (e == NULL || strcmp(c->placed_for, e->subscriber) != 0) {
			c->packets = 0;
			c->bytes = 0;
		}
		c->placed_seq = e != NULL ? e->seq : 0;
		if (e == NULL)
			c->placed_for[0] = '\0';
		else
			memcpy(c->placed_for, e->subscriber,
			    sizeof(c->placed_for));
	}
}

int firewall_commit(struct firewall *fw, char *why)
{
	size_t n;
	struct ledger_claim **v = ledger_touched(fw->ledger, &n);

	if (transact(fw, v, n, why) != 0)
		return -1;
	mark_placed(v, n);
	return 0;
}
