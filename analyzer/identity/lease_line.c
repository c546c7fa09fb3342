/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/lease_line.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/target.h"

static const char *const verb_names[] = {
    [LEASE_VERB_BEGIN] = "begin",
    [LEASE_VERB_REFRESH] = "refresh",
    [LEASE_VERB_END] = "end",
    [LEASE_VERB_RESET] = "reset",
};
#define VERBS (sizeof(verb_names) / sizeof(verb_names[0]))

/* An event as texts, whichever way it was written. NULL: not given. */
struct fields {
	const char *verb, *time, *customer, *targets;
	const char *line_class, *session, *nas, *source;
};
struct name {
	const char *name;
	size_t offset;
};
#define FIELD(f) offsetof(struct fields, f)

static int bad(char *why, const char *field, const char *value, const char *say)
{
	snprintf(why, LEASE_WHY_LEN, "%.20s%s%.60s%s: %s", field,
	    value ? " \"" : "", value ? value : "", value ? "\"" : "", say);
	for (char *s = why; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 127)
			*s = '?';
	return -1;
}

/* --- values --------------------------------------------------------------- */

static int parse_ports(struct target *t, const char *text, const char *ports,
    char why[static LEASE_WHY_LEN])
{
	if (!strchr(ports, '-') ||
	    ports_parse(ports, &t->first_port, &t->last_port) != 0)
		return bad(why, "target", text,
		    "write a block of ports as 203.0.113.7:1024-2047, the "
		    "lower one first, each 1 to 65535");
	if (t->prefix.len != 128)
		return bad(why, "target", text,
		    "only a single address has blocks of ports");
	return 0;
}

/* Where the ports begin: behind the ], behind the only colon. NULL: whole. */
static const char *find_ports(const char *text)
{
	const char *s = strrchr(text, '#');

	if (!s)
		s = strrchr(text, ':');
	if (!s || *s == '#' || (s > text && s[-1] == ']'))
		return s;
	return strchr(text, ':') == s ? s : NULL;
}

int lease_target_parse(
    struct target *t, const char *text, char why[static LEASE_WHY_LEN])
{
	const char *ports = find_ports(text);
	size_t len = ports ? (size_t)(ports - text) : strlen(text);
	size_t bracket = len > 1 && text[0] == '[' && text[len - 1] == ']';
	char address[PREFIX_STRLEN];
	int rc = -1;

	memset(t, 0, sizeof(*t));
	if (len - 2 * bracket < sizeof(address)) {
		snprintf(address, sizeof(address), "%.*s",
		    (int)(len - 2 * bracket), text + bracket);
		rc = prefix_parse(&t->prefix, address);
	}
	if (rc == -2)
		return bad(why, "target", text,
		    "bits are set behind the length of the prefix");
	if (rc != 0)
		return bad(why, "target", text,
		    "neither an address, nor a prefix, nor "
		    "ADDRESS:FIRST-LAST");
	return ports ? parse_ports(t, text, ports + 1, why) : 0;
}

static int take_targets(
    struct lease_event *e, const char *list, char why[static LEASE_WHY_LEN])
{
	char one[128];

	while (list) {
		size_t len = strcspn(list, ",");

		if (e->n_targets == LEASE_TARGETS_MAX)
			return bad(why, "targets", NULL,
			    "more than 16; use one session for each 16");
		if (len >= sizeof(one))
			return bad(why, "target", list, "longer than any is");
		snprintf(one, sizeof(one), "%.*s", (int)len, list);
		if (lease_target_parse(&e->targets[e->n_targets], one, why) !=
		    0)
			return -1;
		e->n_targets++;
		list = list[len] ? list + len + 1 : NULL;
	}
	return 0;
}

/* A time says its zone, so that it means one moment: nothing relative. */
static int take_time(
    struct lease_event *e, const char *text, char why[static LEASE_WHY_LEN])
{
	size_t len = strlen(text);
	bool absolute = text[0] == '@' ||
			(len >= 20 && text[10] == 'T' &&
			    (text[len - 1] == 'Z' || text[len - 3] == ':'));

