/* SPDX-License-Identifier: Apache-2.0 */
#include "base/line_class.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static struct {
	char names[CLASS_COUNT][CLASS_NAME_LEN];
	int n;
} table = {
    .names = {"unknown", "dynamic", "static", "business", "wholesale"},
    .n = CLASS_OWN,
};

bool line_class_is_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return name[0] >= 'a' && name[0] <= 'z' && name[n] == '\0' &&
	       n < CLASS_NAME_LEN;
}

int line_class_parse(const char *name)
{
	for (int i = 0; name != NULL && i < table.n; i++)
		if (strcmp(table.names[i], name) == 0)
			return i;
	return -1;
}

int line_class_add(const char *name)
{
	int known = line_class_parse(name);

	if (known >= 0)
		return known;
	if (name == NULL || !line_class_is_name(name) || table.n == CLASS_COUNT)
		return -1;
	snprintf(table.names[table.n], CLASS_NAME_LEN, "%s", name);
	return table.n++;
}

const char *line_class_name(enum line_class v)
{
	return (unsigned int)v < (unsigned int)table.n ? table.names[v] : "?";
}

int line_class_count(void)
{
	return table.n;
}
