/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "reports/nightly/escape.h"
#include "reports/nightly/night.h"
#include "reports/nightly/report.h"
#include "reports/nightly/svg.h"

struct page {
	const struct doc *d;
	FILE *f;
	bool charts;
	/* what is open: a list of values, a table of rows */
	bool in_values, in_table;
	bool days; /* of these values, some have the days before */
};

static const char style[] =
    ":root{color-scheme:light dark;--line:#bbb;--soft:#666;--box:#f4f4f6}"
    "@media(prefers-color-scheme:dark){:root{--line:#555;--soft:#aaa;"
    "--box:#26262b}}"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:1.5rem "
    "auto;padding:0 1rem}"
    "h1{font-size:1.5rem;margin:0}h2{font-size:1.2rem;margin:2rem 0 .5rem;"
    "border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:1rem 0 "
    ".3rem}"
    ".verdict{font-size:1.15rem;background:var(--box);padding:.7rem 1rem;"
    "border-left:4px solid currentColor}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.2rem .5rem;"
    "border-top:1px solid var(--line);overflow-wrap:anywhere}"
    "th{font-weight:600}.n{text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}"
    "code{font:12px/1.4 ui-monospace,monospace;color:var(--soft);"
    "overflow-wrap:anywhere}"
    "td.c{border-top:0;padding-bottom:.5rem}.scroll{overflow-x:auto}"
    "svg{max-width:100%;height:auto}figure{margin:1rem 0}"
    "figcaption{font-weight:600}.bar{background:currentColor;height:10px}"
    "nav a{margin-right:.8rem}"
    "@media print{body{max-width:none;margin:0;font-size:10pt;color:#000;"
    "background:#fff}nav{display:none}h2{break-after:avoid}tr,figure{"
    "break-inside:avoid}a{color:inherit;text-decoration:none}"
    "code{font-size:7.5pt;color:#333}thead{display:table-header-group}}";

static void put(const struct page *p, const char *markup)
{
	fputs(markup, p->f);
}

static void esc(const struct page *p, const char *text)
{
	escape_html(p->f, text);
}

static void close_open(struct page *p)
{
	if (p->in_values || p->in_table)
		put(p, "</tbody></table></div>\n");
	p->in_values = p->in_table = false;
}

/* Whether one of the values from here on, in one table, has days. */
static bool have_days(const struct page *p, const struct doc_item *i)
{
	const struct doc_item *end = p->d->items + p->d->n;

	for (; i < end && (i->kind == DOC_VALUE || i->kind == DOC_FACT); i++)
		if (doc_has_median(i))
			return true;
	return false;
}

static int value_columns(const struct page *p)
{
	return !p->days ? 2 : p->charts ? 5 : 4;
}

static void open_values(struct page *p, const struct doc_item *i)
{
	static const enum message heads[] = {
	    MSG_H_VALUE, MSG_H_MEDIAN, MSG_H_CHANGE, MSG_H_WEEK};

	if (p->in_values)
		return;
	close_open(p);
	p->days = have_days(p, i);
	p->in_values = true;
	if (!p->days) {
		put(p, "<div class=\"scroll\"><table><tbody>\n");
		return;
	}
	put(p, "<div class=\"scroll\"><table><thead><tr><th></th>");
	for (int k = 0; k < value_columns(p) - 1; k++) {
		put(p, "<th class=\"n\" scope=\"col\">");
		esc(p, message(p->d->language, heads[k]));
		put(p, "</th>");
	}
	put(p, "</tr></thead><tbody>\n");
}

/* Of http and https alone: nothing else is a link. */
static bool begin_link(const struct page *p, const struct doc_item *i)
{
	const char *url = p->d->console;

	if (!i->link || !url ||
	    (strncmp(url, "https://", 8) != 0 &&
		strncmp(url, "http://", 7) != 0))
		return false;
	put(p, "<a href=\"");
	esc(p, url);
	esc(p, i->link);
	put(p, "\">");
	return true;
}

