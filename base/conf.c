/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf.h"

#include <confuse.h>
#include <assert.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_table.h"
#include "base/lease_source.h"
#include "base/radius_map.h"

#define FILE_MAX_BYTES (4u << 20)
#define KEYS_MAX       256
#define WHY_BYTES      384

struct loader {
	struct conf *c;
	const char *path;
	char *err;
	bool failed;
	/* by conf_key_place(); those of a driver are of the last one */
	unsigned int taken[KEYS_MAX]; /* values */
	bool closed[KEYS_MAX];        /* the } of a list was met */
	int class;                    /* whose section was met last */
	char *last;                   /* value taken last */
	bool ended;
};

/* libConfuse takes the end of a file for the end of any open section or
 * comment. This line behind the file shows whether one was open. */
#define END_KEY "__end__"
static const char end_line[] = "\n" END_KEY " = x\n";

/* libConfuse hands no pointer through to its callbacks. Only set while
 * conf_load() runs; there are no threads. */
static struct loader *loading;

/* "FILE:LINE: section { } key: what". The first error stays. */
static void complain(
    struct loader *l, const cfg_t *cfg, const char *key, const char *what)
{
	char where[128] = "";

	if (l->failed)
		return;
	l->failed = true;
	if (cfg->title != NULL)
		snprintf(where, sizeof(where), "%.16s \"%.48s\": ", cfg->name,
		    cfg->title);
	else if (strcmp(cfg->name, "root") != 0)
		snprintf(where, sizeof(where), "%.16s: ", cfg->name);
	snprintf(l->err, CONF_ERROR_BYTES, "%.128s:%d: %s%.40s%s%s", l->path,
	    cfg->line, where, key, *key != '\0' ? ": " : "", what);
	for (char *s = l->err; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

static const char *section_of(const cfg_t *cfg)
{
	return strcmp(cfg->name, "root") == 0 ? "" : cfg->name;
}

static void complain_unknown(
    struct loader *l, const cfg_t *cfg, const char *name)
{
	const char *section = section_of(cfg);
	const char *elsewhere = conf_key_elsewhere(name);
	const struct conf_key *k = conf_key_nearest(section, name);
	char what[WHY_BYTES];

	if (elsewhere != NULL && *elsewhere != '\0')
		snprintf(what, sizeof(what),
		    "unknown here; the key belongs in section %s { }",
		    elsewhere);
	else if (elsewhere != NULL)
		snprintf(what, sizeof(what),
		    "unknown here; the key belongs at the top level");
	else
		snprintf(what, sizeof(what),
		    "unknown key; the nearest known key is \"%s\"",
		    k != NULL ? k->name : "");
	complain(l, cfg, name, what);
}

static void __attribute__((format(printf, 2, 0)))
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	static const char unknown[] = "no such option '";
	char what[WHY_BYTES], name[64] = "";
	size_t n;

	vsnprintf(what, sizeof(what), fmt, ap);
	if (strncmp(what, unknown, strlen(unknown)) != 0) {
		n = strlen(what);
		snprintf(what + n, sizeof(what) - n,
		    "; see sekisho.conf(5) for the form");
		complain(loading, cfg, "", what);
		return;
	}
	n = strcspn(what + strlen(unknown), "'");
	snprintf(name, sizeof(name), "%.*s", (int)n, what + strlen(unknown));
	if (strcmp(name, END_KEY) == 0) {
		complain(loading, cfg, "",
		    "the section is open at the end of the file; add }");
		return;
	}
	complain_unknown(loading, cfg, name);
}

/* The keys of a section that has a title begin anew. */
static void forget_taken(struct loader *l, const char *section)
{
	for (size_t i = 0; i < conf_keys_count(); i++)
		if (strcmp(conf_key_at(i)->section, section) == 0) {
			l->taken[i] = 0;
			l->closed[i] = false;
		}
}

static struct conf_class *class_of(struct loader *l, const cfg_t *cfg)
{
	char why[WHY_BYTES];
	int k = conf_class_add(l->c, cfg->title, why, sizeof(why));

	if (k < 0) {
		complain(l, cfg, "", why);
		return NULL;
	}
	if (k != l->class)
		forget_taken(l, "class");
	l->class = k;
	return &l->c->classes[k];
}

/* A title that is new makes a driver. */
static struct conf_driver *driver_of(struct loader *l, const cfg_t *cfg)
{
	struct conf *c = l->c;
	struct conf_driver *d;

