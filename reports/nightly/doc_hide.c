/* SPDX-License-Identifier: Apache-2.0 */
/* What is hidden so that nothing hidden can be computed: of parts that add up
 * to what is shown, so much that sum and bounds do not give one of them. */
#include <string.h>

#include "reports/nightly/doc.h"
#include "reports/nightly/night.h"

void doc_hide(struct doc *d, size_t at)
{
	d->items[at].hidden = true;
	d->items[at].has_series = false;
}

/* The sum of N counts of 1 to 4 gives them away at either end. */
static bool is_given_away(int64_t sum, int64_t n, bool all_small)
{
	return n == 1 || sum < NIGHT_SMALL || sum == n ||
	       (all_small && sum == n * (NIGHT_SMALL - 1));
}

void doc_hide_parts(struct doc *d, const size_t *at, size_t n)
{
	size_t least;

	if (!d->outside)
		return;
	do {
		int64_t sum = 0, hidden = 0;
		bool all_small = true;

		least = d->n;
		for (size_t k = 0; k < n; k++) {
			const struct doc_item *i = &d->items[at[k]];

			if (i->hidden) {
				hidden++;
				sum += i->value;
				all_small &= i->value < NIGHT_SMALL;
			} else if (i->value > 0 &&
				   (least == d->n ||
				       i->value < d->items[least].value)) {
				least = at[k];
			}
		}
		if (hidden == 0 || !is_given_away(sum, hidden, all_small))
			return;
		if (least < d->n)
			doc_hide(d, least);
	} while (least < d->n);
}

void doc_hide_range(struct doc *d, size_t first)
{
	size_t at[DOC_PARTS_MAX], n = 0;

	for (size_t k = first; k < d->n && n < DOC_PARTS_MAX; k++)
		if (d->items[k].kind == DOC_VALUE)
			at[n++] = k;
	doc_hide_parts(d, at, n);
}

void doc_hide_rest(struct doc *d, size_t part, int64_t rest)
{
	if (doc_is_small(d, rest))
		doc_hide(d, part);
}

bool doc_hides(const struct doc *d, const char *key)
{
	for (size_t k = 0; k < d->n; k++)
		if (d->items[k].kind == DOC_VALUE && d->items[k].hidden &&
		    strcmp(d->items[k].key, key) == 0)
			return true;
	return false;
}

void doc_hide_bars(struct doc *d, size_t first)
{
	struct doc_item *bars = &d->items[d->n - 1];

	for (size_t b = 0; bars->kind == DOC_BARS && b < bars->n_cells; b++)
		for (size_t k = first; k + 1 < d->n; k++)
			bars->bar_hidden[b] |=
			    d->items[k].kind == DOC_VALUE &&
			    d->items[k].hidden &&
			    strcmp(d->items[k].text, bars->cells[b]) == 0;
}
