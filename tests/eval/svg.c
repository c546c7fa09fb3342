/* SPDX-License-Identifier: Apache-2.0 */
/* The curves as a picture: wrong days to the right, on a logarithmic scale
 * whose left end stands for none; recall upwards. */
#include <math.h>

#include "tests/eval/curves.h"

#define WIDTH   760
#define HEIGHT  470
#define LEFT    70
#define TOP     20
#define PLOT_W  520
#define PLOT_H  390
#define LOG_MIN (-1.0) /* 0.1 a million, and everything below */
#define LOG_MAX 6.0

static double x_of(double wrong)
{
	double l = wrong > 0 ? log10(wrong) : LOG_MIN;

	return LEFT +
	       (fmax(l, LOG_MIN) - LOG_MIN) / (LOG_MAX - LOG_MIN) * PLOT_W;
}

static double y_of(double recall)
{
	return TOP + (1 - recall) * PLOT_H;
}

static void axes(FILE *out)
{
	static const char *const names[] = {
	    "none", "1", "10", "100", "1,000", "10,000", "100,000", "all"};

	for (int i = 0; i <= 7; i++)
		fprintf(out,
		    "<path d=\"M%.1f %d v%d\" stroke=\"#ddd\"/>"
		    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s"
		    "</text>\n",
		    x_of(pow(10, i - 1)), TOP, PLOT_H, x_of(pow(10, i - 1)),
		    TOP + PLOT_H + 18, names[i]);
	for (int i = 0; i <= 5; i++)
		fprintf(out,
		    "<path d=\"M%d %.1f h%d\" stroke=\"#ddd\"/>"
		    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f"
		    "</text>\n",
		    LEFT, y_of(i * .2), PLOT_W, LEFT - 8, y_of(i * .2) + 4,
		    i * .2);
	fprintf(out,
	    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">days with a wrong "
	    "block, per million active customer-days</text>\n"
	    "<text transform=\"translate(20 %d) rotate(-90)\" "
	    "text-anchor=\"middle\">recall, mean of the kinds of bots</text>\n",
	    LEFT + PLOT_W / 2, TOP + PLOT_H + 42, TOP + PLOT_H / 2);
}

void curves_svg(const struct curves *c, FILE *out)
{
	static const char *const colours[CURVES_LINES] = {"#000", "#0072b2",
	    "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999"};

	fprintf(out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
	    "<title>Recall and wrong blocks of each rule, its thresholds "
	    "times 0.25 to 8</title>\n"
	    "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
	    WIDTH, HEIGHT);
	axes(out);
	for (int i = 0; i < CURVES_LINES; i++) {
		const struct curve *v = &c->v[i];
		int y = TOP + 12 + 22 * i;

		fprintf(out,
		    "<path fill=\"none\" stroke=\"%s\" "
		    "stroke-width=\"%d\" d=\"",
		    colours[i], i == 0 ? 3 : 2);
		for (int k = 0; k < CURVES_FACTORS; k++)
			fprintf(out, "%s%.1f %.1f", k == 0 ? "M" : " L",
			    x_of(v->v[k].wrong), y_of(v->v[k].recall));
		fprintf(out, "\"/>\n");
		for (int k = 0; k < CURVES_FACTORS; k++)
			fprintf(out,
			    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" "
			    "fill=\"%s\"><title>%s times %.2f: %.1f, "
			    "%.3f</title></circle>\n",
			    x_of(v->v[k].wrong), y_of(v->v[k].recall),
			    v->v[k].factor == 1 ? 5 : 2, colours[i], v->name,
			    v->v[k].factor, v->v[k].wrong, v->v[k].recall);
		fprintf(out,
		    "<path d=\"M%d %d h20\" stroke=\"%s\" "
		    "stroke-width=\"3\"/><text x=\"%d\" y=\"%d\">%s</text>\n",
		    LEFT + PLOT_W + 30, y, colours[i], LEFT + PLOT_W + 58,
		    y + 4, v->name);
	}
	fprintf(out,
	    "<text x=\"%d\" y=\"%d\">large dot: as shipped</text>\n</svg>\n",
	    LEFT + PLOT_W + 30, TOP + 22 * CURVES_LINES + 16);
}
