/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/recipe.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define RANGE RECIPE_RANGE
#define COUNT " -o ids | wc -l"

static const struct {
	const char *command, *screen, *query;
} recipes[NIGHT_NUMBERS] = {
    [NIGHT_SUBSCRIBERS] = {"sekisho observation list " RANGE
			   "--case 2 -o tsv --fields customer,server_port | "
			   "awk -F'\\t' 'NR > 1 && $2 == 25 && $1 != \"\" { "
			   "print $1 }' | sort -u | wc -l",
	"queue", ""},
    [NIGHT_OPENED] = {"sekisho incident list " RANGE "--opened" COUNT, "queue",
	"opened>=FROM opened<TO"},
    [NIGHT_CLOSED] = {"sekisho incident list " RANGE "--closed" COUNT, "queue",
	"closed>=FROM closed<TO"},
    [NIGHT_FALSE] = {"sekisho incident list " RANGE
		     "--closed -q closed_as:false_positive" COUNT,
	"queue", "closed>=FROM closed<TO closed_as:false_positive"},
    [NIGHT_OPEN] = {"sekisho incident list --open-at TO" COUNT, "queue",
	"opened<TO"},
    [NIGHT_BLOCKS] = {"sekisho decision list " RANGE "--cause detector" COUNT,
	"decisions", "cause:detector"},
    [NIGHT_REPEATS] = {"sekisho decision list " RANGE
		       "--cause detector --repeats" COUNT,
	"decisions", "cause:detector step>1"},
    [NIGHT_MANUAL_BLOCKS] = {"sekisho decision list " RANGE
			     "--cause manual --action block" COUNT,
	"decisions", "cause:manual action:block"},
    [NIGHT_MANUAL_ALLOWS] = {"sekisho decision list " RANGE
			     "--cause manual --action allow" COUNT,
	"decisions", "cause:manual action:allow"},
    [NIGHT_EXPIRED] = {"sekisho decision list " RANGE "--cause expired" COUNT,
	"decisions", "cause:expired"},
    [NIGHT_RELEASED] = {"sekisho decision list " RANGE "--cause released" COUNT,
	"decisions", "cause:released"},
    [NIGHT_IN_FORCE] = {"sekisho decision list --in-force --at TO "
			"--action block" COUNT,
	"decisions", "action:block"},
    [NIGHT_ALLOWED] = {"sekisho decision list --in-force --at TO "
		       "--action allow" COUNT,
	"decisions", "action:allow"},
    [NIGHT_NOTIFIED] = {RECIPE_NOTIFIED("TO") " | sort -u | wc -l", NULL, NULL},
};

struct text {
	char *buf;
	size_t size, at;
};

static void put(struct text *t, const char *s, size_t n)
{
	if (t->at + n >= t->size)
		return;
	memcpy(t->buf + t->at, s, n);
	t->at += n;
	t->buf[t->at] = '\0';
}

/* As one word of the shell. */
static void put_word(struct text *t, const char *s)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "._-:/";

	if (*s != '\0' && strspn(s, plain) == strlen(s)) {
		put(t, s, strlen(s));
		return;
	}
	put(t, "'", 1);
	for (; *s != '\0'; s++)
		put(t, *s == '\'' ? "'\\''" : s, *s == '\'' ? 4 : 1);
	put(t, "'", 1);
}

static void expand(
    struct text *t, const struct night *n, const char *s, const char *arg)
{
	while (*s != '\0') {
		if (strncmp(s, "FROM", 4) == 0) {
			put(t, n->since, strlen(n->since));
			s += 4;
		} else if (strncmp(s, "TO", 2) == 0) {
			put(t, n->until, strlen(n->until));
			s += 2;
		} else if (strncmp(s, "NEXT", 4) == 0) {
			put(t, n->next, strlen(n->next));
			s += 4;
		} else if (arg && strncmp(s, "ARG", 3) == 0) {
			put_word(t, arg);
			s += 3;
		} else {
			put(t, s++, 1);
		}
	}
}

/* RFC 3986 section 2.1. */
static void put_encoded(struct text *t, const char *s)
{
	char hex[4];

	for (; *s != '\0'; s++) {
		if (isalnum((unsigned char)*s) || strchr("-._~", *s)) {
			put(t, s, 1);
			continue;
		}
		snprintf(hex, sizeof(hex), "%%%02X", (unsigned char)*s);
		put(t, hex, 3);
	}
}

const struct doc_recipe *recipe(struct doc_recipe *r, const struct night *n,
    const char *command, const char *arg, const char *screen, const char *query)
{
	char plain[256] = "";
	struct text c = {r->command, sizeof(r->command), 0};
	struct text l = {r->link, sizeof(r->link), 0};
	struct text q = {plain, sizeof(plain), 0};

	r->command[0] = r->link[0] = '\0';
	if (command)
		expand(&c, n, command, arg);
	if (!screen)
		return r;
	put(&l, "#/", 2);
	put(&l, screen, strlen(screen));
	if (!query)
		return r;
	put(&l, "?from=", 6);
	put_encoded(&l, n->since);
	put(&l, "&to=", 4);
	put_encoded(&l, n->until);
	if (*query == '\0')
		return r;
	expand(&q, n, query, NULL);
	put(&l, "&q=", 3);
	put_encoded(&l, plain);
	return r;
}

const struct doc_recipe *recipe_number(
    struct doc_recipe *r, const struct night *n, enum night_number number)
{
	return recipe(r, n, recipes[number].command, NULL,
	    recipes[number].screen, recipes[number].query);
}
