/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/audit.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/write.h"

/* SUDO_USER is a word of the environment: only sudo's own root is believed,
 * for whoever can be root can be anybody. */
static const char *login_name(void)
{
	const char *sudo = getuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *p;

	if (sudo && *sudo != '\0')
		return sudo;
	p = getpwuid(getuid());
	return p ? p->pw_name : NULL;
}

void audit_operator(const struct cli *c, char name[static ROW_ID_LEN])
{
	const char *who = c->operator? c->operator: login_name();

	if (who && *who != '\0')
		snprintf(name, ROW_ID_LEN, "%s", who);
	else
		snprintf(name, ROW_ID_LEN, "uid %ld", (long)getuid());
}

/* As snprintf(). */
static int join_reason(const struct cli *c, char buf[static ROW_TEXT_LEN])
{
	return snprintf(buf, ROW_TEXT_LEN, "%s%s%s%s%s",
	    c->reason ? c->reason : "", c->reason && c->ticket ? " " : "",
	    c->ticket ? "(ticket " : "", c->ticket ? c->ticket : "",
	    c->ticket ? ")" : "");
}

void audit_fill(
    const struct cli *c, struct audit *a, const char *verb, const char *object)
{
	memset(a, 0, sizeof(*a));
	a->at_us = c->now_us;
	a->source = c->source_of_audit;
	audit_operator(c, a->operator);
	snprintf(a->verb, sizeof(a->verb), "%s", verb);
	snprintf(a->object, sizeof(a->object), "%s", object ? object : "");
	(void)join_reason(c, a->reason);
}

int audit_refused(struct cli *c, const char *verb, const char *object,
    const char *why, int code)
{
	struct audit a;

	audit_fill(c, &a, verb, object);
	snprintf(a.detail, sizeof(a.detail), "%s", why);
	snprintf(a.outcome, sizeof(a.outcome), "refused");
	if (write_audit(c->db, &a) != 0)
		(void)cli_fail_db(c);
	return code;
}

static int too_long(struct cli *c)
{
	return cli_fail(c, CLI_USAGE,
	    "--reason is longer than %d bytes: say it shorter",
	    ROW_TEXT_LEN - 1);
}

int audit_check(struct cli *c)
{
	char buf[ROW_TEXT_LEN];

	if (c->operator&& strlen(c->operator) >= ROW_ID_LEN)
		return cli_fail(c, CLI_USAGE,
		    "--operator is longer than %d bytes", ROW_ID_LEN - 1);
	return join_reason(c, buf) >= ROW_TEXT_LEN ? too_long(c) : CLI_OK;
}

int audit_reason(struct cli *c, char buf[static ROW_TEXT_LEN])
{
	int n;

	if (!c->reason || strspn(c->reason, " \t") == strlen(c->reason))
		return cli_fail(c, CLI_USAGE,
		    "--reason is missing: say why, for whoever asks later");
	n = join_reason(c, buf);
	return n < 0 || n >= ROW_TEXT_LEN ? too_long(c) : CLI_OK;
}
