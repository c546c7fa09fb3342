/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/verb.h"
#include "reports/letter/letter.h"

static int load(struct cli *c)
{
	char err[CONF_ERROR_BYTES];
	int code = cli_need_conf(c);

	if (code != CLI_OK)
		return code;
	if (conf_check(&c->conf, err) != 0 ||
	    letter_folder_check(&c->conf, err) != 0)
		return cli_fail(c, CLI_USAGE, "%s", err);
	return CLI_OK;
}

int cli_config_check(struct cli *c)
{
	int code = load(c);

	if (code == CLI_OK)
		fprintf(c->out, "%s: no error found\n",
		    c->config ? c->config : "defaults");
	return code;
}

int cli_config_show(struct cli *c)
{
	int code = cli_need_conf(c);

	if (code == CLI_OK)
		conf_show(&c->conf, c->out);
	return code;
}
