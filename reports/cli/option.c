/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"
#include "reports/cli/option.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/vocab.h"
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

#define AT(field) offsetof(struct cli, field)

static const struct option_def defs[OPT_COUNT] = {
    [OPT_CONFIG] = {"config", 'c', VALUE_TEXT, "CONF",
	"configuration file, see sekisho.conf(5)", AT(config), NULL, 0, 0},
    [OPT_DB] = {"db", 0, VALUE_TEXT, "DB",
	"database instead of the configured one", AT(db_path), NULL, 0, 0},
    [OPT_FORMAT] = {"output", 'o', VALUE_FORMAT, "FORMAT",
	"table, json, jsonl or csv", AT(format), word_format, 0,
	OUT_FORMAT_COUNT},
    [OPT_UTC] = {"utc", 0, VALUE_NONE, NULL, "times in UTC, as always", 0, NULL,
	0, 0},
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
	"only open, acknowledged or closed ones", AT(state),
	word_incident_state, 0, INCIDENT_STATE_COUNT},
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
    [OPT_DATE] = {"date", 0, VALUE_TEXT, "DATE", "the day in UTC: 2026-11-24",
	AT(date), NULL, 0, 0},
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
    [OPT_ALL] = {"all", 0, VALUE_FLAG, NULL, "all that are dead", AT(all), NULL,
	0, 0},
    [OPT_OFF] = {"off", 0, VALUE_FLAG, NULL, "end it", AT(off), NULL, 0, 0},
    [OPT_YES] = {"yes", 0, VALUE_FLAG, NULL, "it is meant", AT(yes), NULL, 0,
	0},
    [OPT_HELP] = {"help", 'h', VALUE_NONE, NULL, "this text", 0, NULL, 0, 0},
};

#define FIELD(c, d, type) ((type *)(void *)((char *)(c) + (d)->offset))

/* --- values ---------------------------------------------------------------
 */

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
		if (d->type == VALUE_FORMAT)
			c->format = (enum out_format)v;
		else
			*FIELD(c, d, int) = v;
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
		*FIELD(c, d, const char *) = text;
		return 0;
	case VALUE_WORD:
	case VALUE_FORMAT:
		return set_word(c, d, text, why, size);
	case VALUE_TIME:
		if (clock_parse(FIELD(c, d, int64_t), text, c->now_us) == 0)
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

/* --- the line ---------------------------------------------------------------
 */

struct getopt_table {
	struct option longs[OPT_COUNT + 1];
	char shorts[2 * OPT_COUNT + 2];
};

static void make_table(struct getopt_table *t, uint64_t mask)
{
	size_t n = 0, at = 0;

	t->shorts[at++] = ':';
	for (int id = 0; id < OPT_COUNT; id++) {
		const struct option_def *d = &defs[id];

		if (!(mask & (UINT64_C(1) << id)))
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

static const struct option_def *find_def(uint64_t mask, int ch)
{
	for (int id = 0; id < OPT_COUNT; id++)
		if (mask & (UINT64_C(1) << id) &&
		    (ch == 256 + id || (defs[id].letter == ch)))
			return &defs[id];
	return NULL;
}

static int unknown_option(
    uint64_t mask, const char *given, char *why, size_t size)
{
	const char *best = "help", *name = given + strspn(given, "-");
	char word[64];
	size_t least = SIZE_MAX;

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, "="), name);
	for (int id = 0; id < OPT_COUNT; id++) {
		size_t n;

		if (!(mask & (UINT64_C(1) << id)))
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

int option_parse(struct cli *c, uint64_t mask, int argc, char **argv, int first,
    char *why, size_t size)
{
	struct getopt_table t;
	int ch, n = argc - first + 1;
	char **v = argv + first - 1;
	bool help = false;

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

void option_help(uint64_t mask, FILE *out)
{
	for (int id = 0; id < OPT_COUNT; id++) {
		const struct option_def *d = &defs[id];
		char text[64], letter[8] = "    ";

		if (!(mask & (UINT64_C(1) << id)))
			continue;
		if (d->letter)
			snprintf(letter, sizeof(letter), "-%c, ", d->letter);
		snprintf(text, sizeof(text), "%s--%s %s", letter, d->name,
		    d->arg ? d->arg : "");
		fprintf(out, "  %-22s %s\n", text, d->help);
	}
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
