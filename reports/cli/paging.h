/* SPDX-License-Identifier: Apache-2.0 */
/* A list of which a page is shown, from behind a row that --cursor names: which
 * of its rows, and what is said of the others. */
#pragma once

#include "reports/cli/cli.h"
#include "reports/out/out.h"

struct paging {
	struct cli *c;
	struct out *out;
	bool count; /* all are read to be counted */
	int64_t total;
	bool more; /* there are rows behind the page */
};
enum paging_row {
	PAGING_COUNTED, /* not on this page */
	PAGING_SHOWN,
	PAGING_END /* nobody needs to look at more */
};

/* Of the next row that the list has; before: the page begins behind it. */
enum paging_row paging_take(struct paging *p, bool before);
/* The list is over; cli_next() has been said when there is more. Frees out. */
int paging_end(struct paging *p);
/* It could not be read. */
int paging_fail(struct paging *p);
