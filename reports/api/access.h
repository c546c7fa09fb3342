/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: a token, a session's cookie, or the user at the other end of the
 * unix socket. */
#pragma once

#include <stdbool.h>

#include "reports/api/call.h"

/* Fills c->who; VIA_NOBODY when nothing was shown. false after a problem: what
 * was shown does not hold. */
bool access_identify(struct call *c);
/* Whether who asks may use c->route. false after a problem. */
bool access_allows(struct call *c);
/* A key of the kind crowdsec in X-Api-Key; false: it does not hold. */
bool access_crowdsec(struct call *c);
/* Whether what c->who showed still holds: a token that was not revoked, a
 * session that goes on. An unreadable store takes nobody's right. */
bool access_holds(const struct call *c, struct db *db, int64_t now_us);
/* The name of the session's cookie here. */
const char *access_cookie_name(const struct call *c);
/* Its value in the request, or -1: there is none. */
int access_cookie(const struct call *c, char *value, size_t size);
enum audit_source access_source(const struct call *c);
