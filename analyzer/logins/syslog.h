/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a log line: time, host, program. RFC 5424 and RFC 3164, with
 * and without the priority, and Dovecot's own log file, which has no host. */
#pragma once

#include "analyzer/logins/stamp.h"

struct syslog_head {
	int64_t ts_us;
	char program[64]; /* "postfix/submission/smtpd" */
	char host[256];   /* "": none is there */
};

/* Takes the head off the line; what is left is the program's message. */
bool syslog_head(struct scan *s, const struct stamp_zone *z, int64_t now_us,
    struct syslog_head *h);
