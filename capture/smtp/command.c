/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/command.h"

#include <string.h>
#include <strings.h>

#include "capture/smtp/helo.h"
#include "capture/smtp/path.h"

/* IANA's SASL mechanisms and the vendors' that mail clients speak. The list
 * is closed: the word behind AUTH may be a mistyped password. */
static const char *const mechanisms[] = {"PLAIN", "LOGIN", "CRAM-MD5",
    "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "XOAUTH", "XOAUTH2", "OAUTHBEARER",
    "NTLM", "GSSAPI", "GSS-SPNEGO", "GS2-KRB5", "GS2-KRB5-PLUS", "KERBEROS_V4",
    "EXTERNAL", "ANONYMOUS", "OTP", "SKEY", "SECURID", "SRP", "9798-M-DSA-SHA1",
    "9798-M-ECDSA-SHA1", "9798-M-RSA-SHA1-ENC", "9798-U-DSA-SHA1",
    "9798-U-ECDSA-SHA1", "9798-U-RSA-SHA1-ENC", "SAML20", "OPENID20",
    "EAP-AES128", "EAP-AES128-PLUS", "NMAS_LOGIN", "NMAS_AUTHEN",
    "NMAS-SAMBA-AUTH", "MSN", "XYMCOOKIE", "XYMCOOKIEB64"};

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_space(const char *p, const char *end)
{
	while (p < end && is_space(*p))
		p++;
	return p;
}

static const char *word_end(const char *p, const char *end)
{
	while (p < end && !is_space(*p))
		p++;
	return p;
}

static bool word_is(const char *p, size_t n, const char *word)
{
	return n == strlen(word) && strncasecmp(p, word, n) == 0;
}

/* Digits only, saturating: 0, or -1. */
static int parse_number(uint64_t *v, const char *p, const char *end)
{
	*v = 0;
	if (p == end)
		return -1;
	for (; p < end; p++) {
		if (*p < '0' || *p > '9')
			return -1;
		if (*v > (UINT64_MAX - 9) / 10)
			*v = UINT64_MAX;
		else
			*v = *v * 10 + (uint64_t)(*p - '0');
	}
	return 0;
}

/* "FROM:" or "TO:" and the path; some clients put spaces around the colon. */
static void parse_path(struct smtp_command *c, const char *p, const char *end)
{
	const char *word = c->verb == SMTP_MAIL ? "FROM" : "TO";
	size_t n = strlen(word);
	uint64_t size;
	const char *last;

	c->mailbox.seen = c->mailbox.unparsed = c->malformed = true;
	if ((size_t)(end - p) < n || strncasecmp(p, word, n) != 0)
		return;
	p = skip_space(p + n, end);
	if (p == end || *p != ':')
		return;
	p = smtp_path_parse(&c->mailbox, p + 1, end);
	c->malformed = c->mailbox.unparsed || !c->mailbox.seen;
	while ((p = skip_space(p, end)) < end) {
		last = word_end(p, end);
		if (last - p > 5 && strncasecmp(p, "SIZE=", 5) == 0 &&
		    parse_number(&size, p + 5, last) == 0)
			c->size = size;
		else if (c->verb == SMTP_MAIL &&
			 word_is(p, (size_t)(last - p), "SMTPUTF8"))
			c->smtputf8 = true;
		p = last;
	}
}

static void parse_bdat(struct smtp_command *c, const char *p, const char *end)
{
	const char *last = word_end(p, end);

	c->malformed =
	    parse_number(&c->size, p, last) != 0 || c->size > INT64_MAX;
	p = skip_space(last, end);
	if (p < end && word_is(p, (size_t)(end - p), "LAST"))
		c->last = true;
	else if (p < end)
		c->malformed = true;
}

static void parse_auth(struct smtp_command *c, const char *p, const char *end)
{
	size_t n = (size_t)(word_end(p, end) - p);

	c->malformed = n == 0;
	c->mechanism = "?";
	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(*mechanisms); i++)
		if (word_is(p, n, mechanisms[i]))
			c->mechanism = mechanisms[i];
}

