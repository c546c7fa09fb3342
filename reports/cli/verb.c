/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"
#include "reports/cli/verb.h"

#include <stdbool.h>
#include <string.h>

#include "reports/cli/audit.h"
#include "reports/cli/complete.h"
#include "reports/cli/option.h"
#include "reports/cli/pager.h"
#include "reports/cli/program.h"

#define RANGE   (OPT(SINCE) | OPT(UNTIL) | OPT(CUSTOMER) | LIMITED)
#define LIMITED (OPT(LIMIT) | OPT(ALL))
/* What has no columns. */
#define CARD (OPT_STORE & ~(OPT(FIELDS) | OPT(FAIL_EMPTY)))
#define ACT                                                                    \
	(OPT_STORE | OPT(REASON) | OPT(TICKET) | OPT(DRY_RUN) | OPT(OPERATOR))
#define OPERATE (ACT | OPT(YES))

static const struct verb verbs[] = {
    {"replay", NULL, cli_replay,
	(OPT_STORE & ~OPT(NO_PAGER)) | OPT(VERIFY) | OPT(LOGINS), "FILE...", 0,
	9999, "captures through the whole pipeline into a database",
	"sekisho replay monday.pcap --db monday.db -c sekisho.conf"},
    {"run", NULL, cli_run, OPT(CONFIG) | OPT(FORMAT) | OPT(HELP) | OPT(SERVE),
	"", 0, 0, "the daemons of one machine",
	"sekisho run -c /etc/sekisho.conf --serve"},
    {"incident", "list", cli_incident_list,
	OPT_STORE | RANGE | OPT(CLASS) | OPT(STATE) | OPT(KIND) | OPT(OPENED) |
	    OPT(CLOSED) | OPT(OPEN_AT) | OPT(QUERY) | OPT(SORT) | OPT(CURSOR) |
	    OPT(EXACT) | OPT(WHOSE) | OPT(DOMAIN) | OPT(MIN_SCORE),
	"", 0, 0, "who did what",
	"sekisho incident list --state open --since yesterday"},
    {"incident", "show", cli_incident_show, OPT_STORE, "ID", 1, 1,
	"one incident whole", "sekisho incident show I12 -o json"},
    {"incident", "ack", cli_incident_ack, ACT, "ID...", 1, 9999,
	"somebody looks into it (- reads IDs from standard input)",
	"sekisho incident ack I12"},
    {"incident", "note", cli_incident_note, ACT, "ID...", 1, 9999,
	"keep a remark with incidents",
	"sekisho incident note I12 --reason \"customer called back\""},
    {"incident", "close", cli_incident_close, ACT | OPT(AS) | OPT(YES), "ID...",
	1, 9999, "say what incidents were; fp ends the block that came of it",
	"sekisho incident close I12 --as fp --reason \"a mailing list\""},
    {"incident", "export", cli_incident_export, OPT_STORE, "ID...", 1, 9999,
	"incidents as XARF v4.2 reports, one a line",
	"sekisho incident export I12 -c sekisho.conf"},
    {"incident", "letter", cli_incident_letter,
	(ACT & ~OPT(FIELDS)) | OPT(LETTER) | OPT(LETTER_FORM) | OPT(LANG) |
	    OPT(TO) | OPT(OUT) | OPT(AT),
	"ID...", 1, 9999,
	"a letter to the customer, of an incident or a decision; never sent",
	"sekisho incident letter I12 --lang ja -c sekisho.conf"},
    {"letter", "templates", cli_letter_templates, OPT(FORMAT) | OPT(HELP),
	"DIR", 1, 1,
	"copies the built-in letters to a folder where they can be changed",
	"sekisho letter templates /etc/sekisho/letters"},
    {"db", "purge", cli_db_purge, ACT | OPT(AT) | OPT(STEP), "", 0, 0,
	"removes what is older than retention { } allows",
	"sekisho db purge --dry-run -c sekisho.conf"},
    {"db", "check", cli_db_check, OPT_STORE, "", 0, 0,
	"whether the file is whole; 1 when something is wrong",
	"sekisho db check --db /var/backups/sekisho.db"},
    {"db", "backup", cli_db_backup, ACT | OPT(YES), "FILE", 1, 1,
	"a checked copy of one moment, while everything runs",
	"sekisho db backup /var/backups/sekisho.db --yes"},
    {"db", "anonymise", cli_db_anonymise, ACT | OPT(YES) | OPT(KEY_FILE),
	"FILE", 1, 1, "a copy with pseudonyms, for research",
	"sekisho db anonymise /tmp/research.db"},
    {"decision", "list", cli_decision_list,
	OPT_STORE | RANGE | OPT(CLASS) | OPT(ACTION) | OPT(CAUSE) |
	    OPT(IN_FORCE) | OPT(AT) | OPT(REPEATS) | OPT(QUERY) | OPT(CURSOR) |
	    OPT(EXACT),
	"", 0, 0, "who may use port 25, and since when",
	"sekisho decision list --in-force -o csv"},
    {"decision", "show", cli_decision_show, OPT_STORE, "ID", 1, 1,
	"one decision whole", "sekisho decision show D7"},
    {"explain", NULL, cli_explain, CARD | OPT(LIMIT), "ID", 1, 1,
	"the evidence of an incident or a decision, step by step",
	"sekisho explain D7"},
    {"block", NULL, cli_block, OPERATE | OPT(TTL), "TARGET...", 1, 9999,
	"close port 25 of a customer (id, address or prefix)",
	"sekisho block C1001 --ttl 24h --reason \"asked for it\""},
    {"allow", "list", cli_allow_list,
	OPT_STORE | LIMITED | OPT(CUSTOMER) | OPT(CLASS) | OPT(AT) | OPT(QUERY),
	"", 0, 0,
	"who may send whatever the detector says, until when, and why",
	"sekisho allow list -o csv"},
    {"allow", "add", cli_allow, OPERATE | OPT(TTL), "TARGET...", 1, 9999,
	"put customers on the allow list; the same as allow TARGET",
	"sekisho allow add C1001 --ttl 90d --reason \"own mail server\""},
    {"allow", "remove", cli_allow_remove, OPERATE, "TARGET...", 1, 9999,
	"take them off it; a block below it holds again",
	"sekisho allow remove C1001 --reason \"moved to another line\""},
    {"allow", "import", cli_allow_import, OPERATE | OPT(TTL), "FILE", 1, 1,
	"put customers on it from CSV: target,ttl,reason (- is standard input)",
	"sekisho allow import servers.csv --reason \"contract list\" "
	"--dry-run"},
    {"allow", "test", cli_allow_test, OPT_STORE | OPT(AT),
	"CUSTOMER|ADDRESS[:PORT]", 1, 1,
	"which entry matches, and why; exit 3 when none does",
	"sekisho allow test 192.0.2.7"},
    {"allow", NULL, cli_allow, OPERATE | OPT(TTL), "TARGET...", 1, 9999,
	"open port 25 of a customer, as allow add",
	"sekisho allow 192.0.2.7 --ttl permanent --reason \"mail server\""},
    {"release", NULL, cli_release, OPERATE, "TARGET...", 1, 9999,
	"end what is in force for a customer",
	"sekisho release C1001 --reason \"PC was cleaned\""},
    {"who", NULL, cli_who, OPT_STORE | OPT(AT), "ADDRESS[:PORT]", 1, 1,
	"who had an address at a time, and what was decided then",
	"sekisho who 192.0.2.7 --at 2026-11-24T08:00:00Z"},
    {"lease", "list", cli_lease_list,
	OPT_STORE | OPT(CUSTOMER) | OPT(AT) | LIMITED | OPT(CLASS) |
	    OPT(SOURCE) | OPT(SESSION) | OPT(EXACT) | OPT(CURSOR),
	"[PREFIX]", 0, 1, "who has which address, or what a customer ever had",
	"sekisho lease list --customer C1001"},
    {"lease", "show", cli_lease_show, CARD | OPT(AT) | OPT(LIMIT), "TARGET", 1,
	1, "whose exactly this is, by which session, and whose it was",
	"sekisho lease show 192.0.2.7"},
    {"lease", "add", cli_lease_add,
	ACT | OPT(AT) | OPT(SESSION) | OPT(LEASE_CLASS), "CUSTOMER TARGET...",
	2, 17,
	"a customer has an address, prefix or ADDRESS:FIRST-LAST from now on",
	"sekisho lease add C1001 192.0.2.7 2001:db8:7::/56"},
    {"lease", "end", cli_lease_end, ACT | OPT(AT), "TARGET", 1, 1,
	"whoever has it by a session has it no more",
	"sekisho lease end 192.0.2.7"},
    {"lease", "import", cli_lease_import,
	ACT | OPT(FILE_FORMAT) | OPT(CUSTOMER_FIELD), "FILE", 1, 1,
	"leases from a file, or - for standard input",
	"sekisho lease import --format kea4 --customer-field remote-id "
	"/var/lib/kea/kea-leases4.csv"},
    {"complaint", "import", cli_complaint_import, ACT | OPT(MAILDIR),
	"[FILE...]", 0, 9999,
	"complaints of others (ARF, XARF), from files, - or a maildir",
	"sekisho complaint import --maildir /var/mail/abuse"},
    {"complaint", "list", cli_complaint_list,
	OPT_STORE | OPT(SINCE) | OPT(UNTIL) | OPT(CUSTOMER) | LIMITED |
	    OPT(CURSOR),
	"", 0, 0, "who was complained about, and what was found then",
	"sekisho complaint list --since -7d"},
    {"complaint", "show", cli_complaint_show, OPT_STORE, "ID", 1, 1,
	"one complaint whole", "sekisho complaint show R7"},
    {"observation", "list", cli_observation_list,
	OPT_STORE | RANGE | OPT(CLASS) | OPT(OBS_KIND) | OPT(LABEL) |
	    OPT(CASE) | OPT(QUERY) | OPT(EXACT) | OPT(CURSOR),
	"", 0, 0, "rows of the observation log",
	"sekisho observation list --customer C1001 --label unknown_user"},
    {"observation", "show", cli_observation_show, OPT_STORE, "NO", 1, 1,
	"one row of the observation log with all that is kept of it",
	"sekisho observation show 1234"},
    {"hook", "list", cli_hook_list,
	OPT_STORE | OPT(SINCE) | OPT(UNTIL) | LIMITED | OPT(DRIVER) |
	    OPT(DELIVERY_STATE) | OPT(EXACT) | OPT(CURSOR),
	"", 0, 0, "what the hook drivers were told",
	"sekisho hook list --state dead"},
    {"hook", "show", cli_hook_show, OPT_STORE, "ID", 1, 1,
	"one delivery whole, with the decision it told", "sekisho hook show 7"},
    {"hook", "retry", cli_hook_retry, ACT | OPT(DRIVER) | OPT(ALL), "[ID]", 0,
	1, "try again what is dead: one row of hook list, or all",
	"sekisho hook retry --all --driver edge --reason \"router is back\""},
    {"hook", "replay", cli_hook_replay,
	ACT | OPT(DRIVER) | OPT(ALL) | OPT(SINCE), "[ID]", 0, 1,
	"tell again what was delivered, to a receiver that has lost it",
	"sekisho hook replay --driver desk --since -2h --reason \"restored a "
	"backup\""},
    {"hook", "test", cli_hook_test, OPT_STORE, "DRIVER", 1, 1,
	"whether a driver reaches whoever it tells; nothing is changed",
	"sekisho hook test desk"},
    {"enforce", "check", cli_enforce_check, OPT_STORE | OPT(DRIVER), "", 0, 0,
	"what the drivers hold beside what was decided; 1 when it differs",
	"sekisho enforce check --driver edge"},
    {"enforce", "list", cli_enforce_list,
	OPT_STORE | OPT(DRIVER) | OPT(SINCE) | OPT(UNTIL) | LIMITED |
	    OPT(CURSOR),
	"", 0, 0, "where drivers did not hold what was decided, ended ones too",
	"sekisho enforce list --since yesterday"},
    {"enforce", "show", cli_enforce_show, OPT_STORE, "ID", 1, 1,
	"one difference whole", "sekisho enforce show 7"},
    {"enforce", "history", cli_enforce_history,
	OPT_STORE | OPT(DRIVER) | OPT(SINCE) | OPT(UNTIL) | LIMITED, "[DRIVER]",
	0, 1, "what drivers held beside what was decided, over time",
	"sekisho enforce history edge --since -24h"},
    {"enforce", "reconcile", cli_enforce_reconcile, ACT | OPT(DRIVER), "", 0, 0,
	"the same, and differences are put right", "sekisho enforce reconcile"},
    {"panic", NULL, cli_panic, ACT | OPT(OFF) | OPT(YES), "", 0, 0,
	"open every line and send no block until --off",
	"sekisho panic --yes --reason \"wrong blocks in area 3\""},
    {"brake", "list", cli_brake_list,
	OPT_STORE | OPT(SINCE) | OPT(UNTIL) | LIMITED, "", 0, 0,
	"when the mass-event brake held blocks",
	"sekisho brake list --since -7d"},
    {"brake", "show", cli_brake_show,
	OPT_STORE | OPT(SINCE) | OPT(UNTIL) | LIMITED, "[ID]", 0, 1,
	"one of them whole; without ID all, and 1 when one is on now",
	"sekisho brake show"},
    {"brake", "apply", cli_brake_apply, ACT, "", 0, 0,
	"they are bots: what the brake holds is blocked",
	"sekisho brake apply --reason \"a new botnet, seen at three taps\""},
    {"brake", "drop", cli_brake_drop, ACT, "", 0, 0,
	"they are none: what the brake holds is forgotten",
	"sekisho brake drop --reason \"the mirror of tap 2 lost packets\""},
    {"report", "nightly", cli_report_nightly,
	OPT_STORE | OPT(DATE) | OPT(OUT) | OPT(PUBLIC) | OPT(MAIL) |
	    OPT(RESEND),
	"", 0, 0, "the report of a day, as text, HTML, CSV and JSON, by mail",
	"sekisho report nightly --date yesterday --mail"},
    {"report", "quality", cli_report_quality,
	OPT_STORE | OPT(SINCE) | OPT(UNTIL) | OPT(BLOCKS) | OPT(CUSTOMERS), "",
	0, 0, "how often it was right, by what people said of it",
	"sekisho report quality --since 30d"},
    {"config", "check", cli_config_check, OPT(CONFIG) | OPT(FORMAT) | OPT(HELP),
	"", 0, 0, "read the configuration and say what is wrong",
	"sekisho config check -c sekisho.conf"},
    {"config", "show", cli_config_show, OPT(CONFIG) | OPT(FORMAT) | OPT(HELP),
	"", 0, 0, "the effective configuration, as a valid file",
	"sekisho config show -c sekisho.conf"},
    {"config", "diff", cli_config_diff, OPT_STORE, "", 0, 0,
	"what differs from the defaults, or with --db from the log's policy",
	"sekisho config diff -c sekisho.conf"},
    {"policy", "derive", cli_policy_derive,
	OPT_STORE | OPT(SINCE) | OPT(UNTIL) | OPT(BLOCKS) | OPT(CUSTOMERS), "",
	0, 0, "the thresholds that keep a budget of wrong blocks",
	"sekisho policy derive --blocks 1 --customers 1000000"},
    {"policy", "test", cli_policy_test,
	OPT_STORE | OPT(SINCE) | OPT(UNTIL) | OPT(POLICY), "", 0, 0,
	"what another policy would have decided; 1 when it differs",
	"sekisho policy test --policy new.conf --since 30d"},
    {"spf", "check", cli_spf_check,
	OPT(CONFIG) | OPT(FORMAT) | OPT(HELP) | OPT(IP) | OPT(HELO) |
	    OPT(FROM) | OPT(ZONE) | OPT(RESOLVER),
	"", 0, 0, "whether a domain lets an address send, and why (RFC 7208)",
	"sekisho spf check --ip 192.0.2.7 --helo mail.example.com --from "
	"user@example.com"},
    {"customer", "list", cli_customer_list,
	OPT_STORE | OPT(CLASS) | LIMITED | OPT(EXACT) | OPT(CURSOR), "", 0, 0,
	"what the subscribers file says of customers",
	"sekisho customer list --class static"},
    {"customer", "show", cli_customer_show, CARD | OPT(AT) | LIMITED,
	"CUSTOMER|ADDRESS", 1, 1, "one customer: leases, incidents, decisions",
	"sekisho customer show 192.0.2.7 --at 2026-11-24T08:00:00Z"},
    {"export", NULL, cli_export,
	OPT(CONFIG) | OPT(DB) | OPT(UTC) | OPT(HELP) | OPT(AT) | OPT(EXPORT) |
	    OPT(DIFF),
	"", 0, 0, "all that is to be blocked, for those who block",
	"sekisho export --format nft"},
    {"serve", NULL, cli_serve, OPT(CONFIG) | OPT(DB) | OPT(FORMAT) | OPT(HELP),
	"", 0, 0, "the HTTP API and the web console",
	"sekisho serve -c /etc/sekisho/sekisho.conf"},
    {"token", "create", cli_token_create,
	ACT | OPT(SCOPE) | OPT(TTL) | OPT(CIDR) | OPT(CROWDSEC), "NAME", 1, 1,
	"a token for the HTTP API; it is shown this once",
	"sekisho token create router-script --scope export:read --ttl 90d"},
    {"token", "list", cli_token_list, OPT_STORE | LIMITED, "", 0, 0,
	"who may use the HTTP API, and when they last did",
	"sekisho token list -o wide"},
    {"token", "show", cli_token_show, OPT_STORE, "ID", 1, 1,
	"one token, and who made and revoked it",
	"sekisho token show k3jv7q2m5x4a"},
    {"token", "revoke", cli_token_revoke, ACT, "ID...", 1, 9999,
	"tokens hold no more, from now on",
	"sekisho token revoke k3jv7q2m5x4a --reason \"it was in a log\""},
    {"operator", "add", cli_operator_add, ACT | OPT(SCOPE), "NAME", 1, 1,
	"somebody may log in to the console; asks for the password",
	"sekisho operator add aiko --scope incidents:read,incidents:write"},
    {"operator", "passwd", cli_operator_passwd, ACT, "NAME", 1, 1,
	"a new password; ends the sessions of the old one",
	"sekisho operator passwd aiko"},
    {"operator", "list", cli_operator_list, OPT_STORE | LIMITED, "", 0, 0,
	"who may log in to the console", "sekisho operator list"},
    {"operator", "show", cli_operator_show, OPT_STORE, "NAME", 1, 1,
	"one operator: sessions, the last log-in, who added it",
	"sekisho operator show aiko"},
    {"operator", "remove", cli_operator_remove, ACT, "NAME", 1, 1,
	"logs in no more, and is logged out", "sekisho operator remove aiko"},
    {"completion", NULL, cli_completion, OPT(HELP), "SHELL", 1, 1,
	"the script that completes sekisho in bash, zsh or fish",
	"sekisho completion bash >/usr/share/bash-completion/completions/"
	"sekisho"},
    {"version", NULL, cli_version, OPT(FORMAT) | OPT(HELP), "", 0, 0,
	"print the version", "sekisho version -o json"},
    {"audit", "list", cli_audit_list,
	OPT_STORE | OPT(SINCE) | OPT(UNTIL) | LIMITED | OPT(BY) | OPT(VERB) |
	    OPT(OBJECT) | OPT(CURSOR),
	"", 0, 0, "who asked for what, and why",
	"sekisho audit list --operator aiko --since yesterday"},
    {"audit", "show", cli_audit_show, OPT_STORE, "ID", 1, 1,
	"one row of the audit log whole", "sekisho audit show A7"},
    {"status", NULL, cli_status,
	CARD | OPT(DATE) | OPT(WATCH) | OPT(COUNTER) | OPT(SINCE) | OPT(UNTIL),
	"", 0, 0, "what runs, what the database holds, and a day's counters",
	"sekisho status --date today"},
    {"watch", NULL, cli_watch,
	(OPT_STORE & ~OPT(NO_PAGER)) | OPT(CUSTOMER) | OPT(CLASS), "", 0, 0,
	"incidents and decisions as they come, until interrupted",
	"sekisho watch --class dynamic"},
};
#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

