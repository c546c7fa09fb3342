/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/actor.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

void actor_name(char buf[static ROW_ID_LEN])
{
	const struct passwd *p = getpwuid(getuid());

	if (p)
		snprintf(buf, ROW_ID_LEN, "%s", p->pw_name);
	else
		snprintf(buf, ROW_ID_LEN, "uid %ld", (long)getuid());
}

int actor_reason(struct cli *c, char buf[static ROW_TEXT_LEN])
{
	if (!c->reason || strspn(c->reason, " \t") == strlen(c->reason))
		return cli_fail(c, CLI_USAGE,
		    "--reason is missing: say why, for whoever asks later");
	if (strlen(c->reason) >= ROW_TEXT_LEN)
		return cli_fail(c, CLI_USAGE,
		    "--reason is longer than %d bytes: say it shorter",
		    ROW_TEXT_LEN - 1);
	snprintf(buf, ROW_TEXT_LEN, "%s", c->reason);
	return CLI_OK;
}
