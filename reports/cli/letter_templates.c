/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in letters as files, to be changed. */
#include <limits.h>

#include "reports/cli/verb.h"
#include "reports/letter/find.h"
#include "reports/nightly/file.h"

int cli_letter_templates(struct cli *c)
{
	const char *dir = c->args[0];
	char err[PATH_MAX + 256];
	int n;

	if (file_make_dir(dir, err, sizeof(err)) != 0)
		return cli_fail(c, CLI_FAILED, "%s", err);
	n = letter_write_builtin(dir, err);
	if (n < 0)
		return cli_fail(c, CLI_FAILED, "%s", err);
	fprintf(c->out, "%s: %d letters written%s; name it as letters.dir\n",
	    dir, n, n == 0 ? " (all are there)" : "");
	return CLI_OK;
}
