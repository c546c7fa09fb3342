/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf_table.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_network.h"
#include "base/conf_shared.h"

#define FIELD(base, k, type) ((type *)(void *)((char *)(base) + (k)->offset))
#define CFIELD(base, k, type)                                                  \
	((const type *)(const void *)((const char *)(base) + (k)->offset))
#define LADDER_STEPS 4

static const char no_memory[] = "no memory is left";

bool conf_type_is_list(enum conf_type t)
{
	return t >= CONF_PREFIXES;
}

const char *conf_type_name(enum conf_type t)
{
	switch (t) {
	case CONF_TEXT:
		return "text";
	case CONF_NAME:
		return "name";
	case CONF_SERVER:
		return "address[@port]";
	case CONF_LISTEN:
		return "address@port";
	case CONF_INT:
		return "number";
	case CONF_BOOL:
		return "true | false";
	case CONF_TIER:
		return "flow | envelope | domains";
	case CONF_MODE:
		return "monitor | enforce";
	case CONF_CLASS_MODE:
		return "inherit | monitor | off";
	case CONF_OPEN:
		return "open | closed";
	case CONF_PREFIXES:
		return "list of prefixes";
	case CONF_PORTS:
		return "list of ports";
	case CONF_LADDER:
		return "list of 4 numbers";
	case CONF_EGRESS:
		return "list of \"prefix address\"";
	case CONF_CGN:
		return "list of \"outside inside first-last ports\"";
	case CONF_MAP_E:
		return "list of \"prefix prefix bits offset\"";
	case CONF_NAMES:
		return "list of names";
	case CONF_UNITS:
		return "list of \"prefix length [class]\"";
	case CONF_ARGV:
		return "list of words";
	}
	return "?";
}

/* The value in a message: cut, and without anything that moves a cursor. */
const char *conf_shown(const char *text, char buf[static 64])
{
	size_t n = strnlen(text, 60);

	for (size_t i = 0; i < n; i++)
		buf[i] = text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?';
	memcpy(buf + n, "...", 4);
	if (text[n] == '\0')
		buf[n] = '\0';
	return buf;
}

/* Whatever the locale is: a name in UTF-8 has no control character. */
static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static int text_set(
    char **at, const struct conf_key *k, const char *text, char *why, size_t n)
{
	size_t len = strlen(text);
	char *copy = NULL, buf[64];

	for (size_t i = 0; i < len; i++) {
		if (is_control(text[i])) {
			snprintf(why, n,
			    "\"%s\" has a control character; give one line of "
			    "text",
			    conf_shown(text, buf));
			return -1;
		}
		if (k->type == CONF_NAME && !is_name_char(text[i])) {
			snprintf(why, n,
			    "\"%s\" is no name; use letters, digits, \".\", "
			    "\"_\" and \"-\"",
			    conf_shown(text, buf));
			return -1;
		}
	}
	if ((int64_t)len < k->min || (int64_t)len > k->max) {
		snprintf(why, n,
		    "the text has %zu bytes; give %" PRId64 " to %" PRId64
		    " bytes",
		    len, k->min, k->max);
		return -1;
	}
	if (len > 0) {
		copy = strdup(text);
		if (copy == NULL) {
			snprintf(why, n, "%s", no_memory);
			return -1;
		}
	}
	free(*at);
	*at = copy;
	return 0;
}

static int number(
    const struct conf_key *k, const char *text, int64_t *v, char *why, size_t n)
{
	const char *unit = k->unit != NULL ? k->unit : "";
	const char *space = k->unit != NULL ? " " : "";
	char *end, buf[64];
	long long x;

	errno = 0;
	x = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || isspace((unsigned char)text[0])) {
		snprintf(why, n,
		    "\"%s\" is no number; give %" PRId64 " to %" PRId64
		    "%s%s, digits only",
		    conf_shown(text, buf), k->min, k->max, space, unit);
		return -1;
	}
	if (errno == ERANGE || x < k->min || x > k->max) {
		snprintf(why, n,
		    "%s is out of range; give %" PRId64 " to %" PRId64 "%s%s",
		    conf_shown(text, buf), k->min, k->max, space, unit);
		return -1;
	}
	*v = x;
	return 0;
}

