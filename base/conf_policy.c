/* SPDX-License-Identifier: Apache-2.0 */
/* The policy as text, and the way back. */
#include <stdlib.h>
#include <string.h>

#include "base/conf_table.h"

#define WHY_BYTES 384

int conf_set_defaults(struct conf *c, char err[CONF_ERROR_BYTES])
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < conf_keys_count(); i++)
		if (!conf_section_has_title(conf_key_at(i)->section) &&
		    conf_value_default(
			c, conf_key_at(i), err, CONF_ERROR_BYTES) != 0)
			return -1;
	conf_classes_default(c);
	return 0;
}

/* --- to text -------------------------------------------------------------- */

static void print_line(const void *base, const struct conf_key *k, FILE *out)
{
	fprintf(out, "%s=", k->name);
	for (size_t i = 0; i < conf_value_count(base, k); i++) {
		fputs(i > 0 ? " " : "", out);
		conf_element_print(base, k, i, out);
	}
	putc('\n', out);
}

static void print_class(const struct conf *c, enum line_class k, FILE *out)
{
	for (size_t i = 0; i < conf_keys_count(); i++) {
		if (strcmp(conf_key_at(i)->section, "class") != 0)
			continue;
		fprintf(out, "class.%s.", line_class_name(k));
		print_line(&c->classes[k], conf_key_at(i), out);
	}
}

char *conf_policy_text(const struct conf *c)
{
	enum line_class classes[CLASS_COUNT];
	size_t n_classes = conf_classes_named(c, classes), size;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < conf_keys_count(); i++)
		if (strcmp(conf_key_at(i)->section, "policy") == 0)
			print_line(c, conf_key_at(i), out);
	for (size_t i = 0; i < n_classes; i++)
		print_class(c, classes[i], out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* --- from text ------------------------------------------------------------ */

/* A line's key, found; what its value goes into. */
struct entry {
	const struct conf_key *key;
	void *base;
};

/* Before there were classes, their numbers stood in policy { }. */
static struct entry find_old(struct conf *c, const char *name)
{
	static const struct {
		const char *old;
		enum line_class class;
		const char *key;
	} names[] = {
	    {"burst_servers_dynamic", CLASS_DYNAMIC, "burst_servers"},
	    {"burst_servers_static", CLASS_STATIC, "burst_servers"},
	    {"burst_connections_dynamic", CLASS_DYNAMIC, "burst_connections"},
	    {"burst_connections_static", CLASS_STATIC, "burst_connections"},
	    {"threshold_dynamic_milli", CLASS_DYNAMIC, "threshold_milli"},
	    {"threshold_static_milli", CLASS_STATIC, "threshold_milli"},
	    {"dynamic_port25_open", CLASS_DYNAMIC, "port25"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].old, name) == 0)
			return (struct entry){
			    conf_key_find("class", names[i].key),
			    &c->classes[names[i].class]};
	return (struct entry){NULL, NULL};
}

/* "class.NAME.key" */
static struct entry find_in_class(
    struct conf *c, char *name, char *why, size_t size)
{
	struct entry e = {NULL, NULL};
	char *key = strchr(name + strlen("class."), '.');
	int k;

	if (key == NULL)
		return e;
	*key = '\0';
	k = conf_class_add(c, name + strlen("class."), why, size);
	*key = '.';
	if (k >= 0)
		e = (struct entry){
		    conf_key_find("class", key + 1), &c->classes[k]};
	return e;
}

static struct entry find(struct conf *c, char *name, char *why, size_t size)
{
	const struct conf_key *k = conf_key_find("policy", name);

	why[0] = '\0';
	if (k != NULL)
		return (struct entry){k, c};
	if (strncmp(name, "class.", strlen("class.")) == 0)
		return find_in_class(c, name, why, size);
	return find_old(c, name);
}

/* The old key's words were true and false. */
static const char *value_of(const struct entry *e, const char *word)
{
	if (e->key->type != CONF_OPEN)
		return word;
	if (strcmp(word, "true") == 0)
		return "open";
	return strcmp(word, "false") == 0 ? "closed" : word;
}

/* One "name=value value" line. */
static int load_line(struct conf *c, char *line, char *err)
{
	char *value = strchr(line, '='), *word, *save = NULL;
	char why[WHY_BYTES];
	struct entry e;
	bool first = true;

	if (value != NULL)
		*value++ = '\0';
	e = find(c, line, why, sizeof(why));
	if (e.key == NULL || value == NULL) {
		snprintf(err, CONF_ERROR_BYTES, "policy: \"%.60s\" %s", line,
		    why[0] != '\0' ? why
				   : "is no policy key of this version; use "
				     "the version that wrote it");
		return -1;
	}
	for (word = strtok_r(value, " ", &save); word != NULL || first;
	     word = strtok_r(NULL, " ", &save)) {
		if (conf_value_set(e.base, e.key,
			word != NULL ? value_of(&e, word) : "", first, why,
			sizeof(why)) != 0) {
			snprintf(err, CONF_ERROR_BYTES, "policy: %.60s: %s",
			    line, why);
			return -1;
		}
		if (word == NULL)
			break;
		first = false;
	}
	return 0;
}

/* A text that an older version wrote lacks what it did not know: then it was
 * judged without. What the text names is set afterwards. */
static void forget_later_rules(struct conf *c)
{
	c->spoof_threshold_milli = 0;
	c->forwarded_weight_milli = 0;
	c->min_strong_servers = 0;
	c->listing_once_s = 0;
	c->score_half_life_s = 0;
	c->hurry_connections = 0;
	c->spread_window_s = 0;
	c->brake_customers = 0;
	c->release_quiet = false;
	c->retry_memory_s = 0;
	c->hurry_memory_milli = 0;
	c->burst_bad_percent = 0;
	c->account_threshold_milli = 0;
	c->burst_new_percent = 0;
}

int conf_load_policy_text(
    struct conf *c, const char *text, char err[CONF_ERROR_BYTES])
{
	char *copy, *line, *save = NULL;
	int rc;

	err[0] = '\0';
	rc = conf_set_defaults(c, err);
	forget_later_rules(c);
	copy = strdup(text);
	if (copy == NULL) {
		snprintf(err, CONF_ERROR_BYTES, "no memory is left");
		return -1;
	}
	for (line = strtok_r(copy, "\n", &save); line != NULL && rc == 0;
	     line = strtok_r(NULL, "\n", &save))
		rc = load_line(c, line, err);
	free(copy);
	return rc;
}