const struct verb *verb_table(size_t *n)
{
	*n = N_VERBS;
	return verbs;
}

static void full_name(const struct verb *v, char buf[static 40])
{
	snprintf(buf, 40, "%s%s%s", v->noun, v->verb ? " " : "",
	    v->verb ? v->verb : "");
}

static void print_help(FILE *f)
{
	fputs("examples:\n"
	      "  sekisho incident list --state open --sort -score\n"
	      "  sekisho explain I12\n"
	      "  sekisho who 192.0.2.7 --at 2026-11-24T08:00:00Z\n"
	      "  sekisho block C1001 --ttl 24h --reason \"asked for it\"\n"
	      "\nusage: sekisho VERB [OPTION...]\n\n",
	    f);
	for (size_t i = 0; i < N_VERBS; i++) {
		char name[40], left[80];

		full_name(&verbs[i], name);
		snprintf(left, sizeof(left), "%s %s", name, verbs[i].args);
		fprintf(f, "  %-20s %s\n", left, verbs[i].what);
	}
	fputs("  help [VERB]          this text, or more about one\n"
	      "\nsekisho VERB --help says more about one; sekisho(1) about "
	      "all.\n",
	    f);
}

static void print_verb_help(const struct verb *v, FILE *f)
{
	char name[40];

	full_name(v, name);
	fprintf(f, "example: %s\n\nusage: sekisho %s %s%s[OPTION...]\n\n%s\n\n",
	    v->example, name, v->args, *v->args ? " " : "", v->what);
	option_help(v->options, f);
}

