/* SPDX-License-Identifier: Apache-2.0 */
/* What a shell may offer for a line that is being typed: sekisho __complete
 * WORD..., the last one unfinished. A candidate a line, a tab, what it is. */
#include "reports/cli/complete.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "reports/cli/option.h"
#include "reports/cli/verb.h"
#include "store/read.h"

#define WAIT_US   200000 /* a shell that hangs is worse than one that is dumb */
#define IDS_SHOWN 50

struct offer {
	FILE *out;
	const char *begun;
	size_t len;
};

static void offer(const struct offer *o, const char *word, const char *what)
{
	if (strncmp(word, o->begun, o->len) == 0)
		fprintf(o->out, "%s\t%s\n", word, what);
}

static void too_late(int sig)
{
	(void)sig;
	_exit(0);
}

static void limit_time(long wait_us)
{
	const struct itimerval limit = {.it_value = {.tv_usec = wait_us}};

	(void)signal(SIGALRM, wait_us > 0 ? too_late : SIG_DFL);
	(void)setitimer(ITIMER_REAL, &limit, NULL);
}

static int offer_incident(void *arg, const struct incident *i)
{
	char id[24];

	snprintf(id, sizeof(id), "I%" PRId64, i->id);
	offer(arg, id, i->customer);
	return 0;
}

static int offer_decision(void *arg, const struct decision *d)
{
	char id[24];

	snprintf(id, sizeof(id), "D%" PRId64, d->seq);
	offer(arg, id, d->customer);
	return 0;
}

static int offer_customer(void *arg, const struct incident *i)
{
	offer(arg, i->customer, incident_kind_name(i->kind));
	return 0;
}

static bool has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* Names of the moment: of what is newest. Whatever fails, nothing is said. */
static void offer_ids(
    const struct offer *o, struct cli *c, const struct verb *v)
{
	struct incident_page newest = {
	    .range = {.state = -1, .kind = -1, .limit = IDS_SHOWN},
	    .sort = INCIDENT_BY_LAST,
	    .descending = true};
	bool decisions = strcmp(v->noun, "decision") == 0;
	bool both = strcmp(v->noun, "explain") == 0;
	int64_t none, last = 0;

	if (cli_need_db(c, DB_READ) != CLI_OK)
		return;
	if (has(v->args, "TARGET") || has(v->args, "CUSTOMER")) {
		(void)read_incident_page(
		    c->db, &newest, offer_customer, (void *)o);
		return;
	}
	if (!has(v->args, "ID"))
		return;
	if (!decisions)
		(void)read_incident_page(
		    c->db, &newest, offer_incident, (void *)o);
	if ((decisions || both) &&
	    read_last_numbers(c->db, &none, &none, &none, &last) == 0)
		(void)read_decisions_after(
		    c->db, last - IDS_SHOWN, offer_decision, (void *)o);
}

static void offer_verbs(const struct offer *o, const char *noun)
{
	size_t n;
	const struct verb *v = verb_table(&n);

	for (size_t i = 0; i < n; i++) {
		if (noun && v[i].verb && strcmp(v[i].noun, noun) == 0)
			offer(o, v[i].verb, v[i].what);
		if (noun || (i > 0 && strcmp(v[i - 1].noun, v[i].noun) == 0))
			continue;
		offer(o, v[i].noun, v[i].verb ? "..." : v[i].what);
	}
	if (noun)
		return;
	offer(o, "version", "print the version");
	offer(o, "help", "how it is used");
}

static const struct verb *verb_of(int n, char **words, int *used)
{
	size_t count;
	const struct verb *v = verb_table(&count);

	for (size_t i = 0; n > 0 && i < count; i++) {
		*used = v[i].verb ? 2 : 1;
		if (strcmp(words[0], v[i].noun) == 0 &&
		    (!v[i].verb || (n > 1 && strcmp(words[1], v[i].verb) == 0)))
			return &v[i];
	}
	return NULL;
}

int complete_words(struct cli *c, int n, char **words)
{
	struct offer o = {.out = c->out, .begun = n > 0 ? words[n - 1] : ""};
	const struct verb *v;
	int used = 0;

	o.len = strlen(o.begun);
	v = verb_of(n - 1, words, &used);
	if (n <= 1) {
		offer_verbs(&o, NULL);
	} else if (n == 2) {
		offer_verbs(&o, words[0]);
	}
	if (n > 1 && v) {
		for (int i = used; i + 1 < n - 1; i++) {
			if (strcmp(words[i], "--db") == 0)
				c->db_path = words[i + 1];
			if (strcmp(words[i], "-c") == 0 ||
			    strcmp(words[i], "--config") == 0)
				c->config = words[i + 1];
		}
		if (n - 1 > used && option_offer_values(v->options,
					words[n - 2], o.begun, c->out))
			return CLI_OK;
		if (*o.begun == '-') {
			option_offer(v->options, o.begun, c->out);
		} else {
			limit_time(WAIT_US);
			offer_ids(&o, c, v);
			limit_time(0);
		}
	}
	return CLI_OK;
}
