/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/path.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define LABEL_MAX 63

static bool is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* One UTF-8 sequence (RFC 3629): its length and code point, or 0. */
static size_t utf8_decode(const unsigned char *s, size_t left, uint32_t *cp)
{
	static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (s[0] < 0xc2 || s[0] > 0xf4 || left < n)
		return 0;
	*cp = s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < lowest[n] || *cp > 0x10ffff ||
	    (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return n;
}

/* Blocks that hold letters of no script but controls, spaces, punctuation
 * and look-alikes of ASCII: what an attacker would put into a name. */
static bool is_foreign_letter(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} bad[] = {{0, 0xa9}, {0xab, 0xb4}, {0xb6, 0xb6}, {0xb8, 0xb9},
	    {0xbb, 0xbf}, {0xd7, 0xd7}, {0xf7, 0xf7}, {0x2000, 0x206f},
	    {0x2190, 0x2bff}, {0x3000, 0x3004}, {0xe000, 0xf8ff},
	    {0xfe00, 0xfe6f}, {0xfeff, 0xff20}, {0xfff0, 0xffff},
	    {0xe0000, 0x10ffff}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (cp >= bad[i].first && cp <= bad[i].last)
			return false;
	return true;
}

static bool label_is_valid(const unsigned char *s, size_t len)
{
	size_t i = 0, n;
	uint32_t cp;

	if (len == 0 || len > LABEL_MAX || s[0] == '-' || s[len - 1] == '-')
		return false;
	while (i < len) {
		if (is_alnum(s[i]) || s[i] == '-' || s[i] == '_') {
			i++;
			continue;
		}
		n = s[i] < 0x80 ? 0 : utf8_decode(s + i, len - i, &cp);
		if (n == 0 || !is_foreign_letter(cp))
			return false;
		i += n;
	}
	return true;
}

bool smtp_domain_is_valid(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t from = 0;

	if (len == 0 || len > SMTP_DOMAIN_MAX)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && s[i] != '.')
			continue;
		if (!label_is_valid(s + from, i - from))
			return false;
		from = i + 1;
	}
	return true;
}

bool smtp_literal_parse(const char *text, size_t len, struct addr *a)
{
	char inner[ADDR_STRLEN];
	struct addr ignored;

	if (len < 3 || text[0] != '[' || text[len - 1] != ']')
		return false;
	text++;
	len -= 2;
	if (len > 5 && strncasecmp(text, "IPv6:", 5) == 0) {
		text += 5;
		len -= 5;
	}
	if (len >= sizeof(inner) || memchr(text, '\0', len) != NULL)
		return false;
	memcpy(inner, text, len);
	inner[len] = '\0';
	/* No zone index, no space: what passes is digits, dots, colons. */
	if (inner[strspn(inner, "0123456789abcdefABCDEF.:")] != '\0')
		return false;
	return addr_parse(a != NULL ? a : &ignored, inner) == 0;
}

bool smtp_domain_copy(char out[static 256], const char *text, size_t len)
{
	out[0] = '\0';
	if (len > 1 && text[len - 1] == '.')
		len--;
	if (!smtp_domain_is_valid(text, len) &&
	    !smtp_literal_parse(text, len, NULL))
		return false;
	for (size_t i = 0; i < len; i++)
		out[i] = text[i] >= 'A' && text[i] <= 'Z'
			     ? (char)(text[i] - 'A' + 'a')
			     : text[i];
	out[len] = '\0';
	return true;
}

/* RFC 5321 section 4.1.2 has these, and the space, in quoted strings only. */
static bool is_special(unsigned char c)
{
	switch (c) {
	case ' ':
	case '(':
	case ')':
	case '<':
	case '>':
	case '[':
	case ']':
	case ':':
	case ';':
	case ',':
	case '\\':
	case '"':
		return true;
	}
	return false;
}

/* Local-part: dot-string or quoted string (unquoted here, so that equal
 * addresses are equal). Returns the octets used, 0: none. */
static size_t local_parse(
    char out[static SMTP_LOCAL_MAX], const char *text, size_t len)
{
	bool quoted = len > 0 && text[0] == '"';
	size_t i = quoted ? 1 : 0, n = 0;

	for (; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (quoted && c == '"')
			break;
		if (quoted && c == '\\' && i + 1 < len)
			c = (unsigned char)text[++i];
		else if (!quoted && c == '@')
			break;
		if (c < 0x20 || c == 0x7f || n + 1 >= SMTP_LOCAL_MAX)
			return 0;
		if (!quoted && is_special(c))
			return 0;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	if (quoted && i < len)
		i++;
	return i < len && text[i] == '@' && (n > 0 || quoted) ? i : 0;
}

void smtp_address_parse(struct smtp_mailbox *m, const char *text, size_t len)
{
	size_t at;

	/* Its buffers are large: only what says that they are empty. */
	m->seen = true;
	m->null_path = m->unparsed = false;
	m->local[0] = m->domain[0] = '\0';
	at = local_parse(m->local, text, len);
	if (at == 0 ||
	    !smtp_domain_copy(m->domain, text + at + 1, len - at - 1)) {
		explicit_bzero(
		    m->local, len < sizeof(m->local) ? len : sizeof(m->local));
		m->local[0] = '\0';
		m->unparsed = true;
	}
}

/* The end of <...>, quoted strings skipped; NULL: no closing bracket. */
static const char *bracket_end(const char *p, const char *end)
{
	bool quoted = false;

	for (p++; p < end; p++) {
		if (quoted && *p == '\\' && p + 1 < end)
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && *p == '>')
			return p;
	}
	return NULL;
}

static const char *word_end(const char *p, const char *end)
{
	while (p < end && *p != ' ' && *p != '\t')
		p++;
	return p;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

const char *smtp_path_parse(
    struct smtp_mailbox *m, const char *text, const char *end)
{
	const char *p = text, *last, *colon;

	while (p < end && is_space(*p))
		p++;
	if (p == end || *p != '<') {
		/* No brackets: common in home-made senders. */
		last = word_end(p, end);
		smtp_address_parse(m, p, (size_t)(last - p));
		m->seen = last > p;
		return last;
	}
	last = bracket_end(p, end);
	if (last == NULL) {
		smtp_address_parse(m, p, (size_t)(end - p));
		return end;
	}
	p++;
	while (p < last && is_space(*p))
		p++;
	/* Source route, RFC 5321 appendix C: accepted and ignored. */
	if (p < last && *p == '@') {
		colon = memchr(p, ':', (size_t)(last - p));
		p = colon != NULL ? colon + 1 : p;
	}
	end = last;
	while (end > p && is_space(end[-1]))
		end--;
	smtp_address_parse(m, p, (size_t)(end - p));
	if (p == end) {
		m->unparsed = false;
		m->null_path = true;
	}
	return last + 1;
}
