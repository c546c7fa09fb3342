/* SPDX-License-Identifier: Apache-2.0 */
/* Log-ins to the console by name and password: each is in the audit log, and
 * who fails often has to wait. */
#pragma once

#include <stdbool.h>

#include "reports/api/call.h"
#include "reports/api/secret.h"

/* false after a problem: too many failures from this address. */
bool login_may_try(struct call *c);
/* Begins a session: c->who is who logged in, value the secret of the cookie.
 * false after a problem. */
bool login_begin(struct call *c, const char *name, const char *password,
    char value[static SECRET_TEXT_LEN]);
/* Ends the session of this cookie. 0, or -1: the store failed. */
int login_end(const struct call *c, const char *value);
