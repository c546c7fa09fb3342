/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"
#include "reports/cli/option.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/vocab.h"
#include "reports/letter/field.h"
#include "reports/out/text.h"

enum value_type {
	VALUE_NONE,
	VALUE_FLAG,
	VALUE_TEXT,
	VALUE_TIME,
	VALUE_LIMIT,
	VALUE_CASE,
	VALUE_FORMAT,
	VALUE_WORD
};
struct option_def {
	const char *name;
	char letter;
	enum value_type type;
	const char *arg, *help;
	size_t offset;
	/* VALUE_WORD: name of a value, how many there are */
	const char *(*word)(int v);
	int first, count;
};

#define WORD_OF(vocab)                                                         \
	static const char *word_##vocab(int v)                                 \
	{                                                                      \
		return vocab##_name(v);                                        \
	}
WORD_OF(incident_state)
WORD_OF(incident_kind)
WORD_OF(obs_kind)
WORD_OF(label)
WORD_OF(action)
WORD_OF(cause)

static const char *word_format(int v)
{
	return out_format_name((enum out_format)v);
}

static const char *word_letter(int v)
{
	return letter_case_name((enum letter_case)v);
}

static const char *word_form(int v)
{
	return v == 1 ? "mail" : "text";
}

#define AT(field) offsetof(struct cli, field)

