/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-driver-nft: a hook driver that closes TCP port 25 in the firewall
 * of this machine, by nft(8). The kernel's sets are the truth: they tell by
 * their comments who is in them, so a restart loses nothing. */
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/drivers/kit/attempt.h"
#include "analyzer/drivers/kit/options.h"
#include "analyzer/drivers/kit/talk.h"
#include "analyzer/drivers/nft/firewall.h"
#include "base/log.h"

#define BATCH_MAX       16384
#define GRACE_DEFAULT_S 3600
#define ENTRIES_DEFAULT 100000
#define ENTRIES_MAX     10000000

static const char mod[] = "driver-nft";

struct app {
	struct firewall fw;
	struct option_prefixes own;
	long max;
	/* Orders that one transaction has room for: the kernel bounds it by
	 * the socket's buffer, which only root of the machine can raise. */
	size_t fits;
};

/* --- orders ----------------------------------------------------------------*/

/* An order that this driver cannot do, whoever is in the sets. */
static void check_targets(struct order *o)
{
	char comment[NFT_COMMENT_MAX + 1], text[PREFIX_STRLEN];

	if (nft_comment_write(comment, o->subscriber, o->seq, o->until_us) != 0)
		order_refuse(o, "the subscriber is too long for the comment "
				"of an element");
	for (size_t i = 0; i < o->n_targets && o->error == NULL; i++) {
		const struct target *t = &o->targets[i];

		if (target_is_shared(t) &&
		    (t->prefix.len != 128 || !addr_is_v4(&t->prefix.addr)))
			order_refuse(o, "port_sets: %s is not one IPv4 address",
			    prefix_format(&t->prefix, text));
	}
	o->permanent = o->error != NULL;
}

/* Whether the order changes the ledger. */
static bool is_wanted(void *arg, struct order *o)
{
	struct app *app = arg;

	if (!attempt_admits(
		app->fw.ledger, o, app->max, "addresses and port ranges (-m)"))
		return false;
	if (o->op == ORDER_BLOCK)
		check_targets(o);
	for (size_t i = 0; i < o->n_targets && o->error == NULL; i++)
		nft_lengths_add(&app->fw.lengths, &o->targets[i]);
	return o->error == NULL;
}

/* All n in one transaction; 0, or -1 and nothing is changed. */
static int try_all(struct app *app, struct order **v, size_t n, char *why)
{
	struct attempt *a = attempt_begin(app->fw.ledger, v, n, is_wanted, app);
	int rc = attempt_size(a) > 0 ? firewall_commit(&app->fw, why) : 0;

	attempt_end(a, rc == 0, NULL);
	return rc;
}

/* Whole addresses are never in each other's way. */
static void refuse(struct order *o, const char *why)
{
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < o->n_targets; i++) {
		if (!target_is_shared(&o->targets[i]) ||
		    strstr(why, "File exists") == NULL)
			continue;
		order_refuse(o,
		    "a port range of %s overlaps one that another subscriber "
		    "or somebody else holds (%.120s)",
		    prefix_format(&o->targets[i].prefix, text), why);
		return;
	}
	order_refuse(o, "%s", why);
}

