/* SPDX-License-Identifier: Apache-2.0 */
/* Dovecot's messages about log-ins: those of its login processes, and what
 * its password databases say with auth_verbose. */
#pragma once

#include "analyzer/logins/event.h"

/* "dovecot", or a process of it where it writes its own log file. */
bool dovecot_is_program(const char *program);
/* services: words between spaces, the login processes whose successes
 * count, as "submission-login". Failures count whatever the service: who
 * guesses a password by IMAP has it for submission too. e->ts_us is the
 * caller's. */
enum login_line dovecot_line(const char *program, struct scan s,
    const char *services, struct login_event *e);