static const struct option_def defs[OPT_COUNT] = {
    [OPT_CONFIG] = {"config", 'c', VALUE_TEXT, "CONF",
	"configuration file, see sekisho.conf(5)", AT(config), NULL, 0, 0},
    [OPT_DB] = {"db", 0, VALUE_TEXT, "DB",
	"database instead of the configured one", AT(db_path), NULL, 0, 0},
    [OPT_FORMAT] = {"output", 'o', VALUE_FORMAT, "FORMAT",
	"table, wide, json, jsonl, csv, tsv or ids", AT(format), word_format, 0,
	OUT_FORMAT_COUNT},
    [OPT_UTC] = {"utc", 0, VALUE_FLAG, NULL,
	"times without a zone are UTC, whatever TZ says", AT(utc), NULL, 0, 0},
    [OPT_SINCE] = {"since", 0, VALUE_TIME, "TIME",
	"not before TIME: 2026-11-24T08:00:00Z, today, -2h, ...", AT(since_us),
	NULL, 0, 0},
    [OPT_UNTIL] = {"until", 0, VALUE_TIME, "TIME", "before TIME", AT(until_us),
	NULL, 0, 0},
    [OPT_CUSTOMER] = {"customer", 0, VALUE_TEXT, "ID", "only this customer",
	AT(customer), NULL, 0, 0},
    [OPT_CLASS] = {"class", 0, VALUE_TEXT, "NAME",
	"only lines of this class, as dynamic", AT(line_class), NULL, 0, 0},
    [OPT_STATE] = {"state", 0, VALUE_WORD, "STATE",
	"only open, acknowledged (ack), closed ones, or fp: those that were "
	"closed as false positives",
	AT(state), word_incident_state, 0, INCIDENT_STATE_COUNT},
    [OPT_KIND] = {"kind", 0, VALUE_WORD, "KIND", "only this kind, as spam_bot",
	AT(kind), word_incident_kind, 0, INCIDENT_KIND_COUNT},
    [OPT_OPENED] = {"opened", 0, VALUE_FLAG, NULL,
	"only those that were opened between --since and --until", AT(opened),
	NULL, 0, 0},
    [OPT_CLOSED] = {"closed", 0, VALUE_FLAG, NULL,
	"only those that were closed between --since and --until", AT(closed),
	NULL, 0, 0},
    [OPT_OPEN_AT] = {"open-at", 0, VALUE_TIME, "TIME",
	"only those that were open then", AT(open_at_us), NULL, 0, 0},
    [OPT_REPEATS] = {"repeats", 0, VALUE_FLAG, NULL,
	"only blocks above the first step of the ladder", AT(repeats), NULL, 0,
	0},
    [OPT_OBS_KIND] = {"kind", 0, VALUE_WORD, "KIND",
	"only attempt, transaction, close, login, tick, operator, policy",
	AT(obs_kind), word_obs_kind, 0, OBS_KIND_COUNT},
    [OPT_LABEL] = {"label", 0, VALUE_WORD, "LABEL",
	"only this label, as unknown_user", AT(label), word_label, 0,
	LABEL_COUNT},
    [OPT_CASE] = {"case", 0, VALUE_CASE, "N", "only traffic of case 1 to 4",
	AT(traffic_case), NULL, 0, 0},
    [OPT_ACTION] = {"action", 0, VALUE_WORD, "ACTION", "only block or allow",
	AT(action), word_action, 0, ACTION_COUNT},
    [OPT_CAUSE] = {"cause", 0, VALUE_WORD, "CAUSE",
	"only detector, manual, expired or released", AT(cause), word_cause, 0,
	CAUSE_COUNT},
    [OPT_IN_FORCE] = {"in-force", 0, VALUE_FLAG, NULL,
	"only what is in force (now, or --at TIME)", AT(in_force), NULL, 0, 0},
    [OPT_AT] = {"at", 0, VALUE_TIME, "TIME", "at TIME instead of now",
	AT(at_us), NULL, 0, 0},
    [OPT_LIMIT] = {"limit", 0, VALUE_LIMIT, "N",
	"at most N rows; 0: all (a table on a terminal: 50)", AT(limit), NULL,
	0, 0},
    [OPT_TTL] = {"ttl", 0, VALUE_TEXT, "TIME",
	"how long: 90m, 24h, 7d or permanent (the default)", AT(ttl), NULL, 0,
	0},
    [OPT_REASON] = {"reason", 0, VALUE_TEXT, "TEXT",
	"why; it is kept with the decision", AT(reason), NULL, 0, 0},
    [OPT_AS] = {"as", 0, VALUE_TEXT, "WHAT",
	"what it was: fp (no abuse), fixed or duplicate", AT(as), NULL, 0, 0},
    [OPT_DATE] = {"date", 0, VALUE_TEXT, "DATE",
	"the day: 2026-11-24, yesterday", AT(date), NULL, 0, 0},
    [OPT_OUT] = {"out", 0, VALUE_TEXT, "DIR", "directory of the files",
	AT(out_dir), NULL, 0, 0},
    [OPT_VERIFY] = {"verify", 0, VALUE_TEXT, "DB",
	"compute everything in DB again from its log, and compare", AT(verify),
	NULL, 0, 0},
    [OPT_LOGINS] = {"logins", 0, VALUE_TEXT, "FILE",
	"first a submission server's log, see sekisho.conf(5)", AT(logins),
	NULL, 0, 0},
    [OPT_DRIVER] = {"driver", 0, VALUE_TEXT, "NAME", "only this driver",
	AT(driver), NULL, 0, 0},
    [OPT_DELIVERY_STATE] = {"state", 0, VALUE_TEXT, "STATE",
	"only pending, done or dead ones", AT(delivery_state), NULL, 0, 0},
    [OPT_IP] = {"ip", 0, VALUE_TEXT, "ADDRESS", "address of the client", AT(ip),
	NULL, 0, 0},
    [OPT_HELO] = {"helo", 0, VALUE_TEXT, "NAME", "name that the client gave",
	AT(helo), NULL, 0, 0},
    [OPT_FROM] = {"from", 0, VALUE_TEXT, "ADDRESS",
	"address of MAIL FROM; '' is the null sender: HELO is checked",
	AT(from), NULL, 0, 0},
    [OPT_ZONE] = {"zone", 0, VALUE_TEXT, "FILE",
	"master file that answers instead of any server", AT(zone), NULL, 0, 0},
    [OPT_RESOLVER] = {"resolver", 0, VALUE_TEXT, "SERVER",
	"DNS server to ask, ADDRESS[@PORT]", AT(resolver), NULL, 0, 0},
    [OPT_BLOCKS] = {"blocks", 0, VALUE_TEXT, "N",
	"budget: at most N innocent customers blocked a day", AT(blocks), NULL,
	0, 0},
    [OPT_CUSTOMERS] = {"customers", 0, VALUE_TEXT, "M",
	"of so many customers that send mail on port 25 every day",
	AT(customers), NULL, 0, 0},
    [OPT_SOURCE] = {"source", 0, VALUE_TEXT, "NAME",
	"only of this source, as radius", AT(source), NULL, 0, 0},
    [OPT_SESSION] = {"session", 0, VALUE_TEXT, "ID",
	"session; without it the first target names it", AT(session), NULL, 0,
	0},
    [OPT_LEASE_CLASS] = {"class", 0, VALUE_TEXT, "NAME",
	"class of the line; without it as configured", AT(line_class), NULL, 0,
	0},
    [OPT_FILE_FORMAT] = {"format", 0, VALUE_TEXT, "FORMAT",
	"lines (the default), kea4, kea6, dhcpd or dhcpd6", AT(file_format),
	NULL, 0, 0},
    [OPT_CUSTOMER_FIELD] = {"customer-field", 0, VALUE_TEXT, "FIELD",
	"which field of a lease is the customer, as remote-id",
	AT(customer_field), NULL, 0, 0},
    [OPT_ALL] = {"all", 'a', VALUE_FLAG, NULL, "every row, however many",
	AT(all), NULL, 0, 0},
    [OPT_FIELDS] = {"fields", 0, VALUE_TEXT, "A,B",
	"only these columns, in this order", AT(fields), NULL, 0, 0},
    [OPT_QUERY] = {"query", 'q', VALUE_TEXT, "EXPR",
	"a filter, as 'kind:bot_burst score>20 -customer:C7'", AT(query), NULL,
	0, 0},
    [OPT_SORT] = {"sort", 0, VALUE_TEXT, "FIELD",
	"id, opened, last, score or peak; -FIELD: the greatest first", AT(sort),
	NULL, 0, 0},
    [OPT_FAIL_EMPTY] = {"fail-empty", 0, VALUE_FLAG, NULL,
	"exit 3 when nothing is found", AT(fail_empty), NULL, 0, 0},
    [OPT_COLOR] = {"color", 0, VALUE_TEXT, "WHEN", "auto, always or never",
	AT(color), NULL, 0, 0},
    [OPT_NO_PAGER] = {"no-pager", 0, VALUE_FLAG, NULL,
	"straight to the terminal", AT(no_pager), NULL, 0, 0},
    [OPT_VERBOSE] = {"verbose", 'v', VALUE_FLAG, NULL,
	"say on standard error how times were read", AT(verbose), NULL, 0, 0},
    [OPT_DRY_RUN] = {"dry-run", 'n', VALUE_FLAG, NULL,
	"say what would be done, and do nothing", AT(dry_run), NULL, 0, 0},
    [OPT_YES] = {"yes", 'y', VALUE_FLAG, NULL,
	"also when it is more than the cap of one command", AT(yes), NULL, 0,
	0},
    [OPT_TICKET] = {"ticket", 0, VALUE_TEXT, "ID",
	"number of the case elsewhere; kept with the reason", AT(ticket), NULL,
	0, 0},
    [OPT_DIFF] = {"diff", 0, VALUE_TEXT, "FILE",
	"only what differs from FILE; exit 1 when something does", AT(diff),
	NULL, 0, 0},
    [OPT_EXPORT] = {"format", 0, VALUE_TEXT, "FORM",
	"nft, ipset, plain, csv, json, exabgp, gobgp, bird or radreply",
	AT(export_format), NULL, 0, 0},
    [OPT_WATCH] = {"watch", 'w', VALUE_FLAG, NULL,
	"again every 2 s, until interrupted", AT(watch), NULL, 0, 0},
    [OPT_OPERATOR] = {"operator", 0, VALUE_TEXT, "NAME",
	"who acts, for the audit log, instead of the login", AT(operator), NULL,
	0, 0},
    [OPT_BY] = {"operator", 0, VALUE_TEXT, "NAME", "only of this operator",
	AT(operator), NULL, 0, 0},
    [OPT_CURSOR] = {"cursor", 0, VALUE_TEXT, "X", "go on where a list ended",
	AT(cursor), NULL, 0, 0},
    [OPT_VERB] = {"verb", 0, VALUE_TEXT, "VERB", "only of this verb, as block",
	AT(verb), NULL, 0, 0},
    [OPT_OBJECT] = {"object", 0, VALUE_TEXT, "ID",
	"only about this customer, incident, ...", AT(object), NULL, 0, 0},
    [OPT_OFF] = {"off", 0, VALUE_FLAG, NULL, "end it", AT(off), NULL, 0, 0},
    [OPT_MAILDIR] = {"maildir", 0, VALUE_TEXT, "DIR",
	"the mails in DIR/new; what is stored moves to DIR/cur", AT(maildir),
	NULL, 0, 0},
    [OPT_POLICY] = {"policy", 0, VALUE_TEXT, "CONF",
	"a configuration with the policy to try", AT(policy), NULL, 0, 0},
    [OPT_EXACT] = {"count", 0, VALUE_FLAG, NULL,
	"count to the end, however long that takes", AT(count), NULL, 0, 0},
    [OPT_WHOSE] = {"ip", 0, VALUE_TEXT, "ADDRESS",
	"only of who had this address or prefix then", AT(ip), NULL, 0, 0},
    [OPT_DOMAIN] = {"domain", 0, VALUE_TEXT, "NAME",
	"only with senders of this domain, or below it", AT(domain), NULL, 0,
	0},
    [OPT_MIN_SCORE] = {"min-score", 0, VALUE_TEXT, "N",
	"only with at least this score", AT(min_score), NULL, 0, 0},
    [OPT_LETTER] = {"case", 0, VALUE_WORD, "CASE",
	"this letter, instead of the one that suits the incident", AT(letter),
	word_letter, 0, LETTER_CASE_COUNT},
    [OPT_LETTER_FORM] = {"format", 0, VALUE_WORD, "FORM",
	"text (the default), or mail for a spool folder or sendmail -t",
	AT(letter_form), word_form, 0, 2},
    [OPT_LANG] = {"lang", 0, VALUE_TEXT, "LANGUAGE",
	"ja or en, instead of the customer's", AT(lang), NULL, 0, 0},
    [OPT_TO] = {"to", 0, VALUE_TEXT, "ADDRESS",
	"mail address, instead of the customer's contact", AT(to), NULL, 0, 0},
    [OPT_STEP] = {"step", 0, VALUE_TEXT, "N", "rows of one transaction (2000)",
	AT(step), NULL, 0, 0},
    [OPT_KEY_FILE] = {"key-file", 0, VALUE_TEXT, "FILE",
	"key of the pseudonyms, for more copies with the same; else a random "
	"one that nobody keeps",
	AT(key_file), NULL, 0, 0},
    [OPT_PUBLIC] = {"public", 0, VALUE_FLAG, NULL,
	"the version for outside: no customer, no small count", AT(outside),
	NULL, 0, 0},
    [OPT_MAIL] = {"mail", 0, VALUE_FLAG, NULL,
	"send it as report { mail_to } says, once for a day; what failed, too",
	AT(mail), NULL, 0, 0},
    [OPT_RESEND] = {"resend", 0, VALUE_FLAG, NULL,
	"send it, whether it was sent or not", AT(resend), NULL, 0, 0},
    [OPT_COUNTER] = {"counter", 0, VALUE_TEXT, "NAME",
	"only this counter, of the UTC days from --since to --until in all",
	AT(counter), NULL, 0, 0},
    [OPT_SCOPE] = {"scope", 0, VALUE_TEXT, "A,B",
	"what it may do, as incidents:read,decisions:read; admin is all",
	AT(scopes), NULL, 0, 0},
    [OPT_CIDR] = {"cidr", 0, VALUE_TEXT, "PREFIX",
	"holds only from these addresses", AT(cidr), NULL, 0, 0},
    [OPT_CROWDSEC] = {"crowdsec", 0, VALUE_FLAG, NULL,
	"a key for a bouncer of CrowdSec", AT(crowdsec), NULL, 0, 0},
    [OPT_SERVE] = {"serve", 0, VALUE_FLAG, NULL,
	"the HTTP API and the console, too, as section serve says", AT(serve),
	NULL, 0, 0},
    [OPT_HELP] = {"help", 'h', VALUE_NONE, NULL, "this text", 0, NULL, 0, 0},
};