/* The verb that argv begins with; *used: its words. */
static const struct verb *find_verb(int argc, char **argv, int *used)
{
	for (size_t i = 0; i < N_VERBS; i++) {
		if (strcmp(argv[1], verbs[i].noun) != 0)
			continue;
		*used = verbs[i].verb ? 2 : 1;
		if (!verbs[i].verb ||
		    (argc > 2 && strcmp(argv[2], verbs[i].verb) == 0))
			return &verbs[i];
	}
	return NULL;
}

/* "list, show, ..."; false: there is no such noun. */
static bool name_verbs(const char *noun, char *buf, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i < N_VERBS && at < size; i++)
		if (verbs[i].verb && strcmp(verbs[i].noun, noun) == 0)
			at += (size_t)snprintf(buf + at, size - at, "%s%s",
			    at > 0 ? ", " : "", verbs[i].verb);
	return at > 0;
}

static int unknown_verb(struct cli *c, int argc, char **argv)
{
	char given[128], name[40], best[40] = "help", name_list[256];
	size_t least = SIZE_MAX;

	snprintf(given, sizeof(given), "%.40s%s%.40s", argv[1],
	    argc > 2 && argv[2][0] != '-' ? " " : "",
	    argc > 2 && argv[2][0] != '-' ? argv[2] : "");
	if (argc == 2 && name_verbs(argv[1], name_list, sizeof(name_list)))
		return cli_fail(c, CLI_USAGE,
		    "%s: say what: %s; try sekisho help %s", argv[1], name_list,
		    argv[1]);
	for (size_t i = 0; i < N_VERBS; i++) {
		size_t n;

		full_name(&verbs[i], name);
		n = nearest_distance(verbs[i].verb ? given : argv[1], name);
		if (n < least) {
			least = n;
			memcpy(best, name, sizeof(best));
		}
	}
	return cli_fail(c, CLI_USAGE,
	    "%s: there is no such verb; nearest: sekisho %s; all: sekisho "
	    "--help",
	    given, best);
}