static void put_linked(
    const struct page *p, const struct doc_item *i, const char *text)
{
	bool link = begin_link(p, i);

	esc(p, text);
	if (link)
		put(p, "</a>");
}

static void put_command(
    const struct page *p, const struct doc_item *i, int columns)
{
	if (!i->command)
		return;
	if (columns > 0)
		fprintf(p->f, "<tr><td class=\"c\" colspan=\"%d\">", columns);
	else
		put(p, "<p>");
	put(p, "<code>$ ");
	esc(p, i->command);
	put(p, columns > 0 ? "</code></td></tr>\n" : "</code></p>\n");
}

static void put_days(const struct page *p, const struct doc_item *i)
{
	if (doc_has_median(i)) {
		int64_t median = night_median(i->series);

		fprintf(p->f,
		    "<td class=\"n\">%" PRId64 "</td><td class=\"n\">%+" PRId64
		    "</td>",
		    median, i->value - median);
	} else {
		put(p, "<td></td><td></td>");
	}
	if (!p->charts)
		return;
	put(p, "<td class=\"n\">");
	if (doc_has_median(i))
		svg_sparkline(i, p->f);
	put(p, "</td>");
}

static void put_value(struct page *p, const struct doc_item *i)
{
	char number[32];

	open_values(p, i);
	put(p, "<tr><th scope=\"row\">");
	esc(p, i->text);
	put(p, "</th><td class=\"n\">");
	put_linked(p, i, doc_number_text(i, number));
	put(p, "</td>");
	if (p->days)
		put_days(p, i);
	put(p, "</tr>\n");
	put_command(p, i, value_columns(p));
}

static void put_fact(struct page *p, const struct doc_item *i)
{
	open_values(p, i);
	put(p, "<tr><th scope=\"row\">");
	esc(p, i->text);
	fprintf(p->f, "</th><td colspan=\"%d\">", value_columns(p) - 1);
	put_linked(p, i, i->fact);
	put(p, "</td></tr>\n");
	put_command(p, i, value_columns(p));
}

static void put_table(struct page *p, const struct doc_item *i)
{
	close_open(p);
	put(p, "<div class=\"scroll\"><table><thead><tr>");
	for (size_t c = 0; c < i->n_cells; c++) {
		put(p, "<th scope=\"col\">");
		esc(p, i->cells[c]);
		put(p, "</th>");
	}
	put(p, "</tr></thead><tbody>\n");
	p->in_table = true;
}

static void put_row(struct page *p, const struct doc_item *i)
{
	put(p, "<tr>");
	for (size_t c = 0; c < i->n_cells; c++) {
		put(p, "<td>");
		if (c == 0)
			put_linked(p, i, i->cells[c]);
		else
			esc(p, i->cells[c]);
		put(p, "</td>");
	}
	put(p, "</tr>\n");
	put_command(p, i, (int)i->n_cells);
}

/* Many mail programs show no SVG: bars of table cells. */
static void put_plain_bars(const struct page *p, const struct doc_item *i)
{
	int series = i->kind == DOC_COLUMNS ? 2 : 1;
	int64_t most = 1;

	for (size_t b = 0; b < i->n_cells; b++)
		for (int s = 0; s < series; s++)
			if (!i->bar_hidden[b] && i->bars[s][b] > most)
				most = i->bars[s][b];
	put(p, "<table>\n");
	for (size_t b = 0; b < i->n_cells; b++) {
		for (int s = 0; s < series; s++) {
			char number[32];
			int64_t w =
			    i->bar_hidden[b] ? 0 : i->bars[s][b] * 100 / most;

			put(p, "<tr><td>");
			esc(p, s == 0 ? i->cells[b] : "");
			put(p, "</td><td class=\"n\">");
			esc(p, doc_bar_text(i, s, b, number));
			fprintf(p->f,
			    "</td><td width=\"50%%\"><div class=\"bar\" "
			    "style=\"width:%" PRId64 "%%\"></div></td></tr>\n",
			    w);
		}
	}
	put(p, "</table>\n");
}

