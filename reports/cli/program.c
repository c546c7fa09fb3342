/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/program.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *program_find(const char *name, char buf[static PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", buf, PATH_MAX - 1);
	char *slash;

	buf[n > 0 ? n : 0] = '\0';
	slash = strrchr(buf, '/');
	if (slash && strlen(name) < PATH_MAX - (size_t)(slash + 1 - buf)) {
		memcpy(slash + 1, name, strlen(name) + 1);
		if (access(buf, X_OK) == 0)
			return buf;
	}
	snprintf(buf, PATH_MAX, "%s", name);
	return buf;
}
