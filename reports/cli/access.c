/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/access.h"

#include <stdio.h>
#include <string.h>

#include "reports/api/scope.h"
#include "reports/cli/audit.h"
#include "store/write.h"

int access_name(struct cli *c, const char *text, char name[static ROW_ID_LEN])
{
	size_t n = strlen(text);

	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p <= 0x20 || *p == 0x7f)
			n = 0;
	if (n == 0 || n >= ROW_ID_LEN)
		return cli_fail(c, CLI_USAGE,
		    "name \"%.40s\": give one word of 1 to %d bytes", text,
		    ROW_ID_LEN - 1);
	memcpy(name, text, n + 1);
	return CLI_OK;
}

int access_scopes(struct cli *c, int64_t *scopes)
{
	char all[SCOPES_LEN];
	const char *bad;

	if (!c->scopes || strspn(c->scopes, " ,") == strlen(c->scopes))
		return cli_fail(c, CLI_USAGE,
		    "--scope is missing: name what it may do, out of: %s",
		    scope_text(SCOPES_ALL, all));
	if (scope_parse(c->scopes, scopes, &bad) == 0)
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "--scope %.*s: there is no such scope; there are: %s",
	    (int)strcspn(bad, " ,"), bad, scope_text(SCOPES_ALL, all));
}

int access_audit(
    struct cli *c, const char *verb, const char *object, const char *detail)
{
	struct audit a;

	audit_fill(c, &a, verb, object);
	snprintf(a.detail, sizeof(a.detail), "%s", detail);
	snprintf(a.outcome, sizeof(a.outcome), "done");
	return write_audit(c->db, &a);
}