static int bool_set(bool *at, const char *text, char *why, size_t n)
{
	static const char *const words[] = {
	    "false", "true", "no", "yes", "off", "on"};
	char buf[64];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(text, words[i]) == 0) {
			*at = i % 2 == 1;
			return 0;
		}
	snprintf(why, n, "\"%s\" is not true or false; give one",
	    conf_shown(text, buf));
	return -1;
}

static int word_set(
    const struct conf_key *k, int v, const char *text, char *why, size_t n)
{
	char buf[64];

	if (v < 0)
		snprintf(why, n, "\"%s\" is not known; give one of %s",
		    conf_shown(text, buf), conf_type_name(k->type));
	return v < 0 ? -1 : 0;
}

/* *port stands where none is given. */
static bool address_port(const char *text, struct addr *a, long *port)
{
	const char *at = strchr(text, '@');
	char head[ADDR_STRLEN] = "", *end = NULL;
	size_t len = at != NULL ? (size_t)(at - text) : strlen(text);

	if (len < sizeof(head))
		memcpy(head, text, len);
	if (at != NULL) {
		*port = strtol(at + 1, &end, 10);
		if (!isdigit((unsigned char)at[1]) || *end != '\0')
			*port = 0;
	}
	return addr_parse(a, head) == 0 && *port >= 1 && *port <= 65535;
}

int conf_listen_parse(
    const char *text, struct addr *a, uint16_t *port, char *why, size_t n)
{
	char buf[64];
	long p = 0;

	if (address_port(text, a, &p)) {
		*port = (uint16_t)p;
		return 0;
	}
	snprintf(why, n,
	    "\"%s\" is nothing to listen on; give ADDRESS@PORT, such as "
	    "192.0.2.1@1813",
	    conf_shown(text, buf));
	return -1;
}

int conf_server_check(const char *text, char *why, size_t n)
{
	struct addr a;
	long port = 53;
	char buf[64];

	if (address_port(text, &a, &port))
		return 0;
	snprintf(why, n,
	    "\"%s\" is no DNS server; give ADDRESS or ADDRESS@PORT, such as "
	    "192.0.2.53@53",
	    conf_shown(text, buf));
	return -1;
}

static int server_set(
    char **at, const struct conf_key *k, const char *text, char *why, size_t n)
{
	struct conf_key text_key = *k;
	struct addr a;
	uint16_t port;

	if (*text != '\0' && k->type == CONF_SERVER &&
	    conf_server_check(text, why, n) != 0)
		return -1;
	if (*text != '\0' && k->type == CONF_LISTEN &&
	    conf_listen_parse(text, &a, &port, why, n) != 0)
		return -1;
	text_key.type = CONF_TEXT;
	text_key.min = 0;
	text_key.max = 255;
	return text_set(at, &text_key, text, why, n);
}

static int ports_add(struct conf_ports *l, const struct conf_key *k,
    const char *text, char *why, size_t n)
{
	size_t max = sizeof(l->v) / sizeof(l->v[0]);
	int64_t port;

	if (number(k, text, &port, why, n) != 0)
		return -1;
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i] == port) {
			snprintf(why, n,
			    "port %" PRId64 " stands there twice; remove one",
			    port);
			return -1;
		}
	if (l->n >= max) {
		snprintf(
		    why, n, "more than %zu ports; give at most %zu", max, max);
		return -1;
	}
	l->v[l->n++] = (uint16_t)port;
	return 0;
}

/* Steps that are not there yet are 0. */
static int ladder_add(
    int64_t *l, const struct conf_key *k, const char *text, char *why, size_t n)
{
	int64_t v;
	size_t i = 0;

	while (i < LADDER_STEPS && l[i] != 0)
		i++;
	if (number(k, text, &v, why, n) != 0)
		return -1;
	if (i >= LADDER_STEPS) {
		snprintf(why, n, "more than %d steps; give %d", LADDER_STEPS,
		    LADDER_STEPS);
		return -1;
	}
	if (i > 0 && v < l[i - 1]) {
		snprintf(why, n,
		    "%" PRId64 " is shorter than the step before (%" PRId64
		    "); give the steps in ascending order",
		    v, l[i - 1]);
		return -1;
	}
	l[i] = v;
	return 0;
}

