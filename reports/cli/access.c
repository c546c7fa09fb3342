/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/access.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/scope.h"
#include "reports/cli/audit.h"
#include "store/read.h"
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

struct actions {
	const char *noun;
	char *buf;
	size_t room; /* what is written stands at the end of buf */
};

/* They come newest first, and are written from the end. */
static int add_action(void *arg, const struct audit *a)
{
	struct actions *l = arg;
	size_t noun = strlen(l->noun);
	char text[CLOCK_STRLEN + ROW_ID_LEN + 48 + ROW_TEXT_LEN];
	char time[CLOCK_STRLEN];
	bool first = l->buf[l->room] == '\0';
	int n;

	if (strncmp(a->verb, l->noun, noun) != 0 || a->verb[noun] != ' ')
		return 0;
	n = snprintf(text, sizeof(text), "%s %s %s%s%s%s",
	    clock_format(a->at_us, time), a->operator, a->verb + noun + 1,
	    a->reason[0] != '\0' ? ": " : "", a->reason, first ? "" : "; ");
	if (n < 0 || (size_t)n >= sizeof(text) || (size_t)n > l->room)
		return 1;
	l->room -= (size_t)n;
	memcpy(l->buf + l->room, text, (size_t)n);
	return 0;
}

int access_actions(struct db *db, const char *noun, const char *object,
    char buf[static ACCESS_ACTIONS_BYTES])
{
	const struct audit_range r = {.object = object};
	struct actions l = {noun, buf, ACCESS_ACTIONS_BYTES - 1};

	buf[l.room] = '\0';
	if (read_audits(db, &r, add_action, &l) < 0)
		return -1;
	memmove(buf, buf + l.room, ACCESS_ACTIONS_BYTES - l.room);
	return 0;
}
