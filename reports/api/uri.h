/* SPDX-License-Identifier: Apache-2.0 */
/* The target of a request (RFC 9112 section 3.2.1): its path, and the pairs
 * of its query, decoded. */
#pragma once

#include <stddef.h>

#define URI_BYTES 8192
#define URI_PAIRS 24

struct uri_pair {
	const char *name, *value;
};
struct uri {
	char text[URI_BYTES];
	const char *path; /* begins with a slash */
	struct uri_pair pairs[URI_PAIRS];
	int n;
};

/* 0; -1: no path, a broken or forbidden escape (controls, NUL, what is no
 * UTF-8), a name twice, or too long. */
int uri_parse(struct uri *u, const char *target);
/* The value, "" for a name alone, NULL when it is not there. */
const char *uri_get(const struct uri *u, const char *name);
