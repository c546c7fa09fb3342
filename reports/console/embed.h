/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the web console, compressed, inside the program. A build
 * without npm has a stub page for them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct console_file {
	const char *path; /* "/", "/app.0123abcd.js" */
	const char *type; /* of media */
	const char *etag; /* with its quotes */
	const unsigned char *gzip;
	size_t n;
	bool immutable; /* its name changes with what is in it */
};

/* NULL: no such file. */
const struct console_file *console_find(const char *path);
