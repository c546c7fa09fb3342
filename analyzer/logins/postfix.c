/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/postfix.h"

#define NAMES_ACCOUNT ", sasl_username="

bool postfix_is_smtpd(const char *program)
{
	const char *last = strrchr(program, '/');

	return strncmp(program, "postfix", 7) == 0 && last != NULL &&
	       strcmp(last, "/smtpd") == 0;
}

/* "mail.example.com[192.0.2.7]:54321"; older ones do not give the port. The
 * name is the client's own, from DNS: Postfix lets no bracket into it. */
static bool client(struct scan *s, struct login_event *e)
{
	char name[256];
	int64_t port;

	if (!scan_word(s, scan_is_host, name, sizeof(name)) ||
	    !scan_text(s, "[") || !scan_addr(s, &e->client) ||
	    !scan_text(s, "]"))
		return false;
	if (s->end - s->p >= 2 && s->p[0] == ':' &&
	    scan_is_digit((unsigned char)s->p[1])) {
		s->p++;
		return scan_number(s, &port);
	}
	return true;
}

static bool is_mechanism(unsigned char c)
{
	return scan_is_alnum(c) || c == '-' || c == '_';
}

/* What stands behind the name is of the client's choosing (sasl_sender) or
 * a relay's: it is not read. */
static bool account(struct scan *s, struct login_event *e)
{
	return scan_word(s, login_is_account, e->account, sizeof(e->account)) &&
	       (s->p == s->end || scan_text(s, ", "));
}

/* Behind "QUEUEID: client=". */
static enum login_line mail(struct scan s, struct login_event *e)
{
	char mechanism[24];

	if (!client(&s, e))
		return LOGIN_LINE_BAD;
	if (s.p == s.end || !scan_text(&s, ", sasl_method="))
		return LOGIN_LINE_OTHER;
	if (!scan_word(&s, is_mechanism, mechanism, sizeof(mechanism)) ||
	    !scan_text(&s, NAMES_ACCOUNT) || !account(&s, e))
		return LOGIN_LINE_BAD;
	e->result = LOGIN_SUCCESS;
	e->attempts = e->messages = 1;
	return LOGIN_LINE_EVENT;
}

/* Behind "warning: ". The reason is the SASL library's; the name is last and
 * the client's. */
static enum login_line warning(struct scan s, struct login_event *e)
{
	char mechanism[24];
	const char *at;

	if (!client(&s, e) || !scan_text(&s, ": SASL ") ||
	    !scan_word(&s, is_mechanism, mechanism, sizeof(mechanism)) ||
	    !scan_text(&s, " authentication failed"))
		return LOGIN_LINE_OTHER;
	e->result = LOGIN_FAILURE;
	e->attempts = 1;
	at = scan_find(s, NAMES_ACCOUNT);
	if (at == NULL)
		return LOGIN_LINE_EVENT;
	s.p = at + strlen(NAMES_ACCOUNT);
	if (scan_text(&s, "(unavailable)"))
		return s.p == s.end ? LOGIN_LINE_EVENT : LOGIN_LINE_BAD;
	if (!account(&s, e) || s.p != s.end)
		return LOGIN_LINE_BAD;
	return LOGIN_LINE_EVENT;
}

enum login_line postfix_line(struct scan s, struct login_event *e)
{
	char queue_id[32];

	if (scan_text(&s, "warning: "))
		return warning(s, e);
	if (scan_word(&s, scan_is_alnum, queue_id, sizeof(queue_id)) &&
	    scan_text(&s, ": client="))
		return mail(s, e);
	return LOGIN_LINE_OTHER;
}
