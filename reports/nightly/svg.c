/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/svg.h"

#include <string.h>

#include "reports/nightly/escape.h"
#include "reports/out/text.h"

#define WIDTH 640

static void open_svg(FILE *f, const char *id, double width, double height,
    const char *title, const char *description)
{
	fprintf(f,
	    "<svg viewBox=\"0 0 %.2f %.2f\" width=\"%.0f\" role=\"img\" "
	    "aria-labelledby=\"%s-t %s-d\" "
	    "xmlns=\"http://www.w3.org/2000/svg\" fill=\"currentColor\" "
	    "font-size=\"12\">\n<title id=\"%s-t\">",
	    width, height, width, id, id, id);
	escape_html(f, title);
	fprintf(f, "</title>\n<desc id=\"%s-d\">", id);
	escape_html(f, description);
	fputs("</desc>\n", f);
}

/* Lines that slope, for the second series: it can be told without colour. */
static void define_pattern(FILE *f, const char *id)
{
	fprintf(f,
	    "<defs><pattern id=\"%s-p\" width=\"5\" height=\"5\" "
	    "patternUnits=\"userSpaceOnUse\" "
	    "patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" "
	    "fill=\"none\"/><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"5\" "
	    "stroke=\"currentColor\" stroke-width=\"3\"/></pattern></defs>\n",
	    id);
}

static void put_text(
    FILE *f, double x, double y, const char *anchor, const char *text)
{
	fprintf(
	    f, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\">", x, y, anchor);
	escape_html(f, text);
	fputs("</text>\n", f);
}

static int64_t greatest(const int64_t *v, size_t n)
{
	int64_t most = 0;

	for (size_t i = 0; i < n; i++)
		if (v[i] > most)
			most = v[i];
	return most;
}

/* At most so many columns of a name. */
static const char *shortened(const char *s, size_t bytes, char buf[static 64])
{
	size_t n = strnlen(s, bytes);

	if (s[n] == '\0')
		return s;
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	snprintf(buf, 64, "%.*s...", (int)n, s);
	return buf;
}

void svg_bars(const struct doc *d, const struct doc_item *i, FILE *f)
{
	double height = 22.0 * (double)i->n_cells + 8;
	int64_t most = greatest(i->bars[0], i->n_cells);

	open_svg(f, i->key, WIDTH, height, i->text,
	    message(d->language, MSG_CHART_KINDS_DESC));
	for (size_t b = 0; b < i->n_cells; b++) {
		double y = 22.0 * (double)b + 4, w = 0;
		char number[32], name[64];

		if (most > 0 && !i->bar_hidden[b])
			w = 300.0 * (double)i->bars[0][b] / (double)most;
		put_text(
		    f, 222, y + 13, "end", shortened(i->cells[b], 42, name));
		fprintf(f,
		    "<rect x=\"230\" y=\"%.2f\" width=\"%.2f\" "
		    "height=\"17\"/>\n",
		    y, w);
		put_text(
		    f, 236 + w, y + 13, "start", doc_bar_text(i, 0, b, number));
	}
	fputs("</svg>\n", f);
}

static void put_column(
    FILE *f, const char *id, double x, double height, bool pattern)
{
	fprintf(f,
	    "<rect x=\"%.2f\" y=\"%.2f\" width=\"24\" height=\"%.2f\" "
	    "stroke=\"currentColor\" ",
	    x, 150 - height, height);
	if (pattern)
		fprintf(f, "fill=\"url(#%s-p)\"/>\n", id);
	else
		fputs("fill=\"currentColor\"/>\n", f);
}

static void put_legend(const struct doc *d, const char *id, FILE *f)
{
	fputs("<rect x=\"20\" y=\"4\" width=\"14\" height=\"12\"/>\n", f);
	put_text(f, 40, 15, "start", message(d->language, MSG_SERIES_OPENED));
	fprintf(f,
	    "<rect x=\"160\" y=\"4\" width=\"14\" height=\"12\" "
	    "stroke=\"currentColor\" fill=\"url(#%s-p)\"/>\n",
	    id);
	put_text(f, 180, 15, "start", message(d->language, MSG_SERIES_BLOCKS));
}

