/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/postfix.h"

#include "analyzer/detect/keyset.h"
#include "analyzer/logins/postfix_answer.h"

#define NAMES_ACCOUNT ", sasl_username="
#define NAMES_BEFORE  ", orig_queue_id="

bool postfix_is_program(const char *program)
{
	return strncmp(program, "postfix", 7) == 0 &&
	       strchr(program, '/') != NULL;
}

static bool is_smtpd(const char *program)
{
	return strcmp(strrchr(program, '/'), "/smtpd") == 0;
}

static bool queue(
    const struct syslog_head *head, struct scan *s, struct login_queue *q)
{
	memset(q, 0, sizeof(*q));
	q->host = key_of_name(head->host, strlen(head->host));
	return scan_word(s, scan_is_alnum, q->id, sizeof(q->id));
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

/* A filter gives the mail back, as another: XFORWARD (Postfix 2.9) says as
 * what it was known before. */
static enum login_line passed_on(
    const struct syslog_head *head, struct scan s, struct login_mail *m)
{
	if (!scan_text(&s, NAMES_BEFORE) || !queue(head, &s, &m->before) ||
	    !(s.p == s.end || scan_text(&s, ", ")))
		return LOGIN_LINE_OTHER;
	m->step = LOGIN_MAIL_PASSED_ON;
	return LOGIN_LINE_MAIL;
}

/* Behind "QUEUEID: client=". */
static enum login_line mail(
    const struct syslog_head *head, struct scan s, struct login_event *e)
{
	char mechanism[24];

	if (!postfix_peer(&s, &e->client))
		return LOGIN_LINE_BAD;
	if (s.p == s.end || !scan_text(&s, ", sasl_method="))
		return passed_on(head, s, &e->mail);
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

	if (!postfix_peer(&s, &e->client) || !scan_text(&s, ": SASL ") ||
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

enum login_line postfix_line(
    const struct syslog_head *head, struct scan s, struct login_event *e)
{
	struct login_mail *m = &e->mail;

	if (is_smtpd(head->program) && scan_text(&s, "warning: "))
		return warning(s, e);
	if (!queue(head, &s, &m->queue))
		return LOGIN_LINE_OTHER;
	if (scan_text(&s, ": client="))
		return is_smtpd(head->program) ? mail(head, s, e)
					       : LOGIN_LINE_OTHER;
	if (scan_text(&s, ": to=<"))
		return postfix_answer(s, m);
	if (scan_text(&s, ": removed") && s.p == s.end) {
		m->step = LOGIN_MAIL_REMOVED;
		return LOGIN_LINE_MAIL;
	}
	return LOGIN_LINE_OTHER;
}
