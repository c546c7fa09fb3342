/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/mail.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "reports/out/address.h"
#include "reports/out/mime.h"

/* In neither quoted-printable nor base64 does "=_" occur (RFC 2045 section
 * 6.7), so no part can hold it. */
#define OUTER "=_sekisho_1"
#define INNER "=_sekisho_2"

bool mail_addresses_ok(const char *list)
{
	size_t count = 0;

	while (*list != '\0') {
		size_t n = strcspn(list, " ");

		if (n > 0 && !address_part_ok(list, n))
			return false;
		count += n > 0;
		list += n + (list[n] == ' ');
	}
	return count > 0;
}

static void put_addresses(const char *list, FILE *f)
{
	bool first = true;

	while (*list != '\0') {
		size_t n = strcspn(list, " ");

		if (n > 0)
			fprintf(
			    f, "%s%.*s", first ? " " : ",\n ", (int)n, list);
		first &= n == 0;
		list += n + (list[n] == ' ');
	}
}

static void put_date(int64_t now_us, FILE *f)
{
	static const char *const days[] = {
	    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)(now_us / US_PER_S);
	struct tm tm;

	gmtime_r(&t, &tm);
	fprintf(f, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\n",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void put_part(const struct mail_part *p, FILE *f)
{
	bool base64 = encode_prefers_base64(p->data, p->len);

	fprintf(f, "Content-Type: %s\n", p->type);
	if (p->name)
		fprintf(f, "Content-Disposition: attachment; filename=\"%s\"\n",
		    p->name);
	fprintf(f, "Content-Transfer-Encoding: %s\n\n",
	    base64 ? "base64" : "quoted-printable");
	if (base64 && strncmp(p->type, "text/", 5) == 0)
		encode_base64_text(f, p->data, p->len);
	else if (base64)
		encode_base64(f, p->data, p->len);
	else
		encode_quoted_printable(f, p->data, p->len);
	putc('\n', f);
}

static void put_header(const struct mail *m, FILE *f)
{
	fputs("From: ", f);
	if (m->from_name) {
		encode_words(f, m->from_name, strlen("From: "));
		fputs("\n ", f);
	}
	fprintf(f, "<%s>\nTo:", m->from);
	put_addresses(m->to, f);
	fputs("\nSubject: ", f);
	encode_words(f, m->subject, strlen("Subject: "));
	putc('\n', f);
	put_date(m->now_us, f);
	fprintf(f,
	    "Message-ID: <%s.%lld%s>\n"
	    "Auto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\n",
	    m->id, (long long)(m->now_us / US_PER_S), strchr(m->from, '@'));
}

static void put_body(const struct mail *m, FILE *f)
{
	if (!m->html.data) {
		put_part(&m->text, f);
		return;
	}
	fprintf(f,
	    "Content-Type: multipart/alternative; boundary=\"" INNER "\"\n\n"
	    "--" INNER "\n");
	put_part(&m->text, f);
	fputs("--" INNER "\n", f);
	put_part(&m->html, f);
	fputs("--" INNER "--\n", f);
}

void mail_print(const struct mail *m, FILE *f)
{
	put_header(m, f);
	if (m->n_attached == 0) {
		put_body(m, f);
		return;
	}
	fputs("Content-Type: multipart/mixed; boundary=\"" OUTER "\"\n\n"
	      "--" OUTER "\n",
	    f);
	put_body(m, f);
	for (size_t i = 0; i < m->n_attached; i++) {
		fputs("--" OUTER "\n", f);
		put_part(&m->attached[i], f);
	}
	fputs("--" OUTER "--\n", f);
}