static int check_args(struct cli *c, const struct verb *v)
{
	char name[40];

	full_name(v, name);
	if (c->n_args < v->min_args)
		return cli_fail(c, CLI_USAGE,
		    "%s: %s is missing; try sekisho %s --help", name, v->args,
		    name);
	if (c->n_args > v->max_args)
		return cli_fail(c, CLI_USAGE,
		    "%s: \"%.80s\" is one argument too many; try sekisho %s "
		    "--help",
		    name, c->args[v->max_args], name);
	if (c->since_us != 0 && c->until_us != 0 && c->until_us <= c->since_us)
		return cli_fail(
		    c, CLI_USAGE, "--until is not after --since: swap them");
	return CLI_OK;
}

/* In the form that suits where it goes, through a pager if it overflows. */
static int run_shown(struct cli *c, const struct verb *v)
{
	struct pager *pager = NULL;
	FILE *terminal = c->out;
	int rc;

	/* What has columns is for scripts unless somebody looks on. */
	if (!c->format_given)
		c->format =
		    c->tty || !(v->options & OPT(FIELDS)) ? OUT_TABLE : OUT_TSV;
	if (c->color && strcmp(c->color, "auto") != 0 &&
	    strcmp(c->color, "always") != 0 && strcmp(c->color, "never") != 0)
		return cli_fail(c, CLI_USAGE,
		    "--color %.40s: give auto, always or never", c->color);
	cli_say_range(c);
	if (c->tty && !c->no_pager && !c->watch && v->options & OPT(NO_PAGER))
		pager = pager_open(terminal, pager_screen_lines(terminal));
	if (pager)
		c->out = pager_stream(pager);
	rc = v->run(c);
	c->out = terminal;
	pager_close(pager);
	/* Half of a block list must not pass for all of it. */
	if (rc == CLI_OK && !c->usage_failed)
		rc = cli_end_text(c, false);
	return c->usage_failed ? CLI_USAGE : rc;
}

