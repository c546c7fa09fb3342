/* SPDX-License-Identifier: Apache-2.0 */
/* Who may log in to the console: added, given a new password, listed, shown,
 * removed. */
#include <stdio.h>
#include <string.h>

#include "reports/api/scope.h"
#include "reports/api/secret.h"
#include "reports/cli/access.h"
#include "reports/cli/password.h"
#include "reports/cli/verb.h"
#include "store/access.h"
#include "store/read.h"

static const struct out_column columns[] = {
    {"name", OUT_TEXT, OUT_NARROW},
    {"scopes", OUT_WORDS, OUT_NARROW},
    {"created", OUT_TIME, OUT_NARROW},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct cli *c;
	struct out *out;
	int64_t total;
};

static int print_row(void *arg, const struct operator_row *o)
{
	struct listing *l = arg;
	char scopes[SCOPES_LEN];
	const struct out_value row[COLUMNS] = {out_text(o->name),
	    out_text(scope_text(o->scopes, scopes)), out_number(o->created_us)};

	if (cli_wants_row(l->c, l->total++))
		out_row(l->out, row);
	return 0;
}

int cli_operator_list(struct cli *c)
{
	struct listing l = {.c = c};
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, columns, COLUMNS);
	if (!l.out)
		return CLI_FAILED;
	if (read_operators(c->db, print_row, &l) != 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, l.out, l.total);
}

/* --- changes ---------------------------------------------------------------
 */

static int write_down(
    struct cli *c, const struct operator_row *o, const char *verb)
{
	char scopes[SCOPES_LEN];

	if (db_begin(c->db) != 0)
		return cli_fail_db(c);
	if (write_operator(c->db, o) == 0 &&
	    access_audit(c, verb, o->name, scope_text(o->scopes, scopes)) ==
		0 &&
	    db_commit(c->db) == 0)
		return CLI_OK;
	db_rollback(c->db);
	return cli_fail_db(c);
}

/* Asks for the password and writes o down. */
static int set_password(struct cli *c, struct operator_row *o, const char *verb)
{
	char password[PASSWORD_LEN];
	int code;

	if (c->dry_run)
		return cli_say_dry(c,
		    "%s: %s would be done, after asking for the password",
		    o->name, verb);
	code = password_ask(c, o->name, password);
	if (code != CLI_OK)
		return code;
	if (secret_random(o->salt, sizeof(o->salt)) != 0 ||
	    secret_password(password, o->salt, o->hash) != 0)
		code = cli_fail(c, CLI_FAILED,
		    "the password cannot be hashed: no memory (32 MiB), or no "
		    "random numbers");
	password_wipe(password);
	return code != CLI_OK ? code : write_down(c, o, verb);
}

/* 1 there, 0 not; -1 after saying so. */
static int find(struct cli *c, const char *name, struct operator_row *o)
{
	int rc = read_operator(c->db, name, o);

	if (rc < 0)
		(void)cli_fail_db(c);
	return rc;
}

int cli_operator_add(struct cli *c)
{
	struct operator_row was, o = {.created_us = c->now_us};
	int code = access_name(c, c->args[0], o.name), rc;

	if (code == CLI_OK)
		code = access_scopes(c, &o.scopes);
	if (code == CLI_OK)
		code = cli_need_change(c);
	if (code != CLI_OK)
		return code;
	rc = find(c, o.name, &was);
	if (rc < 0)
		return CLI_FAILED;
	if (rc == 1)
		return cli_fail(c, CLI_CONFLICT,
		    "%s is there; sekisho operator passwd gives a new "
		    "password, remove and add other scopes",
		    o.name);
	code = set_password(c, &o, "operator add");
	if (code == CLI_OK && !c->dry_run)
		fprintf(c->err, "%s may log in now\n", o.name);
	return code;
}

/* *code: of what failed. */
static bool take(
    struct cli *c, struct operator_row *o, enum db_mode mode, int *code)
{
	int rc;

	*code = cli_need_db(c, c->dry_run ? DB_READ : mode);
	if (*code != CLI_OK)
		return false;
	rc = find(c, c->args[0], o);
	if (rc == 1)
		return true;
	*code = rc < 0 ? CLI_FAILED
		       : cli_fail(c, CLI_NOT_FOUND,
			     "there is no operator %.40s; sekisho operator "
			     "list shows them",
			     c->args[0]);
	return false;
}

int cli_operator_passwd(struct cli *c)
{
	struct operator_row o;
	int code;

	if (!take(c, &o, DB_WRITE, &code))
		return code;
	code = set_password(c, &o, "operator passwd");
	if (code == CLI_OK && !c->dry_run)
		fprintf(c->err,
		    "%s has a new password; sessions of the old one are "
		    "over\n",
		    o.name);
	return code;
}

int cli_operator_remove(struct cli *c)
{
	struct operator_row o;
	int code;

	if (!take(c, &o, DB_WRITE, &code))
		return code;
	if (c->dry_run)
		return cli_say_dry(
		    c, "%s would be removed, and logged out", o.name);
	if (db_begin(c->db) != 0)
		return cli_fail_db(c);
	if (write_operator_gone(c->db, o.name) < 0 ||
	    access_audit(c, "operator remove", o.name, "") != 0 ||
	    db_commit(c->db) != 0) {
		db_rollback(c->db);
		return cli_fail_db(c);
	}
	fprintf(c->err, "%s is removed, and logged out\n", o.name);
	return CLI_OK;
}

/* --- operator show ---------------------------------------------------------
 */

struct last_login {
	int64_t at_us;
	char from[ROW_TEXT_LEN];
};

/* The newest comes first. */
static int take_login(void *arg, const struct audit *a)
{
	struct last_login *l = arg;

	if (strcmp(a->outcome, "done") != 0)
		return 0;
	l->at_us = a->at_us;
	snprintf(l->from, sizeof(l->from), "%s", a->detail);
	return 1;
}

static int print_one(struct cli *c, const struct operator_row *o)
{
	static const struct out_column shown[] = {
	    {"name", OUT_TEXT, OUT_NARROW},
	    {"scopes", OUT_WORDS, OUT_NARROW},
	    {"created", OUT_TIME, OUT_NARROW},
	    {"sessions", OUT_NUMBER, OUT_NARROW},
	    {"logged_in", OUT_TIME, OUT_NARROW},
	    {"login", OUT_TEXT, OUT_NARROW},
	    {"actions", OUT_TEXT, OUT_LAST},
	};
	const struct audit_range logins = {.operator= o->name, .verb = "login"};
	char scopes[SCOPES_LEN], actions[ACCESS_ACTIONS_BYTES];
	struct last_login last = {.at_us = 0};
	int64_t sessions;
	struct out *out;

	if (read_session_count(c->db, o->name, c->now_us, &sessions) != 0 ||
	    read_audits(c->db, &logins, take_login, &last) < 0 ||
	    access_actions(c->db, "operator", o->name, actions) != 0)
		return cli_fail_db(c);
	out = cli_out(c, shown, sizeof(shown) / sizeof(shown[0]));
	if (!out)
		return CLI_FAILED;
	out_one(out, (struct out_value[]){out_text(o->name),
			 out_text(scope_text(o->scopes, scopes)),
			 out_number(o->created_us), out_number(sessions),
			 out_number(last.at_us),
			 out_text(last.at_us != 0 ? last.from : NULL),
			 out_text(actions[0] != '\0' ? actions : NULL)});
	return cli_end_one(c, out);
}

int cli_operator_show(struct cli *c)
{
	struct operator_row o;
	int code;

	return take(c, &o, DB_READ, &code) ? print_one(c, &o) : code;
}