#define FIELD(c, d, type) ((type *)(void *)((char *)(c) + (d)->offset))

/* --- values --------------------------------------------------------- */

static int bad_word(
    const struct option_def *d, const char *text, char *why, size_t size)
{
	size_t least = SIZE_MAX;
	int best = d->first;

	for (int v = d->first; v < d->count; v++) {
		size_t n = nearest_distance(text, d->word(v));

		if (n < least) {
			least = n;
			best = v;
		}
	}
	snprintf(why, size, "--%s %.60s: there is no such value; nearest: %s",
	    d->name, text, d->word(best));
	return -1;
}

static int set_word(struct cli *c, const struct option_def *d, const char *text,
    char *why, size_t size)
{
	for (int v = d->first; v < d->count; v++) {
		if (strcmp(text, d->word(v)) != 0)
			continue;
		if (d->type == VALUE_FORMAT) {
			c->format = (enum out_format)v;
			c->format_given = true;
		} else {
			*FIELD(c, d, int) = v;
		}
		return 0;
	}
	if (d == &defs[OPT_STATE] && strcmp(text, "ack") == 0) {
		c->state = INCIDENT_ACKNOWLEDGED;
		return 0;
	}
	if (d == &defs[OPT_STATE] && strcmp(text, "fp") == 0) {
		c->state = INCIDENT_CLOSED;
		c->false_positives = true;
		return 0;
	}
	return bad_word(d, text, why, size);
}

