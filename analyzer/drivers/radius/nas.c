/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/radius/nas.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT        "3799" /* RFC 5176 section 3 */
#define TIMEOUT_MAX 60
#define TRIES_MAX   10

/* libConfuse hands no pointer to its callbacks. Only set while nas_load()
 * runs; there are no threads. */
static char *error_text;

static void __attribute__((format(printf, 2, 0)))
on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char what[200];

	vsnprintf(what, sizeof(what), fmt, ap);
	if (error_text[0] == '\0')
		snprintf(error_text, NAS_ERROR_SIZE, "%.150s:%d: %s",
		    cfg->filename != NULL ? cfg->filename : "?", cfg->line,
		    what);
}

static const char *const placeholders[] = {"%{subscriber}", "%{ipv4}",
    "%{ipv6}", "%{ipv6_prefix}", "%{seq}", "%{until}", "%{now}"};

/* A placeholder that is none would go out as it stands. */
static const char *check_line(const char *line)
{
	for (; (line = strstr(line, "%{")) != NULL; line++) {
		bool known = false;

		for (size_t i = 0;
		     i < sizeof(placeholders) / sizeof(placeholders[0]); i++)
			known |= strncmp(line, placeholders[i],
				     strlen(placeholders[i])) == 0;
		if (!known)
			return line;
	}
	return NULL;
}

static int take_lines(
    struct nas_lines *l, cfg_t *sec, const char *key, char *why)
{
	unsigned int n = cfg_size(sec, key);

	l->v = calloc(n + 1, sizeof(*l->v));
	if (l->v == NULL)
		return -1;
	for (unsigned int i = 0; i < n; i++) {
		const char *text = cfg_getnstr(sec, key, i);
		const char *bad = check_line(text);

		if (bad != NULL || strpbrk(text, "\r\n") != NULL) {
			snprintf(why, NAS_ERROR_SIZE,
			    "nas \"%.60s\": %s: \"%.60s\" is no placeholder; "
			    "there are %%{subscriber}, %%{ipv4}, %%{ipv6}, "
			    "%%{ipv6_prefix}, %%{seq}, %%{until}, %%{now}",
			    cfg_title(sec), key, bad != NULL ? bad : text);
			return -1;
		}
		l->v[i] = strdup(text);
		if (l->v[i] == NULL)
			return -1;
		l->n++;
	}
	return 0;
}

static int take_prefixes(struct nas *n, cfg_t *sec, char *why)
{
	unsigned int count = cfg_size(sec, "prefixes");

	n->prefixes = calloc(count + 1, sizeof(*n->prefixes));
	if (n->prefixes == NULL)
		return -1;
	for (unsigned int i = 0; i < count; i++) {
		const char *text = cfg_getnstr(sec, "prefixes", i);

		if (prefix_parse(&n->prefixes[i], text) != 0) {
			snprintf(why, NAS_ERROR_SIZE,
			    "nas \"%.60s\": prefixes: \"%.60s\" is no prefix",
			    n->name, text);
			return -1;
		}
		n->n_prefixes++;
	}
	return 0;
}

/* "192.0.2.254", "192.0.2.254:1700", "2001:db8::1", "[2001:db8::1]:1700" or
 * a name. */
static char *server_of(const char *text)
{
	struct addr a;
	char *server = NULL;
	int rc;

	if (addr_parse(&a, text) == 0 && !addr_is_v4(&a))
		rc = asprintf(&server, "[%s]:" PORT, text);
	else if (strchr(text, ':') == NULL)
		rc = asprintf(&server, "%s:" PORT, text);
	else
		rc = asprintf(&server, "%s", text);
	return rc < 0 ? NULL : server;
}

static int check_nas(const struct nas *n, char *why)
{
	const char *what = NULL;

	if (n->server == NULL || n->secret_file == NULL)
		what = "give address and secret_file";
	else if (n->session.n == 0)
		what = "give session: by which attributes the NAS knows the "
		       "session";
	else if (!n->disconnect && (n->block.n == 0 || n->unblock.n == 0))
		what = "give block and unblock: attributes that are not sent "
		       "are left as they are";
	else if (n->timeout_s < 1 || n->timeout_s > TIMEOUT_MAX ||
		 n->tries < 1 || n->tries > TRIES_MAX)
		what = "timeout_s has to be 1 to 60, tries 1 to 10";
	if (what != NULL)
		snprintf(
		    why, NAS_ERROR_SIZE, "nas \"%.60s\": %s", n->name, what);
	return what == NULL ? 0 : -1;
}

static char *copy_of(cfg_t *sec, const char *key)
{
	const char *text = cfg_getstr(sec, key);

	return text != NULL ? strdup(text) : NULL;
}

