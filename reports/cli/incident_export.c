/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/verb.h"
#include "reports/xarf.h"
#include "store/read.h"

static int export_one(
    struct cli *c, const char *arg, const struct xarf_reporter *r)
{
	int64_t id = cli_parse_id(arg, 'I');
	struct incident i;
	struct jsonw j;
	int rc;

	if (id < 0)
		return cli_fail(c, CLI_USAGE,
		    "\"%.40s\" is no incident; give one such as I12", arg);
	rc = read_incident(c->db, id, &i);
	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "there is no incident I%lld; sekisho incident list shows "
		    "them",
		    (long long)id);
	jsonw_init(&j, c->out);
	switch (xarf_write(&j, c->db, &i, r)) {
	case XARF_OK:
		jsonw_newline(&j);
		return CLI_OK;
	case XARF_NO_ABUSE:
		return cli_fail(c, CLI_REFUSED,
		    "I%lld is %s: no other desk can act on it; export bots, "
		    "probes and attempts",
		    (long long)id, incident_kind_name(i.kind));
	case XARF_NO_EVIDENCE:
		return cli_fail(c, CLI_NOT_FOUND,
		    "the store has no address for I%lld; its evidence is gone",
		    (long long)id);
	case XARF_INSIDE:
		return cli_fail(c, CLI_REFUSED,
		    "I%lld has private addresses only, as behind a NAT: no "
		    "other desk can know whose they are",
		    (long long)id);
	case XARF_DB:
		break;
	}
	return cli_fail_db(c);
}

/* One report a line. What cannot be exported is said, and the rest goes
 * on. */
int cli_incident_export(struct cli *c)
{
	struct xarf_reporter r;
	int code = cli_need_db(c, DB_READ), worst = CLI_OK;

	if (code == CLI_OK)
		code = cli_need_conf(c);
	if (code != CLI_OK)
		return code;
	r.org = c->conf.provider;
	r.contact = c->conf.abuse_contact;
	if (!r.org || !r.contact)
		return cli_fail(c, CLI_USAGE,
		    "a report names who sends it: set provider and "
		    "abuse_contact in the configuration, and give it with -c");
	if (!xarf_contact_ok(r.contact))
		return cli_fail(c, CLI_USAGE,
		    "abuse_contact \"%.80s\" is no mail address; give one such "
		    "as abuse@isp.example",
		    r.contact);
	for (int n = 0; n < c->n_args; n++) {
		code = export_one(c, c->args[n], &r);
		worst = code != CLI_OK ? code : worst;
	}
	return worst;
}