/* Digits only, at most max. */
static int parse_number(const char *text, int64_t max, int64_t *n)
{
	char *end;
	long long v;

	if (*text < '0' || *text > '9' || strlen(text) > 18)
		return -1;
	v = strtoll(text, &end, 10);
	if (*end != '\0' || v > max)
		return -1;
	*n = v;
	return 0;
}

bool option_local_times(const struct cli *c)
{
	const char *zone = getenv("TZ");

	return !c->utc && zone && *zone != '\0';
}

static int set_value(struct cli *c, const struct option_def *d,
    const char *text, char *why, size_t size)
{
	int64_t n = 0;

	switch (d->type) {
	case VALUE_NONE:
		return 0;
	case VALUE_FLAG:
		*FIELD(c, d, bool) = true;
		return 0;
	case VALUE_TEXT:
		/* Of two filters, none may be dropped without a word. */
		if (d == &defs[OPT_QUERY] && c->query) {
			snprintf(why, size,
			    "--query is given twice: write both as one");
			return -1;
		}
		*FIELD(c, d, const char *) = text;
		return 0;
	case VALUE_WORD:
	case VALUE_FORMAT:
		return set_word(c, d, text, why, size);
	case VALUE_TIME:
		if (clock_parse_in(FIELD(c, d, int64_t), text, c->now_us,
			option_local_times(c)) == 0)
			return 0;
		snprintf(why, size,
		    "--%s %.60s: no time; give one such as "
		    "2026-11-24T08:00:00Z, \"2026-11-24 08:00\", today, -2h",
		    d->name, text);
		return -1;
	case VALUE_LIMIT:
		if (parse_number(text, INT64_MAX, &c->limit) == 0)
			return 0;
		snprintf(why, size,
		    "--limit %.60s: give a number of rows, or 0 for all", text);
		return -1;
	case VALUE_CASE:
		if (parse_number(text, 4, &n) == 0 && n > 0) {
			c->traffic_case = (int)n;
			return 0;
		}
		snprintf(why, size, "--case %.60s: give 1, 2, 3 or 4", text);
		return -1;
	}
	return -1;
}

