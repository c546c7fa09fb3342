/* SPDX-License-Identifier: Apache-2.0 */
/* The web console's files, compressed, as they are in the program. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct console_file {
	const char *path; /* "/" or "/app.HASH.js" */
	const char *type; /* of Content-Type */
	const char *etag; /* strong, with its quotes */
	const unsigned char *gzip;
	size_t n;
	bool immutable; /* its name changes with its content */
};

/* Made by scripts/console; ends with a path of NULL. */
extern const struct console_file console_files[];

/* The file of a request's path without query; NULL: there is none. */
const struct console_file *console_find(const char *path);
