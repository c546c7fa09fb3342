/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "reports/nightly/classes.h"
#include "reports/nightly/form.h"
#include "reports/nightly/page.h"
#include "reports/out/text.h"

static const char *hour(int64_t ts_us, char buf[static CLOCK_STRLEN])
{
	clock_format(ts_us, buf);
	memcpy(buf + 16, "Z", 2);
	return buf;
}

static bool has_median(enum night_number number)
{
	return number != NIGHT_SUBSCRIBERS && number != NIGHT_OPEN &&
	       number != NIGHT_IN_FORCE;
}

/* --- the sections --------------------------------------------------- */

static void print_coverage(const struct night *n, FILE *f)
{
	int64_t s = night_counter(n, "capture_seconds");
	char words[256];

	page_head(f, "2 Coverage");
	page_words(f, 2,
	    "%" PRId64 " h %02" PRId64 " min captured of 24 h "
	    "(taps together).",
	    s / 3600, s / 60 % 60);
	page_words(f, 2, "Privacy tier: %s. Legal basis: %s",
	    n->tier[0] ? n->tier : "not known",
	    n->basis[0] ? n->basis : "none given (needed above tier flow).");
	page_words(f, 2, "Mode: %s.", n->mode[0] ? n->mode : "not known");
	visibility_words(&n->visibility, words, sizeof(words));
	page_words(f, 2, "Mail to foreign servers on port 25: %s.", words);
	for (size_t i = 0; i < n->n_counters; i++)
		if (strncmp(n->counters[i].name, "case", 4) != 0)
			page_value(
			    f, n->counters[i].name, n->counters[i].value);
	if (n->n_counters == 0)
		page_words(f, 2, "No counters of this day are in the store.");
	page_command(f, "sekisho status --date %s", n->date);
}

static void print_numbers(const struct night *n, FILE *f)
{
	char command[NIGHT_COMMAND_BYTES];

	page_head(f, "3 Numbers");
	for (int i = 0; i < NIGHT_NUMBERS; i++) {
		int64_t median = night_median(n, i);

		page_value(f, night_number_name(i), n->numbers[i]);
		if (n->has_week && has_median(i))
			page_words(f, 4,
			    "7-day median %" PRId64 ", change %+" PRId64,
			    median, n->numbers[i] - median);
		page_command(f, "%s", night_command(n, i, command));
	}
}

static void print_cases(const struct night *n, FILE *f)
{
	static const char *const names[] = {
	    "1 own line to own server (allowed)",
	    "2 own line to another's server (OP25B)",
	    "3 from elsewhere to own server (SMTP AUTH)",
	    "4 from elsewhere to elsewhere (not ours)"};

	page_words(f, 2, "Mails by case:");
	for (int i = 0; i < 4; i++) {
		char key[] = {'c', 'a', 's', 'e', (char)('1' + i), '\0'};

		page_value(f, names[i], night_counter(n, key));
	}
	page_command(f, "sekisho status --date %s", n->date);
}

static void print_incident(const struct night_incident *i, FILE *f)
{
	char a[CLOCK_STRLEN], b[CLOCK_STRLEN];

	page_words(f, 2, "I%" PRId64 " %s, customer %s (%s line)", i->row.id,
	    incident_kind_name(i->row.kind), i->row.customer,
	    line_class_name(i->row.line_class));
	page_words(f, 4, "%s to %s, now %s", hour(i->row.opened_us, a),
	    hour(i->row.last_us, b), incident_state_name(i->row.state));
	page_words(f, 4, "%s", i->row.summary);
	page_words(f, 4, "Action: %s", i->does);
	page_command(f, "sekisho explain I%" PRId64, i->row.id);
}

static void print_incidents(const struct night *n, FILE *f)
{
	char command[NIGHT_COMMAND_BYTES];
	char since[CLOCK_STRLEN];

	page_head(f, "4 New incidents, and those open longest");
	for (size_t i = 0; i < n->n_incidents; i++)
		if (n->incidents[i].row.line_class != CLASS_WHOLESALE)
			print_incident(&n->incidents[i], f);
	if (n->n_incidents == 0)
		page_words(f, 2, "No new incident.");
	if (n->classes[CLASS_WHOLESALE].incidents > 0)
		page_words(f, 2,
		    "On lines of other providers (wholesale), for these to "
		    "act on:");
	for (size_t i = 0; i < n->n_incidents; i++)
		if (n->incidents[i].row.line_class == CLASS_WHOLESALE)
			print_incident(&n->incidents[i], f);
	page_command(f, "%s", night_command(n, NIGHT_OPENED, command));
	if (n->n_open > 0)
		page_words(f, 2, "Open longest at the end of the day:");
	for (size_t i = 0; i < n->n_open; i++)
		page_words(f, 4, "I%" PRId64 " %s %s since %s", n->open[i].id,
		    n->open[i].customer, incident_kind_name(n->open[i].kind),
		    hour(n->open[i].opened_us, since));
	page_command(f, "%s", night_command(n, NIGHT_OPEN, command));
}

