/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/postfix_answer.h"

#include "analyzer/detect/keyset.h"
#include "base/reply_class.h"

#define RECIPIENT_LEN 1024
#define TEXT_LEN      1024 /* more words are not read (reply_class.h) */

bool postfix_peer(struct scan *s, struct addr *a)
{
	char name[256];
	int64_t port;

	if (!scan_word(s, scan_is_host, name, sizeof(name)) ||
	    !scan_text(s, "[") || !scan_addr(s, a) || !scan_text(s, "]"))
		return false;
	if (s->end - s->p >= 2 && s->p[0] == ':' &&
	    scan_is_digit((unsigned char)s->p[1])) {
		s->p++;
		return scan_number(s, &port);
	}
	return true;
}

/* Up to the '>' that ends it: one in a quoted local part (RFC 5321 section
 * 4.1.2) does not. */
static bool address(struct scan *s, struct scan *out)
{
	bool quoted = false;

	out->p = s->p;
	for (; s->p < s->end; s->p++) {
		if (quoted && *s->p == '\\' && s->end - s->p > 1)
			s->p++;
		else if (*s->p == '"')
			quoted = !quoted;
		else if (!quoted && *s->p == '>')
			break;
	}
	out->end = s->p;
	return scan_text(s, ">, ");
}

static bool is_field(unsigned char c)
{
	return c > ' ' && c < 127 && c != ',';
}

static bool skip_field(struct scan *s, const char *name)
{
	char value[64];

	return scan_text(s, name) &&
	       scan_word(s, is_field, value, sizeof(value)) &&
	       scan_text(s, ", ");
}

static bool is_loopback(const struct addr *a)
{
	static const uint8_t ipv6[16] = {[15] = 1};

	return addr_is_v4(a) ? a->b[12] == 127
			     : memcmp(a->b, ipv6, sizeof(ipv6)) == 0;
}

/* A server, or one of "local", "none", "mx1[private/dovecot-lmtp]". */
static bool relay(struct scan *s, struct login_mail *m, bool *to_filter)
{
	struct scan name = *s;
	char text[320];
	struct addr a;

	*to_filter = false;
	if (!scan_word(s, is_field, text, sizeof(text)) || !scan_text(s, ", "))
		return false;
	m->server = key_of_name(text, strlen(text));
	if (postfix_peer(&name, &a)) {
		m->server = key_of_addr(&a);
		*to_filter = is_loopback(&a);
	}
	return true;
}

/* "550-5.1.1 ..." or "550 No such user". */
static uint16_t reply_code(struct scan *s)
{
	unsigned code = 0;

	for (int i = 0; i < 3; i++, s->p++) {
		if (s->p == s->end || !scan_is_digit((unsigned char)*s->p))
			return 0;
		code = code * 10 + (unsigned)(*s->p - '0');
	}
	return (uint16_t)code;
}

/* What no server said is our own server's finding: only that the address is
 * none, or its domain (RFC 3463: 5.1.x; 5.4.4 is what Postfix says of a name
 * that DNS does not know). */
static void judge_own(const char *dsn, struct login_answers *a)
{
	a->unknown = strncmp(dsn, "5.1.", 4) == 0 || strcmp(dsn, "5.4.4") == 0;
}

/* Refusals of our server (a block list, its rate, a policy) say nothing about
 * the account: all accounts meet them as soon as one is stolen. */
static void judge_reply(
    struct scan said, const char *dsn, struct login_answers *a)
{
	uint16_t code = reply_code(&said);
	Sekisho__ReplyClass cls;
	char text[TEXT_LEN];
	size_t n = (size_t)(said.end - said.p);

	if (n >= sizeof(text))
		n = sizeof(text) - 1;
	memcpy(text, said.p, n);
	text[n] = '\0';
	if (code < 500)
		return;
	cls = smtp_reply_classify(code, dsn, text);
	a->unknown = cls == SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER;
	a->rejected = cls == SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT ||
		      cls == SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER;
}

enum login_line postfix_answer(struct scan s, struct login_mail *m)
{
	struct scan to, orig_to, said;
	char dsn[16];
	bool to_filter;

	if (!address(&s, &to) ||
	    (scan_text(&s, "orig_to=<") && !address(&s, &orig_to)) ||
	    !scan_text(&s, "relay=") || !relay(&s, m, &to_filter))
		return LOGIN_LINE_BAD;
	(void)skip_field(&s, "conn_use=");
	if (!skip_field(&s, "delay=") || !skip_field(&s, "delays=") ||
	    !scan_text(&s, "dsn=") ||
	    !scan_word(&s, is_field, dsn, sizeof(dsn)) ||
	    !scan_text(&s, ", status="))
		return LOGIN_LINE_BAD;
	m->recipient = key_of_name(to.p, (size_t)(to.end - to.p));
	m->step = LOGIN_MAIL_ANSWERED;
	if (scan_text(&s, "sent (")) {
		m->answers.delivered = !to_filter;
	} else if (scan_text(&s, "bounced (")) {
		said = s;
		said.p = scan_find(s, " said: ");
		if (said.p == NULL) {
			judge_own(dsn, &m->answers);
		} else {
			said.p += strlen(" said: ");
			judge_reply(said, dsn, &m->answers);
		}
	}
	if (m->answers.delivered + m->answers.rejected + m->answers.unknown ==
	    0)
		return LOGIN_LINE_OTHER;
	return LOGIN_LINE_MAIL;
}
