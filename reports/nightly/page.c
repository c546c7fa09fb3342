/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/page.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "reports/out/text.h"

#define TEXT_BYTES 4096

/* Columns that a text takes: two for what begins at U+3000 (kana, kanji,
 * full-width forms), else one for each character. */
static int width(const char *s, size_t n)
{
	int w = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c & 0xc0) != 0x80)
			w += c >= 0xe3 ? 2 : 1;
	}
	return w;
}

void page_head(FILE *f, const char *title)
{
	fprintf(f, "\n%s\n", title);
	for (int i = width(title, strlen(title)); i > 0; i--)
		putc('-', f);
	putc('\n', f);
}

/* Bytes of s that fit into w columns, whole characters only. */
static size_t fitting(const char *s, size_t n, int w)
{
	size_t at = 0;

	while (at < n) {
		size_t next = at + 1;

		while (next < n && ((unsigned char)s[next] & 0xc0) == 0x80)
			next++;
		if (width(s, next) > w)
			break;
		at = next;
	}
	return at;
}

struct filler {
	FILE *f;
	int first, indent; /* of the first line, of the others */
	int edge;          /* last column for words */
	const char *tail;  /* at the end of a line that goes on */
};

static void fill(const struct filler *p, const char *s)
{
	int at = p->first;
	bool empty = true;

	fprintf(p->f, "%*s", p->first, "");
	while (*s != '\0') {
		size_t n = strcspn(s, " ");
		int w = width(s, n);

		if (!empty && at + 1 + w > p->edge) {
			fprintf(p->f, "%s\n%*s", p->tail, p->indent, "");
			at = p->indent;
			empty = true;
		}
		if (!empty) {
			putc(' ', p->f);
			at++;
		}
		if (at + w > p->edge) {
			size_t cut = fitting(s, n, p->edge - at - 3);

			fprintf(p->f, "%.*s...", (int)cut, s);
			at = p->edge;
		} else {
			fwrite(s, 1, n, p->f);
			at += w;
		}
		empty = false;
		s += n;
		s += strspn(s, " ");
	}
	putc('\n', p->f);
}

void page_words(FILE *f, int indent, const char *fmt, ...)
{
	char text[TEXT_BYTES], safe[TEXT_BYTES];
	struct filler p = {f, indent, indent + 2, PAGE_COLUMNS, ""};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fill(&p, text_safe(text, safe, sizeof(safe)));
}

void page_value(FILE *f, const char *name, int64_t n)
{
	char text[32], safe[128];

	text_safe(name, safe, sizeof(safe));
	for (char *c = safe; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
	fprintf(f, "  %-44.44s %12s\n", safe, text_grouped(n, text));
}

void page_command(FILE *f, const char *fmt, ...)
{
	char text[TEXT_BYTES];
	struct filler p = {f, 4, 8, PAGE_COLUMNS - 2, " \\"};
	va_list ap;

	text[0] = '$';
	text[1] = ' ';
	va_start(ap, fmt);
	vsnprintf(text + 2, sizeof(text) - 2, fmt, ap);
	va_end(ap);
	fill(&p, text);
}
