/* SPDX-License-Identifier: Apache-2.0 */
/* Finds a file of the web console by the path of a request. */
#include <string.h>

#include "reports/console/embed.h"

const struct console_file *console_find(const char *path)
{
	const struct console_file *f;

	for (f = console_files; f->path; f++)
		if (!strcmp(f->path, path))
			return f;
	return NULL;
}
