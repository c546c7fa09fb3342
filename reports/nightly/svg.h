/* SPDX-License-Identifier: Apache-2.0 */
/* Charts as SVG: viewBox, role, title and description, currentColor, a
 * pattern beside the colour, texts as texts, no font from elsewhere. */
#pragma once

#include <stdio.h>

#include "reports/nightly/doc.h"

/* Bars from left to right, sorted as they came, the number behind each. */
void svg_bars(const struct doc *d, const struct doc_item *i, FILE *f);
/* Two columns for each day. */
void svg_columns(const struct doc *d, const struct doc_item *i, FILE *f);
/* Eight days in a line of text, the oldest at the left. */
void svg_sparkline(const struct doc_item *i, FILE *f);
/* Small charts of all numbers of a section that have days, side by side, each
 * with its own scale. first: index of an item; to the section's end. */
void svg_multiples(const struct doc *d, size_t first, FILE *f);
