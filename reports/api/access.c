/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/access.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/api/api.h"
#include "reports/api/scope.h"
#include "reports/api/secret.h"
#include "store/access.h"

#define USED_EACH_US (60 * US_PER_S) /* last used is kept so exactly */
#define SCOPES_LOCAL                                                           \
	(SCOPE_INCIDENTS_READ | SCOPE_DECISIONS_READ | SCOPE_EXPORT_READ |     \
	    SCOPE_METRICS_READ)

enum audit_source access_source(const struct call *c)
{
	return c->who.via == VIA_SESSION ? AUDIT_CONSOLE : AUDIT_API;
}

/* --- tokens ------------------------------------------------------------- */

static bool from_there(const struct call *c, const char *cidr)
{
	struct prefix p;

	if (cidr[0] == '\0')
		return true;
	return !c->local && prefix_parse(&p, cidr) == 0 &&
	       prefix_contains(&p, &c->peer);
}

/* The row of a token that holds: 1, 0, -1. */
static int find_token(
    struct call *c, const char *text, const char *kind, struct token *t)
{
	uint8_t hash[SECRET_BYTES];
	char id[TOKEN_ID_LEN];
	int rc;

	if (token_split(text, id, hash) != 0)
		return 0;
	rc = read_token(c->db, id, t);
	if (rc != 1)
		return rc;
	if (!secret_equal(hash, t->hash, sizeof(hash)) ||
	    strcmp(t->kind, kind) != 0 || t->revoked_us != 0 ||
	    (t->expires_us != 0 && t->expires_us <= c->now_us) ||
	    !from_there(c, t->cidr))
		return 0;
	if (c->now_us - t->used_us >= USED_EACH_US)
		(void)write_token_used(c->db, t->id, c->now_us);
	return 1;
}

static void be_token(struct call *c, const struct token *t)
{
	c->who.via = VIA_TOKEN;
	c->who.scopes = t->scopes;
	c->who.expires_us = t->expires_us;
	snprintf(c->who.name, sizeof(c->who.name), "%s", t->name);
	snprintf(c->who.token_id, sizeof(c->who.token_id), "%s", t->id);
}

static bool identify_token(struct call *c)
{
	const char *text = c->authorization;
	struct token t;
	int rc = 0;

	if (strncasecmp(text, "Bearer ", 7) == 0)
		rc = find_token(c, text + 7 + strspn(text + 7, " "), "api", &t);
	if (rc < 0) {
		call_db_failed(c);
		return false;
	}
	if (rc == 1) {
		be_token(c, &t);
		return true;
	}
	call_field(c, "WWW-Authenticate", "Bearer realm=\"sekisho\"");
	call_problem(c, 401, "unauthorised",
	    "the token is not known here, has expired, was revoked, or does "
	    "not hold from this address; sekisho token list shows them");
	return false;
}

bool access_crowdsec(struct call *c)
{
	struct token t;

	if (!c->api_key || find_token(c, c->api_key, "crowdsec", &t) != 1)
		return false;
	be_token(c, &t);
	return true;
}

/* --- sessions ----------------------------------------------------------- */

const char *access_cookie_name(const struct call *c)
{
	return c->tls || c->conf->serve_https ? "__Host-sekisho" : "sekisho";
}

int access_cookie(const struct call *c, char *value, size_t size)
{
	const char *name = access_cookie_name(c), *p = c->cookie;
	size_t len = strlen(name);

	while (p && *p != '\0') {
		size_t n = strcspn(p, ";");

		if (n > len + 1 && strncmp(p, name, len) == 0 &&
		    p[len] == '=') {
			if (n - len - 1 >= size)
				return -1;
			memcpy(value, p + len + 1, n - len - 1);
			value[n - len - 1] = '\0';
			return 0;
		}
		p += n;
		p += strspn(p, "; ");
	}
	return -1;
}

static bool identify_session(struct call *c)
{
	char value[SECRET_TEXT_LEN];
	uint8_t hash[SECRET_BYTES];
	struct session_row s;
	int rc;

	if (access_cookie(c, value, sizeof(value)) != 0)
		return true;
	secret_hash(value, strlen(value), hash);
	rc = read_session(c->db, hash, c->now_us, &s);
	if (rc < 0) {
		call_db_failed(c);
		return false;
	}
	if (rc == 0)
		return true;
	c->who.via = VIA_SESSION;
	c->who.scopes = s.scopes;
	c->who.expires_us = s.expires_us;
	memcpy(c->who.name, s.operator, sizeof(c->who.name));
	memcpy(c->who.csrf, s.csrf, sizeof(c->who.csrf));
	return true;
}

static bool session_holds(const struct call *c, struct db *db, int64_t now_us)
{
	char value[SECRET_TEXT_LEN];
	uint8_t hash[SECRET_BYTES];
	struct session_row s;

	if (access_cookie(c, value, sizeof(value)) != 0)
		return false;
	secret_hash(value, strlen(value), hash);
	return read_session(db, hash, now_us, &s) != 0;
}

bool access_holds(const struct call *c, struct db *db, int64_t now_us)
{
	struct token t;

	switch (c->who.via) {
	case VIA_NOBODY:
		return false;
	case VIA_SOCKET:
		return true;
	case VIA_SESSION:
		return session_holds(c, db, now_us);
	case VIA_TOKEN:
		switch (read_token(db, c->who.token_id, &t)) {
		case 0:
			return false;
		case 1:
			return t.revoked_us == 0 &&
			       (t.expires_us == 0 || t.expires_us > now_us);
		default:
			return true;
		}
	}
	return false;
}

/* --- the unix socket ---------------------------------------------------- */

static void identify_peer(struct call *c)
{
	char room[1024];
	struct passwd entry, *found = NULL;

	c->who.via = VIA_SOCKET;
	c->who.scopes = c->peer_uid == 0 || c->peer_uid == getuid()
			    ? SCOPES_ALL
			    : SCOPES_LOCAL;
	if (getpwuid_r(c->peer_uid, &entry, room, sizeof(room), &found) == 0 &&
	    found)
		snprintf(
		    c->who.name, sizeof(c->who.name), "%s", found->pw_name);
	else
		snprintf(
		    c->who.name, sizeof(c->who.name), "uid %u", c->peer_uid);
}

bool access_identify(struct call *c)
{
	memset(&c->who, 0, sizeof(c->who));
	if (c->authorization)
		return identify_token(c);
	if (!identify_session(c))
		return false;
	if (c->who.via == VIA_NOBODY && c->local)
		identify_peer(c);
	return true;
}

bool access_allows(struct call *c)
{
	const struct route *r = c->route;

	if (r->scope == 0)
		return true;
	if (!access_identify(c))
		return false;
	if (c->who.via == VIA_NOBODY) {
		call_field(c, "WWW-Authenticate", "Bearer realm=\"sekisho\"");
		call_problem(c, 401, "unauthorised",
		    "log in, or send a token: Authorization: Bearer tk_...");
		return false;
	}
	if (r->scope > 0 && !(c->who.scopes & (r->scope | SCOPE_ADMIN))) {
		call_problem(c, 403, "forbidden",
		    "this needs the scope %s; sekisho token create gives one",
		    scope_name(r->scope));
		return false;
	}
	if (c->who.via == VIA_SESSION && r->flags & ROUTE_CHANGES &&
	    (!c->csrf || strlen(c->csrf) != strlen(c->who.csrf) ||
		strcmp(c->csrf, c->who.csrf) != 0)) {
		call_problem(c, 403, "csrf",
		    "X-Sekisho-CSRF is not this session's; GET "
		    "/api/v1/session has it");
		return false;
	}
	return true;
}
