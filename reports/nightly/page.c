/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/page.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "reports/out/text.h"

#define TEXT_BYTES 8192

/* The character at s, UTF-8 that text_safe() let pass, and its bytes. */
static uint32_t decode(const char *s, size_t left, size_t *bytes)
{
	unsigned char lead = (unsigned char)*s;
	size_t n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
	uint32_t c = n == 1 ? lead : lead & (0x7fu >> n);

	if (n > left)
		n = left;
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	*bytes = n;
	return c;
}

static bool is_wide(uint32_t c)
{
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
	       (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	       (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) ||
	       (c >= 0x20000 && c <= 0x3fffd);
}

int page_width(const char *s, size_t n)
{
	size_t at = 0, bytes;
	int w = 0;

	for (; at < n; at += bytes)
		w += is_wide(decode(s + at, n - at, &bytes)) ? 2 : 1;
	return w;
}

void page_head(FILE *f, const char *title)
{
	fprintf(f, "\n%s\n", title);
	for (int i = page_width(title, strlen(title)); i > 0; i--)
		putc('-', f);
	putc('\n', f);
}

/* What may not begin a line (kinsoku). */
static bool hangs(uint32_t c)
{
	return c == 0x3001 || c == 0x3002 || c == 0x30fc || c == 0x300d ||
	       c == 0x300f || c == 0x3011 || c == 0xff09 || c == 0xff0c ||
	       c == 0xff1a || c == 0x30fb;
}

/* Bytes up to where the line may end: a word, or one wide character. */
static size_t next_word(const char *s, size_t left)
{
	size_t at = 0, bytes;

	while (at < left && s[at] != ' ') {
		uint32_t c = decode(s + at, left - at, &bytes);

		if (at > 0 && is_wide(c) && !hangs(c))
			break;
		at += bytes;
		if (is_wide(c) && at < left) {
			size_t more;
			uint32_t next = decode(s + at, left - at, &more);

			if (!hangs(next))
				break;
		}
	}
	return at;
}

/* Bytes of s that fit into w columns, whole characters, at least one. */
static size_t fitting(const char *s, size_t n, int w)
{
	size_t at = 0, bytes;

	while (at < n) {
		(void)decode(s + at, n - at, &bytes);
		if (at > 0 && page_width(s, at + bytes) > w)
			break;
		at += bytes;
	}
	return at;
}

struct filler {
	FILE *f;
	int indent;       /* of lines but the first */
	int edge;         /* last column for words */
	const char *tail; /* at the end of a line that goes on; "": words may
			   * be cut */
	int at;
	bool empty; /* the line has no word yet */
};

static void break_line(struct filler *p)
{
	fprintf(p->f, "%s\n%*s", p->tail, p->indent, "");
	p->at = p->indent;
	p->empty = true;
}

static void put_word(struct filler *p, const char *s, size_t n, bool space)
{
	int w = page_width(s, n);

	if (!p->empty && p->at + space + w > p->edge)
		break_line(p);
	if (!p->empty && space) {
		putc(' ', p->f);
		p->at++;
	}
	while (*p->tail == '\0' && p->at + w > p->edge) {
		size_t cut = fitting(s, n, p->edge - p->at);

		fwrite(s, 1, cut, p->f);
		s += cut;
		n -= cut;
		w = page_width(s, n);
		if (n == 0)
			return;
		break_line(p);
	}
	fwrite(s, 1, n, p->f);
	p->at += w;
	p->empty = false;
}

static void fill(struct filler *p, const char *s)
{
	size_t left = strlen(s);

	while (left > 0) {
		size_t gap = strspn(s, " "), n;

		s += gap;
		left -= gap;
		/* A command's words end at spaces only. */
		n = *p->tail != '\0' ? strcspn(s, " ") : next_word(s, left);
		if (n > 0)
			put_word(p, s, n, gap > 0);
		s += n;
		left -= n;
	}
	putc('\n', p->f);
}

void page_words(FILE *f, int indent, const char *fmt, ...)
{
	char text[TEXT_BYTES], safe[TEXT_BYTES];
	struct filler p = {f, indent + 2, PAGE_COLUMNS, "", indent, true};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(f, "%*s", indent, "");
	fill(&p, text_safe(text, safe, sizeof(safe)));
}

void page_value(FILE *f, const char *name, const char *number)
{
	char safe[512];
	int room = PAGE_COLUMNS - 17, w;

	text_safe(name, safe, sizeof(safe));
	w = page_width(safe, strlen(safe));
	if (w > room) {
		page_words(f, 2, "%s", safe);
		safe[0] = '\0';
		w = 0;
	}
	fprintf(f, "  %s%*s %12s\n", safe, room - w, "", number);
}

void page_command(FILE *f, const char *command)
{
	struct filler p = {f, 8, PAGE_COLUMNS - 2, " \\", 6, true};

	fputs("    $ ", f);
	fill(&p, command);
}