/* One that fails is not to spoil the others: halves find it. */
static void apply_some(struct app *app, struct order **v, size_t n)
{
	char why[ORDER_ERROR_SIZE], again[ORDER_ERROR_SIZE];

	if (n > app->fits) {
		apply_some(app, v, app->fits);
		apply_some(app, v + app->fits, n - app->fits);
		return;
	}
	if (try_all(app, v, n, why) == 0)
		return;
	if (n > 1 && strstr(why, "Message too long") != NULL) {
		app->fits = (n + 1) / 2;
		apply_some(app, v, n);
		return;
	}
	if (n > 1 && firewall_install(&app->fw, again) == 0) {
		apply_some(app, v, n / 2);
		apply_some(app, v + n / 2, n - n / 2);
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (v[i]->error == NULL)
			refuse(v[i], why);
}

static void apply(void *arg, struct order **v, size_t n)
{
	struct app *app = arg;
	char why[ORDER_ERROR_SIZE];

	if (app->fw.unsure && firewall_look(&app->fw, why) != 0) {
		for (size_t i = 0; i < n; i++)
			order_refuse(v[i], "%s", why);
		return;
	}
	apply_some(app, v, n);
}

/* --- what there is ---------------------------------------------------------*/

/* The number of the oldest decision that an element of e still carries:
 * less than e->seq where somebody put old elements back. */
static int64_t placed_seq(
    const struct ledger_entry *e, const struct ledger_claim *c, int64_t seq)
{
	return strcmp(c->placed_for, e->subscriber) == 0 && c->placed_seq < seq
		   ? c->placed_seq
		   : seq;
}

static void write_entry(
    struct app *app, struct jsonw *j, const struct ledger_entry *e)
{
	struct target *v = calloc(e->n + 1, sizeof(*v));
	int64_t seq = e->seq;
	size_t n = 0;

	if (v == NULL)
		log_fatal(mod, "no memory");
	for (size_t i = 0; i < e->n; i++) {
		const struct ledger_claim *c =
		    ledger_find(app->fw.ledger, &e->targets[i]);

		if (c == NULL || (c->placed_for[0] == '\0' && !c->foreign))
			continue;
		seq = placed_seq(e, c, seq);
		v[n++] = e->targets[i];
	}
	targets_sort(v, n);
	if (n > 0)
		talk_write_held(j, e->subscriber, seq, v, n, e->until_us);
	free(v);
}

static int list(void *arg, struct jsonw *j, char *why, size_t n)
{
	struct app *app = arg;
	const struct ledger_entry *e;
	const struct ledger_claim *c;

	(void)n;
	if (firewall_look(&app->fw, why) != 0)
		return -1;
	for (e = ledger_entries(app->fw.ledger); e != NULL; e = e->hh.next)
		write_entry(app, j, e);
	for (c = ledger_claims(app->fw.ledger); c != NULL; c = c->hh.next)
		if (c->foreign)
			talk_write_held(j, NULL, 0, &c->target, 1, 0);
	return 0;
}

static void write_counters(
    struct app *app, struct jsonw *j, const struct ledger_entry *e)
{
	uint64_t packets = 0, bytes = 0;

	for (size_t i = 0; i < e->n; i++) {
		const struct ledger_claim *c =
		    ledger_find(app->fw.ledger, &e->targets[i]);

		/* Of two claims, the latest is who has the address now. */
		if (c == NULL || strcmp(c->placed_for, e->subscriber) != 0)
			continue;
		packets += c->packets;
		bytes += c->bytes;
	}
	if (packets == 0)
		return;
	talk_begin_entry(j);
	jsonw_kstring(j, "subscriber", e->subscriber);
	jsonw_kint(j, "seq", e->seq);
	jsonw_kuint(j, "refused_packets", packets);
	jsonw_kuint(j, "refused_bytes", bytes);
	jsonw_object_end(j);
}

static int counters(void *arg, struct jsonw *j, char *why, size_t n)
{
	struct app *app = arg;
	const struct ledger_entry *e;

	(void)n;
	if (firewall_look(&app->fw, why) != 0)
		return -1;
	for (e = ledger_entries(app->fw.ledger); e != NULL; e = e->hh.next)
		write_counters(app, j, e);
	return 0;
}

/* --- start -----------------------------------------------------------------*/

static void start(struct app *app)
{
	char why[ORDER_ERROR_SIZE];

	app->fw.ledger = ledger_new();
	app->fw.conf.own = app->own.v;
	app->fw.conf.n_own = app->own.n;
	if (firewall_read(&app->fw, why) != 0)
		log_fatal(mod,
		    "%s; the driver needs nft (package nftables) and "
		    "CAP_NET_ADMIN",
		    why);
	if (firewall_install(&app->fw, why) != 0)
		log_fatal(mod,
		    "%s; a table of this name that is not ours? Give -t "
		    "another name, or remove it: nft delete table inet %s",
		    why, app->fw.conf.table);
}

static void usage(FILE *out)
{
	fputs("usage: sekisho-driver-nft [-o PREFIX,...] [-r REFUSAL] "
	      "[-l GROUP] [-t TABLE]\n"
	      "                          [-g SECONDS] [-m MAX]\n"
	      "A hook driver of sekisho-hooks(8): closes TCP port 25 by "
	      "nft(8).\n"
	      "  -o PREFIX,...  own mail servers, which stay reachable\n"
	      "  -r REFUSAL     admin-prohibited (default), reset or drop\n"
	      "  -l GROUP       log what is refused to this NFLOG group\n"
	      "  -t TABLE       table of the family inet; op25b\n"
	      "  -g SECONDS     the kernel ends a block so long after its end "
	      "if nobody\n"
	      "                 else does; 3600; -1: never\n"
	      "  -m MAX         addresses and port ranges; 100000\n"
	      "  --help, --version\n",
	    out);
}

static enum nft_refusal refusal_of(const char *text)
{
	static const char *const names[] = {
	    [NFT_ADMIN_PROHIBITED] = "admin-prohibited",
	    [NFT_RESET] = "reset",
	    [NFT_DROP] = "drop",
	};

	for (int i = 0; i <= NFT_DROP; i++)
		if (strcmp(names[i], text) == 0)
			return (enum nft_refusal)i;
	log_fatal(mod,
	    "-r: \"%.20s\" is no refusal; give admin-prohibited, reset or drop",
	    text);
}

static const char *table_of(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (n == 0 || n > FIREWALL_TABLE_MAX || text[n] != '\0' ||
	    strchr("0123456789_", text[0]) != NULL)
		log_fatal(mod,
		    "-t: \"%.70s\" is no name of a table; give a letter, then "
		    "letters, digits and _",
		    text);
	return text;
}

static int options_read(struct app *app, int argc, char **argv)
{
	int c;

	while ((c = option_next(argc, argv, "o:r:l:t:g:m:")) != -1) {
		switch (c) {
		case 'o':
			option_prefixes_add(&app->own, mod, 'o', optarg);
			break;
		case 'r':
			app->fw.conf.refusal = refusal_of(optarg);
			break;
		case 'l':
			app->fw.conf.log_group =
			    (int)option_number(mod, 'l', optarg, 0, 65535);
			break;
		case 't':
			app->fw.conf.table = table_of(optarg);
			break;
		case 'g':
			app->fw.conf.grace_s =
			    option_number(mod, 'g', optarg, -1, 366 * 86400L);
			break;
		case 'm':
			app->max =
			    option_number(mod, 'm', optarg, 1, ENTRIES_MAX);
			break;
		default:
			return option_other(c, "sekisho-driver-nft", usage);
		}
	}
	if (optind == argc)
		return -1;
	usage(stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static struct app app = {
	    .fw.conf = {.table = "op25b",
		.log_group = -1,
		.grace_s = GRACE_DEFAULT_S},
	    .max = ENTRIES_DEFAULT,
	    .fits = BATCH_MAX,
	};
	int rc = options_read(&app, argc, argv);
	struct talk talk = {.mod = mod,
	    .ports = true,
	    .port_sets = true,
	    .sees_refused = true,
	    .batch_max = BATCH_MAX,
	    .apply = apply,
	    .list = list,
	    .counters = counters,
	    .arg = &app};

	if (rc >= 0)
		return rc;
	talk.max_entries = app.max;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)setenv("LC_ALL", "C", 1); /* its errors are read */
	option_add_sbin();
	start(&app);
	talk_run(&talk, STDIN_FILENO, stdout);
	ledger_free(app.fw.ledger);
	free(app.own.v);
	return 0;
}
