/* SPDX-License-Identifier: Apache-2.0 */
/* What a shell may offer for a line that is being typed: sekisho __complete
 * WORD..., the last one unfinished. A candidate a line, a tab, what it is. */
#include "reports/cli/complete.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "reports/cli/complete_names.h"
#include "reports/cli/option.h"
#include "reports/out/text.h"

#define WAIT_US 200000 /* a shell that hangs is worse than one that is dumb */

struct offer {
	FILE *out;
	const char *begun; /* of the word, or of its value */
	size_t len;
	/* "--state=": stands before what is offered */
	const char *before;
	int n_before;
};

static void offer(const struct offer *o, const char *word, const char *what)
{
	if (strncmp(word, o->begun, o->len) == 0)
		fprintf(
		    o->out, "%.*s%s\t%s\n", o->n_before, o->before, word, what);
}

/* Whatever its customers' names are, a shell gets words that it need not
 * quote. */
static void offer_name(void *arg, const char *word, const char *what)
{
	char safe[256];

	for (const char *p = word; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f ||
		    strchr("'\"\\`$;&|<>()*?[]~!{}", *p))
			return;
	offer(arg, word, text_safe(what, safe, sizeof(safe)));
}

static void offer_word(void *arg, const char *word, const char *what)
{
	offer(arg, word, what);
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
	if (!noun)
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

/* Which database, of which configuration. */
static void take_store(struct cli *c, const char *option, const char *value)
{
	if (strcmp(option, "--db") == 0)
		c->db_path = value;
	if (strcmp(option, "-c") == 0 || strcmp(option, "--config") == 0)
		c->config = value;
}

/* What stands before the word: the store's options are taken; *option is the
 * one whose value is being typed, NULL: none. How many arguments there are. */
static int read_before(struct cli *c, const struct verb *v, int n, char **words,
    const char **option)
{
	int args = 0;

	*option = NULL;
	for (int i = 0; i < n; i++) {
		const char *w = words[i];

		if (*w != '-' || w[1] == '\0')
			args++;
		else if (strncmp(w, "--db=", 5) == 0)
			take_store(c, "--db", w + 5);
		else if (strncmp(w, "--config=", 9) == 0)
			take_store(c, "-c", w + 9);
		else if (option_with_value(v->options, w) < 0)
			continue;
		else if (++i >= n)
			*option = w;
		else
			take_store(c, w, words[i]);
	}
	return args;
}

/* Values of texts that are worth offering. */
static const struct {
	int id;
	const char *words;
} offered[] = {
    {OPT_AS, "fp fixed duplicate"},
    {OPT_CASE, "1 2 3 4"},
    {OPT_COLOR, "auto always never"},
    {OPT_DATE, "today yesterday"},
    {OPT_DELIVERY_STATE, "pending done dead"},
    {OPT_EXPORT, "nft ipset plain csv json exabgp gobgp bird radreply"},
    {OPT_FILE_FORMAT, "lines kea4 kea6 dhcpd dhcpd6"},
    {OPT_LANG, "ja en"},
    {OPT_SCOPE, "incidents:read incidents:write decisions:read "
		"decisions:write export:read metrics:read audit:read admin"},
    {OPT_SINCE, "-1h -24h -7d today yesterday"},
    {OPT_SORT, "id opened last score peak -id -opened -last -score -peak"},
    {OPT_STATE, "ack fp"},
    {OPT_TTL, "10m 1h 24h 7d permanent"},
};

static void offer_words(const struct offer *o, int id, const char *what)
{
	for (size_t i = 0; i < sizeof(offered) / sizeof(offered[0]); i++) {
		const char *w = offered[i].words;

		while (offered[i].id == id && *w != '\0') {
			size_t n = strcspn(w, " ");
			char word[32];

			snprintf(word, sizeof(word), "%.*s", (int)n, w);
			offer(o, word, what);
			w += n + (w[n] == ' ');
		}
	}
}

static void offer_value(
    struct offer *o, struct cli *c, const struct verb *v, const char *option)
{
	int id = option_with_value(v->options, option);

	if (id < 0)
		return;
	option_offer_values(id, offer_word, o);
	offer_words(o, id, option + strspn(option, "-"));
	limit_time(WAIT_US);
	complete_option_names(c, option, offer_name, o);
	limit_time(0);
}

static void offer_rest(
    struct offer *o, struct cli *c, const struct verb *v, int n, char **words)
{
	const char *option, *equals = strchr(o->begun, '=');
	int args = read_before(c, v, n, words, &option);
	char name[64];

	if (!option && strncmp(o->begun, "--", 2) == 0 && equals) {
		o->before = o->begun;
		o->n_before = (int)(equals + 1 - o->begun);
		snprintf(name, sizeof(name), "%.*s", o->n_before - 1, o->begun);
		option = name;
		o->begun = equals + 1;
		o->len = strlen(o->begun);
	}
	if (option) {
		offer_value(o, c, v, option);
	} else if (*o->begun == '-') {
		option_offer(v->options, offer_word, o);
	} else {
		limit_time(WAIT_US);
		complete_names(c, v, args, offer_name, o);
		limit_time(0);
	}
}

int complete_words(struct cli *c, int n, char **words)
{
	struct offer o = {
	    .out = c->out, .begun = n > 0 ? words[n - 1] : "", .before = ""};
	const struct verb *v;
	int used = 0;

	if (n > 1 && strcmp(words[0], "help") == 0)
		return complete_words(c, n - 1, words + 1);
	o.len = strlen(o.begun);
	v = verb_of(n - 1, words, &used);
	if (n <= 1)
		offer_verbs(&o, NULL);
	else if (n == 2)
		offer_verbs(&o, words[0]);
	if (n > 1 && v)
		offer_rest(&o, c, v, n - 1 - used, words + used);
	return CLI_OK;
}
