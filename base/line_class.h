/* SPDX-License-Identifier: Apache-2.0 */
/* The classes of customer lines: five names that every program knows, and
 * names of the operator's own. A number stands for a name within one run
 * only; files and messages carry the name. */
#pragma once

#include <stdbool.h>

#define CLASS_NAME_LEN 24 /* [a-z][a-z0-9_-]{0,22} */
#define CLASS_OWN_MAX  27 /* own names of one configuration */

/* Names from CLASS_OWN on are numbered as they are met: in the configuration,
 * in the policies and rows of a log that is older than it. */
enum line_class {
	CLASS_UNKNOWN,
	CLASS_DYNAMIC,
	CLASS_STATIC,
	CLASS_BUSINESS,
	CLASS_WHOLESALE, /* users of another provider, on our lines */
	CLASS_OWN,
	CLASS_COUNT = 64
};

bool line_class_is_name(const char *name);
/* The number of a name, given now when it is new; -1: it is no name, or the
 * table is full. Not for what the network says. */
int line_class_add(const char *name);
/* The number of a name that is known, or -1. */
int line_class_parse(const char *name);
/* "?" for a number that nothing has. */
const char *line_class_name(enum line_class v);
/* So many have a name; numbers have no gap. */
int line_class_count(void);
