/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a submission server's log, whatever its form. The names in it
 * are the clients' own: a line is taken only when every field stands where
 * its program puts it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "analyzer/follow/splitter.h"
#include "analyzer/logins/event.h"
#include "analyzer/logins/stamp.h"

#define LOGIN_LINE_MAX FOLLOW_LINE_MAX

struct login_context {
	struct stamp_zone zone;
	const char *services; /* of Dovecot, whose successes count */
	int64_t now_us;       /* about when the line was written, or later */
};

/* line: without its end. Fills e for LOGIN_LINE_EVENT and _MAIL only. */
enum login_line login_line_parse(const struct login_context *c,
    const char *line, size_t len, struct login_event *e);
