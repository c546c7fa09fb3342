/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/classes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/nightly/form.h"
#include "reports/nightly/page.h"

#define FACTS 3

struct fact {
	const char *name; /* snake_case */
	int64_t value;
	char command[NIGHT_COMMAND_BYTES];
};

static int by_name(const void *a, const void *b)
{
	const enum line_class *x = a, *y = b;

	return strcmp(line_class_name(*x), line_class_name(*y));
}

static size_t list(
    const struct night *n, enum line_class out[static CLASS_COUNT])
{
	size_t count = 0;

	for (int k = 0; k < CLASS_COUNT; k++) {
		const struct night_class *c = &n->classes[k];

		if (c->subscribers + c->incidents + c->blocks > 0)
			out[count++] = (enum line_class)k;
	}
	if (count > 1)
		qsort(out, count, sizeof(out[0]), by_name);
	return count;
}

static void facts_of(
    const struct night *n, enum line_class k, struct fact f[static FACTS])
{
	const struct night_class *c = &n->classes[k];
	const char *name = line_class_name(k);

	f[0] =
	    (struct fact){.name = "subscribers_on_25", .value = c->subscribers};
	snprintf(f[0].command, sizeof(f[0].command),
	    "sekisho observation list --since %s --until %s --case 2 --class "
	    "%s -o csv | awk -F, '$10 == 25 && $4 != \"\" { print $4 }' | "
	    "sort -u | wc -l",
	    n->date, n->next, name);
	f[1] = (struct fact){.name = "incidents_opened", .value = c->incidents};
	snprintf(f[1].command, sizeof(f[1].command),
	    "sekisho incident list --since %s --until %s --opened --class %s",
	    n->date, n->next, name);
	f[2] = (struct fact){.name = "blocks", .value = c->blocks};
	snprintf(f[2].command, sizeof(f[2].command),
	    "sekisho decision list --since %s --until %s --action block "
	    "--class %s",
	    n->date, n->next, name);
}

void classes_print_text(const struct night *n, FILE *f)
{
	enum line_class k[CLASS_COUNT];
	size_t count = list(n, k);
	struct fact facts[FACTS];

	page_words(f, 2, "By class of line:");
	for (size_t i = 0; i < count; i++) {
		page_words(f, 2, "%s%s", line_class_name(k[i]),
		    k[i] == CLASS_WHOLESALE ? " (users of other providers)"
					    : "");
		facts_of(n, k[i], facts);
		for (int j = 0; j < FACTS; j++) {
			page_value(f, facts[j].name, facts[j].value);
			page_command(f, "%s", facts[j].command);
		}
	}
	if (count == 0)
		page_words(f, 4, "No line has sent mail on port 25.");
}

void classes_print_json(const struct night *n, struct jsonw *j)
{
	enum line_class k[CLASS_COUNT];
	size_t count = list(n, k);
	struct fact facts[FACTS];

	jsonw_key(j, "classes");
	jsonw_array_begin(j);
	for (size_t i = 0; i < count; i++) {
		jsonw_object_begin(j);
		jsonw_kstring(j, "class", line_class_name(k[i]));
		facts_of(n, k[i], facts);
		for (int m = 0; m < FACTS; m++) {
			jsonw_key(j, facts[m].name);
			jsonw_object_begin(j);
			jsonw_kint(j, "value", facts[m].value);
			jsonw_kstring(j, "command", facts[m].command);
			jsonw_object_end(j);
		}
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
}
