/* SPDX-License-Identifier: Apache-2.0 */
/* The classes of customers: their defaults, their order, their names. */
#include <stdlib.h>
#include <string.h>

#include "base/conf_table.h"

/* Where a class that every program knows differs from the table, which has
 * the numbers of static: those that block least. A company pays for mail that
 * arrives, and a wholesale line is another provider's customer: a person
 * decides there. */
static const struct {
	enum line_class class;
	const char *key, *def;
} differs[] = {
    {CLASS_DYNAMIC, "port25", "closed"},
    {CLASS_DYNAMIC, "threshold_milli", "17300"},
    {CLASS_DYNAMIC, "hurry_threshold_milli", "8700"},
    {CLASS_DYNAMIC, "spread_servers", "1000"},
    {CLASS_BUSINESS, "mode", "monitor"},
    {CLASS_WHOLESALE, "mode", "monitor"},
};

const char *conf_class_default(enum line_class k, const struct conf_key *key)
{
	for (size_t i = 0; i < sizeof(differs) / sizeof(differs[0]); i++)
		if (differs[i].class == k &&
		    strcmp(differs[i].key, key->name) == 0)
			return differs[i].def;
	return key->def;
}

/* A class that only an older log names has them, too: named is false then. */
void conf_classes_default(struct conf *c)
{
	char why[CONF_ERROR_BYTES];

	for (int k = 0; k < CLASS_COUNT; k++) {
		struct conf_class *class = &c->classes[k];

		for (size_t i = 0; i < conf_keys_count(); i++)
			if (strcmp(conf_key_at(i)->section, "class") == 0)
				(void)conf_value_set(class, conf_key_at(i),
				    conf_class_default(k, conf_key_at(i)), true,
				    why, sizeof(why));
		class->named = k > CLASS_UNKNOWN && k < CLASS_OWN;
	}
}

static bool may_add(
    const struct conf *c, const char *title, char *why, size_t size)
{
	int own = 0;

	for (int k = CLASS_OWN; k < CLASS_COUNT; k++)
		own += c->classes[k].named;
	if (!line_class_is_name(title))
		snprintf(why, size,
		    "is no class name; use a small letter, then up to 22 small "
		    "letters, digits, \"_\" and \"-\"");
	else if (line_class_parse(title) == CLASS_UNKNOWN)
		snprintf(why, size,
		    "is what a line is of no class, and has the numbers of "
		    "dynamic; use another name");
	else if (own >= CLASS_OWN_MAX &&
		 (line_class_parse(title) < 0 ||
		     !c->classes[line_class_parse(title)].named))
		snprintf(why, size,
		    "is one class too many; at most %d own names can be used",
		    CLASS_OWN_MAX);
	else
		return true;
	return false;
}

int conf_class_add(struct conf *c, const char *title, char *why, size_t size)
{
	int k;

	if (!may_add(c, title, why, size))
		return -1;
	k = line_class_add(title);
	if (k < 0)
		snprintf(why, size,
		    "is one name too many: with those of the log there are %d; "
		    "use a name that was used before",
		    CLASS_COUNT);
	else
		c->classes[k].named = true;
	return k;
}

static int by_name(const void *a, const void *b)
{
	const enum line_class *x = a, *y = b;

	return strcmp(line_class_name(*x), line_class_name(*y));
}

size_t conf_classes_named(
    const struct conf *c, enum line_class out[static CLASS_COUNT])
{
	size_t n = 0;

	for (int k = 0; k < CLASS_COUNT; k++)
		if (c->classes[k].named)
			out[n++] = (enum line_class)k;
	qsort(out, n, sizeof(out[0]), by_name);
	return n;
}

struct conf_class conf_class_rules(const struct conf *c, enum line_class k)
{
	struct conf_class rules;

	if (k > CLASS_UNKNOWN && k < CLASS_COUNT)
		return c->classes[k];
	rules = c->classes[CLASS_DYNAMIC];
	rules.named = false;
	rules.port25_open = true;
	rules.mode = CLASS_MODE_INHERIT;
	return rules;
}
