/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the schema by their names. */
#include <string.h>

#include "base/conf_table.h"
#include "base/nearest.h"

bool conf_section_has_title(const char *section)
{
	return strcmp(section, "driver") == 0 || strcmp(section, "class") == 0;
}

const struct conf_key *conf_key_find(const char *section, const char *name)
{
	for (size_t i = 0; i < conf_keys_count(); i++)
		if (strcmp(conf_key_at(i)->section, section) == 0 &&
		    strcmp(conf_key_at(i)->name, name) == 0)
			return conf_key_at(i);
	return NULL;
}

size_t conf_key_place(const struct conf_key *k)
{
	size_t i = 0;

	while (conf_key_at(i) != k)
		i++;
	return i;
}

const char *conf_key_elsewhere(const char *name)
{
	for (size_t i = 0; i < conf_keys_count(); i++)
		if (strcmp(conf_key_at(i)->name, name) == 0)
			return conf_key_at(i)->section;
	return NULL;
}

const struct conf_key *conf_key_nearest(const char *section, const char *name)
{
	const struct conf_key *best = NULL;
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < conf_keys_count(); i++) {
		size_t d = nearest_distance(conf_key_at(i)->name, name);

		if (strcmp(conf_key_at(i)->section, section) == 0 &&
		    d < least) {
			least = d;
			best = conf_key_at(i);
		}
	}
	return best;
}
