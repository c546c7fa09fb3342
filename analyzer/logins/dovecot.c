/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/dovecot.h"

#include <stdio.h>

#define PROCESS_LEN 64

static bool is_process(unsigned char c)
{
	return scan_is_alnum(c) || c == '-' || c == '_';
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

bool dovecot_is_program(const char *program)
{
	return strcmp(program, "dovecot") == 0 ||
	       strcmp(program, "auth") == 0 ||
	       strcmp(program, "auth-worker") == 0 ||
	       ends_with(program, "-login");
}

/* "submission-login: ", "auth-worker(123): ", and "Info: " of a log file. */
static bool process(struct scan *s, const char *program, char *name)
{
	int64_t pid;

	if (strcmp(program, "dovecot") != 0) {
		snprintf(name, PROCESS_LEN, "%s", program);
	} else {
		if (!scan_word(s, is_process, name, PROCESS_LEN))
			return false;
		if (scan_text(s, "(") &&
		    (!scan_number(s, &pid) || !scan_text(s, ")")))
			return false;
		if (!scan_text(s, ": "))
			return false;
	}
	scan_text(s, "Info: ");
	return true;
}

static bool is_listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = list; *at != '\0'; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		if (strncmp(at, word, n) == 0 && (at[n] == ' ' || !at[n]))
			return true;
	}
	return false;
}

/* --- login processes ------------------------------------------------ */

/* "<foo>, method=PLAIN, rip=192.0.2.7, lip=...". No name: nobody's. */
static enum login_line who(struct scan s, struct login_event *e)
{
	char mechanism[24];

	if (scan_text(&s, ">"))
		return LOGIN_LINE_OTHER;
	if (!scan_word(&s, login_is_account, e->account, sizeof(e->account)) ||
	    !scan_text(&s, ">, "))
		return LOGIN_LINE_BAD;
	if (scan_text(&s, "method=") &&
	    (!scan_word(&s, is_process, mechanism, sizeof(mechanism)) ||
		!scan_text(&s, ", ")))
		return LOGIN_LINE_BAD;
	if (!scan_text(&s, "rip=") || !scan_addr(&s, &e->client) ||
	    !(s.p == s.end || scan_text(&s, ", ")))
		return LOGIN_LINE_BAD;
	/* A name that brought these fields along has the real ones behind. */
	if (scan_find(s, "rip=") != NULL || scan_find(s, "user=<") != NULL)
		return LOGIN_LINE_BAD;
	return LOGIN_LINE_EVENT;
}

/* "Disconnected (auth failed, 2 attempts in 4 secs): user=<", also "Login
 * aborted: Connection closed (auth failed, 1 attempts in 2 secs) (...)". */
static bool is_failure(struct scan s, int64_t *attempts)
{
	const char *at = scan_find(s, "(auth failed, ");

	if (at == NULL ||
	    !(scan_text(&s, "Disconnected") || scan_text(&s, "Aborted login") ||
		scan_text(&s, "Login aborted")))
		return false;
	s.p = at + strlen("(auth failed, ");
	return scan_number(&s, attempts) && *attempts > 0 &&
	       scan_text(&s, " attempts");
}

static enum login_line login_process(const char *name, struct scan s,
    const char *services, struct login_event *e)
{
	const char *user = scan_find(s, ": user=<");
	struct scan head = s;

	if (user == NULL)
		return LOGIN_LINE_OTHER;
	head.end = user;
	e->attempts = 1;
	if (head.end - head.p == 5 && scan_text(&head, "Login")) {
		if (!is_listed(services, name))
			return LOGIN_LINE_OTHER;
		e->result = LOGIN_SUCCESS;
	} else if (is_failure(head, &e->attempts)) {
		e->result = LOGIN_FAILURE;
	} else {
		return LOGIN_LINE_OTHER;
	}
	s.p = user + strlen(": user=<");
	return who(s, e);
}

/* --- password databases --------------------------------------------- */

static bool is_visible(unsigned char c)
{
	return c > ' ' && c < 127 && c != '>';
}

/* "sql(foo,192.0.2.7,<session>): Password mismatch". */
static enum login_line database(struct scan s, struct login_event *e)
{
	char word[PROCESS_LEN];

	if (!scan_word(&s, is_process, word, sizeof(word)) ||
	    !scan_text(&s, "(") ||
	    !scan_word(&s, login_is_account, e->account, sizeof(e->account)) ||
	    !scan_text(&s, ",") || !scan_addr(&s, &e->client))
		return LOGIN_LINE_OTHER;
	if (scan_text(&s, ",<") &&
	    (!scan_word(&s, is_visible, word, sizeof(word)) ||
		!scan_text(&s, ">")))
		return LOGIN_LINE_BAD;
	if (!scan_text(&s, "): ") || !(scan_text(&s, "Password mismatch") ||
					 scan_text(&s, "unknown user")))
		return LOGIN_LINE_OTHER;
	/* A comment may follow; a name that brought all this along has the
	 * real end behind. */
	if ((s.p != s.end && !scan_text(&s, " (")) ||
	    scan_find(s, "): ") != NULL)
		return LOGIN_LINE_BAD;
	e->result = LOGIN_FAILURE;
	e->attempts = 1;
	return LOGIN_LINE_EVENT;
}

/* The database's part stands behind zero or more "prefix: ". */
static enum login_line auth(struct scan s, struct login_event *e)
{
	for (;;) {
		enum login_line l = database(s, e);
		const char *next;

		if (l != LOGIN_LINE_OTHER)
			return l;
		next = scan_find(s, ": ");
		if (next == NULL)
			return LOGIN_LINE_OTHER;
		s.p = next + 2;
	}
}

enum login_line dovecot_line(const char *program, struct scan s,
    const char *services, struct login_event *e)
{
	char name[PROCESS_LEN];

	if (!process(&s, program, name))
		return LOGIN_LINE_OTHER;
	if (ends_with(name, "-login"))
		return login_process(name, s, services, e);
	if (strcmp(name, "auth") == 0 || strcmp(name, "auth-worker") == 0)
		return auth(s, e);
	return LOGIN_LINE_OTHER;
}
