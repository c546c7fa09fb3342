/* SPDX-License-Identifier: Apache-2.0 */
/* lease add, lease end: who has an address, said by a person. */
#include <string.h>

#include "analyzer/identity/lease_line.h"
#include "base/clock.h"
#include "reports/cli/lease_apply.h"
#include "reports/cli/lease_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

/* --- the result ----------------------------------------------------------- */

struct shown {
	struct cli *c;
	struct out *out;
	const struct lease_event *e;
	int64_t total;
};

static int print_row(void *arg, const struct lease *l)
{
	struct shown *x = arg;
	struct lease_row r = {0};
	int64_t at_us =
	    x->e->verb == LEASE_VERB_BEGIN ? l->from_us : l->until_us;

	if (strcmp(l->session, x->e->session) != 0 || at_us != x->e->at_us)
		return 0;
	lease_row_fill(&r, l);
	out_row(x->out, r.v);
	x->total++;
	return 0;
}

static int write_down(
    struct cli *c, struct lease_batch *b, const struct lease_event *e)
{
	int code;

	if (db_begin(c->db) != 0)
		return cli_fail_db(c);
	code = lease_batch_add(c, b, e);
	if (code == CLI_OK)
		code = lease_batch_audit(c, b,
		    e->verb == LEASE_VERB_BEGIN ? "lease add" : "lease end",
		    e->customer);
	if (code == CLI_OK && db_commit(c->db) != 0)
		code = cli_fail_db(c);
	if (code != CLI_OK)
		db_rollback(c->db);
	return code;
}

static int hand_in(struct cli *c, const struct lease_event *e)
{
	struct lease_batch b = {0};
	struct shown x = {.c = c, .e = e};
	char line[LEASE_LINE_MAX];
	int code;

	if (c->dry_run) {
		lease_line_format(e, line);
		return cli_say_dry(c, "this would be handed in: %s", line);
	}
	code = write_down(c, &b, e);
	if (code == CLI_OK)
		code = lease_batch_apply(c, &b);
	if (code != CLI_OK)
		return code;
	if (b.refused > 0)
		return cli_fail(c, CLI_REFUSED,
		    "it was refused: --at may be no more than 5 minutes from "
		    "now, and the customer's name may hold no blanks");
	x.out = cli_out(c, lease_columns, LEASE_COLUMNS);
	if (!x.out)
		return CLI_FAILED;
	if (read_customer_leases(c->db, e->customer, -1, print_row, &x) != 0) {
		out_free(x.out);
		return cli_fail_db(c);
	}
	code = cli_end_list(c, x.out, x.total);
	if (code == CLI_OK && x.total == 0)
		fprintf(c->err,
		    "nothing has changed: it was known, or something later "
		    "is\n");
	return code;
}

static bool set_text(char *to, size_t size, const char *from)
{
	return (size_t)snprintf(to, size, "%s", from ? from : "") < size;
}

/* --- lease add ------------------------------------------------------------ */

int cli_lease_add(struct cli *c)
{
	struct lease_event e = {.verb = LEASE_VERB_BEGIN};
	char why[LEASE_WHY_LEN], line[LEASE_LINE_MAX];
	struct lease_event checked;
	int code;

	e.at_us = c->at_us != 0 ? c->at_us : c->now_us;
	if (c->args[0][strcspn(c->args[0], " \t\r\n")] != '\0')
		return cli_fail(c, CLI_USAGE,
		    "customer \"%.40s\": a name holds no blanks", c->args[0]);
	if (!set_text(e.customer, sizeof(e.customer), c->args[0]) ||
	    !set_text(e.session, sizeof(e.session), c->session) ||
	    !set_text(e.line_class, sizeof(e.line_class), c->line_class))
		return cli_fail(
		    c, CLI_USAGE, "a name is longer than any may be");
	snprintf(e.source, sizeof(e.source), "%s", LEASE_SOURCE_DESK);
	for (int i = 1; i < c->n_args; i++)
		if (lease_target_parse(
			&e.targets[e.n_targets++], c->args[i], why) != 0)
			return cli_fail(c, CLI_USAGE, "%s", why);
	lease_name_session(&e);
	/* As the analyzer will read it. */
	lease_line_format(&e, line);
	if (lease_line_parse(&checked, line, strlen(line), why) != 1)
		return cli_fail(c, CLI_USAGE, "%s", why);
	code = cli_need_change(c);
	return code != CLI_OK ? code : hand_in(c, &e);
}

/* --- lease end ------------------------------------------------------------ */

struct search {
	struct target target;
	struct lease found;
	int n;
};

static int look(void *arg, const struct lease *l)
{
	struct target t = {l->prefix, l->first_port, l->last_port};
	struct search *s = arg;

	if (target_compare(&t, &s->target) != 0)
		return 0;
	/* What a session says goes before the file. */
	if (s->n++ == 0 || strcmp(s->found.source, "static") == 0)
		s->found = *l;
	return 0;
}

int cli_lease_end(struct cli *c)
{
	struct lease_event e = {.verb = LEASE_VERB_END};
	char why[LEASE_WHY_LEN];
	struct search s = {.n = 0};
	int code;

	e.at_us = c->at_us != 0 ? c->at_us : c->now_us;
	if (lease_target_parse(&s.target, c->args[0], why) != 0)
		return cli_fail(c, CLI_USAGE, "%s", why);
	code = cli_need_change(c);
	if (code != CLI_OK)
		return code;
	if (read_leases_over(c->db, &s.target.prefix, e.at_us, look, &s) != 0)
		return cli_fail_db(c);
	if (s.n == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "nobody has exactly %.60s then; sekisho lease list %.60s "
		    "shows who has what",
		    c->args[0], c->args[0]);
	if (s.found.session[0] == '\0')
		return cli_fail(c, CLI_REFUSED,
		    "%.60s is %s's by the subscriber file: change it there, "
		    "and send sekisho-analyzer a SIGHUP",
		    c->args[0], s.found.customer);
	memcpy(e.customer, s.found.customer, sizeof(e.customer));
	memcpy(e.source, s.found.source, sizeof(e.source));
	memcpy(e.nas, s.found.nas, sizeof(e.nas));
	memcpy(e.session, s.found.session, sizeof(e.session));
	return hand_in(c, &e);
}