/* --- the line ------------------------------------------------------- */

struct getopt_table {
	struct option longs[OPT_COUNT + 1];
	char shorts[2 * OPT_COUNT + 2];
};

static void make_table(struct getopt_table *t, option_set mask)
{
	size_t n = 0, at = 0;

	t->shorts[at++] = ':';
	for (int id = 0; id < OPT_COUNT; id++) {
		const struct option_def *d = &defs[id];

		if (!(mask & ((option_set)1 << id)))
			continue;
		t->longs[n++] = (struct option){d->name,
		    d->arg ? required_argument : no_argument, NULL, 256 + id};
		if (!d->letter)
			continue;
		t->shorts[at++] = d->letter;
		if (d->arg)
			t->shorts[at++] = ':';
	}
	t->shorts[at] = '\0';
	memset(&t->longs[n], 0, sizeof(t->longs[n]));
}

static const struct option_def *find_def(option_set mask, int ch)
{
	for (int id = 0; id < OPT_COUNT; id++)
		if (mask & ((option_set)1 << id) &&
		    (ch == 256 + id || (defs[id].letter == ch)))
			return &defs[id];
	return NULL;
}

static int unknown_option(
    option_set mask, const char *given, char *why, size_t size)
{
	const char *best = "help", *name = given + strspn(given, "-");
	char word[64];
	size_t least = SIZE_MAX;

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, "="), name);
	for (int id = 0; id < OPT_COUNT; id++) {
		size_t n;

		if (!(mask & ((option_set)1 << id)))
			continue;
		n = nearest_distance(word, defs[id].name);
		if (n < least) {
			least = n;
			best = defs[id].name;
		}
	}
	snprintf(why, size, "%.60s: no such option here; nearest: --%s", given,
	    best);
	return -1;
}