	if (c->n_drivers > 0 &&
	    strcmp(c->drivers[c->n_drivers - 1].name, cfg->title) == 0)
		return &c->drivers[c->n_drivers - 1];
	if (c->n_drivers >= CONF_DRIVERS_MAX) {
		complain(l, cfg, "", "too many drivers; at most 16 can run");
		return NULL;
	}
	d = &c->drivers[c->n_drivers];
	memset(d, 0, sizeof(*d));
	d->name = strdup(cfg->title);
	if (d->name == NULL) {
		complain(l, cfg, "", "no memory is left");
		return NULL;
	}
	c->n_drivers++;
	forget_taken(l, "driver");
	for (size_t i = 0; i < conf_keys_count(); i++)
		if (strcmp(conf_key_at(i)->section, "driver") == 0)
			(void)conf_value_default(
			    d, conf_key_at(i), l->err, CONF_ERROR_BYTES);
	return d;
}

/* The struct that a key's value goes into; NULL: said why. */
static void *target_of(struct loader *l, const cfg_t *cfg)
{
	if (cfg->title == NULL)
		return l->c;
	if (strcmp(cfg->name, "class") == 0)
		return class_of(l, cfg);
	return driver_of(l, cfg);
}

/* libConfuse calls for each value of a list, and mostly again at its end.
 * 1: a value to take, 0: the end of the list, -1: a second list. */
static int is_new_value(
    struct loader *l, size_t place, bool list, unsigned int n, const char *text)
{
	if (n == l->taken[place] + 1)
		return 1;
	if (list && n == l->taken[place] && !l->closed[place] &&
	    l->last != NULL && strcmp(l->last, text) == 0) {
		l->closed[place] = true;
		return 0;
	}
	return -1;
}

static int take_value(struct loader *l, const cfg_t *cfg,
    const struct conf_key *k, unsigned int n, const char *text)
{
	size_t place = conf_key_place(k);
	void *base = target_of(l, cfg);
	char why[WHY_BYTES];

	if (base == NULL)
		return -1;
	switch (is_new_value(l, place, conf_type_is_list(k->type), n, text)) {
	case 0:
		return 0;
	case -1:
		complain(l, cfg, k->name,
		    "is set a second time; remove one of the two");
		return -1;
	}
	if (conf_value_set(base, k, text, n == 1, why, sizeof(why)) != 0) {
		complain(l, cfg, k->name, why);
		return -1;
	}
	l->taken[place] = n;
	free(l->last);
	l->last = strdup(text);
	return 0;
}

static int on_value(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct conf_key *k = conf_key_find(section_of(cfg), opt->name);
	unsigned int n = cfg_opt_size(opt);
	const char *text = n > 0 ? cfg_opt_getnstr(opt, n - 1) : NULL;

	if (k == NULL || text == NULL) {
		complain(loading, cfg, opt->name, "has no value; give one");
		return -1;
	}
	return take_value(loading, cfg, k, n, text);
}

static int on_end(cfg_t *cfg, cfg_opt_t *opt)
{
	(void)cfg;
	(void)opt;
	loading->ended = true;
	return 0;
}

/* Called at the end of each driver { }. */
static int on_driver(cfg_t *cfg, cfg_opt_t *opt)
{
	struct loader *l = loading;
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	const char *title = sec != NULL ? sec->title : NULL;
	struct conf_driver *d;

	(void)cfg;
	if (title == NULL)
		return -1;
	if (*title == '\0' || strlen(title) > 63 ||
	    title[strspn(title,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-")] != '\0') {
		complain(l, sec, "",
		    "is no driver name; use 1 to 63 letters, digits, \".\", "
		    "\"_\" and \"-\"");
		return -1;
	}
	d = driver_of(l, sec);
	if (d == NULL)
		return -1;
	if (d->argv[0] == NULL) {
		complain(l, sec, "command",
		    "is missing; give command = {\"PROGRAM\", \"ARGUMENT\"}");
		return -1;
	}
	return 0;
}

/* Called at the end of each class { }, which may be empty. */
static int on_class(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);

	(void)cfg;
	return sec != NULL && sec->title != NULL &&
		       class_of(loading, sec) != NULL
		   ? 0
		   : -1;
}

static size_t section_options(const char *section, cfg_opt_t *opts)
{
	size_t n = 0;

	for (size_t i = 0; i < conf_keys_count(); i++) {
		const struct conf_key *k = conf_key_at(i);

		if (strcmp(k->section, section) != 0)
			continue;
		opts[n++] = (cfg_opt_t){.name = k->name,
		    .type = CFGT_STR,
		    .flags =
			conf_type_is_list(k->type) ? CFGF_LIST : CFGF_NODEFAULT,
		    .validcb = on_value};
	}
	opts[n] = (cfg_opt_t)CFG_END();
	return n;
}

/* A list that is set to {} has no value for on_value() to see. */
static void apply_empty_lists(struct loader *l, cfg_t *cfg)
{
	for (size_t i = 0; i < conf_keys_count() && !l->failed; i++) {
		const struct conf_key *k = conf_key_at(i);
		cfg_t *sec = cfg;
		cfg_opt_t *opt;

		if (!conf_type_is_list(k->type) ||
		    conf_section_has_title(k->section))
			continue;
		if (*k->section != '\0')
			sec = cfg_getsec(cfg, k->section);
		opt = sec != NULL ? cfg_getopt(sec, k->name) : NULL;
		if (opt == NULL || cfg_opt_size(opt) > 0 ||
		    (opt->flags & CFGF_MODIFIED) == 0)
			continue;
		if (l->taken[i] > 0)
			complain(l, sec, k->name,
			    "is set a second time; remove one of the two");
		else if (k->min > 0)
			complain(l, sec, k->name,
			    "the list is empty; give at least one value");
		else
			conf_value_clear(l->c, k);
	}
}

static void check_ladder(struct loader *l, cfg_t *cfg)
{
	const struct conf_key *k = conf_key_find("policy", "ladder");

	if (!l->failed && conf_value_count(l->c, k) != 4)
		complain(l, cfg_getsec(cfg, "policy"), k->name,
		    "the list is too short; give 4 steps");
}

static void parse(struct loader *l, const char *text)
{
	cfg_opt_t sub[24][KEYS_MAX + 1], top[KEYS_MAX + 26];
	size_t n = section_options("", top);
	cfg_t *cfg;

	/* Both grow with the tables. */
	assert(conf_keys_count() <= KEYS_MAX && conf_sections_n <= 24);
	for (size_t i = 1; i < conf_sections_n; i++) {
		const char *name = conf_sections[i].name;
		bool titled = conf_section_has_title(name);
		bool driver = strcmp(name, "driver") == 0;

		(void)section_options(name, sub[i]);
		top[n++] = (cfg_opt_t){.name = name,
		    .type = CFGT_SEC,
		    .flags = titled
				 ? CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES
				 : CFGF_NONE,
		    .subopts = sub[i],
		    .validcb = driver   ? on_driver
			       : titled ? on_class
					: NULL};
	}
	top[n++] = (cfg_opt_t){.name = END_KEY,
	    .type = CFGT_STR,
	    .flags = CFGF_NODEFAULT,
	    .validcb = on_end};
	top[n] = (cfg_opt_t)CFG_END();
	cfg = cfg_init(top, CFGF_NONE);
	if (cfg == NULL) {
		l->failed = true;
		snprintf(l->err, CONF_ERROR_BYTES, "%.128s: no memory is left",
		    l->path);
		return;
	}
	/* Its messages are matched, so they must not be translated. */
	setlocale(LC_MESSAGES, "C");
	cfg_set_error_function(cfg, on_error);
	loading = l;
	if (cfg_parse_buf(cfg, text) != CFG_SUCCESS)
		complain(l, cfg, "", "cannot be read as a configuration");
	if (!l->ended)
		complain(l, cfg, "", "a comment is open at the end; add */");
	apply_empty_lists(l, cfg);
	check_ladder(l, cfg);
	loading = NULL;
	free(l->last);
	cfg_free(cfg);
}

/* The whole file and end_line. NULL with err. */
static char *read_file(const char *path, char err[CONF_ERROR_BYTES])
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t n = 0;

	if (f == NULL)
		goto fail;
	text = malloc(FILE_MAX_BYTES + sizeof(end_line));
	if (text == NULL)
		goto fail;
	errno = 0;
	n = fread(text, 1, FILE_MAX_BYTES, f);
	if (ferror(f))
		goto fail;
	if (n == FILE_MAX_BYTES || memchr(text, '\0', n) != NULL) {
		snprintf(err, CONF_ERROR_BYTES,
		    "%.128s: is no configuration (%s); name the right file",
		    path, n == FILE_MAX_BYTES ? "too large" : "has NUL bytes");
		goto out;
	}
	memcpy(text + n, end_line, sizeof(end_line));
	fclose(f);
	return text;
fail:
	snprintf(err, CONF_ERROR_BYTES,
	    "%.128s: cannot be read: %s; name a readable file with -c", path,
	    strerror(errno));
out:
	free(text);
	if (f != NULL)
		fclose(f);
	return NULL;
}

int conf_load(struct conf *c, const char *path, char err[CONF_ERROR_BYTES])
{
	struct loader l = {.c = c, .path = path, .err = err};
	char *messages, *ctype, *text;

	err[0] = '\0';
	if (conf_set_defaults(c, err) != 0)
		return -1;
	if (path == NULL)
		return 0;
	text = read_file(path, err);
	if (text == NULL)
		return -1;
	/* cfg_init() calls setlocale(). */
	messages = strdup(setlocale(LC_MESSAGES, NULL));
	ctype = strdup(setlocale(LC_CTYPE, NULL));
	parse(&l, text);
	if (messages != NULL)
		setlocale(LC_MESSAGES, messages);
	if (ctype != NULL)
		setlocale(LC_CTYPE, ctype);
	free(messages);
	free(ctype);
	free(text);
	return l.failed ? -1 : 0;
}

void conf_free(struct conf *c)
{
	for (size_t i = 0; i < conf_keys_count(); i++) {
		const struct conf_key *k = conf_key_at(i);

		if (!conf_section_has_title(k->section))
			conf_value_clear(c, k);
		else if (strcmp(k->section, "driver") == 0)
			for (size_t d = 0; d < c->n_drivers; d++)
				conf_value_clear(&c->drivers[d], k);
	}
	for (size_t d = 0; d < c->n_drivers; d++)
		free(c->drivers[d].name);
	c->n_drivers = 0;
	free(c->own_named.v);
	c->own_named = (struct conf_prefixes){NULL, 0};
}

static int check_radius(const struct conf *c, char err[CONF_ERROR_BYTES])
{
	struct radius_map map;

	if (c->radius_listen != NULL && c->radius_clients_file == NULL) {
		snprintf(err, CONF_ERROR_BYTES,
		    "radius: listen needs clients_file: name a file with lines "
		    "PREFIX SECRET");
		return -1;
	}
	if (c->radius_ports.n > 0 && c->radius_nas.n == 0) {
		snprintf(err, CONF_ERROR_BYTES,
		    "capture: radius_ports needs radius_nas: give the "
		    "addresses of the NAS or of the accounting servers, or "
		    "anybody's packet would be believed");
		return -1;
	}
	return radius_map_set(&map, c, err, CONF_ERROR_BYTES);
}

static int check_lease_files(const struct conf *c, char err[CONF_ERROR_BYTES])
{
	struct lease_source s;
	char why[320];

	for (size_t i = 0; c->lease_files[i] != NULL; i++) {
		if (lease_source_parse(
			&s, c->lease_files[i], why, sizeof(why)) == 0)
			continue;
		snprintf(err, CONF_ERROR_BYTES, "leases.files: %s", why);
		return -1;
	}
	if (c->lease_files[0] == NULL || c->hash_key_file != NULL)
		return 0;
	snprintf(err, CONF_ERROR_BYTES,
	    "leases.files needs hash_key_file: name a file with at least 16 "
	    "random bytes (head -c 32 /dev/urandom)");
	return -1;
}

static int check_units(const struct conf *c, char err[CONF_ERROR_BYTES])
{
	for (size_t i = 0; i < c->n_ipv6_units; i++) {
		const char *name = c->ipv6_units[i].line_class;

		if (name[0] == '\0' || line_class_parse(name) > CLASS_UNKNOWN)
			continue;
		snprintf(err, CONF_ERROR_BYTES,
		    "network.ipv6_unit: there is no class \"%s\"; write a "
		    "section class \"%s\" { }, or name another",
		    name, name);
		return -1;
	}
	return 0;
}

int conf_check(const struct conf *c, char err[CONF_ERROR_BYTES])
{
	err[0] = '\0';
	if (check_radius(c, err) != 0 || check_units(c, err) != 0)
		return -1;
	if (check_lease_files(c, err) != 0)
		return -1;
	if (c->login_files[0] != NULL && c->hash_key_file == NULL) {
		snprintf(err, CONF_ERROR_BYTES,
		    "logins.files needs hash_key_file: name a file with at "
		    "least 16 random bytes (head -c 32 /dev/urandom)");
		return -1;
	}
	if (c->privacy_tier == PRIVACY_FLOW)
		return 0;
	if (c->legal_basis == NULL) {
		snprintf(err, CONF_ERROR_BYTES,
		    "privacy_tier = %s needs legal_basis: set it to the "
		    "ground on which names are processed, or set privacy_tier "
		    "= flow",
		    tier_name(c->privacy_tier));
		return -1;
	}
	if (c->hash_key_file == NULL) {
		snprintf(err, CONF_ERROR_BYTES,
		    "privacy_tier = %s needs hash_key_file: name a file with "
		    "at least 16 random bytes (head -c 32 /dev/urandom), or "
		    "set privacy_tier = flow",
		    tier_name(c->privacy_tier));
		return -1;
	}
	return 0;
}
