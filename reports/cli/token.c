/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of the HTTP server: made, listed, shown, revoked. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/scope.h"
#include "reports/api/secret.h"
#include "reports/cli/access.h"
#include "reports/cli/verb.h"
#include "store/access.h"

static const struct out_column columns[] = {
    {"id", OUT_TEXT, OUT_NARROW},
    {"name", OUT_TEXT, OUT_NARROW},
    {"kind", OUT_TEXT, OUT_NARROW},
    {"state", OUT_TEXT, OUT_NARROW},
    {"scopes", OUT_WORDS, OUT_NARROW},
    {"cidr", OUT_TEXT, OUT_NARROW},
    {"expires", OUT_TIME, OUT_NARROW},
    {"used", OUT_TIME, OUT_NARROW},
    {"created", OUT_TIME, OUT_WIDE},
    {"revoked", OUT_TIME, OUT_WIDE},
    {"token", OUT_TEXT, OUT_LAST},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
#define LISTED  (COLUMNS - 1)

/* text: of a new one; NULL in lists, which have no such column. */
static void fill(struct out_value row[COLUMNS], const struct token *t,
    char scopes[static SCOPES_LEN], int64_t now_us, const char *text)
{
	struct out_value *v = row;

	*v++ = out_text(t->id);
	*v++ = out_text(t->name);
	*v++ = out_text(t->kind);
	*v++ =
	    out_text(t->revoked_us != 0                              ? "revoked"
		     : t->expires_us != 0 && t->expires_us <= now_us ? "expired"
								     : "valid");
	*v++ = out_text(scope_text(t->scopes, scopes));
	*v++ = out_text(t->cidr[0] ? t->cidr : NULL);
	*v++ = out_number(t->expires_us);
	*v++ = out_number(t->used_us);
	*v++ = out_number(t->created_us);
	*v++ = out_number(t->revoked_us);
	*v++ = out_text(text);
}

/* --- token create ----------------------------------------------------------
 */

static int read_cidr(struct cli *c, struct token *t)
{
	struct prefix p;

	if (!c->cidr)
		return CLI_OK;
	if (prefix_parse(&p, c->cidr) != 0)
		return cli_fail(c, CLI_USAGE,
		    "--cidr %.60s: give an address or a prefix, as "
		    "192.0.2.0/24",
		    c->cidr);
	prefix_format(&p, t->cidr);
	return CLI_OK;
}

static int read_ttl(struct cli *c, struct token *t)
{
	int64_t us;

	if (!c->ttl || strcmp(c->ttl, "permanent") == 0)
		return CLI_OK;
	if (clock_parse_duration(&us, c->ttl) != 0 || us <= 0)
		return cli_fail(c, CLI_USAGE,
		    "--ttl %.40s: give a time such as 24h, 90d, or permanent",
		    c->ttl);
	t->expires_us = c->now_us + us;
	return CLI_OK;
}

static int read_options(struct cli *c, struct token *t)
{
	int code = access_name(c, c->args[0], t->name);

	if (code != CLI_OK)
		return code;
	snprintf(
	    t->kind, sizeof(t->kind), "%s", c->crowdsec ? "crowdsec" : "api");
	if (c->crowdsec && c->scopes)
		return cli_fail(c, CLI_USAGE,
		    "--crowdsec and --scope: a bouncer's key reads the "
		    "decisions and has no scopes; leave --scope out");
	if (!c->crowdsec)
		code = access_scopes(c, &t->scopes);
	if (code == CLI_OK)
		code = read_cidr(c, t);
	return code != CLI_OK ? code : read_ttl(c, t);
}

static int write_down(struct cli *c, const struct token *t)
{
	char scopes[SCOPES_LEN], detail[ROW_TEXT_LEN];

	snprintf(detail, sizeof(detail), "%s, %s, scopes %s, from %s", t->name,
	    t->kind, t->scopes != 0 ? scope_text(t->scopes, scopes) : "none",
	    t->cidr[0] ? t->cidr : "anywhere");
	if (db_begin(c->db) != 0)
		return cli_fail_db(c);
	if (write_token(c->db, t) == 0 &&
	    access_audit(c, "token create", t->id, detail) == 0 &&
	    db_commit(c->db) == 0)
		return CLI_OK;
	db_rollback(c->db);
	return cli_fail_db(c);
}

int cli_token_create(struct cli *c)
{
	char text[TOKEN_TEXT_LEN], scopes[SCOPES_LEN];
	struct token t = {.created_us = c->now_us};
	struct out_value row[COLUMNS];
	struct out *out;
	int code = read_options(c, &t);

	if (code == CLI_OK)
		code = cli_need_change(c);
	if (code != CLI_OK)
		return code;
	if (c->dry_run)
		return cli_say_dry(c, "a token named %s would be made: %s",
		    t.name,
		    t.scopes != 0 ? scope_text(t.scopes, scopes) : t.kind);
	if (token_make(text, t.id, t.hash) != 0)
		return cli_fail(c, CLI_FAILED, "no random numbers can be had");
	code = write_down(c, &t);
	if (code != CLI_OK)
		return code;
	out = cli_out(c, columns, COLUMNS);
	if (!out)
		return CLI_FAILED;
	fill(row, &t, scopes, c->now_us, text);
	out_one(out, row);
	code = cli_end_one(c, out);
	if (code == CLI_OK)
		fprintf(c->err,
		    "keep the token now: only its hash is stored, and nobody "
		    "can show it again\n");
	return code;
}

/* --- token list ------------------------------------------------------------
 */

struct listing {
	struct cli *c;
	struct out *out;
	int64_t total;
};

static int print_row(void *arg, const struct token *t)
{
	struct listing *l = arg;
	struct out_value row[COLUMNS];
	char scopes[SCOPES_LEN];

	if (!cli_wants_row(l->c, l->total++))
		return 0;
	fill(row, t, scopes, l->c->now_us, NULL);
	out_row(l->out, row);
	return 0;
}

int cli_token_list(struct cli *c)
{
	struct listing l = {.c = c};
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK)
		return code;
	l.out = cli_out(c, columns, LISTED);
	if (!l.out)
		return CLI_FAILED;
	if (read_tokens(c->db, print_row, &l) != 0) {
		out_free(l.out);
		return cli_fail_db(c);
	}
	return cli_end_list(c, l.out, l.total);
}

