/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/letter/mail.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* RFC 2047 section 2: an encoded word has 75 characters at the most;
 * "=?UTF-8?B?" and "?=" leave 63, which are 45 octets in whole groups. A line
 * of a header has 76; the first one begins with the field's name. */
#define WORD_OCTETS  45
#define FIRST_OCTETS 33
#define LINE_OCTETS  57 /* of base64 in a body: 76 characters */

int letter_address_ok(const char *a)
{
	const char *at = strchr(a, '@');

	if (!at || at == a || at - a > 64 || strlen(a) > 254)
		return 0;
	for (const char *c = a; *c != '\0'; c++)
		if (c != at &&
		    !(isalnum((unsigned char)*c) && (unsigned char)*c < 0x80) &&
		    !strchr(c < at ? "._+-" : ".-", *c))
			return 0;
	return *a != '.' && at[-1] != '.' && !strstr(a, "..") &&
	       isalnum((unsigned char)at[1]) &&
	       isalnum((unsigned char)a[strlen(a) - 1]);
}

static size_t character_bytes(const char *s)
{
	size_t n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static bool is_plain(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
			return false;
	/* What a reader would decode. */
	return !strstr(text, "=?");
}

static void write_word(FILE *f, const char *text, size_t len)
{
	unsigned char octets[WORD_OCTETS], base64[WORD_OCTETS * 2];

	for (size_t i = 0; i < len; i++)
		octets[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f
				? ' '
				: (unsigned char)text[i];
	EVP_EncodeBlock(base64, octets, (int)len);
	fprintf(f, "=?UTF-8?B?%s?=", base64);
}

/* Whole characters in each word. */
static void write_words(FILE *f, const char *text)
{
	size_t room = FIRST_OCTETS;

	while (*text != '\0') {
		size_t len = 0;

		while (text[len] != '\0') {
			size_t n = character_bytes(text + len);

			if (len + n > room)
				break;
			len += n;
		}
		if (len == 0) /* no UTF-8: cut anywhere */
			len = strnlen(text, room);
		write_word(f, text, len);
		text += len;
		room = WORD_OCTETS;
		if (*text != '\0')
			fputs("\n ", f);
	}
}

void letter_mail_header(FILE *f, const char *name, const char *text)
{
	fprintf(f, "%s: ", name);
	/* 998 is the limit of RFC 5322; nobody reads so far. */
	if (is_plain(text) && strlen(text) < 200)
		fputs(text, f);
	else
		write_words(f, text);
	fputc('\n', f);
}

/* A display name: a quoted string, or encoded words. */
static void write_from(FILE *f, const struct letter_mail *m)
{
	fputs("From: ", f);
	if (m->from_name[0] != '\0' && is_plain(m->from_name)) {
		fputc('"', f);
		for (const char *c = m->from_name; *c != '\0'; c++) {
			if (*c == '"' || *c == '\\')
				fputc('\\', f);
			fputc(*c, f);
		}
		fputs("\"\n ", f);
	} else if (m->from_name[0] != '\0') {
		write_words(f, m->from_name);
		fputs("\n ", f);
	}
	fprintf(f, "<%s>\n", m->from);
}

static void write_base64(FILE *f, const char *text)
{
	unsigned char line[LINE_OCTETS * 2];
	size_t left = strlen(text);

	while (left > 0) {
		size_t n = left < LINE_OCTETS ? left : LINE_OCTETS;

		EVP_EncodeBlock(line, (const unsigned char *)text, (int)n);
		fprintf(f, "%s\n", line);
		text += n;
		left -= n;
	}
}

static bool is_ascii(const char *text)
{
	size_t line = 0;

	for (; *text != '\0'; text++) {
		if ((unsigned char)*text > 0x7e)
			return false;
		line = *text == '\n' ? 0 : line + 1;
		if (line > 900)
			return false;
	}
	return true;
}

/* The canonical form of text has CR LF (RFC 2045 section 6.8), also within
 * base64. */
static char *with_crlf(const char *text)
{
	size_t lines = 0, at = 0;
	char *out;

	for (const char *c = text; *c != '\0'; c++)
		lines += *c == '\n';
	out = malloc(strlen(text) + lines + 1);
	if (!out)
		return NULL;
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			out[at++] = '\r';
		out[at++] = *text;
	}
	out[at] = '\0';
	return out;
}

int letter_mail_write(const struct letter_mail *m, FILE *f)
{
	char *crlf = with_crlf(m->body);
	bool ascii = is_ascii(m->body);

	if (!crlf)
		return -1;
	write_from(f, m);
	if (m->to)
		fprintf(f, "To: <%s>\n", m->to);
	letter_mail_header(f, "Subject", m->subject);
	fprintf(f, "Date: %s\n", m->date);
	fprintf(f, "Message-ID: <%s%s>\n", m->id, strchr(m->from, '@'));
	fprintf(f,
	    "Auto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=%s\n"
	    "Content-Transfer-Encoding: %s\n",
	    ascii ? "us-ascii" : "UTF-8", ascii ? "7bit" : "base64");
	fprintf(f, "Content-Language: %s\n", m->lang);
	letter_mail_header(f, "X-Sekisho-Customer", m->customer);
	fprintf(f, "X-Sekisho-Reference: %s\nX-Sekisho-Case: %s\n\n",
	    m->reference, m->letter_case);
	if (ascii)
		fputs(m->body, f);
	else
		write_base64(f, crlf);
	free(crlf);
	return 0;
}
