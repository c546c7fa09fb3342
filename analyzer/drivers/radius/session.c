/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/radius/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/drivers/kit/order.h"
#include "base/log.h"

static const char mod[] = "driver-radius-coa";

/* --- memory that has to be there -------------------------------------------*/

static void *must(void *p)
{
	if (p == NULL)
		log_fatal(mod, "no memory");
	return p;
}

static FILE *text_open(char **text, size_t *n)
{
	return must(open_memstream(text, n));
}

static void text_close(FILE *f)
{
	if (fclose(f) != 0)
		log_fatal(mod, "no memory");
}

/* --- lines -----------------------------------------------------------------*/

/* radclient reads strings in quotes; nothing of a subscriber's name may end
 * one, or the line. */
static void write_escaped(FILE *f, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		fputc((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s, f);
	}
}

static bool is_word(const char **at, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*at, word, n) != 0)
		return false;
	*at += n;
	return true;
}

/* at stands on "%{". false: there is no such value. */
static bool write_value(FILE *f, const char **at, const struct nas_session *s,
    const struct nas_session_order *o)
{
	char addr[ADDR_STRLEN], prefix[PREFIX_STRLEN];

	if (is_word(at, "%{subscriber}")) {
		write_escaped(f, o->subscriber);
	} else if (is_word(at, "%{seq}")) {
		fprintf(f, "%" PRId64, o->seq);
	} else if (is_word(at, "%{until}")) {
		fprintf(f, "%" PRId64, o->until_us / 1000000);
	} else if (is_word(at, "%{now}")) {
		fprintf(f, "%" PRId64, o->now_s);
	} else if (is_word(at, "%{ipv4}")) {
		if (s->ipv4 == NULL)
			return false;
		fputs(addr_format(&s->ipv4->prefix.addr, addr), f);
	} else if (is_word(at, "%{ipv6_prefix}")) {
		if (s->ipv6 == NULL)
			return false;
		fputs(prefix_format(&s->ipv6->prefix, prefix), f);
	} else if (is_word(at, "%{ipv6}")) {
		if (s->ipv6 == NULL)
			return false;
		fputs(addr_format(&s->ipv6->prefix.addr, addr), f);
	} else {
		fputc(*(*at)++, f);
	}
	return true;
}

/* A line with a placeholder that has no value is left out. */
static char *fill_line(const char *line, const struct nas_session *s,
    const struct nas_session_order *o)
{
	char *text = NULL;
	size_t n;
	FILE *f = text_open(&text, &n);
	bool whole = true;

	while (*line != '\0' && whole) {
		if (strncmp(line, "%{", 2) == 0)
			whole = write_value(f, &line, s, o);
		else
			fputc(*line++, f);
	}
	text_close(f);
	if (!whole) {
		free(text);
		text = NULL;
	}
	return text;
}

static void write_lines(FILE *f, const struct nas_lines *l,
    const struct nas_session *s, const struct nas_session_order *o)
{
	for (size_t i = 0; i < l->n; i++) {
		char *line = fill_line(l->v[i], s, o);

		if (line != NULL)
			fprintf(f, "%s\n", line);
		free(line);
	}
}

char *nas_session_request(
    const struct nas_session *s, const struct nas_session_order *o, bool block)
{
	char *text = NULL;
	size_t n;
	FILE *f = text_open(&text, &n);

	fputs(s->key, f);
	write_lines(f, block ? &s->nas->block : &s->nas->unblock, s, o);
	text_close(f);
	return text;
}

/* --- sessions --------------------------------------------------------------*/

bool nas_sessions_have(
    const struct nas_session_list *l, const struct nas_session *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].nas == s->nas && strcmp(l->v[i].key, s->key) == 0)
			return true;
	return false;
}

bool nas_session_is_at(
    const struct nas_session *s, const struct target *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((s->by_ipv4 && target_compare(s->ipv4, &v[i]) == 0) ||
		    (s->by_ipv6 && target_compare(s->ipv6, &v[i]) == 0))
			return true;
	return false;
}

static void add_session(struct nas_session_list *l,
    const struct nas_session_order *o, const struct nas_session *s)
{
	struct nas_session copy = *s;
	size_t n;
	FILE *f = text_open(&copy.key, &n);

	write_lines(f, &s->nas->session, s, o);
	text_close(f);
	if (copy.key[0] == '\0' || nas_sessions_have(l, &copy)) {
		free(copy.key);
		return;
	}
	l->v = must(realloc(l->v, (l->n + 1) * sizeof(*l->v)));
	l->v[l->n++] = copy;
}

static bool is_v4(const struct target *t)
{
	return addr_is_v4(&t->prefix.addr) && t->prefix.len >= 96;
}

/* The i-th of a family that this NAS serves. */
static const struct target *pick(const struct nas_list *all,
    const struct nas *nas, const struct target *v, size_t n, bool v4, size_t i)
{
	for (size_t k = 0; k < n; k++)
		if (is_v4(&v[k]) == v4 && nas_of(all, &v[k].prefix) == nas &&
		    i-- == 0)
			return &v[k];
	return NULL;
}

/* An IPv4 address and an IPv6 prefix are one session where the key has
 * both. */
static void add_sessions(struct nas_session_list *l, const struct nas_list *all,
    const struct nas *nas, const struct nas_session_order *o,
    const struct target *v, size_t n)
{
	bool by4 = nas_session_has(nas, "%{ipv4}");
	bool by6 = nas_session_has(nas, "%{ipv6}") ||
		   nas_session_has(nas, "%{ipv6_prefix}");

	for (size_t i = 0;; i++) {
		struct nas_session s = {.nas = nas,
		    .ipv4 = pick(all, nas, v, n, true, by4 ? i : 0),
		    .ipv6 = pick(all, nas, v, n, false, by6 ? i : 0)};

		s.by_ipv4 = by4 && s.ipv4 != NULL;
		s.by_ipv6 = by6 && s.ipv6 != NULL;
		if (!s.by_ipv4 && !s.by_ipv6 && (by4 || by6 || i > 0))
			return;
		add_session(l, o, &s);
	}
}

int nas_sessions_of(struct nas_session_list *l, const struct nas_list *nas,
    const struct nas_session_order *o, const struct target *targets, size_t n,
    char *why)
{
	char text[PREFIX_STRLEN];

	memset(l, 0, sizeof(*l));
	for (size_t i = 0; i < n; i++) {
		const struct nas *found = nas_of(nas, &targets[i].prefix);
		bool seen = false;

		if (found == NULL) {
			snprintf(why, ORDER_ERROR_SIZE,
			    "no nas of the configuration serves %s",
			    prefix_format(&targets[i].prefix, text));
			nas_sessions_free(l);
			return -1;
		}
		for (size_t k = 0; k < i; k++)
			seen |= nas_of(nas, &targets[k].prefix) == found;
		if (!seen)
			add_sessions(l, nas, found, o, targets, n);
	}
	return 0;
}

void nas_sessions_free(struct nas_session_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i].key);
	free(l->v);
	memset(l, 0, sizeof(*l));
}