static int argv_add(char **argv, const char *text, char *why, size_t n)
{
	static const struct conf_key word = {
	    .type = CONF_TEXT, .min = 0, .max = 4095};
	size_t i = 0;

	while (argv[i] != NULL)
		i++;
	if (i >= CONF_ARGV_MAX) {
		snprintf(why, n,
		    "more than %d values; a script can hold more words",
		    CONF_ARGV_MAX);
		return -1;
	}
	if (i == 0 && *text == '\0') {
		snprintf(why, n, "the first value is empty; give one");
		return -1;
	}
	if (text_set(&argv[i], &word, text, why, n) != 0)
		return -1;
	/* "" is a word here. */
	if (argv[i] == NULL && (argv[i] = strdup("")) == NULL) {
		snprintf(why, n, "%s", no_memory);
		return -1;
	}
	return 0;
}

static int int_set(
    void *base, const struct conf_key *k, const char *text, char *why, size_t n)
{
	int64_t v;

	if (number(k, text, &v, why, n) != 0)
		return -1;
	if (strcmp(k->section, "driver") == 0)
		*FIELD(base, k, int) = (int)v;
	else
		*FIELD(base, k, int64_t) = v;
	return 0;
}

static int open_set(
    bool *at, const struct conf_key *k, const char *text, char *why, size_t n)
{
	*at = strcmp(text, "open") == 0;
	return word_set(
	    k, *at || strcmp(text, "closed") == 0 ? 0 : -1, text, why, n);
}

int conf_value_set(void *base, const struct conf_key *k, const char *text,
    bool first, char *why, size_t size)
{
	int v;

	if (first)
		conf_value_clear(base, k);
	switch (k->type) {
	case CONF_TEXT:
	case CONF_NAME:
		return text_set(FIELD(base, k, char *), k, text, why, size);
	case CONF_SERVER:
	case CONF_LISTEN:
		return server_set(FIELD(base, k, char *), k, text, why, size);
	case CONF_INT:
		return int_set(base, k, text, why, size);
	case CONF_BOOL:
		return bool_set(FIELD(base, k, bool), text, why, size);
	case CONF_TIER:
		v = tier_parse(text);
		*FIELD(base, k, enum tier) = v < 0 ? PRIVACY_FLOW : v;
		return word_set(k, v, text, why, size);
	case CONF_MODE:
		v = mode_parse(text);
		*FIELD(base, k, enum mode) = v < 0 ? MODE_MONITOR : v;
		return word_set(k, v, text, why, size);
	case CONF_CLASS_MODE:
		v = class_mode_parse(text);
		*FIELD(base, k, enum class_mode) = v < 0 ? CLASS_MODE_OFF : v;
		return word_set(k, v, text, why, size);
	case CONF_OPEN:
		return open_set(FIELD(base, k, bool), k, text, why, size);
	case CONF_PREFIXES:
		return conf_prefixes_add(FIELD(base, k, struct conf_prefixes),
		    text, k->max, why, size);
	case CONF_PORTS:
		return ports_add(
		    FIELD(base, k, struct conf_ports), k, text, why, size);
	case CONF_LADDER:
		return ladder_add(FIELD(base, k, int64_t), k, text, why, size);
	case CONF_EGRESS:
		return conf_egress_add(base, text, k->max, why, size);
	case CONF_CGN:
		return conf_cgn_add(base, text, k->max, why, size);
	case CONF_MAP_E:
		return conf_map_e_add(base, text, k->max, why, size);
	case CONF_NAMES:
		return conf_names_add(
		    FIELD(base, k, struct conf_names), text, k->max, why, size);
	case CONF_UNITS:
		return conf_unit_add(base, text, k->max, why, size);
	case CONF_ARGV:
		return argv_add(FIELD(base, k, char *), text, why, size);
	}
	return -1;
}