/* Of a noun, with all its verbs, or of one; false: there is none. */
static bool help_on(struct cli *c, int n, char **words)
{
	bool found = false;

	for (size_t i = 0; i < N_VERBS; i++) {
		const struct verb *v = &verbs[i];

		if (strcmp(v->noun, words[0]) != 0 ||
		    (n > 1 && (!v->verb || strcmp(v->verb, words[1]) != 0)))
			continue;
		if (found)
			putc('\n', c->out);
		print_verb_help(v, c->out);
		found = true;
	}
	return found;
}

static int run_help(struct cli *c, int argc, char **argv)
{
	if (argc == 2 || *argv[2] == '-')
		print_help(c->out);
	else if (!help_on(c, argc - 2, argv + 2))
		return unknown_verb(c, argc - 1, argv + 1);
	return cli_end_text(c, false);
}

static int run_verb(struct cli *c, int argc, char **argv)
{
	const struct verb *v;
	char why[256], name[40];
	int used = 1, rc;

	v = find_verb(argc, argv, &used);
	if (!v && used == 2 && argc > 2 &&
	    (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
		(void)help_on(c, 1, argv + 1);
		return CLI_OK;
	}
	if (!v)
		return unknown_verb(c, argc, argv);
	if (!v->run)
		return program_hand_on(c, "sekisho-desk", argv);
	program_is_last();
	rc =
	    option_parse(c, v->options, argc, argv, 1 + used, why, sizeof(why));
	full_name(v, name);
	if (rc < 0)
		return cli_fail(
		    c, CLI_USAGE, "%s; try sekisho %s --help", why, name);
	if (rc == 1) {
		print_verb_help(v, c->out);
		return CLI_OK;
	}
	rc = check_args(c, v);
	if (rc == CLI_OK && v->options & OPT(REASON))
		rc = audit_check(c);
	return rc != CLI_OK ? rc : run_shown(c, v);
}

int cli_main(int argc, char **argv, FILE *out, FILE *err)
{
	struct cli c;
	int code;

	cli_init(&c, out, err);
	c.format = option_peek_format(argc, argv);
	if (argc < 2) {
		print_help(err);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return run_help(&c, argc, argv);
	if (strcmp(argv[1], "--version") == 0)
		return cli_version(&c);
	if (strcmp(argv[1], "__complete") == 0) {
		code = complete_words(&c, argc - 2, argv + 2);
		cli_free(&c);
		return code;
	}
	if (argv[1][0] == '-')
		return cli_fail(&c, CLI_USAGE,
		    "%.60s: options come after the verb; try sekisho --help",
		    argv[1]);
	code = run_verb(&c, argc, argv);
	cli_free(&c);
	return code;
}