static void put_chart(struct page *p, const struct doc_item *i)
{
	close_open(p);
	put(p, "<figure><figcaption>");
	esc(p, i->text);
	put(p, "</figcaption>\n");
	if (!p->charts)
		put_plain_bars(p, i);
	else if (i->kind == DOC_BARS)
		svg_bars(p->d, i, p->f);
	else
		svg_columns(p->d, i, p->f);
	put(p, "</figure>\n");
}

static void put_words(struct page *p, const char *tag, const struct doc_item *i)
{
	close_open(p);
	fprintf(p->f, "<%s>", tag);
	esc(p, i->text);
	fprintf(p->f, "</%s>\n", tag);
}

static void put_section(struct page *p, size_t at)
{
	const struct doc_item *i = &p->d->items[at];

	close_open(p);
	if (at > 0)
		put(p, "</section>\n");
	fprintf(p->f, "<section id=\"%s\"><h2>", i->key);
	esc(p, i->text);
	put(p, "</h2>\n");
	if (!p->charts || strcmp(i->key, "numbers") != 0)
		return;
	put(p, "<figure>");
	svg_multiples(p->d, at + 1, p->f);
	put(p, "</figure>\n");
}

static void put_item(struct page *p, size_t at)
{
	const struct doc_item *i = &p->d->items[at];

	switch (i->kind) {
	case DOC_SECTION:
		put_section(p, at);
		break;
	case DOC_WORDS:
		put_words(p, "p", i);
		break;
	case DOC_HEADING:
		put_words(p, "h3", i);
		break;
	case DOC_VALUE:
		put_value(p, i);
		break;
	case DOC_FACT:
		put_fact(p, i);
		break;
	case DOC_COMMAND:
		close_open(p);
		put_command(p, i, 0);
		break;
	case DOC_TABLE:
		put_table(p, i);
		break;
	case DOC_ROW:
		put_row(p, i);
		break;
	case DOC_BARS:
	case DOC_COLUMNS:
		put_chart(p, i);
		break;
	}
}

static void put_head(const struct page *p)
{
	const struct doc *d = p->d;

	fprintf(p->f,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\" />\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src 'unsafe-inline'\" />\n"
	    "<meta name=\"viewport\" content=\"width=device-width\" />\n"
	    "<meta name=\"referrer\" content=\"no-referrer\" />\n<title>",
	    language_name(d->language));
	esc(p, d->title);
	fprintf(
	    p->f, "</title>\n<style>%s</style>\n</head>\n<body>\n<h1>", style);
	esc(p, d->title);
	put(p, "</h1>\n");
	if (d->provider) {
		put(p, "<p>");
		esc(p, d->provider);
		put(p, "</p>\n");
	}
	put(p, "<p class=\"verdict\">");
	esc(p, d->verdict);
	put(p, "</p>\n<nav>");
	for (size_t i = 0; i < d->n; i++) {
		if (d->items[i].kind != DOC_SECTION)
			continue;
		fprintf(p->f, "<a href=\"#%s\">", d->items[i].key);
		esc(p, d->items[i].text);
		put(p, "</a> ");
	}
	put(p, "</nav>\n<main>\n");
}

void report_print_html(const struct doc *d, bool charts, FILE *f)
{
	struct page p = {.d = d, .f = f, .charts = charts};

	put_head(&p);
	for (size_t i = 0; i < d->n; i++)
		put_item(&p, i);
	close_open(&p);
	put(&p, "</section>\n</main>\n<footer><p>");
	esc(&p, message(d->language, MSG_MADE_BY));
	put(&p, "</p></footer>\n</body>\n</html>\n");
}
