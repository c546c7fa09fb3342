/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/operate.h"

#include <string.h>

#include "base/clock.h"
#include "reports/cli/audit.h"
#include "reports/cli/target.h"
#include "store/read.h"

int operate_until(const char *ttl, int64_t now_us, int64_t *until_us)
{
	int64_t length_us;

	*until_us = 0;
	if (strcmp(ttl, "permanent") == 0)
		return 0;
	if (clock_parse_duration(&length_us, ttl) == 0) {
		*until_us = now_us + length_us;
		return length_us > 0 ? 0 : -1;
	}
	if (clock_parse(until_us, ttl, now_us) != 0)
		return -1;
	return *until_us > now_us ? 0 : -1;
}

static int parse_ttl(struct cli *c, int64_t *until_us)
{
	*until_us = 0;
	if (!c->ttl || operate_until(c->ttl, c->now_us, until_us) == 0)
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "--ttl %.40s: give a time such as 90m, 24h, 7d, 2026-12-31, or "
	    "permanent",
	    c->ttl);
}

/* Who is to go from the allow list must be on it. */
static int need_entry(struct cli *c, const struct op_action *a)
{
	struct decision d;
	int rc = read_in_force(c->db, a->customer, c->now_us, &d);

	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 1 && d.cause == CAUSE_MANUAL && d.action == ACTION_ALLOW)
		return CLI_OK;
	return cli_fail(c, CLI_NOT_FOUND,
	    "%.64s is not on the allow list; sekisho allow list shows who is",
	    a->customer);
}

int operate_fill(
    struct cli *c, enum op_verb verb, const char *target, struct op_action *a)
{
	int code;

	memset(a, 0, sizeof(*a));
	a->verb = verb;
	code = audit_reason(c, a->reason);
	if (code == CLI_OK)
		code = parse_ttl(c, &a->until_us);
	if (code != CLI_OK)
		return code;
	a->ts_us = c->now_us;
	audit_operator(c, a->actor);
	snprintf(a->target, sizeof(a->target), "%s", target);
	if (!c->db)
		code = cli_need_db(c, c->dry_run ? DB_READ : DB_WRITE);
	if (code == CLI_OK)
		code = target_resolve(c, target, a->customer);
	if (code == CLI_OK && verb == OP_DISALLOW)
		code = need_entry(c, a);
	if (code == CLI_REFUSED && !c->dry_run)
		return audit_refused(c, op_verb_name(verb), a->target,
		    "the target is not one customer", code);
	return code;
}
