/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tests/gen/sign.h"
#include "tests/gen/smtp.h"

#define LINES_MIN 4
#define LINES_MAX 60

struct text {
	char *buf;
	size_t len, size;
};

__attribute__((format(printf, 2, 3))) static void add(
    struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, t->size - t->len, fmt, ap);
	va_end(ap);
	t->len += (size_t)n;
	if (t->len + 1 > t->size)
		t->len = t->size - 1;
}

void mail_init(struct scene *s, struct mail *m, const char *from_domain)
{
	char local[MARK_LEN];

	memset(m, 0, sizeof(*m));
	world_mark(s->w, &s->rng, "local", local);
	snprintf(m->from, sizeof(m->from), "%s@%s", local, from_domain);
	memcpy(m->header_from, m->from, sizeof(m->header_from));
}

void mail_add_rcpt(struct scene *s, struct mail *m, const char *domain)
{
	char local[MARK_LEN];

	world_mark(s->w, &s->rng, "local", local);
	snprintf(m->to[m->n_to++], MAIL_ADDRESS, "%s@%s", local, domain);
}

static void add_date(struct text *t, int64_t now_us)
{
	int second = (int)((now_us - WORLD_BEGIN_US) / US_PER_S);

	add(t, "Mon, 02 Nov 2026 %02d:%02d:%02d +0000", second / 3600,
	    second / 60 % 60, second % 60);
}

static void add_trace(
    struct scene *s, struct text *t, const struct mail *m, int64_t now_us)
{
	char mark[MARK_LEN];

	for (unsigned int i = 0; i < m->received; i++) {
		world_mark(s->w, &s->rng, "header", mark);
		add(t,
		    "Received: from relay%u.example (relay%u.example "
		    "[203.0.113.%u])\r\n\tby hop.example with ESMTP id %s;"
		    "\r\n\t",
		    i, i, 120 + i, mark);
		add_date(t, now_us);
		add(t, "\r\n");
	}
}

/* In front of what it signs, which begins at `at`. */
static void add_signature(struct text *t, size_t at, const struct mail *m)
{
	char field[SIGN_FIELD_BYTES];
	size_t n;

	sign_field(m->dkim, t->buf + at, t->len - at, field);
	n = strlen(field);
	/* The last line is of the signature. */
	if (m->forged)
		field[n - 12] = field[n - 12] == 'A' ? 'B' : 'A';
	if (t->len + n + 1 > t->size)
		return;
	memmove(t->buf + at + n, t->buf + at, t->len - at);
	memcpy(t->buf + at, field, n);
	t->len += n;
}

static void add_body(struct scene *s, struct text *t, unsigned int lines)
{
	char mark[MARK_LEN];

	world_mark(s->w, &s->rng, "body", mark);
	add(t, "Good day, this is %s.\r\n", mark);
	for (unsigned int i = 0; i < lines; i++) {
		if (prng_chance(&s->rng, 30))
			add(t, "..a line that began with a dot\r\n");
		else
			add(t, "Line %u of the text, of no importance.\r\n", i);
	}
	world_mark(s->w, &s->rng, "body", mark);
	add(t, "Regards, %s\r\n", mark);
}

size_t mail_text(struct scene *s, const struct mail *m, int64_t now_us,
    char *buf, size_t size)
{
	struct text t = {buf, 0, size};
	char mark[MARK_LEN];
	unsigned int lines = m->lines;
	size_t signed_at;

	add_trace(s, &t, m, now_us);
	signed_at = t.len;
	world_mark(s->w, &s->rng, "header", mark);
	add(&t, "From: \"%s\" <%s>\r\n", mark, m->header_from);
	add(&t, "To: <%s>\r\n", m->n_to > 0 ? m->to[0] : "nobody@example.com");
	world_mark(s->w, &s->rng, "subject", mark);
	add(&t, "Subject: About %s,\r\n a subject that is folded\r\n", mark);
	add(&t, "Date: ");
	add_date(&t, now_us);
	world_mark(s->w, &s->rng, "header", mark);
	add(&t, "\r\nMessage-ID: <%s@mail.example>\r\n", mark);
	world_mark(s->w, &s->rng, "header", mark);
	add(&t,
	    "X-Mailer: %s\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=us-ascii\r\n\r\n",
	    mark);
	if (lines == 0)
		lines = prng_range(&s->rng, LINES_MIN, LINES_MAX);
	add_body(s, &t, lines);
	if (m->dkim != NULL)
		add_signature(&t, signed_at, m);
	return t.len;
}
