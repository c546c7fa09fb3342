/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/line.h"

#include "analyzer/logins/dovecot.h"
#include "analyzer/logins/json_line.h"
#include "analyzer/logins/postfix.h"
#include "analyzer/logins/syslog.h"

static enum login_line parse(
    const struct login_context *c, struct scan s, struct login_event *e)
{
	struct syslog_head head;
	enum login_line l;

	if (s.p < s.end && *s.p == '{')
		return json_line(s, e);
	if (!syslog_head(&s, &c->zone, c->now_us, &head))
		return LOGIN_LINE_OTHER;
	if (postfix_is_program(head.program))
		l = postfix_line(&head, s, e);
	else if (dovecot_is_program(head.program))
		l = dovecot_line(head.program, s, c->services, e);
	else
		return LOGIN_LINE_OTHER;
	e->ts_us = head.ts_us;
	return l;
}

enum login_line login_line_parse(const struct login_context *c,
    const char *line, size_t len, struct login_event *e)
{
	struct scan s = {line, line + len};

	while (s.end > s.p && (s.end[-1] == '\r' || s.end[-1] == ' '))
		s.end--;
	memset(e, 0, sizeof(*e));
	/* Syslog daemons write no control character; whoever else does is
	 * not believed. */
	if (len > LOGIN_LINE_MAX || memchr(line, '\0', len) != NULL)
		return LOGIN_LINE_BAD;
	return parse(c, s, e);
}