	if (absolute && clock_parse(&e->at_us, text, 0) == 0)
		return 0;
	return bad(why, "time", text,
	    "write 2026-11-24T08:00:00Z, or @ and the seconds since 1970");
}

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF", *at;

	at = c != '\0' ? strchr(digits, c) : NULL;
	return at ? (int)((at - digits) % 16) : -1;
}

/* escaped: %41 is A. */
static int take_text(char *to, size_t size, const char *field, const char *from,
    bool escaped, char why[static LEASE_WHY_LEN])
{
	size_t n = 0;

	for (const char *s = from; *s != '\0'; s++) {
		char c = *s;

		if (c == '%' && escaped) {
			int high = hex_value(s[1]);
			int low = high < 0 ? -1 : hex_value(s[2]);

			if (low < 0 || high + low == 0)
				return bad(why, field, from,
				    "% needs two hexadecimal digits behind "
				    "it; write %25 for itself");
			c = (char)(high * 16 + low);
			s += 2;
		}
		if (n + 1 >= size)
			return bad(why, field, from, "it is too long");
		to[n++] = c;
	}
	to[n] = '\0';
	return 0;
}

static int take_word(char *to, size_t size, const char *field, const char *from,
    char why[static LEASE_WHY_LEN])
{
	if (*from == '\0')
		return bad(why, field, NULL, "it is empty");
	for (const char *s = from; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 127)
			return bad(why, field, from,
			    "it may not have blanks or control characters");
	return take_text(to, size, field, from, false, why);
}

static int take_source(
    struct lease_event *e, const char *s, char why[static LEASE_WHY_LEN])
{
	if (!s)
		s = LEASE_SOURCE_DESK;
	if (*s == '\0' || strlen(s) >= sizeof(e->source) ||
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(s))
		return bad(
		    why, "source", s, "1 to 15 of a-z, 0-9, _ and -, as cgn");
	if (strcmp(s, "static") == 0)
		return bad(why, "source", s,
		    "those are the subscriber file's; change it there");
	snprintf(e->source, sizeof(e->source), "%s", s);
	return 0;
}

/* --- an event ------------------------------------------------------------- */

static int find_verb(const char *text)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(text, verb_names[i]) == 0)
			return (int)i;
	return -1;
}

void lease_name_session(struct lease_event *e)
{
	char text[TARGET_STRLEN];

	if (e->session[0] == '\0' && e->n_targets > 0)
		snprintf(e->session, sizeof(e->session), "%s",
		    target_format(&e->targets[0], text));
}

/* Whether the verb has what it needs. */
static int check(const struct lease_event *e, char why[static LEASE_WHY_LEN])
{
	bool named = e->session[0] != '\0';

	switch (e->verb) {
	case LEASE_VERB_BEGIN:
		if (e->customer[0] == '\0')
			return bad(why, "customer", NULL, "it is missing");
		if (e->n_targets == 0)
			return bad(why, "target", NULL,
			    "it is missing; which address begins?");
		break;
	case LEASE_VERB_REFRESH:
	case LEASE_VERB_END:
		if (e->n_targets == 0 && !named)
			return bad(why, "session", NULL,
			    "give a target, or session=ID");
		break;
	case LEASE_VERB_RESET:
		return e->nas[0] != '\0'
			   ? 0
			   : bad(why, "nas", NULL,
				 "it is missing; which one began anew?");
	}
	if (e->n_targets > 1 && !named)
		return bad(why, "session", NULL,
		    "several targets need session=ID to be ended by");
	return 0;
}