/* --- token show ------------------------------------------------------------
 */

/* The id, also out of a whole token that leaked. */
static void id_of(const char *arg, char id[static TOKEN_ID_LEN])
{
	if (strncmp(arg, "tk_", 3) == 0)
		arg += 3;
	snprintf(id, TOKEN_ID_LEN, "%.*s", (int)strcspn(arg, "_"), arg);
}

/* 1 found, else the exit code is in *code. */
static int find(struct cli *c, const char *arg, struct token *t, int *code)
{
	char id[TOKEN_ID_LEN];
	int rc;

	id_of(arg, id);
	rc = read_token(c->db, id, t);
	if (rc < 0)
		*code = cli_fail_db(c);
	if (rc == 0)
		*code = cli_fail(c, CLI_NOT_FOUND,
		    "there is no token %.40s; sekisho token list shows them",
		    id);
	return rc;
}

static int print_one(struct cli *c, const struct token *t)
{
	struct out_column all[LISTED + 2];
	struct out_value row[COLUMNS + 1];
	char scopes[SCOPES_LEN], told[24], actions[ACCESS_ACTIONS_BYTES];
	struct out *out;

	if (access_actions(c->db, "token", t->id, actions) != 0)
		return cli_fail_db(c);
	memcpy(all, columns, LISTED * sizeof(all[0]));
	all[LISTED] = (struct out_column){"told_up_to", OUT_TEXT, OUT_WIDE};
	all[LISTED + 1] = (struct out_column){"actions", OUT_TEXT, OUT_WIDE};
	fill(row, t, scopes, c->now_us, NULL);
	snprintf(told, sizeof(told), "D%" PRId64, t->pulled_seq);
	row[LISTED] = out_text(t->pulled_seq != 0 ? told : NULL);
	row[LISTED + 1] = out_text(actions[0] != '\0' ? actions : NULL);
	out = cli_out(c, all, LISTED + 2);
	if (!out)
		return CLI_FAILED;
	out_one(out, row);
	return cli_end_one(c, out);
}

int cli_token_show(struct cli *c)
{
	struct token t;
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK || find(c, c->args[0], &t, &code) != 1)
		return code;
	return print_one(c, &t);
}

/* --- token revoke ----------------------------------------------------------
 */

static int revoke(struct cli *c, const char *arg)
{
	struct token t;
	int code = CLI_OK;

	if (find(c, arg, &t, &code) != 1)
		return code;
	if (t.revoked_us != 0) {
		fprintf(c->err, "%s was revoked before\n", t.id);
		return CLI_OK;
	}
	if (c->dry_run)
		return cli_say_dry(c, "%s (%s) would be revoked", t.id, t.name);
	if (db_begin(c->db) != 0)
		return cli_fail_db(c);
	if (write_token_revoked(c->db, t.id, c->now_us) >= 0 &&
	    access_audit(c, "token revoke", t.id, t.name) == 0 &&
	    db_commit(c->db) == 0) {
		fprintf(c->err, "%s (%s) is revoked\n", t.id, t.name);
		return CLI_OK;
	}
	db_rollback(c->db);
	return cli_fail_db(c);
}

int cli_token_revoke(struct cli *c)
{
	int code = cli_need_change(c), worst = CLI_OK;

	for (int i = 0; code == CLI_OK && i < c->n_args; i++) {
		int rc = revoke(c, c->args[i]);

		worst = rc != CLI_OK ? rc : worst;
	}
	return code != CLI_OK ? code : worst;
}
