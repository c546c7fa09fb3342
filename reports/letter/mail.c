/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/letter/mail.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "reports/out/mime.h"

static bool is_plain(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e)
			return false;
	/* What a reader would decode. */
	return !strstr(text, "=?");
}

void letter_mail_header(FILE *f, const char *name, const char *text)
{
	fprintf(f, "%s: ", name);
	/* 998 is the limit of RFC 5322; nobody reads so far. */
	if (is_plain(text) && strlen(text) < 200)
		fputs(text, f);
	else
		encode_words(f, text, strlen(name) + 2);
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
		encode_words(f, m->from_name, strlen("From: "));
		fputs("\n ", f);
	}
	fprintf(f, "<%s>\n", m->from);
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

int letter_mail_write(const struct letter_mail *m, FILE *f)
{
	bool ascii = is_ascii(m->body);

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
		encode_base64_text(f, m->body, strlen(m->body));
	return 0;
}
