/* SPDX-License-Identifier: Apache-2.0 */
/* What Postfix's log says of AUTH: a mail that an authenticated client begins,
 * an AUTH that failed. And what became of a mail: its queue's id ties the
 * lines together. */
#pragma once

#include "analyzer/logins/event.h"
#include "analyzer/logins/syslog.h"

/* "postfix/submission/smtpd", "postfix-out/smtp", ... */
bool postfix_is_program(const char *program);
/* s: the message behind the head. e->ts_us is the caller's. */
enum login_line postfix_line(
    const struct syslog_head *head, struct scan s, struct login_event *e);