int option_parse(struct cli *c, option_set mask, int argc, char **argv,
    int first, char *why, size_t size)
{
	struct getopt_table t;
	int ch, n = argc - first + 1;
	char **v = argv + first - 1;
	bool help = false;

	/* Before any time is read. */
	for (int i = first; i < argc; i++)
		c->utc |= strcmp(argv[i], "--utc") == 0;
	make_table(&t, mask);
	optind = 0; /* begin anew; glibc forgets its last argv, too */
	opterr = 0;
	while ((ch = getopt_long(n, v, t.shorts, t.longs, NULL)) != -1) {
		const struct option_def *d;

		if (ch == ':') {
			snprintf(why, size, "%.60s: its value is missing",
			    v[optind - 1]);
			return -1;
		}
		if (ch == '?') {
			char given[3] = {'-', (char)optopt, '\0'};

			return unknown_option(mask,
			    optopt > 0 && optopt < 256 ? given : v[optind - 1],
			    why, size);
		}
		d = find_def(mask, ch);
		if (!d || set_value(c, d, optarg, why, size) != 0)
			return -1;
		help |= d == &defs[OPT_HELP];
	}
	c->args = v + optind;
	c->n_args = n - optind;
	return help ? 1 : 0;
}

void option_help(option_set mask, FILE *out)
{
	for (int id = 0; id < OPT_COUNT; id++) {
		const struct option_def *d = &defs[id];
		char text[64], letter[8] = "    ";

		if (!(mask & ((option_set)1 << id)))
			continue;
		if (d->letter)
			snprintf(letter, sizeof(letter), "-%c, ", d->letter);
		snprintf(text, sizeof(text), "%s--%s %s", letter, d->name,
		    d->arg ? d->arg : "");
		fprintf(out, "  %-22s %s\n", text, d->help);
	}
}

/* --- completion ----------------------------------------------------- */

int option_with_value(option_set mask, const char *option)
{
	for (int id = 0; id < OPT_COUNT; id++) {
		const struct option_def *d = &defs[id];
		const char letter[3] = {'-', d->letter, '\0'};

		if (mask & ((option_set)1 << id) && d->arg &&
		    ((strncmp(option, "--", 2) == 0 &&
			 strcmp(option + 2, d->name) == 0) ||
			(d->letter && strcmp(option, letter) == 0)))
			return id;
	}
	return -1;
}

void option_offer(option_set mask,
    void (*offer)(void *, const char *, const char *), void *arg)
{
	for (int id = 0; id < OPT_COUNT; id++) {
		char text[64];

		if (!(mask & ((option_set)1 << id)))
			continue;
		snprintf(text, sizeof(text), "--%s", defs[id].name);
		offer(arg, text, defs[id].help);
	}
}

void option_offer_values(
    int id, void (*offer)(void *, const char *, const char *), void *arg)
{
	for (int v = defs[id].first; defs[id].word && v < defs[id].count; v++)
		offer(arg, defs[id].word(v), defs[id].name);
}

enum out_format option_peek_format(int argc, char **argv)
{
	for (int i = 1; i < argc && argv[i]; i++) {
		const char *value = NULL;
		int v;

		if ((strcmp(argv[i], "-o") == 0 ||
			strcmp(argv[i], "--output") == 0) &&
		    i + 1 < argc)
			value = argv[i + 1];
		else if (strncmp(argv[i], "-o", 2) == 0)
			value = argv[i] + 2;
		else if (strncmp(argv[i], "--output=", 9) == 0)
			value = argv[i] + 9;
		v = value ? out_format_parse(value) : -1;
		if (v >= 0)
			return (enum out_format)v;
	}
	return OUT_TABLE;
}
