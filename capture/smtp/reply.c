/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/reply.h"

#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* status-code of RFC 2034 section 4 in front of the text; 0: none. */
static size_t enhanced_length(const char *p, size_t len)
{
	size_t i = 2, digits;

	if (len < 5 || p[1] != '.' ||
	    (p[0] != '2' && p[0] != '4' && p[0] != '5'))
		return 0;
	for (int part = 0; part < 2; part++) {
		for (digits = 0; i < len && is_digit(p[i]); digits++)
			i++;
		if (digits == 0 || digits > 3)
			return 0;
		if (part == 0 && (i == len || p[i++] != '.'))
			return 0;
	}
	return i == len || p[i] == ' ' || p[i] == '\t' ? i : 0;
}

static void append(struct smtp_reply_reader *r, const char *p, size_t len)
{
	size_t room = SMTP_REPLY_TEXT_MAX - r->len;

	if (r->len > 0 && room > 0) {
		r->text[r->len++] = ' ';
		room--;
	}
	if (len > room)
		len = room;
	for (size_t i = 0; i < len; i++)
		r->text[r->len++] = p[i] != '\0' ? p[i] : ' ';
	r->text[r->len] = '\0';
}

enum smtp_reply_status smtp_reply_line(
    struct smtp_reply_reader *r, const char *text, size_t len)
{
	size_t n;
	bool more;

	if (len < 3 || text[0] < '2' || text[0] > '5' || !is_digit(text[1]) ||
	    !is_digit(text[2]) ||
	    (len > 3 && text[3] != ' ' && text[3] != '-' && text[3] != '\t'))
		return SMTP_REPLY_JUNK;
	more = len > 3 && text[3] == '-';
	if (!r->open)
		smtp_reply_reset(r);
	r->open = true;
	/* Codes that differ between lines: the last line's counts. */
	r->code = (uint16_t)((text[0] - '0') * 100 + (text[1] - '0') * 10 +
			     (text[2] - '0'));
	text += len > 3 ? 4 : 3;
	len -= len > 3 ? 4 : 3;
	if (len == 8 && strncasecmp(text, "STARTTLS", 8) == 0)
		r->starttls = true;
	n = enhanced_length(text, len);
	if (n > 0 && r->enhanced[0] == '\0') {
		memcpy(r->enhanced, text, n);
		r->enhanced[n] = '\0';
	}
	append(r, text + n, len - n);
	if (more)
		return SMTP_REPLY_MORE;
	r->open = false;
	return SMTP_REPLY_WHOLE;
}

void smtp_reply_reset(struct smtp_reply_reader *r)
{
	r->open = r->starttls = false;
	r->code = 0;
	r->enhanced[0] = '\0';
	r->text[0] = '\0';
	r->len = 0;
}

/* An IPv4 client as a block list's zone has it: octets turned round. */
static struct addr reversed(const struct addr *a)
{
	struct addr r = *a;

	for (int i = 0; i < 4; i++)
		r.b[12 + i] = a->b[15 - i];
	return r;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* p goes on behind n: a name there makes it a block list's look-up. */
static bool token_is(const char *p, size_t n, const struct addr *client)
{
	bool zone = n > 0 && p[n - 1] == '.' && is_letter(p[n]);
	char text[ADDR_STRLEN];
	struct addr a, turned = reversed(client);

	while (n > 0 && (p[n - 1] == '.' || p[n - 1] == ':'))
		n--;
	if (n < 2 || n >= sizeof(text))
		return false;
	memcpy(text, p, n);
	text[n] = '\0';
	if (addr_parse(&a, text) != 0)
		return false;
	return addr_equal(&a, client) ||
	       (zone && addr_is_v4(client) && addr_equal(&a, &turned));
}

bool smtp_reply_names(
    const struct smtp_reply_reader *r, const struct addr *client)
{
	static const char v4[] = "0123456789.";
	static const char v6[] = "0123456789abcdefABCDEF:.";
	const char *set = addr_is_v4(client) ? v4 : v6;
	const char *p = r->text, *colon;
	size_t n;

	while (*p != '\0') {
		n = strspn(p, set);
		if (n == 0) {
			p++;
			continue;
		}
		if (token_is(p, n, client))
			return true;
		/* "IPv6:2001:db8::1": its 6 is taken for a digit. */
		colon = memchr(p, ':', n);
		if (colon != NULL &&
		    token_is(colon + 1, n - (size_t)(colon + 1 - p), client))
			return true;
		p += n;
	}
	return false;
}
