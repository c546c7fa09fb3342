/* SPDX-License-Identifier: Apache-2.0 */
/* Log-in and log-out of the console, and who I am. */
#include <string.h>

#include "reports/api/access.h"
#include "reports/api/login.h"
#include "reports/api/personal.h"
#include "reports/api/routes.h"
#include "reports/api/scope.h"

static void put_session(struct call *c, int status)
{
	static const char *const names[] = {[VIA_NOBODY] = "",
	    [VIA_TOKEN] = "token",
	    [VIA_SESSION] = "console",
	    [VIA_SOCKET] = "socket"};
	bool reason = personal_needed(c);
	struct jsonw *j = call_json(c, status);

	jsonw_object_begin(j);
	jsonw_kstring(j, "operator", c->who.name);
	jsonw_key(j, "scopes");
	jsonw_array_begin(j);
	for (int i = 0; i < SCOPES_N; i++)
		if (c->who.scopes & INT64_C(1) << i)
			jsonw_string(j, scope_name(INT64_C(1) << i));
	jsonw_array_end(j);
	jsonw_ktime(j, "expires", c->who.expires_us);
	jsonw_kstring(j, "csrf", c->who.csrf[0] ? c->who.csrf : NULL);
	jsonw_kstring(j, "via", names[c->who.via]);
	jsonw_kbool(j, "reason_required", reason);
	jsonw_object_end(j);
}

void session_get(struct call *c)
{
	put_session(c, 200);
}

static void set_cookie(struct call *c, const char *value, int64_t age_s)
{
	bool secure = c->tls || c->conf->serve_https;

	call_field(c, "Set-Cookie",
	    "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
	    access_cookie_name(c), value, (long long)age_s,
	    secure ? "; Secure" : "");
}

void session_post(struct call *c)
{
	char name[ROW_ID_LEN], password[1025], value[SECRET_TEXT_LEN];
	char old[SECRET_TEXT_LEN];
	bool done;

	if (!login_may_try(c) ||
	    !call_string(c, "operator", true, name, sizeof(name)) ||
	    !call_string(c, "password", true, password, sizeof(password)))
		return;
	done = login_begin(c, name, password, value);
	memset(password, 0, sizeof(password));
	if (!done)
		return;
	/* The browser forgets its cookie of before: nobody else is to have
	 * it. */
	if (access_cookie(c, old, sizeof(old)) == 0)
		(void)login_end(c, old);
	put_session(c, 201);
	set_cookie(c, value, c->conf->serve_session_s);
}

void session_delete(struct call *c)
{
	char value[SECRET_TEXT_LEN];

	if (c->who.via == VIA_SESSION &&
	    access_cookie(c, value, sizeof(value)) == 0 &&
	    login_end(c, value) != 0) {
		call_db_failed(c);
		return;
	}
	set_cookie(c, "", 0);
	call_clear(c);
	c->status = 204;
	c->type = NULL;
}