/* escaped: %XX stands for a byte in session and nas. */
static int fill(struct lease_event *e, const struct fields *f, bool escaped,
    char why[static LEASE_WHY_LEN])
{
	int verb = f->verb ? find_verb(f->verb) : -1;

	memset(e, 0, sizeof(*e));
	if (verb < 0)
		return bad(why, "verb", f->verb ? f->verb : "",
		    "write begin, refresh, end or reset");
	e->verb = (enum lease_verb)verb;
	if (!f->time)
		return bad(why, "time", NULL, "it is missing");
	if (take_time(e, f->time, why) != 0 ||
	    take_source(e, f->source, why) != 0 ||
	    (f->customer && take_word(e->customer, sizeof(e->customer),
				"customer", f->customer, why) != 0) ||
	    (f->targets && take_targets(e, f->targets, why) != 0) ||
	    (f->line_class && take_word(e->line_class, sizeof(e->line_class),
				  "class", f->line_class, why) != 0) ||
	    (f->nas && take_text(e->nas, sizeof(e->nas), "nas", f->nas, escaped,
			   why) != 0) ||
	    (f->session && take_text(e->session, sizeof(e->session), "session",
			       f->session, escaped, why) != 0))
		return -1;
	if (check(e, why) != 0)
		return -1;
	lease_name_session(e);
	return 1;
}

/* --- in words ------------------------------------------------------------- */

static const char **find_field(
    struct fields *f, const struct name *names, const char *key, size_t len)
{
	for (; names->name; names++)
		if (strlen(names->name) == len &&
		    strncmp(names->name, key, len) == 0)
			return (
			    const char **)(void *)((char *)f + names->offset);
	return NULL;
}

static const struct name pair_names[] = {{"class", FIELD(line_class)},
    {"session", FIELD(session)}, {"nas", FIELD(nas)}, {"source", FIELD(source)},
    {NULL, 0}};

static int take_pair(
    struct fields *f, const char *word, char why[static LEASE_WHY_LEN])
{
	size_t len = strcspn(word, "=");
	const char **at = find_field(f, pair_names, word, len);

	if (!at)
		return bad(why, "field", word,
		    "write class=, session=, nas= or source=");
	if (*at)
		return bad(why, "field", word, "it is there twice");
	*at = word + len + 1;
	return 0;
}

/* The fields without a name, in their order: begin TIME CUSTOMER TARGETS, end
 * TIME TARGETS, reset TIME NAS. */
static const char **next_place(struct fields *f)
{
	int verb;

	if (!f->verb)
		return &f->verb;
	if (!f->time)
		return &f->time;
	verb = find_verb(f->verb);
	if (verb == LEASE_VERB_RESET)
		return f->nas ? NULL : &f->nas;
	if (verb != LEASE_VERB_END && !f->customer)
		return &f->customer;
	return f->targets ? NULL : &f->targets;
}

static int take_one(
    struct fields *f, const char *word, char why[static LEASE_WHY_LEN])
{
	const char **at = next_place(f);
	bool equals = strchr(word, '=') != NULL;

	/* A customer's name may hold an =. */
	if (equals && (at != &f->customer ||
			  find_field(f, pair_names, word, strcspn(word, "="))))
		return take_pair(f, word, why);
	if (!at)
		return bad(why, "field", word, "it is one too many");
	*at = word;
	return 0;
}

static int parse_words(
    struct lease_event *e, char *line, char why[static LEASE_WHY_LEN])
{
	struct fields f = {0};
	char *save = NULL;

	for (char *w = strtok_r(line, " \t", &save); w;
	     w = strtok_r(NULL, " \t", &save))
		if (take_one(&f, w, why) != 0)
			return -1;
	return fill(e, &f, true, why);
}

/* --- as JSON -------------------------------------------------------------- */

/* The members that are no texts; json_t has the others. */
struct json_texts {
	char time[32], targets[LEASE_LINE_MAX];
};

static int join_targets(const json_t *v, char buf[static LEASE_LINE_MAX],
    char why[static LEASE_WHY_LEN])
{
	size_t n = 0;

	buf[0] = '\0';
	if (!json_is_array(v))
		return bad(why, "targets", NULL, "an array of texts is needed");
	for (size_t i = 0; i < json_array_size(v); i++) {
		const char *s = json_string_value(json_array_get(v, i));

		if (!s || strchr(s, ',') || n + strlen(s) + 2 > LEASE_LINE_MAX)
			return bad(why, "targets", s, "each is a text");
		n += (size_t)snprintf(
		    buf + n, LEASE_LINE_MAX - n, "%s%s", i > 0 ? "," : "", s);
	}
	return 0;
}