void svg_columns(const struct doc *d, const struct doc_item *i, FILE *f)
{
	int64_t a = greatest(i->bars[0], i->n_cells);
	int64_t b = greatest(i->bars[1], i->n_cells);
	double most = (double)(a > b ? a : b);
	double step = (WIDTH - 20) / (double)(i->n_cells > 0 ? i->n_cells : 1);

	open_svg(f, i->key, WIDTH, 176, i->text,
	    message(d->language, MSG_CHART_WEEK_DESC));
	define_pattern(f, i->key);
	put_legend(d, i->key, f);
	for (size_t c = 0; c < i->n_cells; c++) {
		double x = 20 + step * (double)c;

		for (int s = 0; s < 2; s++) {
			double h =
			    most > 0 ? 100.0 * (double)i->bars[s][c] / most : 0;
			char number[32];

			put_column(f, i->key, x + 28 * s, h, s == 1);
			put_text(f, x + 28 * s + 12, 145 - h, "middle",
			    doc_bar_text(i, s, c, number));
		}
		put_text(f, x + 26, 168, "middle", i->cells[c]);
	}
	fprintf(f,
	    "<line x1=\"10\" y1=\"150\" x2=\"%d\" y2=\"150\" "
	    "stroke=\"currentColor\"/>\n</svg>\n",
	    WIDTH - 10);
}

/* Points of the days, the oldest first, in a box. */
static void put_line(FILE *f, const int64_t series[static ZONE_DAYS], double x,
    double y, double width, double height)
{
	int64_t most = greatest(series, ZONE_DAYS);
	double last_x = x, last_y = y + height;

	fputs("<polyline fill=\"none\" stroke=\"currentColor\" "
	      "stroke-width=\"1.5\" points=\"",
	    f);
	for (int k = 0; k < ZONE_DAYS; k++) {
		int64_t v = series[ZONE_DAYS - 1 - k];

		last_x = x + width * k / (ZONE_DAYS - 1);
		last_y = y + height -
			 (most > 0 ? height * (double)v / (double)most : 0);
		fprintf(f, "%s%.2f,%.2f", k > 0 ? " " : "", last_x, last_y);
	}
	fprintf(f, "\"/><circle cx=\"%.2f\" cy=\"%.2f\" r=\"2.2\"/>\n", last_x,
	    last_y);
}

static void describe_days(FILE *f, const struct doc_item *i)
{
	char number[32];

	escape_html(f, i->text);
	for (int k = ZONE_DAYS - 1; k >= 0; k--)
		fprintf(f, "%s%s", k == ZONE_DAYS - 1 ? ": " : ", ",
		    text_grouped(i->series[k], number));
}

void svg_sparkline(const struct doc_item *i, FILE *f)
{
	fputs("<svg viewBox=\"0 0 96 20\" width=\"96\" role=\"img\" "
	      "xmlns=\"http://www.w3.org/2000/svg\" fill=\"currentColor\">"
	      "<title>",
	    f);
	describe_days(f, i);
	fputs("</title>", f);
	put_line(f, i->series, 3, 3, 88, 14);
	fputs("</svg>", f);
}

static void put_small(const struct doc_item *i, double x, double y, FILE *f)
{
	int64_t most = greatest(i->series, ZONE_DAYS);
	char number[32], name[64];

	put_text(f, x, y + 12, "start", shortened(i->text, 34, name));
	for (int k = 0; k < ZONE_DAYS; k++) {
		int64_t v = i->series[ZONE_DAYS - 1 - k];
		double h = most > 0 ? 40.0 * (double)v / (double)most : 0;

		fprintf(f,
		    "<rect x=\"%.2f\" y=\"%.2f\" width=\"16\" height=\"%.2f\" "
		    "fill-opacity=\"%s\" stroke=\"currentColor\" "
		    "stroke-width=\"0.5\"/>\n",
		    x + 19 * k, y + 62 - h, h,
		    k == ZONE_DAYS - 1 ? "1" : "0.3");
	}
	fprintf(f,
	    "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" "
	    "stroke=\"currentColor\" stroke-width=\"0.5\"/>\n",
	    x, y + 62, x + 150, y + 62);
	put_text(f, x + 154, y + 62, "start", text_grouped(i->value, number));
}

void svg_multiples(const struct doc *d, size_t first, FILE *f)
{
	size_t n = 0, at = 0, rows, end = first;

	for (; end < d->n && d->items[end].kind != DOC_SECTION; end++)
		n += doc_has_median(&d->items[end]);
	if (n == 0)
		return;
	rows = (n + 2) / 3;
	open_svg(f, "multiples", 3 * 210, 80.0 * (double)rows,
	    message(d->language, MSG_CHART_SMALL),
	    message(d->language, MSG_CHART_SMALL_DESC));
	for (size_t i = first; i < end; i++) {
		if (!doc_has_median(&d->items[i]))
			continue;
		rows = at / 3;
		put_small(&d->items[i], 210.0 * (double)(at++ % 3),
		    80.0 * (double)rows, f);
	}
	fputs("</svg>\n", f);
}
