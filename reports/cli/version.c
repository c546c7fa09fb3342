/* SPDX-License-Identifier: Apache-2.0 */
#include "base/version.h"

#include "base/jsonw.h"
#include "reports/cli/verb.h"

int cli_version(struct cli *c)
{
	struct jsonw j;

	if (c->format != OUT_JSON && c->format != OUT_JSONL) {
		fputs("sekisho " SEKISHO_VERSION "\n", c->out);
		return CLI_OK;
	}
	jsonw_init(&j, c->out);
	jsonw_object_begin(&j);
	jsonw_kstring(&j, "name", "sekisho");
	jsonw_kstring(&j, "version", SEKISHO_VERSION);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	jsonw_free(&j);
	return CLI_OK;
}