static int take_member(struct fields *f, const char *key, const json_t *v,
    struct json_texts *t, char why[static LEASE_WHY_LEN])
{
	static const struct name names[] = {{"verb", FIELD(verb)},
	    {"time", FIELD(time)}, {"customer", FIELD(customer)},
	    {"targets", FIELD(targets)}, {"class", FIELD(line_class)},
	    {"session", FIELD(session)}, {"nas", FIELD(nas)},
	    {"source", FIELD(source)}, {NULL, 0}};
	const char **at = find_field(f, names, key, strlen(key));

	if (!at)
		return bad(why, "field", key, "it is not known here");
	if (at == &f->targets) {
		*at = json_array_size(v) > 0 ? t->targets : NULL;
		return join_targets(v, t->targets, why);
	}
	*at = json_string_value(v);
	if (at == &f->time && json_is_integer(v)) {
		snprintf(t->time, sizeof(t->time), "@%lld",
		    (long long)json_integer_value(v));
		*at = t->time;
	}
	return *at ? 0 : bad(why, key, NULL, "a text is needed");
}

static int parse_json(struct lease_event *e, const char *line, size_t len,
    char why[static LEASE_WHY_LEN])
{
	json_t *o = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	struct json_texts texts;
	struct fields f = {0};
	int rc = 0;

	if (!json_is_object(o)) {
		json_decref(o);
		return bad(why, "line", NULL, "it is no JSON object");
	}
	for (void *i = json_object_iter(o); i && rc == 0;
	     i = json_object_iter_next(o, i))
		rc = take_member(&f, json_object_iter_key(i),
		    json_object_iter_value(i), &texts, why);
	if (rc == 0)
		rc = fill(e, &f, false, why);
	json_decref(o);
	return rc;
}

int lease_line_parse(struct lease_event *e, const char *line, size_t len,
    char why[static LEASE_WHY_LEN])
{
	char copy[LEASE_LINE_MAX];
	const char *text;

	why[0] = '\0';
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len >= sizeof(copy))
		return bad(why, "line", NULL, "longer than 4095 bytes");
	if (len > 0 && memchr(line, '\0', len))
		return bad(why, "line", NULL, "it holds a NUL byte");
	snprintf(copy, sizeof(copy), "%.*s", (int)len, line);
	text = copy + strspn(copy, " \t");
	if (*text == '\0' || *text == '#')
		return 0;
	if (*text == '{')
		return parse_json(e, text, strlen(text), why);
	return parse_words(e, copy, why);
}

/* --- written -------------------------------------------------------------- */

/* All of an event at its longest is below LEASE_LINE_MAX: 16 targets of 62
 * bytes, session and nas with each byte as three, four short words. */
struct writer {
	char *buf;
	size_t n;
};

static void put(struct writer *w, const char *before, const char *text)
{
	w->n += (size_t)snprintf(
	    w->buf + w->n, LEASE_LINE_MAX - w->n, "%s%s", before, text);
}

static void put_escaped(struct writer *w, const char *before, const char *text)
{
	put(w, before, "");
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		char one[4] = {*text};

		if (c <= ' ' || c == '%' || c == 127)
			snprintf(one, sizeof(one), "%%%02x", c);
		put(w, "", one);
	}
}

const char *lease_line_format(
    const struct lease_event *e, char buf[static LEASE_LINE_MAX])
{
	struct writer w = {buf, 0};
	char text[TARGET_STRLEN], time[CLOCK_STRLEN];

	put(&w, verb_names[e->verb], " ");
	put(&w, clock_format(e->at_us, time), "");
	if (e->customer[0] != '\0' && e->verb != LEASE_VERB_END &&
	    e->verb != LEASE_VERB_RESET)
		put(&w, " ", e->customer);
	for (int i = 0; i < e->n_targets && e->verb != LEASE_VERB_RESET; i++)
		put(&w, i > 0 ? "," : " ", target_format(&e->targets[i], text));
	if (e->nas[0] != '\0')
		put_escaped(&w, " nas=", e->nas);
	if (e->session[0] != '\0')
		put_escaped(&w, " session=", e->session);
	if (e->line_class[0] != '\0')
		put(&w, " class=", e->line_class);
	put(&w, " source=", e->source);
	return buf;
}
