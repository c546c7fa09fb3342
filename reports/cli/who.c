/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "reports/cli/endpoint.h"
#include "reports/cli/lease_row.h"
#include "reports/cli/policy.h"
#include "reports/cli/verb.h"

static const struct out_column columns[] = {
    {"address", OUT_TEXT, OUT_NARROW},
    {"port", OUT_NUMBER, OUT_NARROW},
    {"at", OUT_TIME, OUT_NARROW},
    {"customer", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_NARROW},
    {"prefix", OUT_TEXT, OUT_NARROW},
    {"source", OUT_TEXT, OUT_NARROW},
    {"confidence", OUT_TEXT, OUT_NARROW},
    {"nas", OUT_TEXT, OUT_NARROW},
    {"session", OUT_TEXT, OUT_NARROW},
    {"held_from", OUT_TIME, OUT_NARROW},
    {"held_until", OUT_TIME, OUT_NARROW},
    {"port25", OUT_TEXT, OUT_NARROW},
    {"decision", OUT_TEXT, OUT_NARROW},
    {"cause", OUT_TEXT, OUT_NARROW},
    {"since", OUT_TIME, OUT_NARROW},
    {"until", OUT_TIME, OUT_NARROW},
    {"mode", OUT_TEXT, OUT_NARROW},
    {"class_rule", OUT_TEXT, OUT_NARROW},
    {"class_mode", OUT_TEXT, OUT_NARROW},
    {"reason", OUT_TEXT, OUT_NARROW},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct answer {
	struct endpoint endpoint;
	int64_t at_us;
	struct lease lease;
	bool decided;
	struct decision decision;
	struct conf_class class; /* the rules of the line's class */
};

static int print(struct cli *c, const struct answer *a)
{
	const struct decision *d = a->decided ? &a->decision : NULL;
	const struct lease *l = &a->lease;
	struct target t = {l->prefix, l->first_port, l->last_port};
	char address[ADDR_STRLEN], prefix[TARGET_STRLEN], id[24];
	struct out_value row[COLUMNS], *v = row;
	bool open = d ? d->action == ACTION_ALLOW : a->class.port25_open;
	struct out *o = cli_out(c, columns, COLUMNS);

	if (!o)
		return CLI_FAILED;
	snprintf(id, sizeof(id), "D%" PRId64, d ? d->seq : 0);
	*v++ = out_text(addr_format(&a->endpoint.addr, address));
	*v++ = a->endpoint.port ? out_number(a->endpoint.port) : out_absent();
	*v++ = out_number(a->at_us);
	*v++ = out_text(l->customer);
	*v++ = out_text(line_class_name(l->line_class));
	*v++ = out_text(target_format(&t, prefix));
	*v++ = out_text(l->source);
	*v++ = out_text(lease_confidence(l->source));
	*v++ = out_text(l->nas[0] ? l->nas : NULL);
	*v++ = out_text(l->session[0] ? l->session : NULL);
	*v++ = out_number(l->from_us);
	*v++ = out_number(l->until_us == INT64_MAX ? 0 : l->until_us);
	*v++ = out_text(open ? "open" : "closed");
	*v++ = d ? out_text(id) : out_absent();
	*v++ = d ? out_text(cause_name(d->cause)) : out_absent();
	*v++ = out_number(d ? d->since_us : 0);
	*v++ = out_number(d ? d->until_us : 0);
	*v++ = d ? out_text(mode_name(d->mode)) : out_absent();
	*v++ = out_text(a->class.port25_open ? "open" : "closed");
	*v++ = out_text(class_mode_name(a->class.mode));
	*v++ = d ? out_text(d->reason) : out_absent();
	out_one(o, row);
	return cli_end_one(c, o);
}

int cli_who(struct cli *c)
{
	struct answer a = {.at_us = c->at_us != 0 ? c->at_us : c->now_us};
	struct conf policy;
	int rc;

	if (!endpoint_parse(&a.endpoint, c->args[0]))
		return cli_fail(c, CLI_USAGE,
		    "\"%.60s\" is no IPv4 or IPv6 address, and none with a "
		    "port, as 192.0.2.7:1024 or [2001:db8::7]:1024",
		    c->args[0]);
	rc = cli_need_db(c, DB_READ);
	if (rc == CLI_OK)
		rc = cli_need_conf(c);
	if (rc == CLI_OK)
		rc = endpoint_lease(
		    c, &a.endpoint, c->args[0], a.at_us, &a.lease);
	if (rc != CLI_OK)
		return rc;
	rc = read_in_force(c->db, a.lease.customer, a.at_us, &a.decision);
	if (rc < 0)
		return cli_fail_db(c);
	a.decided = rc == 1;
	rc = policy_of(c, &policy, NULL);
	if (rc != CLI_OK)
		return rc;
	a.class = conf_class_rules(&policy, a.lease.line_class);
	conf_free(&policy);
	return print(c, &a);
}
