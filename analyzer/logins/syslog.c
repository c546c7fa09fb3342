/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/syslog.h"

static bool is_visible(unsigned char c)
{
	return c > ' ' && c < 127;
}

static bool is_program(unsigned char c)
{
	return scan_is_alnum(c) || c == '/' || c == '_' || c == '-' || c == '.';
}

/* RFC 5424 section 6.3: "-", or elements in brackets whose quoted values
 * may hold brackets. */
static bool structured_data(struct scan *s)
{
	bool quoted = false;

	if (scan_text(s, "- "))
		return true;
	if (s->p == s->end || *s->p != '[')
		return false;
	for (; s->p < s->end; s->p++) {
		if (quoted && *s->p == '\\' && s->end - s->p > 1)
			s->p++;
		else if (*s->p == '"')
			quoted = !quoted;
		else if (!quoted && *s->p == ']' && s->end - s->p > 1 &&
			 s->p[1] != '[') {
			s->p++;
			return scan_text(s, " ");
		}
	}
	return false;
}

/* Behind "<PRI>1 ": time, host, program, process, message id, data. */
static bool rfc5424(struct scan *s, struct syslog_head *h)
{
	char word[256];

	if (!stamp_rfc3339(s, &h->ts_us) || !scan_text(s, " ") ||
	    !scan_word(s, is_visible, h->host, sizeof(h->host)) ||
	    !scan_text(s, " ") ||
	    !scan_word(s, is_program, h->program, sizeof(h->program)) ||
	    !scan_text(s, " ") ||
	    !scan_word(s, is_visible, word, sizeof(word)) ||
	    !scan_text(s, " ") ||
	    !scan_word(s, is_visible, word, sizeof(word)) ||
	    !scan_text(s, " ") || !structured_data(s))
		return false;
	scan_text(s, "\xef\xbb\xbf");
	return true;
}

/* "postfix/smtpd[123]: ", "dovecot: ", "auth-worker(123): ". */
static bool tag(struct scan *s, struct syslog_head *h)
{
	struct scan at = *s;
	int64_t pid;

	if (!scan_word(&at, is_program, h->program, sizeof(h->program)))
		return false;
	if (scan_text(&at, "[")) {
		if (!scan_number(&at, &pid) || !scan_text(&at, "]"))
			return false;
	} else if (scan_text(&at, "(")) {
		if (!scan_number(&at, &pid) || !scan_text(&at, ")"))
			return false;
	}
	if (!scan_text(&at, ": "))
		return false;
	s->p = at.p;
	return true;
}

bool syslog_head(struct scan *s, const struct stamp_zone *z, int64_t now_us,
    struct syslog_head *h)
{
	int64_t pri;

	h->host[0] = '\0';
	if (scan_text(s, "<") && (!scan_number(s, &pri) || !scan_text(s, ">")))
		return false;
	if (scan_text(s, "1 "))
		return rfc5424(s, h);
	if (!stamp_rfc3339(s, &h->ts_us) &&
	    !stamp_rfc3164(s, z, now_us, &h->ts_us))
		return false;
	if (!scan_text(s, " "))
		return false;
	if (tag(s, h))
		return true;
	return scan_word(s, is_visible, h->host, sizeof(h->host)) &&
	       scan_text(s, " ") && tag(s, h);
}