static int take_nas(struct nas *n, cfg_t *sec, char *why)
{
	const char *request = cfg_getstr(sec, "request");
	const char *address = cfg_getstr(sec, "address");

	n->name = strdup(cfg_title(sec));
	n->server = address != NULL ? server_of(address) : NULL;
	n->secret_file = copy_of(sec, "secret_file");
	n->timeout_s = (int)cfg_getint(sec, "timeout_s");
	n->tries = (int)cfg_getint(sec, "tries");
	n->disconnect = strcmp(request, "disconnect") == 0;
	if (n->name == NULL)
		return -1;
	if (!n->disconnect && strcmp(request, "coa") != 0) {
		snprintf(why, NAS_ERROR_SIZE,
		    "nas \"%.60s\": request: \"%.60s\" is neither coa nor "
		    "disconnect",
		    n->name, request);
		return -1;
	}
	if (take_prefixes(n, sec, why) != 0 ||
	    take_lines(&n->session, sec, "session", why) != 0 ||
	    take_lines(&n->block, sec, "block", why) != 0 ||
	    take_lines(&n->unblock, sec, "unblock", why) != 0)
		return -1;
	return check_nas(n, why);
}

static int take_all(struct nas_list *l, cfg_t *cfg, char *why)
{
	unsigned int n = cfg_size(cfg, "nas");

	if (n == 0) {
		snprintf(why, NAS_ERROR_SIZE, "there is no nas in it");
		return -1;
	}
	l->v = calloc(n, sizeof(*l->v));
	if (l->v == NULL)
		return -1;
	for (unsigned int i = 0; i < n; i++) {
		l->n++;
		if (take_nas(&l->v[i], cfg_getnsec(cfg, "nas", i), why) != 0)
			return -1;
	}
	return 0;
}

int nas_load(struct nas_list *l, const char *path, char why[NAS_ERROR_SIZE])
{
	cfg_opt_t nas_opts[] = {
	    CFG_STR("address", NULL, CFGF_NONE),
	    CFG_STR("secret_file", NULL, CFGF_NONE),
	    CFG_STR("request", "coa", CFGF_NONE),
	    CFG_INT("timeout_s", 2, CFGF_NONE),
	    CFG_INT("tries", 3, CFGF_NONE),
	    CFG_STR_LIST("prefixes", NULL, CFGF_NONE),
	    CFG_STR_LIST("session", NULL, CFGF_NONE),
	    CFG_STR_LIST("block", NULL, CFGF_NONE),
	    CFG_STR_LIST("unblock", NULL, CFGF_NONE),
	    CFG_END(),
	};
	cfg_opt_t opts[] = {
	    CFG_SEC(
		"nas", nas_opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	    CFG_END(),
	};
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);
	int rc = -1;

	memset(l, 0, sizeof(*l));
	snprintf(why, NAS_ERROR_SIZE, "no memory");
	if (cfg == NULL)
		return -1;
	why[0] = '\0';
	error_text = why;
	(void)cfg_set_error_function(cfg, on_error);
	switch (cfg_parse(cfg, path)) {
	case CFG_SUCCESS:
		rc = take_all(l, cfg, why);
		break;
	case CFG_FILE_ERROR:
		snprintf(why, NAS_ERROR_SIZE, "%.200s cannot be read", path);
		break;
	default:
		break;
	}
	if (rc != 0 && why[0] == '\0')
		snprintf(why, NAS_ERROR_SIZE, "no memory");
	cfg_free(cfg);
	error_text = NULL;
	if (rc != 0)
		nas_free(l);
	return rc;
}

static void free_lines(struct nas_lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

void nas_free(struct nas_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].server);
		free(l->v[i].secret_file);
		free(l->v[i].prefixes);
		free_lines(&l->v[i].session);
		free_lines(&l->v[i].block);
		free_lines(&l->v[i].unblock);
	}
	free(l->v);
	memset(l, 0, sizeof(*l));
}

const struct nas *nas_of(const struct nas_list *l, const struct prefix *p)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct nas *n = &l->v[i];

		if (n->n_prefixes == 0)
			return n;
		for (size_t k = 0; k < n->n_prefixes; k++)
			if (n->prefixes[k].len <= p->len &&
			    prefix_contains(&n->prefixes[k], &p->addr))
				return n;
	}
	return NULL;
}

bool nas_session_has(const struct nas *n, const char *placeholder)
{
	for (size_t i = 0; i < n->session.n; i++)
		if (strstr(n->session.v[i], placeholder) != NULL)
			return true;
	return false;
}
