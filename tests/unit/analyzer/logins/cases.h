/* SPDX-License-Identifier: Apache-2.0 */
/* Lines and what is to come of them. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/logins/event.h"

struct line_case {
	const char *line;
	enum login_line want;
	const char *account, *client;
	enum login_result result;
	int64_t attempts, messages;
};

static inline struct scan whole(const char *text)
{
	return (struct scan){text, text + strlen(text)};
}

static inline void check_case(
    const struct line_case *c, enum login_line got, const struct login_event *e)
{
	char client[ADDR_STRLEN];

	if (got != c->want)
		fail_msg("%d instead of %d: %s", got, c->want, c->line);
	if (got != LOGIN_LINE_EVENT)
		return;
	if (strcmp(e->account, c->account) != 0 ||
	    strcmp(addr_format(&e->client, client), c->client) != 0 ||
	    e->result != c->result || e->attempts != c->attempts ||
	    e->messages != c->messages)
		fail_msg("%s from %s, %s, %lld attempts, %lld messages: %s",
		    e->account, client, login_result_name(e->result),
		    (long long)e->attempts, (long long)e->messages, c->line);
}
