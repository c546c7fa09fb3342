/* SPDX-License-Identifier: Apache-2.0 */
/* The two messages of Postfix's smtpd(8) that tell of AUTH: a mail that an
 * authenticated client begins, and an AUTH that failed. */
#pragma once

#include "analyzer/logins/event.h"

/* "postfix/submission/smtpd", "postfix-out/smtpd", ... */
bool postfix_is_smtpd(const char *program);
/* e->ts_us is the caller's. */
enum login_line postfix_line(struct scan s, struct login_event *e);