static void parse_arguments(struct smtp_command *c, const char *p,
    const char *end, const struct addr *client)
{
	switch (c->verb) {
	case SMTP_HELO:
	case SMTP_EHLO:
		smtp_helo_parse(&c->helo,
		    c->verb == SMTP_HELO ? SEKISHO__HELO_VERB__HELO_HELO
					 : SEKISHO__HELO_VERB__HELO_EHLO,
		    p, (size_t)(end - p), client, c->name);
		break;
	case SMTP_MAIL:
	case SMTP_RCPT:
		parse_path(c, p, end);
		break;
	case SMTP_BDAT:
		parse_bdat(c, p, end);
		break;
	case SMTP_AUTH:
		parse_auth(c, p, end);
		break;
	case SMTP_DATA:
	case SMTP_RSET:
	case SMTP_QUIT:
	case SMTP_STARTTLS:
		c->malformed = p < end;
		break;
	case SMTP_UNKNOWN:
	case SMTP_NOOP:
	case SMTP_VRFY:
	case SMTP_XCLIENT:
	case SMTP_MESSAGE:
	case SMTP_PARTIAL:
		break;
	}
}

#define WORD(a, b, c, d)                                                       \
	((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

/* Four letters, case folded, as one number. */
static uint32_t word_of(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return WORD(b[0], b[1], b[2], b[3]) & 0xdfdfdfdf;
}

static bool is_letters(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((p[i] | 0x20) < 'a' || (p[i] | 0x20) > 'z')
			return false;
	return true;
}

static enum smtp_verb long_verb(const char *p, size_t n)
{
	if (word_is(p, n, "STARTTLS"))
		return SMTP_STARTTLS;
	if (word_is(p, n, "XCLIENT") || word_is(p, n, "XFORWARD"))
		return SMTP_XCLIENT;
	return SMTP_UNKNOWN;
}

static enum smtp_verb find_verb(const char *p, size_t n)
{
	if (n != 4)
		return long_verb(p, n);
	if (!is_letters(p, n))
		return SMTP_UNKNOWN;
	switch (word_of(p)) {
	case WORD('H', 'E', 'L', 'O'):
		return SMTP_HELO;
	case WORD('E', 'H', 'L', 'O'):
		return SMTP_EHLO;
	case WORD('M', 'A', 'I', 'L'):
		return SMTP_MAIL;
	case WORD('R', 'C', 'P', 'T'):
		return SMTP_RCPT;
	case WORD('D', 'A', 'T', 'A'):
		return SMTP_DATA;
	case WORD('B', 'D', 'A', 'T'):
		return SMTP_BDAT;
	case WORD('R', 'S', 'E', 'T'):
		return SMTP_RSET;
	case WORD('Q', 'U', 'I', 'T'):
		return SMTP_QUIT;
	case WORD('N', 'O', 'O', 'P'):
		return SMTP_NOOP;
	case WORD('A', 'U', 'T', 'H'):
		return SMTP_AUTH;
	case WORD('V', 'R', 'F', 'Y'):
	case WORD('E', 'X', 'P', 'N'):
	case WORD('H', 'E', 'L', 'P'):
	case WORD('E', 'T', 'R', 'N'):
	case WORD('T', 'U', 'R', 'N'):
		return SMTP_VRFY;
	}
	return SMTP_UNKNOWN;
}

void smtp_command_parse(struct smtp_command *c, const char *text, size_t len,
    bool too_long, const struct addr *client)
{
	const char *end = text + len, *p = skip_space(text, end);
	const char *last = word_end(p, end);

	c->verb = find_verb(p, (size_t)(last - p));
	c->malformed = c->last = c->smtputf8 = false;
	c->size = 0;
	c->mechanism = "";
	c->helo = (struct smtp_helo){0};
	c->mailbox.seen = c->mailbox.null_path = c->mailbox.unparsed = false;
	c->mailbox.local[0] = c->mailbox.domain[0] = '\0';
	while (end > last && is_space(end[-1]))
		end--;
	parse_arguments(c, skip_space(last, end), end, client);
	if (!too_long)
		return;
	c->malformed = true;
	if (c->verb == SMTP_HELO || c->verb == SMTP_EHLO) {
		c->helo.kind = SEKISHO__HELO_KIND__HELO_KIND_INVALID;
		c->helo.name = NULL;
	}
}

void smtp_command_wipe(struct smtp_command *c)
{
	explicit_bzero(c->mailbox.local, strlen(c->mailbox.local));
}
