/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/novelty.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/detect/keyset.h"
#include "base/clock.h"

#define BITS      (64 * NOVELTY_WORDS)
#define COUNT_MAX 1024 /* all bits are set long before */
#define RCPTS_MAX 1000 /* of one row */

struct rule {
	int64_t least, weight_milli;
	const char *words; /* behind the count */
};

static struct rule rule_of(const struct conf *c, enum novelty_feature f)
{
	switch (f) {
	case NOVELTY_DOMAINS:
		return (struct rule){c->novelty_domains,
		    c->novelty_domains_milli, " new destination domains"};
	case NOVELTY_HELOS:
		return (struct rule){
		    c->novelty_helos, c->novelty_helos_milli, " HELO names"};
	case NOVELTY_SENDERS:
		return (struct rule){c->novelty_senders,
		    c->novelty_senders_milli, " sender domains"};
	case NOVELTY_UNKNOWN:
		return (struct rule){c->novelty_unknown_percent,
		    c->novelty_unknown_milli, " % unknown recipients"};
	case NOVELTY_FEATURES:
		break;
	}
	return (struct rule){0};
}

bool novelty_is_on(const struct policy *p)
{
	const struct conf *c = p->conf;

	return c->novelty_domains_milli != 0 || c->novelty_helos_milli != 0 ||
	       c->novelty_senders_milli != 0 || c->novelty_unknown_milli != 0;
}

static void roll(struct novelty *n, int64_t day)
{
	if (day == n->day)
		return;
	for (int f = 0; f < NOVELTY_UNKNOWN; f++) {
		struct novelty_names *s = &n->names[f];

		if (day == n->day + 1)
			memcpy(s->before, s->now, sizeof(s->before));
		else
			memset(s->before, 0, sizeof(s->before));
		memset(s->now, 0, sizeof(s->now));
	}
	n->rcpts_before = day == n->day + 1 ? n->rcpts : 0;
	n->unknown_before = day == n->day + 1 ? n->unknown : 0;
	n->rcpts = n->unknown = 0;
	n->day = day;
}

static void add_name(
    struct novelty *n, enum novelty_feature f, const char *name, size_t len)
{
	uint32_t at;

	if (len == 0)
		return;
	at = (uint32_t)(key_of_name(name, len) >> 32) % BITS;
	n->names[f].now[at / 64] |= UINT64_C(1) << at % 64;
}

static void add_domains(struct novelty *n, const char *at)
{
	while (*at != '\0') {
		size_t len = strcspn(at, " ");

		add_name(n, NOVELTY_DOMAINS, at, len);
		at += len + (at[len] == ' ');
	}
}

static uint32_t bounded(int v)
{
	if (v < 0)
		return 0;
	return v < RCPTS_MAX ? (uint32_t)v : RCPTS_MAX;
}

static void add_rcpts(struct novelty *n, const struct observation *o)
{
	uint32_t rcpts = bounded(o->rcpt_count);
	uint32_t unknown = bounded(o->unknown_users);

	if (n->rcpts > UINT32_MAX / 2)
		return;
	n->rcpts += rcpts;
	n->unknown += unknown < rcpts ? unknown : rcpts;
}

int novelty_note(
    struct novelty **n, const struct observation *o, int64_t now_us)
{
	if (o->kind != OBS_TRANSACTION && o->kind != OBS_CLOSE)
		return 0;
	if (*n == NULL && (*n = calloc(1, sizeof(**n))) == NULL)
		return -1;
	roll(*n, now_us / US_PER_DAY);
	add_name(*n, NOVELTY_HELOS, o->helo, strlen(o->helo));
	if (o->kind != OBS_TRANSACTION)
		return 0;
	add_name(*n, NOVELTY_SENDERS, o->mail_from, strlen(o->mail_from));
	add_domains(*n, o->rcpt_domains);
	add_rcpts(*n, o);
	return 0;
}

/* The least number of names that sets so many bits on average; in whole
 * numbers, the same on every machine. */
static int64_t names_of(unsigned int bits)
{
	int64_t unset = (int64_t)BITS << 32, names = 0;
	int64_t want = (int64_t)(BITS - bits) << 32;

	/* Half a bit nearer is near enough. */
	while (unset - (INT64_C(1) << 31) > want && names < COUNT_MAX) {
		unset -= unset / BITS;
		names++;
	}
	return names;
}

static int64_t share(const struct novelty *n)
{
	int64_t rcpts = (int64_t)n->rcpts + n->rcpts_before;
	int64_t unknown = (int64_t)n->unknown + n->unknown_before;

	return rcpts < NOVELTY_RCPT_MIN ? 0 : unknown * 100 / rcpts;
}

int64_t novelty_count(const struct novelty *n, enum novelty_feature f)
{
	const struct novelty_names *s;
	unsigned int bits = 0;

	if (f == NOVELTY_UNKNOWN)
		return share(n);
	s = &n->names[f];
	for (int i = 0; i < NOVELTY_WORDS; i++)
		bits += (unsigned int)__builtin_popcountll(
		    f == NOVELTY_DOMAINS ? s->now[i] & ~s->before[i]
					 : s->now[i] | s->before[i]);
	return names_of(bits);
}

int32_t novelty_weight(const struct novelty *n, const struct policy *p,
    char words[static ROW_NOVELTY_LEN])
{
	int64_t sum = 0;
	size_t len = 0;

	words[0] = '\0';
	for (int f = 0; n != NULL && f < NOVELTY_FEATURES; f++) {
		struct rule r = rule_of(p->conf, (enum novelty_feature)f);
		int64_t count;

		if (r.weight_milli == 0)
			continue;
		count = novelty_count(n, (enum novelty_feature)f);
		if (count < r.least)
			continue;
		sum += r.weight_milli;
		len += (size_t)snprintf(words + len, ROW_NOVELTY_LEN - len,
		    "%s%" PRId64 ".%03" PRId64 " for %" PRId64 "%s",
		    len > 0 ? ", " : "", r.weight_milli / 1000,
		    r.weight_milli % 1000, count, r.words);
	}
	return (int32_t)sum;
}

bool novelty_is_over(const struct novelty *n, int64_t now_us)
{
	return n == NULL || now_us / US_PER_DAY > n->day + 1;
}