int conf_value_default(
    void *base, const struct conf_key *k, char *why, size_t size)
{
	const char *s = k->def;
	bool first = true;
	char word[32];

	conf_value_clear(base, k);
	if (!conf_type_is_list(k->type)) {
		/* "" of a key that must not be empty stays unset. */
		if (*s == '\0')
			return 0;
		return conf_value_set(base, k, s, true, why, size);
	}
	while (*s != '\0') {
		size_t n = strcspn(s, " ");

		snprintf(word, sizeof(word), "%.*s", (int)n, s);
		if (conf_value_set(base, k, word, first, why, size) != 0)
			return -1;
		first = false;
		s += n + strspn(s + n, " ");
	}
	return 0;
}

void conf_value_clear(void *base, const struct conf_key *k)
{
	struct conf *c = base;

	switch (k->type) {
	case CONF_TEXT:
	case CONF_NAME:
	case CONF_SERVER:
	case CONF_LISTEN:
		free(*FIELD(base, k, char *));
		*FIELD(base, k, char *) = NULL;
		break;
	case CONF_PREFIXES:
		free(FIELD(base, k, struct conf_prefixes)->v);
		memset(FIELD(base, k, struct conf_prefixes), 0,
		    sizeof(struct conf_prefixes));
		break;
	case CONF_PORTS:
		FIELD(base, k, struct conf_ports)->n = 0;
		break;
	case CONF_LADDER:
		memset(
		    FIELD(base, k, int64_t), 0, LADDER_STEPS * sizeof(int64_t));
		break;
	case CONF_EGRESS:
		free(c->egress);
		c->egress = NULL;
		c->n_egress = 0;
		break;
	case CONF_CGN:
		free(c->cgn);
		c->cgn = NULL;
		c->n_cgn = 0;
		break;
	case CONF_MAP_E:
		free(c->map_e);
		c->map_e = NULL;
		c->n_map_e = 0;
		break;
	case CONF_NAMES:
		conf_names_clear(FIELD(base, k, struct conf_names));
		break;
	case CONF_UNITS:
		free(c->ipv6_units);
		c->ipv6_units = NULL;
		c->n_ipv6_units = 0;
		break;
	case CONF_ARGV:
		for (char **a = FIELD(base, k, char *); *a != NULL; a++) {
			free(*a);
			*a = NULL;
		}
		break;
	case CONF_INT:
	case CONF_BOOL:
	case CONF_TIER:
	case CONF_MODE:
	case CONF_CLASS_MODE:
	case CONF_OPEN:
		break;
	}
}

size_t conf_value_count(const void *base, const struct conf_key *k)
{
	size_t n = 0;

	switch (k->type) {
	case CONF_PREFIXES:
		return CFIELD(base, k, struct conf_prefixes)->n;
	case CONF_PORTS:
		return CFIELD(base, k, struct conf_ports)->n;
	case CONF_LADDER:
		while (n < LADDER_STEPS && CFIELD(base, k, int64_t)[n] != 0)
			n++;
		return n;
	case CONF_EGRESS:
		return ((const struct conf *)base)->n_egress;
	case CONF_CGN:
		return ((const struct conf *)base)->n_cgn;
	case CONF_MAP_E:
		return ((const struct conf *)base)->n_map_e;
	case CONF_NAMES:
		return CFIELD(base, k, struct conf_names)->n;
	case CONF_UNITS:
		return ((const struct conf *)base)->n_ipv6_units;
	case CONF_ARGV:
		while (CFIELD(base, k, char *)[n] != NULL)
			n++;
		return n;
	case CONF_TEXT:
	case CONF_NAME:
	case CONF_SERVER:
	case CONF_LISTEN:
	case CONF_INT:
	case CONF_BOOL:
	case CONF_TIER:
	case CONF_MODE:
	case CONF_CLASS_MODE:
	case CONF_OPEN:
		break;
	}
	return 1;
}