static void print_enforcement(const struct night *n, FILE *f)
{
	page_head(f, "5 Enforcement");
	if (n->n_drivers == 0)
		page_words(f, 2, "No hook driver was told anything.");
	for (size_t i = 0; i < n->n_drivers; i++) {
		const struct night_driver *d = &n->drivers[i];

		page_words(f, 2,
		    "%s: %" PRId64 " delivered, %" PRId64 " pending, %" PRId64
		    " failed for good",
		    d->name, d->done, d->pending, d->dead);
		if (d->last_error[0] != '\0')
			page_words(f, 4, "last error: %s", d->last_error);
	}
	page_command(
	    f, "sekisho hook list --since %s --until %s", n->date, n->next);
}

static void print_domains(const struct night *n, FILE *f)
{
	page_head(f, "6 Spoofed domains (SPF fail, proved)");
	page_value(f, "mails with a forged sender domain", n->spoofed);
	page_command(f,
	    "sekisho observation list --since %s --until %s "
	    "-o csv | grep -c ,spoofed,",
	    n->date, n->next);
	if (strcmp(n->tier, "domains") != 0) {
		page_words(f, 2,
		    "Names are kept at privacy tier domains "
		    "only.");
		return;
	}
	for (size_t i = 0; i < n->n_domains; i++)
		page_words(f, 2,
		    "%s: %" PRId64 " mails, %" PRId64 " customer%s",
		    n->domains[i].name, n->domains[i].messages,
		    n->domains[i].customers,
		    n->domains[i].customers == 1 ? "" : "s");
	if (n->other_messages > 0)
		page_words(f, 2, "other: %" PRId64 " mails", n->other_messages);
	page_command(f,
	    "sekisho observation list --since %s --until %s "
	    "-o csv | grep ,spoofed, | cut -d, -f17 | sort | "
	    "uniq -c",
	    n->date, n->next);
}

static void print_advice(const struct night *n, FILE *f)
{
	page_head(f, "7 Advice for customers");
	page_value(
	    f, "customers who log in on a foreign port 25", n->misconfigured);
	page_words(f, 4, "They are to use port 587 (サブミッションポート).");
	page_command(f,
	    "sekisho incident list --since %s --until %s --opened --kind "
	    "misconfigured_client",
	    n->date, n->next);
	page_value(f, "mails over the size limit", n->oversize);
	page_words(f, 4, "of %" PRId64 " customer%s", n->oversize_customers,
	    n->oversize_customers == 1 ? "" : "s");
	page_command(f,
	    "sekisho observation list --since %s --until %s --label oversize",
	    n->date, n->next);
	page_value(f,
	    "mails through our servers that SPF of the sender refuses",
	    n->refusable);
	page_words(f, 4,
	    "of %" PRId64 " customer%s; their domains are to name our servers "
	    "(server_egress).",
	    n->refusable_customers, n->refusable_customers == 1 ? "" : "s");
	page_command(f,
	    "sekisho observation list --since %s --until %s --case 1 "
	    "-o csv | grep -c ,fail,",
	    n->date, n->next);
}

static void print_method(const struct night *n, FILE *f)
{
	page_head(f, "8 Method");
	page_words(f, 2, "The day is %s 00:00 to 24:00 UTC; all times are UTC.",
	    n->date);
	page_words(f, 2,
	    "Incidents and decisions follow from the observation log and the "
	    "policy; sekisho replay --verify DB computes them again.");
	page_words(f, 2,
	    "Domains with fewer than %d mails are summed as \"other\". "
	    "Commands take --db DB or -c CONF as this report did.",
	    NIGHT_SMALL);
	for (size_t i = 0; i < n->n_policies; i++)
		page_words(f, 2, "Policy hash: %s", n->policies[i]);
	if (n->n_policies == 0)
		page_words(f, 2, "Policy hash: none, nothing was decided.");
	page_command(f, "sekisho config show");
}

void night_print_text(const struct night *n, FILE *f)
{
	char verdict[512];

	night_verdict(n, verdict, sizeof(verdict));
	page_words(f, 0, "Sekisho nightly report %s%s%s", n->date,
	    n->provider[0] ? ", " : "", n->provider);
	page_head(f, "1 Verdict");
	page_words(f, 2, "%s", verdict);
	page_command(f, "sekisho report nightly --date %s --out DIR", n->date);
	print_coverage(n, f);
	print_numbers(n, f);
	print_cases(n, f);
	classes_print_text(n, f);
	print_incidents(n, f);
	print_enforcement(n, f);
	print_domains(n, f);
	print_advice(n, f);
	print_method(n, f);
}
