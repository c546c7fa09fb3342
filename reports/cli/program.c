/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

#define HANDED_ON "SEKISHO_HANDED_ON"

void program_is_last(void)
{
	(void)unsetenv(HANDED_ON);
}

int program_hand_on(struct cli *c, const char *name, char **argv)
{
	char path[PATH_MAX];

	/* Set by whoever hands on: it is not to come back. */
	if (getenv(HANDED_ON))
		return cli_fail(c, CLI_FAILED,
		    "%s lacks this verb: install programs of one build", name);
	(void)setenv(HANDED_ON, "1", 1);
	fflush(c->out);
	fflush(c->err);
	(void)execvp(program_find(name, path), argv);
	return cli_fail(c, CLI_FAILED,
	    "%s cannot be started: %s; install it beside sekisho or on PATH",
	    name, strerror(errno));
}
