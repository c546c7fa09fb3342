/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/login.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/api.h"
#include "store/access.h"
#include "store/write.h"

bool login_may_try(struct call *c)
{
	char key[LIMITER_KEY];
	size_t n = limiter_key(c->local ? NULL : &c->peer, key);
	int64_t wait_s;

	pthread_mutex_lock(&c->api->lock);
	wait_s = limiter_wait_s(&c->api->limiter, key, n, c->now_us);
	pthread_mutex_unlock(&c->api->lock);
	if (wait_s == 0)
		return true;
	call_field(c, "Retry-After", "%lld", (long long)wait_s);
	call_problem(c, 429, "too_many",
	    "too many failed log-ins from this address; try again in %lld s",
	    (long long)wait_s);
	return false;
}

static void note_failure(struct call *c)
{
	char key[LIMITER_KEY];
	size_t n = limiter_key(c->local ? NULL : &c->peer, key);

	pthread_mutex_lock(&c->api->lock);
	limiter_failed(&c->api->limiter, key, n, c->now_us);
	pthread_mutex_unlock(&c->api->lock);
}

static int note_login(struct call *c, const char *name, const char *outcome)
{
	struct audit a = {.at_us = c->now_us, .source = AUDIT_CONSOLE};
	char address[ADDR_STRLEN];

	snprintf(a.operator, sizeof(a.operator), "%s", name);
	snprintf(a.verb, sizeof(a.verb), "login");
	snprintf(a.detail, sizeof(a.detail), "from %s",
	    c->local ? "the socket" : addr_format(&c->peer, address));
	snprintf(a.outcome, sizeof(a.outcome), "%s", outcome);
	return write_audit(c->db, &a);
}

/* An operator who is not known takes as long as one who is. 1, 0, -1. */
static int check_password(struct call *c, const char *name,
    const char *password, struct operator_row *o)
{
	uint8_t hash[SECRET_BYTES];
	int rc = read_operator(c->db, name, o);

	if (rc < 0)
		return -1;
	if (rc == 0)
		memset(o, 0, sizeof(*o));
	if (secret_password(password, o->salt, hash) != 0)
		return -1;
	return rc == 1 && secret_equal(hash, o->hash, sizeof(hash));
}

static bool begin_session(struct call *c, const struct operator_row *o,
    char value[static SECRET_TEXT_LEN])
{
	struct session_row s = {.created_us = c->now_us};

	s.expires_us = c->now_us + c->conf->serve_session_s * US_PER_S;
	if (secret_text(value) != 0 || secret_text(s.csrf) != 0) {
		call_problem(
		    c, 503, "unavailable", "no random numbers can be had");
		return false;
	}
	secret_hash(value, strlen(value), s.hash);
	memcpy(s.operator, o->name, sizeof(s.operator));
	if (write_session(c->db, &s) != 0) {
		call_db_failed(c);
		return false;
	}
	memset(&c->who, 0, sizeof(c->who));
	c->who.via = VIA_SESSION;
	c->who.scopes = o->scopes;
	c->who.expires_us = s.expires_us;
	memcpy(c->who.name, o->name, sizeof(c->who.name));
	memcpy(c->who.csrf, s.csrf, sizeof(s.csrf));
	return true;
}

bool login_begin(struct call *c, const char *name, const char *password,
    char value[static SECRET_TEXT_LEN])
{
	struct operator_row o;
	int rc = check_password(c, name, password, &o);

	if (rc < 0 || note_login(c, name, rc == 1 ? "done" : "refused") != 0) {
		call_db_failed(c);
		return false;
	}
	if (rc == 0) {
		note_failure(c);
		call_problem(c, 401, "bad_login",
		    "name or password is wrong; sekisho operator passwd NAME "
		    "gives a new one");
		return false;
	}
	return begin_session(c, &o, value);
}

int login_end(const struct call *c, const char *value)
{
	uint8_t hash[SECRET_BYTES];

	secret_hash(value, strlen(value), hash);
	return write_session_gone(c->db, hash);
}
