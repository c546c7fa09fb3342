/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/reply.h"

#include <stdlib.h>
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

/* Adds a line; len: what the text has. */
static size_t append(char text[static SMTP_REPLY_TEXT_MAX + 1], size_t at,
    const char *p, size_t len)
{
	size_t room = SMTP_REPLY_TEXT_MAX - at;

	if (at > 0 && room > 0) {
		text[at++] = ' ';
		room--;
	}
	if (len > room)
		len = room;
	for (size_t i = 0; i < len; i++)
		text[at++] = p[i] != '\0' ? p[i] : ' ';
	text[at] = '\0';
	return at;
}

static void keep(struct smtp_reply_reader *r, const char *p, size_t len)
{
	if (r->text == NULL)
		r->text = malloc(SMTP_REPLY_TEXT_MAX + 1);
	if (r->text != NULL)
		r->len = (uint16_t)append(r->text, r->len, p, len);
}

static void finish(struct smtp_reply_reader *r, const char *p, size_t len,
    char text[static SMTP_REPLY_TEXT_MAX + 1])
{
	size_t at = 0;

	text[0] = '\0';
	if (r->code < 400)
		return;
	if (r->text != NULL) {
		memcpy(text, r->text, r->len + 1u);
		at = r->len;
	}
	append(text, at, p, len);
}

enum smtp_reply_status smtp_reply_line(struct smtp_reply_reader *r,
    const char *line, size_t len, char text[static SMTP_REPLY_TEXT_MAX + 1])
{
	size_t n;
	bool more;

	if (len < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) ||
	    !is_digit(line[2]) ||
	    (len > 3 && line[3] != ' ' && line[3] != '-' && line[3] != '\t'))
		return SMTP_REPLY_JUNK;
	more = len > 3 && line[3] == '-';
	if (!r->open)
		smtp_reply_reset(r);
	r->open = more;
	/* Codes that differ between lines: the last line's counts. */
	r->code = (uint16_t)((line[0] - '0') * 100 + (line[1] - '0') * 10 +
			     (line[2] - '0'));
	line += len > 3 ? 4 : 3;
	len -= len > 3 ? 4 : 3;
	if (len == 8 && strncasecmp(line, "STARTTLS", 8) == 0)
		r->starttls = true;
	n = enhanced_length(line, len);
	if (n > 0 && r->enhanced[0] == '\0') {
		memcpy(r->enhanced, line, n);
		r->enhanced[n] = '\0';
	}
	if (more) {
		if (r->code >= 400)
			keep(r, line + n, len - n);
		return SMTP_REPLY_MORE;
	}
	finish(r, line + n, len - n, text);
	return SMTP_REPLY_WHOLE;
}

void smtp_reply_reset(struct smtp_reply_reader *r)
{
	if (r->text != NULL) {
		explicit_bzero(r->text, r->len);
		free(r->text);
	}
	memset(r, 0, sizeof(*r));
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

/* What an address is made of; for an IPv4 client digits and dots only. */
static bool is_of_address(char c, bool v4)
{
	char lower = (char)(c | 0x20);

	return is_digit(c) || c == '.' ||
	       (!v4 && (c == ':' || (lower >= 'a' && lower <= 'f')));
}

bool smtp_reply_names(const char *text, const struct addr *client)
{
	bool v4 = addr_is_v4(client);
	const char *p = text, *end, *colon;
	size_t n;

	while (*p != '\0') {
		if (!is_of_address(*p, v4)) {
			p++;
			continue;
		}
		for (end = p; is_of_address(*end, v4);)
			end++;
		n = (size_t)(end - p);
		/* "1.2.3.4" and "::1" are the shortest. */
		if (n >= (v4 ? 7 : 3) && token_is(p, n, client))
			return true;
		/* "IPv6:2001:db8::1": its 6 is taken for a digit. */
		colon = memchr(p, ':', n);
		if (colon != NULL &&
		    token_is(colon + 1, (size_t)(end - colon - 1), client))
			return true;
		p = end;
	}
	return false;
}
